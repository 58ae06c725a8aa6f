//! A desk in one file, and a desk from such a file.
//!
//! A backup counts only once it has been read back: the file is cloned, the clone is checked object by object and opened
//! as a desk, and every reference must be there. Until then it has another name.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::desk::{Desk, Options};
use crate::env::Env;
use crate::error::{Kind, Problem, Result};
use crate::store::bundle::{References, unbundle};
use crate::store::scratch::Scratch;
use crate::store::snapshot::{Holds, holds};
use crate::store::{Place, Store};

/// A backup that was made, or a desk that was made of one.
#[derive(Debug)]
pub struct Kept {
    pub path: PathBuf,
    /// Size of the backup in bytes.
    pub bytes: u64,
    pub references: usize,
    pub tickets: u64,
    /// The tip of the desk's branch.
    pub commit: String,
    /// The desk's branch, where another one is checked out: it has to be named when the desk is made again. Without
    /// `refs/heads/`.
    pub branch: Option<String>,
}

/// Packing, unpacking, looking.
const STEPS: u64 = 3;

/// Writes everything that is committed to `file`, whatever was there before.
///
/// A link is followed. `step` hears how far it is. Exit code 5 for what is there and is no file: a folder, a pipe, a
/// device; 7 when it cannot be written, or when what was written is not the desk: then
/// `file` is as it was.
pub fn back_up(desk: &Desk<'_>, file: &Path, step: &dyn Fn(u64, u64)) -> Result<Kept> {
    let aim = aim(file)?;
    let folder = folder_of(&aim);
    let unwritable = |error: std::io::Error| {
        Problem::repository(format!("cannot write {}: {error}", file.display())).code("write_failed")
    };
    let work = Scratch::new(folder, ".git-desk-backup-").map_err(unwritable)?;
    let (bundle, clone) = (work.path().join("bundle"), work.path().join("clone.git"));
    let expected = desk.store.references()?;
    step(0, STEPS);
    desk.store.bundle(&bundle)?;
    step(1, STEPS);
    unbundle(&bundle, &clone)?;
    step(2, STEPS);
    let copy = open(desk.env, &clone, Some(desk.store.reference()))?;
    copy.store.verify()?;
    step(3, STEPS);
    complete(&desk.store, &copy.store, &expected)?;
    let branch = (desk.store.head().as_deref() != Some(desk.store.reference())).then(|| desk.store.reference());
    let branch = branch.map(|name| name.strip_prefix("refs/heads/").unwrap_or(name).to_owned());
    let kept = Kept { branch, ..summary(&copy, file, &bundle)? };
    if let Ok(data) = aim.metadata() {
        // Who may read the backup stays as it was.
        std::fs::set_permissions(&bundle, data.permissions()).map_err(unwritable)?;
    }
    File::open(&bundle).and_then(|bundle| bundle.sync_all()).map_err(unwritable)?;
    std::fs::rename(&bundle, &aim).map_err(unwritable)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
    Ok(kept)
}

/// The file that a backup goes to: where links lead, so that they stay. Exit code 5 for what is no file.
pub fn aim(file: &Path) -> Result<PathBuf> {
    let refused = |what: &str| {
        Problem::refused(format!("{} is {what}; a backup takes the place of a file alone", file.display()))
            .code("no_file")
            .hint("name a file, or one that is not there yet")
    };
    match file.metadata() {
        Ok(data) if data.is_file() => Ok(file.canonicalize().unwrap_or_else(|_| file.to_owned())),
        Ok(data) if data.is_dir() => Err(refused("a folder").into()),
        Ok(_) => Err(refused("no file").into()),
        Err(_) if file.is_symlink() => Err(refused("a link that leads nowhere").into()),
        Err(_) => Ok(file.to_owned()),
    }
}

