//! What is wrong with customers' files.

use std::collections::BTreeSet;

use super::Check;
use crate::error::Result;
use crate::model::customer::{Customer, FOLDER};
use crate::model::name::is_name;
use crate::model::policy::Policy;
use crate::view::Finding;

impl Check<'_, '_> {
    pub(super) fn customers(&mut self, policy: &Policy) -> Result<()> {
        if !self.is_asked_below(FOLDER) {
            return Ok(());
        }
        let committed = self.asked.snapshot.names_in(FOLDER.trim_end_matches('/'))?;
        let mut names: BTreeSet<String> = committed.into_iter().collect();
        names.extend(self.asked.edits.keys().filter_map(|path| path.strip_prefix(FOLDER)).map(str::to_owned));
        for file in names {
            // A folder, a README: whatever people keep beside them.
            let Some(name) = file.strip_suffix(".toml").filter(|name| !name.contains('/')) else { continue };
            let path = format!("{FOLDER}{file}");
            match self.bytes(&path)? {
                None => {}
                Some(_) if !is_name(name) => self.bad_name(&path, name),
                // Told where the file itself is looked at.
                Some(Err(_)) => {}
                Some(Ok(bytes)) => self.customer(&path, bytes, policy),
            }
        }
        Ok(())
    }

    fn customer(&mut self, path: &str, bytes: Vec<u8>, policy: &Policy) {
        let Ok(text) = String::from_utf8(bytes) else { return };
        let (customer, mut remarks) = Customer::parse(path, &text);
        if let Some(broken) = remarks.iter().position(|remark| remark.key.is_empty()) {
            remarks = vec![remarks.swap_remove(broken)];
        } else if self.judges_names {
            remarks.extend(customer.strays(path, policy));
        }
        for remark in remarks {
            self.remark(remark, &text);
        }
    }

    fn bad_name(&mut self, path: &str, name: &str) {
        let message = format!("\"{name}\" is no name of a customer, so no ticket can have it");
        let finding = Finding::error("DSK201", self.shown(path), (1, 1), message);
        self.findings.push(finding.fix("a to z, 0 to 9 and - between them, at most 63"));
    }
}
