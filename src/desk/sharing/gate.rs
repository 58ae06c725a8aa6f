//! What a push may do to a desk on a server: everything that `check` lets through against the policy of before, nothing
//! that takes history away, and nobody's name but one's own.

use std::collections::{BTreeMap, HashMap};

use crate::desk::check::{Asked, Scope, check};
use crate::desk::{Desk, Options};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::name::is_name;
use crate::model::policy::{FILE, Policy, SCHEMA};
use crate::store::bundle::REPLACED;
use crate::store::edits::Edits;
use crate::store::history::CommitRow;
use crate::store::inbox::{BEATS, INBOX};
use crate::store::signature::Signature;
use crate::store::{Oid, Snapshot, Store};
use crate::view::Finding;

/// A reference that is pushed. `None` where it is not there before or after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub old: Option<Oid>,
    pub new: Option<Oid>,
    pub reference: String,
}

impl Update {
    /// A line of what git tells the hook (githooks(5), pre-receive). Exit code 2 for one that is none.
    pub fn parse(line: &str) -> Result<Update> {
        let bad =
            || Problem::usage(format!("no line of a push: {line}")).hint("git runs this hook: git desk setup hooks");
        let mut words = line.splitn(3, ' ');
        let (Some(old), Some(new), Some(reference)) = (words.next(), words.next(), words.next()) else {
            return Err(bad().into());
        };
        let commit = |text: &str| -> Result<Option<Oid>> {
            let id = Oid::from_str(text).map_err(|_| bad())?;
            Ok(Some(id).filter(|id| !id.is_zero()))
        };
        Ok(Update { old: commit(old)?, new: commit(new)?, reference: reference.to_owned() })
    }
}

/// Why something is not taken: one sentence, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub message: String,
    pub fix: Option<String>,
}

impl Refusal {
    fn new(message: impl Into<String>, fix: &str) -> Refusal {
        Refusal { message: message.into(), fix: Some(fix.to_owned()).filter(|fix| !fix.is_empty()) }
    }

    fn of(finding: Finding) -> Refusal {
        let place = match finding.path.as_str() {
            "" => String::new(),
            path => format!("{path}:{}: ", finding.line),
        };
        Refusal { message: format!("{place}{} ({})", finding.message, finding.code), fix: finding.fix }
    }
}

/// A push at the gate.
pub struct Gate<'a, 'd> {
    pub desk: &'a Desk<'d>,
    /// Who pushes, where the server says so.
    pub pusher: Option<Pusher>,
}

/// The server's word for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pusher {
    /// A handle, an address, or a name on the forge.
    pub word: String,
    /// Whether it is a forge that says so. People choose their names there, so `forge` of an agent goes before handles.
    pub is_of_forge: bool,
}

/// Digits of a commit that are told.
const SHORT: usize = 10;

/// Seconds that the clock of whoever commits may be ahead.
const AHEAD: i64 = 86_400;

/// The code of an entry under another's name: in a clone it may be an honest copy, on a server it is nobody's to push.
const FORGED: &str = "DSK803";

impl Gate<'_, '_> {
    /// Why a push is not taken; nothing where it is. Branches beside the desk's, and tags, are their owners' affair.
    pub fn judge(&self, updates: &[Update]) -> Result<Vec<Refusal>> {
        let (mut refusals, store) = (Vec::new(), self.store());
        let branch = store.behind(store.reference());
        let is_unborn = store.tip()?.is_none();
        for update in updates {
            match update.reference.as_str() {
                name if name == store.reference() || store.behind(name) == branch => {
                    refusals.extend(self.branch(update)?);
                }
                name if is_unborn && name.starts_with("refs/heads/") => refusals.extend(self.instead(update)?),
                name if name.starts_with("refs/desk/") => refusals.extend(self.parcel(update)?),
                name if name.starts_with(REPLACED) && update.new.is_some() => {
                    let message = format!("{name}: an object is what it is; nothing is put in its place here");
                    refusals.push(Refusal::new(message, ""));
                }
                _ => {}
            }
        }
        Ok(refusals)
    }

    fn store(&self) -> &Store {
        &self.desk.store
    }

    /// Where HEAD names a branch that is not there, each one that holds a desk is the desk's.
    fn instead(&self, update: &Update) -> Result<Vec<Refusal>> {
        let store = self.store();
        let root = update.old.map_or(Ok(None), |old| store.root_at(old))?;
        let Some(root) = root else { return update.new.map_or(Ok(Vec::new()), |new| self.first(new)) };
        let store = store.on(&update.reference)?.rooted(root)?;
        let desk = Desk::new(self.desk.env, store, Options::default());
        Gate { desk: &desk, pusher: self.pusher.clone() }.branch(update)
    }

