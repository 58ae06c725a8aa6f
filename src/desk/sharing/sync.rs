//! `sync`: what others did comes in, what was done here goes out.
//!
//! Fetch, merge, push, and from the fetch again when somebody else was faster. The network is never used while the
//! desk's lock is held: only the merge in the middle takes it.

use std::time::Duration;

use super::merge::{Clashes, How, Merged, merge};
use super::rewind::Rewound;
use super::settle::Settled;
use super::trouble;
use crate::desk::Desk;
use crate::error::{Kind, Problem, Result};
use crate::model::id::TicketId;
use crate::store::Oid;
use crate::store::message::Message;
use crate::store::remote::{Errand, Progress, Remote, Trouble};
use crate::store::transaction::Terms;

/// How somebody wants to sync.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The remote by its name; `None` is the desk's.
    pub remote: Option<String>,
    pub way: Way,
    pub clashes: Clashes,
    /// A remote that lost commits is followed.
    pub accept_rewind: bool,
    pub errand: Errand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Both,
    /// What others did comes in; nothing goes out.
    FetchOnly,
    /// What was done here goes out, if it has all that is there.
    PushOnly,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    pub remote: Remote,
    /// Commits that came in, and that went out.
    pub fetched: usize,
    pub pushed: usize,
    /// The merge commits that were needed, the last of them.
    pub merge: Option<Oid>,
    /// Where the branch is now.
    pub tip: Oid,
    /// Commits that are here and not there.
    pub unpublished: usize,
    pub conflicted: Vec<TicketId>,
    pub renamed: Vec<(TicketId, TicketId)>,
    pub closed: Vec<(TicketId, TicketId)>,
    pub notes: Vec<String>,
    pub rewound: Option<Rewound>,
}

impl Synced {
    /// Of a remote, while nothing has come and nothing has gone.
    pub(super) fn begun(remote: Remote, tip: Oid) -> Synced {
        Synced {
            remote,
            fetched: 0,
            pushed: 0,
            merge: None,
            tip,
            unpublished: 0,
            conflicted: Vec::new(),
            renamed: Vec::new(),
            closed: Vec::new(),
            notes: Vec::new(),
            rewound: None,
        }
    }

    /// Adds what came of a merge.
    pub(super) fn learn(
        &mut self,
        conflicted: Vec<TicketId>,
        renamed: Vec<(TicketId, TicketId)>,
        (closed, notes): (Vec<(TicketId, TicketId)>, Vec<String>),
    ) {
        self.conflicted.extend(conflicted);
        self.conflicted.sort_unstable();
        self.conflicted.dedup();
        self.renamed.extend(renamed);
        self.closed.extend(closed);
        self.notes.extend(notes);
    }
}

/// How often is begun again when others are faster.
const TRIES: u32 = 12;

impl Desk<'_> {
    /// Makes the desk's branch and the remote's one. On a dry run objects are fetched, and nothing moves.
    ///
    /// Exit code 3 when there is no such remote, 5 when the remote was rewound, has nothing in common with this desk, or
    /// somebody must decide; 7 when there is no desk there; 8 when it is out of reach, 9 when it refuses: then all that
    /// was done here is kept.
    pub fn sync(&self, wish: &Wish, progress: Progress<'_>) -> Result<Synced> {
        let remote = self.store.remote(wish.remote.as_deref())?;
        let tip = self.tip()?;
        let mut sync =
            Sync { desk: self, wish, progress, done: Synced::begun(remote, tip), raced_at: None, stood_still: false };
        for attempt in 0..TRIES {
            self.pause(attempt);
            if sync.round()? {
                return Ok(sync.done);
            }
        }
        let remote = &sync.done.remote;
        let unshared = self.unshared_words(remote)?;
        if sync.stood_still {
            let message = format!("{} takes no push, and nobody else moves it{unshared}", remote.shown());
            let branch = &remote.branch;
            return Err(Problem::new(Kind::Remote, message)
                .code("locked_there")
                .hint(format!("its lock file may be left over; where no git runs there: rm {branch}.lock"))
                .into());
        }
        Err(Problem::new(
            Kind::Remote,
            format!("{} keeps moving, {TRIES} tries were too late{unshared}", remote.shown()),
        )
        .code("too_busy")
        .hint("again: git desk sync")
        .into())
    }

    /// The commit the desk is at.
    pub(super) fn tip(&self) -> Result<Oid> {
        Ok(self.store.snapshot()?.commit())
    }

    /// Waits before the next try, longer each time, and not as long as others do.
    pub(super) fn pause(&self, attempt: u32) {
        if attempt > 0 {
            let longest = (50_u64 << attempt.min(6)).min(2_000);
            std::thread::sleep(Duration::from_millis(longest / 2 + self.env.random() % longest));
        }
    }
}

