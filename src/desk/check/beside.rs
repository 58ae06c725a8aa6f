//! What is wrong with the files of customers and services.

use std::collections::BTreeSet;

use super::Check;
use crate::error::Result;
use crate::model::catalogue::{self, Service};
use crate::model::customer::{self, Customer};
use crate::model::name::{is_findable, is_name};
use crate::model::policy::{Policy, Remark};
use crate::view::Finding;

/// What there is to say of a file by its own text, and of the names of the policy that it has.
type Judge = fn(&str, &str, &Policy) -> [Vec<Remark>; 2];

impl Check<'_, '_> {
    pub(super) fn customers(&mut self, policy: &Policy) -> Result<()> {
        self.beside(customer::FOLDER, "customer", policy, |path, text, policy| {
            let (customer, remarks) = Customer::parse(path, text);
            [remarks, customer.strays(path, policy)]
        })
    }

    pub(super) fn catalogue(&mut self, policy: &Policy) -> Result<()> {
        self.beside(catalogue::FOLDER, "service", policy, |path, text, policy| {
            let (service, remarks) = Service::parse(path, text);
            [remarks, service.strays(path, policy)]
        })
    }

    /// All that is in a folder by names; `what` such a file is.
    fn beside(&mut self, folder: &str, what: &str, policy: &Policy, judge: Judge) -> Result<()> {
        if !self.is_asked_below(folder) {
            return Ok(());
        }
        let committed = self.asked.snapshot.names_in(folder.trim_end_matches('/'))?;
        let mut names: BTreeSet<String> = committed.into_iter().collect();
        names.extend(self.asked.edits.keys().filter_map(|path| path.strip_prefix(folder)).map(str::to_owned));
        for file in names {
            // A folder, a README: whatever people keep beside them.
            let Some(name) = file.strip_suffix(".toml").filter(|name| !name.contains('/')) else { continue };
            let path = format!("{folder}{file}");
            match self.bytes(&path)? {
                None => {}
                Some(_) if !is_findable(name) => self.bad_name(&path, name, what),
                // Told where the file itself is looked at.
                Some(Err(_)) => {}
                Some(Ok(bytes)) => self.judged(&path, bytes, policy, judge),
            }
        }
        Ok(())
    }

    fn judged(&mut self, path: &str, bytes: Vec<u8>, policy: &Policy, judge: Judge) {
        let Ok(text) = String::from_utf8(bytes) else { return };
        let [mut remarks, strays] = judge(path, &text, policy);
        if let Some(broken) = remarks.iter().position(|remark| remark.key.is_empty()) {
            remarks = vec![remarks.swap_remove(broken)];
        } else if self.judges_names {
            remarks.extend(strays);
        }
        for remark in remarks {
            self.remark(remark, &text);
        }
    }

    fn bad_name(&mut self, path: &str, name: &str, what: &str) {
        let message = format!("\"{name}\" is no name of a {what}, so no ticket can have it");
        let finding = Finding::error("DSK201", self.shown(path), (1, 1), message);
        let fix = match is_name(name) {
            true => "in queries it is a word of its own: give the file another name",
            false => "a to z, 0 to 9 and - between them, at most 63",
        };
        self.findings.push(finding.fix(fix));
    }
}