    fn branch(&self, update: &Update) -> Result<Vec<Refusal>> {
        let store = self.store();
        let name = store.reference().trim_start_matches("refs/heads/");
        let Some(new) = update.new else {
            return Ok(vec![Refusal::new(format!("{name} holds the desk; it is not deleted"), "")]);
        };
        let Some(old) = update.old else { return self.first(new) };
        if !store.reaches(new, old)? {
            let lost = store.commits(old, Some(new))?;
            let which = lost.last().map(|row| format!(" (\"{}\")", row.subject)).unwrap_or_default();
            let message = format!("{name} would lose {}{which}; history only grows", counted(lost.len(), "commit"));
            return Ok(vec![Refusal::new(message, "bring both together first: git desk sync")]);
        }
        if let Some(refusal) = self.hostile(Some(old), new)? {
            return Ok(vec![refusal]);
        }
        if let Some(refusal) = self.moved(new)? {
            return Ok(vec![refusal]);
        }
        let rows = store.commits(new, Some(old))?;
        let shapes = self.shapes(&rows, old, new)?;
        if !shapes.is_empty() {
            return Ok(shapes);
        }
        let before = Snapshot::at(store, old)?;
        let policy = before.rules()?;
        let mut refusals = self.authors(&rows, &policy)?;
        refusals.extend(self.findings(&before, new)?);
        Ok(refusals)
    }

    /// Git on a server looks for such files where `receive.fsckObjects` is set, and not otherwise.
    fn hostile(&self, old: Option<Oid>, new: Oid) -> Result<Option<Refusal>> {
        let path = self.store().hostile_path(old, new)?;
        Ok(path.map(|path| {
            Refusal::new(format!("{path}: no git may have a file of that name"), "take it out: git rebase -i")
        }))
    }

    /// The desk stays in its folder: elsewhere in the tree other rules would hold, and its own tickets be out of sight.
    fn moved(&self, new: Oid) -> Result<Option<Refusal>> {
        let folder = |root: &str| if root.is_empty() { "at the top".to_owned() } else { format!("in {root}") };
        let here = self.store().root();
        let fix = "leave one desk.toml, where it was";
        Ok(match self.store().root_at(new) {
            Ok(Some(root)) if root == here => None,
            Ok(Some(root)) => {
                let message = format!("the desk is {}, and would be {}", folder(here), folder(&root));
                Some(Refusal::new(message, fix))
            }
            Ok(None) => Some(Refusal::new(format!("{here}desk.toml would be gone"), fix)),
            Err(error) => Some(Refusal::new(format!("nobody could say where the desk is: {error}"), fix)),
        })
    }

    /// What no commit on a desk's branch is, whoever made it.
    fn shapes(&self, rows: &[CommitRow], old: Oid, new: Oid) -> Result<Vec<Refusal>> {
        let latest = self.desk.env.now.as_second().saturating_add(AHEAD);
        let mut refusals: Vec<Refusal> = self.mainline(rows, old, new).into_iter().collect();
        for row in rows {
            let commit = &row.id.to_string()[..SHORT];
            let mut refuse =
                |what: &str, fix: &str| refusals.push(Refusal::new(format!("commit {commit} {what}"), fix));
            if row.parents.is_empty() {
                refuse(
                    "begins a history of its own beside the desk's",
                    "bring in the files in a commit on the desk's branch",
                );
            }
            if row.parents.len() > 2 {
                refuse("merges more than two histories", "merge one after the other");
            }
            if row.at.max(row.committed) > latest {
                // Only the last one can be amended.
                let again = match row.id == new {
                    true => "git commit --amend --no-edit --reset-author".to_owned(),
                    false => format!(
                        "git rebase --rebase-merges --exec 'git commit --amend --no-edit --reset-author' {}",
                        &old.to_string()[..SHORT]
                    ),
                };
                refuse("is dated more than a day ahead", &format!("set the clock right, and commit again: {again}"));
            }
            if self.store().is_empty_commit(row)? && has_op(&self.store().message(row.id)?) {
                refuse("changes nothing, and says that an operation is done (Desk-Op)", "leave it out: git rebase -i");
            }
        }
        Ok(refusals)
    }

