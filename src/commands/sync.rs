//! `sync`

use std::time::Duration;

use serde_json::{Value, json};

use super::Context;
use crate::desk::sharing::merge::Clashes;
use crate::desk::sharing::rewind::Rewound;
use crate::desk::sharing::sync::{Synced, Way, Wish};
use crate::error::Result;
use crate::model::count::counted;
use crate::store::remote::Errand;

/// Share with the others: fetches what they did, merges, pushes what was done here
///
/// By your own git, with its credentials and ssh configuration. Nobody has to solve a conflict:
/// different fields of one ticket both hold; where two people meant something else, the later one
/// holds, the other value stays in the ticket, and `is:conflicted` finds it. When others are faster,
/// it begins again. Without the network nothing is lost: exit 8, and the next sync takes it along.
/// With `--strict`, what two people meant differently stops it (exit 5) instead.
///
/// Works in a bare clone, with a changed worktree (what is changed stays as it is) and on any branch.
/// The remote is `--remote`, else `git config desk.remote`, the branch's own, the only one, `origin`.
/// `git config desk.autosync write` syncs after each write, `both` before reads, too; then `take` and
/// `open --key` win or lose against the hub.
///
/// A remote that has lost commits which it had stops it (exit 5). With `--accept-rewind` the branch
/// follows the remote back, with what was never shared on top; what was there is kept under
/// refs/desk/lost/.
///
/// Examples:
///   git desk sync
///   git desk sync --fetch-only
///   git desk sync --remote hub --timeout 1m
///   */5 * * * *  git-desk --repo /srv/desk/ops.git sync -q
///   git config desk.autosync write
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Take over what others did, push nothing
    #[arg(long)]
    pub fetch_only: bool,
    /// Push what was done here, take over nothing
    #[arg(long, conflicts_with = "fetch_only")]
    pub push_only: bool,
    /// Share through this remote
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub remote: Option<String>,
    /// How long the remote may say nothing; 10s when not given
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,
    /// Follow a remote that has lost commits
    #[arg(long)]
    pub accept_rewind: bool,
}

/// How long a remote may say nothing.
const SILENCE: Duration = Duration::from_secs(10);

/// The most that one fetch or push may take: a first one of a large desk over a thin line.
const AT_MOST: Duration = Duration::from_secs(3_600);

/// How the network is used for a person, or for whoever else calls.
pub fn errand(ctx: &Context, silence: Option<Duration>) -> Errand {
    Errand { silence: silence.unwrap_or(SILENCE), at_most: AT_MOST, may_ask: ctx.ui.may_ask() }
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let silence = self.timeout.as_deref().map(super::args::duration).transpose()?;
        let way = match (self.fetch_only, self.push_only) {
            (true, _) => Way::FetchOnly,
            (false, true) => Way::PushOnly,
            (false, false) => Way::Both,
        };
        let wish = Wish {
            remote: self.remote,
            way,
            clashes: if ctx.globals.strict { Clashes::Refuse } else { Clashes::Settle },
            accept_rewind: self.accept_rewind,
            errand: errand(ctx, silence.map(Duration::from_secs)),
        };
        let bar = ctx.ui.progress("sharing");
        let synced = ctx.desk()?.sync(&wish, &|done, total| bar.at(done, total))?;
        drop(bar);
        if ctx.wants_json() {
            ctx.ui.json(&ctx.chosen(object(ctx, &synced)))?;
        }
        ctx.ui.finish()?;
        warn(ctx, &synced);
        ctx.ui.status(&ctx.ui.plain(&words(ctx, &synced, way)));
        if !synced.conflicted.is_empty() {
            ctx.ui.status("look at them: git desk list is:conflicted");
        }
        Ok(())
    }
}

/// `desk.sync/1`.
fn object(ctx: &Context, synced: &Synced) -> Value {
    let pair = |names: [&str; 2], pairs: &[(crate::model::id::TicketId, crate::model::id::TicketId)]| -> Vec<Value> {
        pairs.iter().map(|(one, other)| json!({names[0]: one.as_str(), names[1]: other.as_str()})).collect()
    };
    let rewound = synced.rewound.as_ref().map(|rewound| {
        let missing: Vec<String> = rewound.missing.iter().map(|(commit, _)| commit.to_string()).collect();
        json!({"missing": missing, "kept": rewound.kept, "replanted": rewound.replanted})
    });
    json!({
        "schema": "desk.sync/1",
        "remote": synced.remote.name,
        "url": synced.remote.url.shown(),
        "branch": synced.remote.branch,
        "fetched": synced.fetched,
        "pushed": synced.pushed,
        "unpublished": synced.unpublished,
        "merge": synced.merge.map(|commit| commit.to_string()),
        "commit": synced.tip.to_string(),
        "conflicted": synced.conflicted.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "renamed": pair(["from", "to"], &synced.renamed),
        "closed": pair(["id", "duplicate_of"], &synced.closed),
        "notes": synced.notes,
        "rewound": rewound,
        "dry_run": ctx.globals.dry_run,
    })
}

/// `took 12 commits from origin/main, shared 3`
fn words(ctx: &Context, synced: &Synced, way: Way) -> String {
    let (shown, dry) = (synced.remote.shown(), ctx.globals.dry_run);
    let mut parts = Vec::new();
    if synced.fetched > 0 {
        let verb = if dry { "would take" } else { "took" };
        parts.push(format!("{verb} {} from {shown}", counted(synced.fetched, "commit")));
    }
    if synced.pushed > 0 {
        parts.push(format!("shared {} with {shown}", counted(synced.pushed, "commit")));
    }
    match (synced.unpublished, dry && way != Way::FetchOnly) {
        (0, _) => {}
        (more, true) => parts.push(format!("would share {} with {shown}", counted(more, "commit"))),
        (more, false) => parts.push(format!("{} not shared", counted(more, "commit"))),
    }
    if parts.is_empty() { format!("in step with {shown}") } else { parts.join(" · ") }
}

/// What people must know whatever they asked for: what has another name now, what was closed, what two people meant
/// differently.
pub fn warn(ctx: &Context, synced: &Synced) {
    for (old, new) in &synced.renamed {
        ctx.ui.warning(&format!("{old} is {new} now: somebody else's ticket had that id, too"));
    }
    for (closed, other) in &synced.closed {
        ctx.ui.warning(&format!("{closed} is closed as a duplicate of {other}"));
    }
    if !synced.conflicted.is_empty() {
        let ids: Vec<&str> = synced.conflicted.iter().map(|id| id.as_str()).collect();
        ctx.ui.warning(&format!("two people meant something else in {}", ids.join(", ")));
    }
    for note in &synced.notes {
        ctx.ui.warning(note);
    }
    if let Some(rewound) = &synced.rewound {
        ctx.ui.warning(&back(&synced.remote.shown(), rewound));
    }
}

/// How the branch followed a remote back.
fn back(shown: &str, rewound: &Rewound) -> String {
    let Rewound { kept, missing, own, replanted } = rewound;
    let mut parts = vec![format!("{} of {shown} not shared any more", counted(missing.len(), "commit"))];
    if *own > 0 {
        parts.push(format!("{own} of them yours"));
    }
    if *replanted > 0 {
        parts.push(format!("{} put on top of what is there", counted(*replanted, "commit")));
    }
    if !kept.is_empty() {
        parts.push(format!("kept: {}", kept.join(", ")));
    }
    parts.join("; ")
}
