//! Which files differ between two trees, from the raw tree objects: what history, of every commit, spends its time on.
//! libgit2's own comparison reads the folders of all tickets of a day on which one has changed.

use std::iter::Peekable;

use git2::{OdbObject, Oid, Repository};

use super::changed::Differing;
use super::history::Reader;
use super::repository::unreadable;
use super::snapshot::{EXECUTABLE, REGULAR};
use crate::error::Result;

/// A file that differs between two trees: its path from the desk's root and both ids, where it is a regular file (a
/// symlink that differs has none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    pub path: String,
    pub before: Option<Oid>,
    pub after: Option<Oid>,
}

impl Reader {
    /// Files of tickets and articles and the policy that differ between two trees; only folders that differ are read.
    pub fn compare(&self, before: Option<Oid>, after: Option<Oid>) -> Result<Vec<Differs>> {
        let mut found = Vec::new();
        let mut add = |path: String, before: Option<&Member<'_>>, after: Option<&Member<'_>>| {
            let file = |member: Option<&Member<'_>>| member.filter(|member| member.is_file()).map(|member| member.id);
            let other = |member: Option<&Member<'_>>| member.filter(|member| !member.is_file()).map(|member| member.id);
            let one = Differs { path, before: file(before), after: file(after) };
            if one.before != one.after || other(before) != other(after) {
                found.push(one);
            }
        };
        // Nothing else is of interest below the desk's root.
        let of_interest = |name: &str| matches!(name, "tickets" | "kb" | "desk.toml");
        compare_trees(&self.repo, (before, after), "", &of_interest, &mut add)?;
        Ok(found)
    }
}

/// All that is no folder and differs between two trees, in the order of paths.
pub(super) fn differing(repo: &Repository, before: Option<Oid>, after: Option<Oid>) -> Result<Vec<Differing>> {
    let mut found = Vec::new();
    let mut add = |path: String, before: Option<&Member<'_>>, after: Option<&Member<'_>>| {
        let blob = |member: Option<&Member<'_>>| member.map(|member| (member.id, member.mode()));
        let one = Differing { path, before: blob(before), after: blob(after) };
        if one.before != one.after {
            found.push(one);
        }
    };
    compare_trees(repo, (before, after), "", &|_| true, &mut add)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// Takes a path and what is there on both sides, which is no folder.
type Each<'e> = dyn FnMut(String, Option<&Member<'_>>, Option<&Member<'_>>) + 'e;

fn compare_trees(
    repo: &Repository,
    (before, after): (Option<Oid>, Option<Oid>),
    folder: &str,
    of_interest: &dyn Fn(&str) -> bool,
    each: &mut Each<'_>,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let odb = repo.odb().map_err(unreadable)?;
    let read = |tree: Option<Oid>| tree.map(|tree| odb.read(tree).map_err(unreadable)).transpose();
    let (old, new) = (read(before)?, read(after)?);
    let (mut old, mut new) = (members(old.as_ref()), members(new.as_ref()));
    loop {
        let side = match (old.peek(), new.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => a.sort_key().cmp(b.sort_key()),
        };
        let a = if side.is_le() { old.next() } else { None };
        let b = if side.is_ge() { new.next() } else { None };
        if let (Some(a), Some(b)) = (&a, &b)
            && a.id == b.id
            && a.mode == b.mode
        {
            continue;
        }
        let Some(name) = a.as_ref().or(b.as_ref()).map(|member| String::from_utf8_lossy(member.name)) else { continue };
        if folder.is_empty() && !of_interest(&name) {
            continue;
        }
        let path = format!("{folder}{name}");
        let tree =
            |member: &Option<Member<'_>>| member.as_ref().filter(|member| member.is_tree()).map(|member| member.id);
        compare_trees(repo, (tree(&a), tree(&b)), &format!("{path}/"), of_interest, each)?;
        let (a, b) = (a.filter(|member| !member.is_tree()), b.filter(|member| !member.is_tree()));
        if a.is_some() || b.is_some() {
            each(path, a.as_ref(), b.as_ref());
        }
    }
}

fn members<'a>(tree: Option<&'a OdbObject<'_>>) -> Peekable<Members<'a>> {
    Members(tree.map_or(&[], |tree| tree.data())).peekable()
}

/// One name of a raw tree object.
struct Member<'a> {
    mode: &'a [u8],
    name: &'a [u8],
    id: Oid,
}

impl Member<'_> {
    const ID: usize = 20;

    fn is_tree(&self) -> bool {
        self.mode == b"40000"
    }

    fn is_file(&self) -> bool {
        self.mode.starts_with(b"100")
    }

    /// As libgit2 has it: of a file's rights it keeps whether its owner can execute it.
    fn mode(&self) -> i32 {
        let mode = std::str::from_utf8(self.mode).ok().and_then(|mode| i32::from_str_radix(mode, 8).ok());
        let mode = mode.unwrap_or_default();
        match (self.is_file(), mode & 0o100 != 0) {
            (true, true) => EXECUTABLE,
            (true, false) => REGULAR,
            (false, _) => mode,
        }
    }

    /// Git's order: folders sort as if their name ended with `/`.
    fn sort_key(&self) -> impl Iterator<Item = u8> + '_ {
        self.name.iter().copied().chain(self.is_tree().then_some(b'/'))
    }
}

/// The names of a raw tree object, in its order.
struct Members<'a>(&'a [u8]);

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let space = self.0.iter().position(|byte| *byte == b' ')?;
        let end = space + self.0[space..].iter().position(|byte| *byte == 0)?;
        let id = self.0.get(end + 1..end + 1 + Member::ID)?;
        let member = Member { mode: &self.0[..space], name: &self.0[space + 1..end], id: Oid::from_bytes(id).ok()? };
        self.0 = &self.0[end + 1 + Member::ID..];
        Some(member)
    }
}
