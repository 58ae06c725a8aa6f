//! What machines said, and where it waits.

use super::Sign;
use crate::env::Env;
use crate::error::Result;
use crate::jobs::places::Places;
use crate::jobs::spool::Spool;
use crate::model::count::{counted, lasted};
use crate::store::Store;
use crate::store::inbox::{FAILED, INBOX};

/// Seconds after which cron's `flush` must have been there.
const LATE: i64 = 900;

/// Events in this user's spool.
pub fn spool(env: &Env) -> Sign {
    let spool = Spool::of(env, &Places::of(env));
    let (backlog, failed) = (spool.backlog(), spool.refused());
    let shown = spool.root().display();
    if failed > 0 {
        let message = format!("{} in {shown}/failed that could not be used", counted(failed, "event"));
        return Sign::odd("spool", message, "why stands beside each; take away what you have read");
    }
    let age = backlog.age(env.now);
    match (backlog.count, age) {
        (0, _) => Sign::fine("spool", "no event waits"),
        (count, Some(age)) if age > LATE => Sign::odd(
            "spool",
            format!("{} in {shown}, the oldest for {}", counted(count, "event"), lasted(age)),
            "git desk flush     from cron: git desk setup cron",
        ),
        (count, _) => Sign::fine("spool", format!("{} on the way", counted(count, "event"))),
    }
}

/// What producers pushed to this repository.
pub fn inbox(store: &Store) -> Result<Sign> {
    let references = store.references()?;
    let below = |prefix: &str| references.keys().filter(|name| name.starts_with(prefix)).count();
    Ok(match (below(FAILED), below(INBOX)) {
        (0, 0) => Sign::fine("inbox", "nothing waits"),
        (0, waiting) => Sign::odd(
            "inbox",
            format!("{} of producers to take in", counted(waiting, "parcel")),
            "git desk intake     from cron, or a post-receive hook: git desk setup cron",
        ),
        (failed, _) => Sign::odd(
            "inbox",
            format!("{} of producers that could not be read", counted(failed, "parcel")),
            "git for-each-ref refs/desk/failed",
        ),
    })
}
