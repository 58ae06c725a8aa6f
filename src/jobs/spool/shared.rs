//! A spool that everybody may write to (mode 1733): its owner alone can list it and take events away again, so the
//! folders in it must be its owner's, too. Until they are there, and where somebody else was faster, events lie beside
//! them in the spool itself.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::platform;
use crate::process::asked;

/// Whoever may write into the spool may write into its folders; nobody else may list them.
const MODE: u32 = 0o1733;

/// Where drafts of events lie, and where events wait.
pub fn inbox(root: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let (drafts, waiting) = (root.join("tmp"), root.join("new"));
    if !platform::is_shared(root) {
        for folder in [root, &drafts, &waiting] {
            platform::make_folder(folder, 0o700)?;
        }
        return Ok((drafts, waiting));
    }
    make_folders(root);
    match is_its_owners(root, &drafts) && is_its_owners(root, &waiting) {
        true => Ok((drafts, waiting)),
        false => Ok((root.to_owned(), root.to_owned())),
    }
}

/// Makes the folders of a spool that is ours and everybody's; what cannot be made is done without.
pub fn make_folders(root: &Path) {
    if !platform::is_shared(root) || !is_ours(root) {
        return;
    }
    for name in ["tmp", "new", "beat"] {
        if let Err(error) = platform::make_folder(&root.join(name), MODE) {
            log::debug!("{}/{name}: {error}", root.display());
        }
    }
}

/// Whether what lies there can be taken away by us when it has to be.
pub fn is_ours(root: &Path) -> bool {
    owner(root) == Some(platform::user_number())
}

/// Whether a folder of the spool is no link, and of the spool's owner.
pub fn is_its_owners(root: &Path, folder: &Path) -> bool {
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|data| data.is_dir());
    is_folder && owner(folder) == owner(root)
}

/// How many folders of one name are looked for.
const MANY: u32 = 100;

/// The names that a folder of ours may have, the best first.
pub fn names(root: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let numbered = (2..MANY).map(move |at| format!("{name}-{at}"));
    let names: Vec<String> = std::iter::once(name.to_owned()).chain(numbered).collect();
    let root = root.to_owned();
    names.into_iter().map(move |name| root.join(name))
}

/// The first folder of that name, or of that and a number, that nobody else has made: where everybody may make folders,
/// somebody may have been there before.
pub fn own_folder(root: &Path, name: &str) -> Option<PathBuf> {
    // One that is not there yet may be somebody else's a moment later: only what was made is ours.
    let is_ours = |path: &PathBuf| platform::make_folder(path, 0o700).is_ok() && platform::is_own_folder(path);
    names(root, name).find(is_ours)
}

/// What the system calls a user, and what we call one without a name.
pub fn names_of(user: u32) -> [String; 2] {
    let (said, number) = (asked("id", &["-nu", "--", &user.to_string()]), platform::nameless(user));
    let name = Some(said.trim()).filter(|name| !name.is_empty()).unwrap_or(&number);
    [name.to_owned(), number.clone()]
}

pub fn owner(path: &Path) -> Option<u32> {
    let owner = |data: Metadata| platform::facts(&data).user;
    fs::symlink_metadata(path).ok().map(owner)
}
