//! What is wrong with `desk.toml` and the files of holidays that it names.

use jiff::Timestamp;

use super::Check;
use crate::error::Result;
use crate::model::policy::{Policy, Remark, Severity};
use crate::store::policy::policy_by;
use crate::view::Finding;

impl Check<'_, '_> {
    pub(super) fn policy(&mut self, now: Timestamp) -> Result<Policy> {
        let (policy, mut remarks) = policy_by(|path| self.bytes(path))?;
        remarks.extend(policy.outlook(now));
        // What follows from TOML that is broken is no finding of its own.
        if let Some(broken) = remarks.iter().position(|remark| remark.key.is_empty()) {
            self.judges_names = false;
            remarks = vec![remarks.swap_remove(broken)];
        }
        for remark in remarks {
            self.remark(remark);
        }
        Ok(policy)
    }

    pub(super) fn remark(&mut self, remark: Remark) {
        let code = match remark.severity {
            // A remark without a key is about the file as a whole.
            Severity::Error if remark.key.is_empty() => "DSK001",
            Severity::Error => "DSK102",
            Severity::Warning => "DSK103",
        };
        let level = remark.severity.as_str();
        let path = format!("{}{}", self.root, remark.file);
        let Remark { line, column, message, fix, .. } = remark;
        self.findings.push(Finding { code, level, path, line, column, message, fix });
    }
}
