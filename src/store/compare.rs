//! Which files differ between two trees, from the raw tree objects: what history, of every commit, spends its time on.

use git2::Oid;

use super::history::Reader;
use super::repository::unreadable;
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
    /// Files that differ between two trees; only folders that differ are read.
    pub fn compare(&self, before: Option<Oid>, after: Option<Oid>) -> Result<Vec<Differs>> {
        let mut found = Vec::new();
        self.compare_trees(before, after, "", &mut found)?;
        Ok(found)
    }

    fn compare_trees(
        &self,
        before: Option<Oid>,
        after: Option<Oid>,
        folder: &str,
        found: &mut Vec<Differs>,
    ) -> Result<()> {
        if before == after {
            return Ok(());
        }
        let odb = self.repo.odb().map_err(unreadable)?;
        let read = |tree: Option<Oid>| tree.map(|tree| odb.read(tree).map_err(unreadable)).transpose();
        let (old, new) = (read(before)?, read(after)?);
        let bytes =
            |object: &Option<git2::OdbObject<'_>>| object.as_ref().map_or(Vec::new(), |object| object.data().to_vec());
        let (old, new) = (bytes(&old), bytes(&new));
        let (mut old, mut new) = (Members(&old).peekable(), Members(&new).peekable());
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
            let Some(name) = a.as_ref().or(b.as_ref()).and_then(|member| std::str::from_utf8(member.name).ok()) else {
                continue;
            };
            // Only tickets are of interest below the desk's root.
            if folder.is_empty() && name != "tickets" && name != "desk.toml" {
                continue;
            }
            let path = format!("{folder}{name}");
            let tree =
                |member: &Option<Member<'_>>| member.as_ref().filter(|member| member.is_tree()).map(|member| member.id);
            let file =
                |member: &Option<Member<'_>>| member.as_ref().filter(|member| member.is_file()).map(|member| member.id);
            let other = |member: &Option<Member<'_>>| {
                member.as_ref().filter(|member| !member.is_tree() && !member.is_file()).map(|member| member.id)
            };
            self.compare_trees(tree(&a), tree(&b), &format!("{path}/"), found)?;
            let (before, after) = (file(&a), file(&b));
            if before != after || other(&a) != other(&b) {
                found.push(Differs { path, before, after });
            }
        }
    }
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
