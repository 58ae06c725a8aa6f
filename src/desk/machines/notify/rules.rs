//! `[[notify]]` rules, read and ready to be asked.

use std::collections::BTreeMap;

use super::occasions::{Happening, is_of_clocks};
use super::targets::{Targets, how_to};
use super::{Warning, known::Known};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::policy::Notify;
use crate::model::query::Query;
use crate::net::target::Target;

pub struct Rules<'l> {
    rules: Vec<(&'l Notify, Query)>,
    targets: &'l Targets,
    /// Rules whose query cannot be read.
    broken: Vec<&'l Notify>,
    /// Targets that are not configured here: the first rule's line, and what was not sent.
    missing: BTreeMap<&'l str, (usize, usize)>,
}

impl<'l> Rules<'l> {
    pub fn read(look: &'l Look<'_>, targets: &'l Targets) -> Rules<'l> {
        let context = look.levels().context();
        let mut all = Rules { rules: Vec::new(), targets, broken: Vec::new(), missing: BTreeMap::new() };
        for rule in &look.policy.notify {
            match Query::parse(&rule.query, look.now, &context.zone) {
                Ok(query) => all.rules.push((rule, query)),
                Err(_) => all.broken.push(rule),
            }
            if targets.get(&rule.to).is_none() {
                all.missing.entry(&rule.to).or_insert((rule.line, 0));
            }
        }
        all
    }

    /// Whether any of them listens to what commits do.
    pub fn hear_commits(&self) -> bool {
        self.rules.iter().any(|(rule, _)| rule.on.iter().any(|occasion| !is_of_clocks(*occasion)))
    }

    /// Whether any of them listens to clocks.
    pub fn hear_clocks(&self) -> bool {
        self.rules.iter().any(|(rule, _)| rule.on.iter().any(|occasion| is_of_clocks(*occasion)))
    }

    /// The targets that are to be told of this, each once, however many rules ask for it.
    pub fn whom(&mut self, known: &Known<'_>, happening: &Happening) -> Result<Vec<&'l str>> {
        let mut whom: Vec<&str> = Vec::new();
        for (rule, query) in &self.rules {
            let to = rule.to.as_str();
            if whom.contains(&to) || !rule.on.contains(&happening.occasion) || !known.fits(query)? {
                continue;
            }
            whom.push(to);
        }
        whom.retain(|to| match self.missing.get_mut(to) {
            Some((_, lost)) => {
                // A clock is told once its target is there, if it presses still.
                *lost += usize::from(!is_of_clocks(happening.occasion));
                false
            }
            None => true,
        });
        Ok(whom)
    }

    /// A target that a rule names; `None` for one that is not configured here.
    pub fn target(&self, name: &str) -> Option<Result<&Target, &Problem>> {
        self.targets.get(name)
    }

    /// What its owner should know of the rules and of the targets that they name.
    pub fn warnings(&self) -> Vec<Warning> {
        let broken = self.broken.iter().map(|rule| {
            let message = format!("desk.toml:{}: `match` cannot be read, so this rule tells nobody", rule.line);
            Warning { message, hint: "git desk check desk.toml".to_owned(), pressing: true }
        });
        let missing = self.missing.iter().map(|(name, (line, lost))| {
            let what = if *lost == 0 { String::new() } else { format!("; {} not sent", counted(*lost, "notice")) };
            let message = format!("desk.toml:{line}: target `{name}` is not configured here{what}");
            Warning { message, hint: how_to(name), pressing: *lost > 0 }
        });
        let unusable = self.rules.iter().filter_map(|(rule, _)| Some((rule, self.targets.get(&rule.to)?.err()?)));
        let mut unusable: Vec<Warning> = unusable
            .map(|(rule, problem)| {
                let message = format!("desk.toml:{}: {}; its notices wait", rule.line, problem.message);
                Warning { message, hint: problem.hints.first().cloned().unwrap_or_default(), pressing: true }
            })
            .collect();
        unusable.dedup_by(|a, b| a.hint == b.hint);
        broken.chain(missing).chain(unusable).collect()
    }
}
