//! New trees from an old one and a few changed paths; only the folders on those paths are rewritten.

use std::collections::BTreeMap;

use git2::{ObjectType, Oid};

use super::objects::Object;
use super::repository::{Store, unreadable};
use crate::error::Result;

/// What to do with paths: new bytes of a file, or `None` to delete it. Paths from the repository's root.
pub type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// What a path is to be.
#[derive(Debug, Clone, Copy)]
pub enum Leaf<'a> {
    /// A regular file of these bytes, with its mode.
    Bytes(&'a [u8], i32),
    /// What is stored already, with its mode.
    Stored(Oid, i32),
    Gone,
}

/// A tree that is not written yet, with all objects that it needs and the old one has not.
pub struct Planned {
    pub tree: Oid,
    pub objects: Vec<Object>,
}

/// The tree that comes of applying `changes` to `base`.
pub fn plan(store: &Store, base: Option<Oid>, changes: &Changes) -> Result<Planned> {
    let leaves = changes
        .iter()
        .map(|(path, bytes)| (path.as_bytes(), bytes.as_deref().map_or(Leaf::Gone, |bytes| Leaf::Bytes(bytes, FILE))));
    plan_leaves(store, base, leaves)
}

/// As [`plan`], with files that are stored already among the changes; paths, which may be no UTF-8, in byte order.
pub fn plan_leaves<'a>(
    store: &Store,
    base: Option<Oid>,
    changes: impl Iterator<Item = (&'a [u8], Leaf<'a>)>,
) -> Result<Planned> {
    let mut objects = Vec::new();
    let split: Vec<(Vec<&[u8]>, Leaf<'_>)> =
        changes.map(|(path, leaf)| (path.split(|byte| *byte == b'/').collect(), leaf)).collect();
    let split: Vec<Split<'_>> = split.iter().map(|(path, leaf)| (path.as_slice(), *leaf)).collect();
    let tree = match rewrite(store, base, &split, &mut objects)? {
        Some(tree) => tree,
        None => push(&mut objects, ObjectType::Tree, Vec::new())?,
    };
    Ok(Planned { tree, objects })
}

/// One name in a tree.
struct Member {
    mode: i32,
    id: Oid,
}

pub const FILE: i32 = 0o100_644;
const FOLDER: i32 = 0o040_000;

type Split<'a> = (&'a [&'a [u8]], Leaf<'a>);

/// The new id of a folder; `None` when nothing is left in it.
fn rewrite(store: &Store, base: Option<Oid>, changes: &[Split<'_>], objects: &mut Vec<Object>) -> Result<Option<Oid>> {
    let mut members = members(store, base)?;
    let mut rest = changes;
    while let Some(((path, leaf), _)) = rest.split_first() {
        let name = path[0];
        let same = rest.iter().take_while(|(path, _)| path[0] == name).count();
        let (group, others) = rest.split_at(same);
        rest = others;
        if path.len() == 1 && same == 1 {
            set_file(&mut members, name, *leaf, objects)?;
        } else {
            // A file `x` goes where files below `x/` come, and comes where the last of them goes; both cannot be meant, and
            // the caller sees to that.
            let below: Vec<Split<'_>> =
                group.iter().filter(|(path, _)| path.len() > 1).map(|(path, leaf)| (&path[1..], *leaf)).collect();
            let old = members.get(name).filter(|member| member.mode == FOLDER).map(|member| member.id);
            match rewrite(store, old, &below, objects)? {
                Some(id) => {
                    members.insert(name.to_vec(), Member { mode: FOLDER, id });
                }
                None => {
                    members.remove(name);
                    for (_, leaf) in group.iter().filter(|(path, _)| path.len() == 1) {
                        set_file(&mut members, name, *leaf, objects)?;
                    }
                }
            }
        }
    }
    if members.is_empty() {
        return Ok(None);
    }
    push(objects, ObjectType::Tree, serialize(&members)).map(Some)
}

fn set_file(
    members: &mut BTreeMap<Vec<u8>, Member>,
    name: &[u8],
    leaf: Leaf<'_>,
    objects: &mut Vec<Object>,
) -> Result<()> {
    let member = match leaf {
        Leaf::Bytes(bytes, mode) => Member { mode, id: push(objects, ObjectType::Blob, bytes.to_vec())? },
        Leaf::Stored(id, mode) => Member { mode, id },
        Leaf::Gone => {
            members.remove(name);
            return Ok(());
        }
    };
    members.insert(name.to_vec(), member);
    Ok(())
}

fn members(store: &Store, base: Option<Oid>) -> Result<BTreeMap<Vec<u8>, Member>> {
    let Some(base) = base else { return Ok(BTreeMap::new()) };
    let tree = store.repo().find_tree(base).map_err(unreadable)?;
    let member = |entry: &git2::TreeEntry<'_>| Member { mode: entry.filemode_raw(), id: entry.id() };
    Ok(tree.iter().map(|entry| (entry.name_bytes().to_vec(), member(&entry))).collect())
}

/// Git sorts names as if those of folders ended with `/`.
fn serialize(members: &BTreeMap<Vec<u8>, Member>) -> Vec<u8> {
    let mut sorted: Vec<(Vec<u8>, &[u8], &Member)> = members
        .iter()
        .map(|(name, member)| {
            let mut key = name.clone();
            if member.mode == FOLDER {
                key.push(b'/');
            }
            (key, name.as_slice(), member)
        })
        .collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut bytes = Vec::with_capacity(sorted.len() * 56);
    for (_, name, member) in sorted {
        bytes.extend_from_slice(format!("{:o} ", member.mode).as_bytes());
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(member.id.as_bytes());
    }
    bytes
}

fn push(objects: &mut Vec<Object>, kind: ObjectType, bytes: Vec<u8>) -> Result<Oid> {
    let object = Object::new(kind, bytes)?;
    let id = object.id;
    objects.push(object);
    Ok(id)
}
