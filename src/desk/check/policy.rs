//! What is wrong with `desk.toml` and the files of holidays that it names.

use super::Check;
use crate::error::Result;
use crate::model::policy::{FILE, Policy, Remark, Severity};
use crate::store::policy::policy_by;
use crate::view::Finding;

impl Check<'_, '_> {
    pub(super) fn policy(&mut self) -> Result<Policy> {
        let (policy, mut remarks) = policy_by(|path| self.bytes(path))?;
        remarks.extend(policy.outlook(self.asked.now));
        let text = match self.bytes(FILE)? {
            Some(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            Some(Err(_)) | None => String::new(),
        };
        // What follows from TOML that is broken is no finding of its own.
        if let Some(broken) = remarks.iter().position(|remark| remark.key.is_empty()) {
            self.judges_names = false;
            remarks = vec![remarks.swap_remove(broken)];
        }
        for remark in remarks {
            self.remark(remark, &text);
        }
        Ok(policy)
    }

    /// What there is to say of a file with this text.
    pub(super) fn remark(&mut self, remark: Remark, text: &str) {
        let shown = self.shown(&remark.file);
        let Remark { severity, line, column, key, message, fix, .. } = remark;
        let at = (line, column);
        let finding = match severity {
            // A remark without a key is about the file as a whole: where its bytes are the reason, that is told already.
            Severity::Error if key.is_empty() && text.is_empty() => return,
            Severity::Error if key.is_empty() && text.contains('\u{fffd}') => return,
            Severity::Error if key.is_empty() => super::text::broken(&shown, text, at, message),
            Severity::Error => Finding { fix, ..Finding::error("DSK102", shown, at, message) },
            Severity::Warning => Finding { fix, ..Finding::warning("DSK103", shown, at, message) },
        };
        self.findings.push(finding);
    }
}
