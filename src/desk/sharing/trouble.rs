//! Trouble with the remote, in words: who it is with, and that nothing is lost.

use crate::desk::Desk;
use crate::error::{Kind, Problem};
use crate::store::address::Address;
use crate::store::remote::{Remote, Trouble};

/// Lines of a remote's own words that are shown.
const THEIRS: usize = 3;

/// `; 14 commits are safe here and not shared yet`, nothing where there are none.
pub fn tail(unshared: usize) -> String {
    match unshared {
        0 => String::new(),
        1 => "; 1 commit is safe here and not shared yet".to_owned(),
        many => format!("; {many} commits are safe here and not shared yet"),
    }
}

impl Desk<'_> {
    /// Exit code 8 when the remote is out of reach, 9 when it refuses.
    pub(super) fn remote_problem(&self, remote: &Remote, address: &Address, trouble: Trouble) -> Problem {
        let host = address.host();
        let rest = self.unshared_words(remote).unwrap_or_default();
        let later = "again: git desk sync          what waits: git desk log --unpublished";
        match trouble {
            Trouble::Raced => {
                let message = format!("{} moved meanwhile{rest}", remote.shown());
                Problem::new(Kind::Remote, message).code("raced").hint(later)
            }
            Trouble::Silent(seconds) => {
                let message = format!("{host} does not answer ({}, {seconds} s){rest}", address.way());
                Problem::new(Kind::Remote, message).code("no_answer").hint(later)
            }
            Trouble::Away(why) => {
                let message = format!("{host} is out of reach: {why}{rest}");
                Problem::new(Kind::Remote, message).code("out_of_reach").hint(later)
            }
            Trouble::Denied(why) => {
                let message = format!("{host} does not let us in: {why}{rest}");
                Problem::new(Kind::Denied, message)
                    .code("denied")
                    .hint(format!("what git itself says: git ls-remote {}", remote.name))
            }
            Trouble::Refused(why, _) if why.contains("checked out") => {
                let message = format!("{host} has its branch checked out, and takes no push to it{rest}");
                Problem::new(Kind::Remote, message)
                    .code("checked_out")
                    .hint("share through a bare repository: git clone --bare THERE hub.git")
            }
            Trouble::Refused(why, theirs) => {
                let message = format!("{host} does not take what is new here: {why}{rest}");
                let problem = Problem::new(Kind::Denied, message).code("push_refused");
                theirs.into_iter().take(THEIRS).fold(problem, Problem::hint)
            }
        }
    }
}
