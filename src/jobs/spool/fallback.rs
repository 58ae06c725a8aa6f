//! Where an event goes when the spool takes it not: the reserve is freed, then other folders, the system's log, and in
//! the end nowhere, which whoever has the event must say aloud.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Spool, files_in, put, read, set_aside};
use crate::platform;
use crate::view::event::Event;

/// Where an event is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In the spool, durable.
    Spool(PathBuf),
    /// In another folder that whoever delivers looks into, too.
    Elsewhere(PathBuf),
    /// A line in the system's log, which nobody delivers.
    Logged,
    /// Nothing took it; why the spool did not.
    Nowhere(String),
}

impl Kept {
    /// Whether it will be delivered.
    pub fn is_safe(&self) -> bool {
        matches!(self, Kept::Spool(_) | Kept::Elsewhere(_))
    }
}

pub fn keep(spool: &Spool, event: &mut Event) -> Kept {
    let error = match put_patiently(spool, event) {
        Ok(path) => {
            set_aside(&spool.root);
            return Kept::Spool(path);
        }
        Err(error) => error,
    };
    log::debug!("{}: {error}", spool.root.display());
    for place in &spool.others {
        if let Ok(path) = put_privately(spool, place, event) {
            return Kept::Elsewhere(path);
        }
    }
    match platform::system_log(&line(event)) {
        Ok(()) => Kept::Logged,
        Err(_) => Kept::Nowhere(format!("{}: {error}", spool.root.display())),
    }
}

/// A full disk has room once the reserve is gone.
fn put_patiently(spool: &Spool, event: &mut Event) -> io::Result<PathBuf> {
    match put(spool, &spool.root, event) {
        Err(error) if platform::is_full(&error) => {
            fs::remove_file(spool.root.join("reserve"))?;
            put(spool, &spool.root, event)
        }
        done => done,
    }
}

/// Into a folder beside others' files: only into one that is no link and ours alone.
fn put_privately(spool: &Spool, place: &Path, event: &mut Event) -> io::Result<PathBuf> {
    platform::make_folder(place, 0o700)?;
    if !platform::is_own_folder(place) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    put(spool, place, event)
}

/// So many events come along with another at once.
const AT_ONCE: usize = 100;

/// Moves events from other folders into the spool. Whoever delivers from it may be another user, who does not see these.
pub fn gather(spool: &Spool) -> usize {
    let mut came = 0;
    for place in spool.others.iter().filter(|place| platform::is_own_folder(place)) {
        let mut paths = files_in(&place.join("new"));
        paths.sort_unstable();
        let mut left = paths.len();
        for path in paths.into_iter().take(AT_ONCE - came) {
            let Some(Ok(mut event)) = read(path.clone()).map(|(waiting, _)| waiting.event) else { continue };
            if let Err(error) = put(spool, &spool.root, &mut event) {
                log::debug!("{}: {error}", spool.root.display());
                return came;
            }
            // Where it stays, it comes twice, and is applied once.
            left -= usize::from(fs::remove_file(path).is_ok());
            came += 1;
        }
        if left == 0 {
            leave(place);
        }
    }
    came
}

/// Takes away a folder with nothing in it that anybody waits for; whoever puts an event there now keeps it.
fn leave(place: &Path) {
    let _ = fs::remove_dir(place.join("new")).and_then(|()| {
        fs::remove_dir(place.join("tmp"))?;
        fs::remove_file(place.join("sizes"))?;
        fs::remove_dir(place)
    });
}

fn line(event: &Event) -> String {
    let title = event.title.replace(char::is_control, " ");
    format!("{} {}: {title} (no spool took this event)", event.ask.as_str(), event.key.replace(char::is_control, " "))
}
