//! Files of the desk as people name them: from where they are, or as `check` prints them.

use std::path::{Path, PathBuf};

use super::Context;
use crate::error::{Problem, Result};
use crate::store::Store;
use crate::store::snapshot::{is_checked, is_folder};

/// The path from the desk's root of a file that `known` says is there. Exit code 3 when there is none.
pub fn of_desk(ctx: &Context, file: &Path, known: impl Fn(&str) -> Result<bool>) -> Result<String> {
    let store = &ctx.desk()?.store;
    for path in [from_here(ctx, store, file), Some(file.to_owned())].into_iter().flatten() {
        let path = path.to_string_lossy();
        let inside = path.strip_prefix(store.root()).filter(|path| is_checked(path) && !is_folder(path));
        if let Some(path) = inside
            && known(path)?
        {
            return Ok(path.to_owned());
        }
    }
    Err(Problem::not_found(format!("{} is no file of this desk", file.display())).code("no_file").into())
}

/// The path from the desk's root of a folder that `known` says is there, with a `/` behind it; that of the desk itself, or
/// of a folder around it, is empty. `None` where it is none.
pub fn folder_of_desk(ctx: &Context, folder: &Path, known: impl Fn(&str) -> Result<bool>) -> Result<Option<String>> {
    let store = &ctx.desk_to_read()?.store;
    let here = || {
        let whole = ctx.env.cwd.join(folder).canonicalize().ok().filter(|path| path.is_dir())?;
        Some(whole.strip_prefix(store.workdir()?.canonicalize().ok()?).ok()?.to_owned())
    };
    for path in [here(), Some(folder.to_owned())].into_iter().flatten() {
        let plain = path.to_string_lossy();
        let plain = plain.trim_end_matches('/');
        let path = if matches!(plain, "" | ".") { String::new() } else { format!("{plain}/") };
        if store.root().starts_with(&path) {
            return Ok(Some(String::new()));
        }
        if let Some(inside) = path.strip_prefix(store.root())
            && known(inside)?
        {
            return Ok(Some(inside.to_owned()));
        }
    }
    Ok(None)
}

/// The path from the top of the worktree; the file itself may be a link, which is not followed.
fn from_here(ctx: &Context, store: &Store, file: &Path) -> Option<PathBuf> {
    let top = store.workdir()?.canonicalize().ok()?;
    let whole = ctx.env.cwd.join(file);
    let folder = whole.parent()?.canonicalize().ok()?;
    folder.join(whole.file_name()?).strip_prefix(top).ok().map(Path::to_owned)
}
