//! A token or password for a forge, from where git keeps it: `git credential` (gitcredentials(7)).
//!
//! It is asked outside of any repository, so only the user's and the system's configuration say which helper runs. The
//! secret goes through pipes and is in no argument, message or log.

use std::path::Path;
use std::time::Duration;

use crate::net::forge::{Login, Site};
use crate::process::{self, Patience};

/// How long a helper, or somebody at the terminal, has.
const PATIENCE: Duration = Duration::from_secs(120);

/// What git found.
pub struct Credential {
    login: Login,
    /// All that git said of it, to be said back.
    whole: Vec<u8>,
    may_ask: bool,
}

impl Credential {
    /// What git knows for the host of a forge; `None` where it knows nothing and nobody may be asked.
    pub fn find(site: &Site, user: Option<&str>, may_ask: bool) -> Option<Credential> {
        let (protocol, host) = site.keeper();
        // Heeded only with `credential.useHttpPath`.
        let path = site.whole();
        let user = user.map_or_else(String::new, |user| format!("username={user}\n"));
        let asked = format!("protocol={protocol}\nhost={host}\npath={path}.git\n{user}\n");
        let whole = git("fill", asked.as_bytes(), may_ask)?;
        let text = String::from_utf8(whole.clone()).ok()?;
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let secret = value("password").filter(|secret| !secret.is_empty())?.to_owned();
        let login = Login { user: value("username").unwrap_or_default().to_owned(), secret };
        Some(Credential { login, whole, may_ask })
    }

    pub fn login(&self) -> Login {
        self.login.clone()
    }

    /// Tells git whether it was good: what was typed is kept, what is no longer good is forgotten.
    pub fn settle(self, good: bool) {
        // Helpers that cannot keep it have said so.
        let _ = git(if good { "approve" } else { "reject" }, &self.whole, self.may_ask);
    }
}

fn git(verb: &str, input: &[u8], may_ask: bool) -> Option<Vec<u8>> {
    let mut command = process::git(Path::new("/"));
    command.env("LC_ALL", "C").args(["credential", verb]);
    if !may_ask {
        command.env("GIT_TERMINAL_PROMPT", "0").env("GCM_INTERACTIVE", "never");
    }
    let patience = Patience { limit: PATIENCE, may_ask };
    let output = process::converse(&mut command, input, patience).ok()?;
    output.status.success().then_some(output.stdout)
}