    /// What is published is the first parent of what comes after: what the desk was at a time in the past never changes.
    fn mainline(&self, rows: &[CommitRow], old: Oid, new: Oid) -> Option<Refusal> {
        let rows: HashMap<Oid, &CommitRow> = rows.iter().map(|row| (row.id, row)).collect();
        let first = |id: &Oid| rows.get(id).and_then(|row| row.parents.first()).copied();
        let mut chain = std::iter::successors(Some(new), first);
        if chain.any(|id| id == old) {
            return None;
        }
        let commit = &new.to_string()[..SHORT];
        let fix = match rows.get(&new).is_some_and(|row| row.parents.len() > 1) {
            true => {
                format!("take that merge back, and have the desk make it: git reset --keep {commit}^1; git desk sync")
            }
            false => {
                "put your commits on top of what is here: git pull --rebase; from then on: git desk sync".to_owned()
            }
        };
        Some(Refusal::new("a merge has what is published here as its second side, where it must be the first", &fix))
    }

    /// The first push into an empty repository: a desk, whole and in order.
    fn first(&self, new: Oid) -> Result<Vec<Refusal>> {
        if let Some(refusal) = self.hostile(None, new)? {
            return Ok(vec![refusal]);
        }
        let Some(root) = self.store().root_at(new)? else { return Ok(Vec::new()) };
        let store = self.store().rooted(root)?;
        self.judged(&Snapshot::at(&store, new)?, Scope::Whole)
    }

    fn findings<'s>(&'s self, before: &Snapshot<'s>, new: Oid) -> Result<Vec<Refusal>> {
        self.judged(&Snapshot::at(self.store(), new)?, Scope::Since(before))
    }

    /// A schema that nobody here can read would keep everybody from writing.
    fn schema(&self, snapshot: &Snapshot<'_>) -> Result<Option<Refusal>> {
        let (policy, _) = snapshot.policy()?;
        Ok(policy.newer_schema().then(|| {
            let line = policy.line("desk.schema").unwrap_or(1);
            let (here, schema) = (self.store().root(), policy.desk.schema);
            let message = format!("{here}{FILE}:{line}: schema {schema} is later than {SCHEMA}, the latest known here");
            Refusal::new(message, "who keeps the server brings git-desk there up to date first")
        }))
    }

    fn judged<'s>(&self, snapshot: &Snapshot<'s>, scope: Scope<'_, 's>) -> Result<Vec<Refusal>> {
        if let Some(refusal) = self.schema(snapshot)? {
            return Ok(vec![refusal]);
        }
        let (edits, cache) = (Edits::new(), self.desk.cache());
        let findings = check(&Asked {
            snapshot,
            edits: &edits,
            scope,
            now: self.desk.env.now,
            by: self.pusher.as_ref().map_or("", |pusher| pusher.word.as_str()),
            cache: cache.as_deref(),
        })?;
        // What is about this repository and no file is not the pusher's to mend.
        let of_the_push =
            |finding: &Finding| (finding.is_error() || finding.code == FORGED) && !finding.path.is_empty();
        Ok(findings.into_iter().filter(of_the_push).map(Refusal::of).collect())
    }

    /// Nobody is somebody else: a commit is by whoever pushes it, or it is signed by its author. A signature that does
    /// not hold is none, and where rules ask for signatures it is refused.
    fn authors(&self, rows: &[CommitRow], policy: &Policy) -> Result<Vec<Refusal>> {
        let ids: Vec<Oid> = rows.iter().map(|row| row.id).collect();
        let signatures = self.store().signatures(self.desk.env, &ids)?;
        let asks = policy.permit.iter().any(|rule| rule.who.iter().any(|who| who == "signed"));
        let pusher = self.pusher.as_ref().map(|pusher| person(policy, pusher));
        let mut refusals: BTreeMap<String, Refusal> = BTreeMap::new();
        for row in rows {
            let signature = signatures.get(&row.id).unwrap_or(&Signature::None);
            let (commit, by) = (&row.id.to_string()[..SHORT], policy.handle_for(&row.email));
            let own = signature.is_by(&row.email);
            if *signature == Signature::Broken {
                let message = format!("commit {commit} is not what its signature is of");
                refusals.insert(commit.to_owned(), Refusal::new(message, ""));
            } else if asks && !own && *signature != Signature::None {
                let message = format!("commit {commit} is by {by}, and its signature is not known here as theirs");
                let fix = "who keeps the server adds the key: git config gpg.ssh.allowedSignersFile";
                refusals.insert(commit.to_owned(), Refusal::new(message, fix));
            } else if let Some(pusher) = &pusher
                && !own
                && !policy.is_same(by, pusher)
                && !is_plain_machine(policy, &row.email)
            {
                let message = format!("commit {commit} says it is by {by}, and {pusher} pushes it");
                let fix = format!("{by} pushes it, or signs it: git config commit.gpgsign true");
                refusals.entry(by.to_owned()).or_insert(Refusal::new(message, &fix));
            }
        }
        Ok(refusals.into_values().collect())
    }

    /// What producers leave: events are put there once, heartbeats move; nothing else of ours is pushed.
    fn parcel(&self, update: &Update) -> Result<Vec<Refusal>> {
        let name = &update.reference;
        let refused = |why: &str| Ok(vec![Refusal::new(format!("{name}: {why}"), "")]);
        let (rest, moves) = match (name.strip_prefix(INBOX), name.strip_prefix(BEATS)) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return refused("this is the server's own"),
        };
        let producer = rest.split('/').next().unwrap_or_default();
        match (update.old, update.new) {
            _ if !is_name(producer) => refused("no name of a producer stands behind it"),
            (_, None) => refused("only intake takes it away"),
            (Some(_), Some(_)) if !moves => refused("events that were handed over are not overwritten"),
            (_, Some(new)) if !self.store().is_commit(new) => refused("a parcel of events is a commit"),
            (_, Some(new)) if self.store().first_parent(new)?.is_some() => refused("a parcel of events has no history"),
            (_, Some(_)) => Ok(Vec::new()),
        }
    }
}

