//! Contracts that hold or held already: tickets are judged by them, so they stay as they were.

use super::Check;
use crate::desk::zone_of;
use crate::error::Result;
use crate::model::customer::{Customer, FOLDER};
use crate::model::policy::Policy;
use crate::store::Snapshot;
use crate::view::Finding;

impl Check<'_, '_> {
    /// Those that began before today and are not as in `base`.
    pub(super) fn contracts(&mut self, base: &Snapshot<'_>, policy: &Policy) -> Result<()> {
        let today = zone_of(policy).to_datetime(self.asked.now).date();
        let changed: Vec<String> =
            self.changes.present().filter(|path| path.starts_with(FOLDER)).map(str::to_owned).collect();
        for path in changed.iter().filter(|path| path.ends_with(".toml")) {
            let before = base.file(path, crate::store::document::MAX_SIZE)?;
            let (Some(Ok(before)), Some(Ok(after))) = (before, self.bytes(path)?) else { continue };
            let read = |bytes: &[u8]| Customer::parse(path, &String::from_utf8_lossy(bytes));
            let ((before, _), (after, remarks)) = (read(&before), read(&after));
            // What a damaged file says is told already.
            if remarks.iter().any(|remark| remark.key.is_empty()) {
                continue;
            }
            for was in before.contracts.iter().filter(|one| one.valid_from.is_none_or(|from| from < today)) {
                if after.contracts.iter().any(|is| is.terms() == was.terms()) {
                    continue;
                }
                let is = after.contracts.iter().find(|is| is.valid_from == was.valid_from);
                let (done, line) = is.map_or(("is gone", 1), |is| ("was changed", is.line));
                let since = was.valid_from.map_or_else(|| "the beginning".to_owned(), |from| from.to_string());
                let message = format!("the contract that holds from {since} on {done}; tickets are judged by it");
                let finding = Finding::warning("DSK110", self.shown(path), (line, 1), message);
                self.findings.push(finding.fix("leave it, and append a [[contract]] with a later valid_from"));
            }
        }
        Ok(())
    }
}