/// A sync on its way.
struct Sync<'a, 'e> {
    desk: &'a Desk<'e>,
    wish: &'a Wish,
    progress: Progress<'a>,
    done: Synced,
    /// Where the remote was when it last took no push because somebody else was faster, as it said.
    raced_at: Option<Option<Oid>>,
    /// Whether it was at the same commit the time before: nobody was faster.
    stood_still: bool,
}

impl Sync<'_, '_> {
    /// Once through; `false` when somebody else was faster.
    fn round(&mut self) -> Result<bool> {
        let store = &self.desk.store;
        let there = match self.wish.way {
            Way::PushOnly => self.known()?,
            Way::Both | Way::FetchOnly => self.fetch()?,
        };
        if let Some(there) = there {
            match self.wish.way {
                Way::PushOnly if !store.reaches(self.done.tip, there)? => return Err(self.behind().into()),
                Way::PushOnly => {}
                Way::Both | Way::FetchOnly => {
                    self.take_over(there)?;
                    if !self.desk.options.dry_run {
                        store.saw(&self.done.remote, there);
                    }
                }
            }
        }
        let others: Vec<Oid> = there.into_iter().collect();
        self.done.unpublished = store.commits_beyond(self.done.tip, &others)?.len();
        if self.wish.way == Way::FetchOnly || self.done.unpublished == 0 || self.desk.options.dry_run {
            self.note(there);
            return Ok(true);
        }
        self.push(there)
    }

    /// Where the remote is known to be, as long as nobody has seen that it lost something.
    fn known(&self) -> Result<Option<Oid>> {
        let (desk, remote) = (self.desk, &self.done.remote);
        let known = desk.store.last_known(remote)?;
        match (desk.store.last_seen(remote)?, known) {
            (Some(seen), Some(there)) if !desk.store.reaches(there, seen)? => {
                Err(desk.rewind_problem(remote, seen, known)?.into())
            }
            _ => Ok(known),
        }
    }

    /// Where the remote is, once it is known not to have lost anything that it had.
    fn fetch(&mut self) -> Result<Option<Oid>> {
        let (desk, remote) = (self.desk, &self.done.remote);
        // Before the fetch: what another process of this clone sees meanwhile is newer.
        let seen = desk.store.last_seen(remote)?;
        let fetched = desk.store.fetch(desk.env, remote, self.wish.errand, self.progress);
        let there = fetched.map_err(|trouble| desk.remote_problem(remote, &remote.url, trouble))?;
        if let Some(seen) = seen
            && !there.is_some_and(|there| desk.store.reaches(there, seen).unwrap_or(false))
        {
            if !self.wish.accept_rewind {
                return Err(desk.rewind_problem(remote, seen, there)?.into());
            }
            if let Some(there) = there {
                self.refuse_strange(there)?;
            }
            let (rewound, settled) = desk.accept_rewind(seen, there, self.wish.clashes)?;
            self.done.rewound = Some(rewound);
            self.done.tip = desk.tip()?;
            if let Some(Settled { conflicted, renamed, closed, notes, .. }) = settled {
                self.done.learn(conflicted, renamed, (closed, notes));
            }
        }
        if let (Some(there), false) = (there, desk.options.dry_run) {
            desk.store.heard(&self.done.remote, there);
        }
        Ok(there)
    }

    fn take_over(&mut self, there: Oid) -> Result<()> {
        let (desk, store) = (self.desk, &self.desk.store);
        self.done.tip = desk.tip()?;
        if store.reaches(self.done.tip, there)? {
            return Ok(());
        }
        self.refuse_strange(there)?;
        let come = store.commits_beyond(there, &[self.done.tip])?.len();
        let actor = desk.person(&store.snapshot()?.rules()?)?;
        let merged = merge(desk, &actor, there, self.wish.clashes)?;
        self.done.fetched += come;
        self.learn(merged);
        Ok(())
    }

