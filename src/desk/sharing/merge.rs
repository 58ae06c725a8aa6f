//! What others have published and what was done here become one: by fast-forward, else by a merge commit.

use super::settle::{Settled, settle};
use crate::desk::Desk;
use crate::desk::actor::Actor;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::store::merge::Landed;
use crate::store::merge::joint::Joint;
use crate::store::message::Message;
use crate::store::transaction::Terms;
use crate::store::{Oid, Snapshot};

/// How a merge is to go about what two people meant differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clashes {
    /// By rule; what loses is kept in the ticket.
    Settle,
    /// Exit code 5, and nothing is changed.
    Refuse,
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Where the branch is now; on a dry run of a merge, where it was.
    pub commit: Oid,
    pub how: How,
    /// Tickets in which somebody still has to say which of two values is meant.
    pub conflicted: Vec<TicketId>,
    /// Tickets that were not published yet and whose id another ticket has: the old id, and the new one.
    pub renamed: Vec<(TicketId, TicketId)>,
    /// Tickets that were closed as duplicates, each with the one that stays.
    pub closed: Vec<(TicketId, TicketId)>,
    /// What else a person should know: one sentence each, lower case, no full stop.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// What is published was all here before.
    AlreadyThere,
    /// Nothing was here that is not published.
    FastForward,
    /// A merge commit, whose first parent is the published one.
    Merge,
}

impl Merged {
    fn plain(commit: Oid, how: How) -> Merged {
        Merged { commit, how, conflicted: Vec::new(), renamed: Vec::new(), closed: Vec::new(), notes: Vec::new() }
    }

    /// Whether the branch is at another commit than before.
    pub fn moved(&self) -> bool {
        self.how != How::AlreadyThere
    }
}

/// Brings the commit `published`, which must be here, into the desk's branch. On a dry run the branch stays.
///
/// Exit code 5 with [`Clashes::Refuse`] where two people meant something else, when a touched file of a worktree has
/// changes that are not committed, and when both sides have no commit in common; 6 when the result would be invalid; 7
/// when no turn came in time, and when a newer program made the desk. A policy that cannot be read stops nobody: the other side's stands.
pub fn merge(desk: &Desk<'_>, actor: &Actor, published: Oid, clashes: Clashes) -> Result<Merged> {
    // The name of an operation, and the words for it, are of what was asked for, not of what comes before it.
    let terms = Terms { op_id: None, subject: None, ..desk.terms(actor, desk.env.now)? };
    let random = || desk.env.random();
    let landed = desk.store.bring_in(published, &terms, &random, |joint| {
        for side in [&joint.ours, &joint.theirs] {
            crate::desk::known(&side.rules()?)?;
        }
        let settled = settle(joint, &actor.name, desk.env.now)?;
        match clashes {
            Clashes::Refuse if !settled.is_peaceful() => Err(refused(&settled).into()),
            Clashes::Refuse | Clashes::Settle => Ok((told_anew(desk, joint, message(&settled))?, settled)),
        }
    })?;
    Ok(match landed {
        Landed::AlreadyThere(commit) => Merged::plain(commit, How::AlreadyThere),
        Landed::FastForward(commit) => Merged::plain(commit, How::FastForward),
        Landed::Merged(commit, settled) => {
            let commit = match commit {
                Some(commit) => commit,
                None => Snapshot::commit(&desk.store.snapshot()?),
            };
            let Settled { conflicted, renamed, closed, notes, .. } = settled;
            Merged { commit, how: How::Merge, conflicted, renamed, closed, notes }
        }
    })
}

/// Says of operations of ours whose tickets have new ids what they are called now, for who asks for one once more.
fn told_anew(desk: &Desk<'_>, joint: &Joint<'_>, message: Message) -> Result<Message> {
    if joint.renamed.is_empty() {
        return Ok(message);
    }
    let ours = desk.store.commits_beyond(joint.ours.commit(), &[joint.theirs.commit()])?;
    let mut message = message;
    for operation in desk.store.operations_of(&ours)? {
        let words = operation.split(' ').skip(1);
        let ids: Vec<Option<TicketId>> = words.map(TicketId::parse).collect();
        if ids.iter().flatten().any(|id| joint.renamed.contains_key(id)) {
            let now = |id: &TicketId| joint.renamed.get(id).unwrap_or(id).to_string();
            let told: Vec<String> = ids.iter().flatten().map(now).collect();
            message = message.operation(operation.split(' ').next().unwrap_or_default(), &told);
        }
    }
    Ok(message)
}

/// Lines of a commit's message or of a refusal; what is beyond is counted.
const LINES: usize = 50;

fn listed(lines: &[String]) -> Vec<String> {
    let mut listed: Vec<String> = lines.iter().take(LINES).cloned().collect();
    if lines.len() > LINES {
        listed.push(format!("and {} more", lines.len() - LINES));
    }
    listed
}

pub(super) fn message(settled: &Settled) -> Message {
    let counts = [(settled.tickets, "ticket"), (settled.articles, "article")];
    let there = counts.iter().filter(|(count, _)| *count > 0);
    let what: Vec<String> = there.map(|(count, noun)| counted(*count, noun)).collect();
    let what = if what.is_empty() { counted(0, "ticket") } else { what.join(", ") };
    let mut message = Message::new(format!("merge {what}"));
    message.body = listed(&settled.lines()).join("\n");
    message.trailer("Desk-Act", "sync")
}

pub(super) fn refused(settled: &Settled) -> Problem {
    let lines = settled.lines();
    let problem =
        Problem::refused(format!("{} to be settled by somebody; nothing was changed", counted(lines.len(), "thing")))
            .code("clash");
    let problem = listed(&lines).into_iter().fold(problem, Problem::hint);
    problem.hint("without `--strict` all of it is settled by rule, and what loses is kept in the ticket")
}