/// Makes a bare desk of a backup in a folder that is not there yet, or is empty.
///
/// Without a branch it is the one that is checked out in the backup, else the only one that holds a desk; the folder has it
/// checked out. Exit code 3 when there is no such file, 5 when the folder holds something, 6 when the file is no backup of a desk.
pub fn restore(env: &Env, file: &Path, folder: &Path, reference: Option<&str>) -> Result<Kept> {
    if !file.is_file() {
        return Err(Problem::not_found(format!("no backup {}", file.display())).code("no_backup").into());
    }
    if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(Problem::refused(format!("{} holds something already", folder.display()))
            .code("folder_in_use")
            .hint("name a folder that is not there yet")
            .into());
    }
    let parent = folder_of(folder);
    std::fs::create_dir_all(parent)
        .map_err(|error| Problem::repository(format!("cannot make {}: {error}", parent.display())))?;
    let work = Scratch::new(parent, ".git-desk-restore-")?;
    let clone = work.path().join("desk.git");
    let no_backup = |error: anyhow::Error| {
        Problem::new(Kind::Invalid, format!("{} is no backup of a desk: {error:#}", file.display())).code("no_backup")
    };
    unbundle(file, &clone).map_err(&no_backup)?;
    let copy = found(env, &clone, reference).map_err(|error| no_backup(error).hint("the desk's branch: --ref NAME"))?;
    copy.store.verify()?;
    if copy.store.reference().starts_with("refs/heads/") {
        copy.store.set_head(copy.store.reference())?;
    }
    let kept = summary(&copy, folder, file)?;
    drop(copy);
    let moved = std::fs::rename(&clone, folder);
    moved.map_err(|error| Problem::repository(format!("cannot make {}: {error}", folder.display())))?;
    Ok(kept)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The desk of a clone that is ours alone.
fn found<'e>(env: &'e Env, folder: &Path, reference: Option<&str>) -> Result<Desk<'e>> {
    let error = match open(env, folder, reference) {
        Ok(desk) => return Ok(desk),
        Err(error) if reference.is_some() => return Err(error),
        Err(error) => error,
    };
    let all = Store::open_undecided(&Place { detached: true, ..Place::named(env, folder) })?.references()?;
    let branches = all.keys().filter(|name| name.starts_with("refs/heads/"));
    let mut desks = branches.filter_map(|name| open(env, folder, Some(name)).ok());
    match (desks.next(), desks.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => {
            let name = |desk: &Desk<'_>| desk.store.reference().trim_start_matches("refs/heads/").to_owned();
            Err(anyhow::anyhow!("several branches hold one: {}, {}", name(&one), name(&other)))
        }
        (None, _) => Err(error),
    }
}

fn open<'e>(env: &'e Env, folder: &Path, reference: Option<&str>) -> Result<Desk<'e>> {
    let place = Place { reference: reference.map(str::to_owned), ..Place::named(env, folder) };
    Ok(Desk::new(env, Store::open(&place)?, Options::default()))
}

/// Every reference of before is there, where it was or further on: others may have written meanwhile.
fn complete(store: &Store, copy: &Store, expected: &References) -> Result<()> {
    let (now, copied) = (store.references()?, copy.references()?);
    for (name, before) in expected {
        let there = match copied.get(name) {
            Some(there) => there == before || now.get(name) != Some(before),
            None => !now.contains_key(name),
        };
        if !there {
            return Err(Problem::repository(format!("the backup lacks {name}; nothing was kept"))
                .code("backup_incomplete")
                .hint("what is wrong with the repository: git fsck")
                .into());
        }
    }
    Ok(())
}

fn summary(copy: &Desk<'_>, path: &Path, bundle: &Path) -> Result<Kept> {
    let snapshot = copy.store.snapshot()?;
    let mut tickets = 0;
    snapshot.walk_tickets(|path, _, _| tickets += u64::from(matches!(holds(path), Holds::Ticket(_))))?;
    Ok(Kept {
        path: path.to_owned(),
        bytes: bundle.metadata().map_or(0, |data| data.len()),
        references: copy.store.references()?.len(),
        tickets,
        commit: snapshot.commit().to_string(),
        branch: None,
    })
}