/// Whether a message says that an operation is done.
fn has_op(message: &str) -> bool {
    message.lines().any(|line| line.starts_with("Desk-Op: "))
}

/// Whose name the server's word for somebody is: an agent's handle by handle, address or name on the forge, else the word.
/// Who has another name on the forge than their handle is not meant when a forge says the handle.
fn person(policy: &Policy, pusher: &Pusher) -> String {
    let word = pusher.word.as_str();
    let is_meant = |name: &str| name.eq_ignore_ascii_case(word);
    let on_forge = policy.agents.iter().find(|(_, agent)| !agent.forge.is_empty() && is_meant(&agent.forge));
    let by_handle = policy.agents.iter().find(|(handle, _)| is_meant(handle));
    match (on_forge, by_handle) {
        (Some((handle, _)), _) if pusher.is_of_forge || !policy.is_agent(word) => handle.clone(),
        (None, Some((_, agent))) if pusher.is_of_forge && !agent.forge.is_empty() => format!("the account {word}"),
        (Some(_) | None, Some(_) | None) => policy.handle_for(word).to_owned(),
    }
}

/// Machines that no rule and no agent stands for may be written by anybody: they may do what everybody may.
fn is_plain_machine(policy: &Policy, address: &str) -> bool {
    let named = || policy.permit.iter().any(|rule| rule.who.iter().any(|who| who.eq_ignore_ascii_case(address)));
    address.starts_with("machine@") && !policy.is_agent(address) && !named()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_push_is_read_and_anything_else_is_refused() {
        let (zero, one) = ("0".repeat(40), "1".repeat(40));
        let update = Update::parse(&format!("{zero} {one} refs/heads/main")).unwrap();
        assert_eq!((update.old, update.reference.as_str()), (None, "refs/heads/main"));
        assert!(update.new.is_some());
        for bad in ["", "x", "x y refs/heads/main", &format!("{zero} {one}")] {
            assert!(Update::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_machine_is_anybodys_only_where_no_rule_names_it() {
        let base = "[desk]\nschema = 1\n[agents.ana]\nemails = [\"ana@x\"]\nforge = \"ana-on-forge\"\n";
        let policy = |rules: &str| Policy::parse(&format!("{base}{rules}")).0;
        let rule = "[[permit]]\nwho = \"machine@hub\"\nmay = [\"close\"]\n";
        assert!(is_plain_machine(&policy(""), "machine@hub"));
        assert!(!is_plain_machine(&policy(rule), "machine@hub"));
        assert!(!is_plain_machine(&policy(""), "ana@x"));
    }

    #[test]
    fn a_name_on_the_forge_is_nobodys_handle() {
        let text = "[desk]\nschema = 1\n[agents.ana]\nemails = [\"ana@x\"]\nforge = \"ana-on-forge\"\n\
            [agents.bob]\nemails = [\"bob@x\"]\nforge = \"ana\"\n[agents.eve]\nemails = [\"eve@x\"]\n";
        let (policy, _) = Policy::parse(text);
        let people = |is_of_forge: bool| {
            ["ana", "ana@x", "ana-on-forge", "BOB", "eve", "zoe"]
                .map(|word| person(&policy, &Pusher { word: word.to_owned(), is_of_forge }))
        };
        assert_eq!(people(false), ["ana", "ana", "ana", "BOB", "eve", "zoe"]);
        assert_eq!(people(true), ["bob", "ana", "ana", "the account BOB", "eve", "zoe"]);
    }
}