    fn learn(&mut self, merged: Merged) {
        let done = &mut self.done;
        if !self.desk.options.dry_run {
            done.tip = merged.commit;
            done.merge = (merged.how == How::Merge).then_some(merged.commit).or(done.merge);
        }
        done.learn(merged.conflicted, merged.renamed, (merged.closed, merged.notes));
    }

    /// Nothing of a commit that is no version of this desk, or that could turn git itself, is taken over.
    fn refuse_strange(&self, there: Oid) -> Result<()> {
        self.refuse_what_is_no_desk(there)?;
        self.desk.store.refuse_hostile_paths(self.done.tip, there)
    }

    /// Exit code 5 for a branch of something else, 7 for one from which the desk has gone.
    fn refuse_what_is_no_desk(&self, there: Oid) -> Result<()> {
        let (store, shown) = (&self.desk.store, self.done.remote.shown());
        let Some(base) = store.meeting_point(self.done.tip, there)? else {
            return Err(match store.is_shallow() {
                true => Problem::repository(format!("this clone is shallow: where it meets {shown} is not here"))
                    .code("shallow")
                    .hint("git fetch --unshallow"),
                false => {
                    Problem::refused(format!("{shown} is of something else: it has no commit in common with this desk"))
                        .code("unrelated")
                        .hint("whether it is the right one: git remote -v     another: git desk sync --remote NAME")
                }
            }
            .into());
        };
        if store.has_desk(base) && !store.has_desk(there) {
            return Err(Problem::repository(format!("{shown} holds no desk any more: there is no desk.toml"))
                .code("no_desk")
                .hint(format!("who took it away: git log {} -- desk.toml", &there.to_string()[..8]))
                .into());
        }
        Ok(())
    }

    /// `false` when somebody else was faster.
    fn push(&mut self, there: Option<Oid>) -> Result<bool> {
        if let Some(there) = there {
            self.put_first(there)?;
        }
        let (desk, remote) = (self.desk, &self.done.remote);
        let step = (there, self.done.tip);
        match desk.store.push(desk.env, remote, step, self.wish.errand, self.progress) {
            Ok(()) => {}
            Err(Trouble::Raced) if self.wish.way == Way::PushOnly => return Err(self.behind().into()),
            Err(Trouble::Raced) => {
                self.stood_still = self.raced_at == Some(there);
                self.raced_at = Some(there);
                return Ok(false);
            }
            Err(trouble) => return Err(desk.remote_problem(remote, &remote.push_url, trouble).into()),
        }
        desk.store.saw(remote, self.done.tip);
        if there.is_none() {
            desk.store.track(remote)?;
        }
        self.done.pushed = std::mem::take(&mut self.done.unpublished);
        self.note(Some(self.done.tip));
        Ok(true)
    }

    /// Where somebody has merged what is published by hand, it is no first parent of theirs.
    fn put_first(&mut self, there: Oid) -> Result<()> {
        let (desk, store) = (self.desk, &self.desk.store);
        if store.goes_on_from(self.done.tip, there)? {
            return Ok(());
        }
        let actor = desk.person(&store.snapshot()?.rules()?)?;
        let terms = Terms { op_id: None, subject: None, ..desk.terms(&actor, desk.env.now)? };
        let message = Message::new("merge by hand: what was published comes first").trailer("Desk-Act", "sync");
        self.done.tip = store.put_first(there, &message, &terms)?;
        self.done.merge = Some(self.done.tip);
        self.done.unpublished = store.commits_beyond(self.done.tip, &[there])?.len();
        Ok(())
    }

    fn note(&self, there: Option<Oid>) {
        if there == Some(self.done.tip) && !self.desk.options.dry_run {
            self.desk.store.note_in_step(&self.done.remote, self.desk.env.now.as_second());
        }
    }

    fn behind(&self) -> Problem {
        let shown = self.done.remote.shown();
        Problem::new(Kind::Remote, format!("{shown} has commits that are not here; nothing was pushed"))
            .code("behind")
            .hint("with them: git desk sync")
    }
}

impl Desk<'_> {
    /// `; 14 commits are safe here and not shared yet`
    pub(super) fn unshared_words(&self, remote: &Remote) -> Result<String> {
        let known: Vec<Oid> = self.store.last_known(remote)?.into_iter().collect();
        Ok(trouble::tail(self.store.commits_beyond(self.tip()?, &known)?.len()))
    }
}
