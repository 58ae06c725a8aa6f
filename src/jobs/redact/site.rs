//! What a site adds to the rules: the `[redact]` of its desk, remembered where jobs run, which need no repository.

use std::io::{self, Read};
use std::path::PathBuf;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::jobs::places::Places;
use crate::platform;

/// The version that this program writes.
pub const SCHEMA: &str = "desk.redact/1";

/// So many patterns and names are taken, and so many bytes of each; a larger file is not read.
const MANY: usize = 200;
const LONGEST: usize = 2_000;
const LARGEST: u64 = 1 << 20;

/// What the desk's `[redact]` says, as it was when something was last delivered to it from here. A hub answers with it,
/// as `desk.redact/1`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteRules {
    /// What matches one of these is secret.
    pub patterns: Vec<String>,
    /// Environment variables whose values are secret.
    pub env: Vec<String>,
}

impl SiteRules {
    /// As many as are taken, without those that are no patterns, and what is to be said of these.
    pub fn taken(mut self) -> (SiteRules, Vec<String>) {
        let mut remarks = Vec::new();
        for (name, rules) in [("patterns", &mut self.patterns), ("env", &mut self.env)] {
            let all = rules.len();
            rules.retain(|rule| rule.len() <= LONGEST);
            rules.truncate(MANY);
            if rules.len() < all {
                remarks.push(format!("[redact] {name}: {} of {all} are too long or too many", all - rules.len()));
            }
        }
        self.patterns.retain(|pattern| match Regex::new(pattern) {
            Ok(_) => true,
            Err(_) => {
                remarks.push(format!("[redact] patterns: `{pattern}` is no regular expression"));
                false
            }
        });
        (self, remarks)
    }

    /// Those that are remembered; none where none are.
    pub fn read(places: &Places) -> SiteRules {
        let read = |path: PathBuf| -> io::Result<SiteRules> {
            let mut text = String::new();
            platform::open_plain(&path)?.take(LARGEST).read_to_string(&mut text)?;
            Ok(serde_json::from_str(&text)?)
        };
        read(place(places)).unwrap_or_default()
    }

    /// Keeps them for the next; what cannot be kept is not.
    pub fn write(&self, places: &Places) {
        if *self == SiteRules::read(places) {
            return;
        }
        let written = platform::make_folder(&places.state, 0o700)
            .and_then(|()| std::fs::write(place(places), serde_json::to_string(self)?));
        if let Err(error) = written {
            log::debug!("{}: {error}", place(places).display());
        }
    }
}

fn place(places: &Places) -> PathBuf {
    places.state.join("redact.rules")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pattern_or_too_much_is_left_out_and_told() {
        let long = "x".repeat(LONGEST + 1);
        let patterns = vec!["tkt-[0-9]+".to_owned(), "(".to_owned(), long];
        let env = vec!["HOUSE".to_owned(); MANY + 1];
        let (rules, remarks) = SiteRules { patterns, env }.taken();
        assert_eq!((rules.patterns, rules.env.len()), (vec!["tkt-[0-9]+".to_owned()], MANY));
        let expected = [
            "[redact] patterns: 1 of 3 are too long or too many",
            "[redact] env: 1 of 201 are too long or too many",
            "[redact] patterns: `(` is no regular expression",
        ];
        assert_eq!(remarks, expected);
    }
}
