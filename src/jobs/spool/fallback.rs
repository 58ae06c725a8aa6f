//! Where an event goes when the spool takes it not: the reserve is freed, then other folders, the system's log, and in
//! the end nowhere, which whoever has the event must say aloud.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Spool, put, set_aside};
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
    let error = match put_patiently(&spool.root, event) {
        Ok(path) => {
            set_aside(&spool.root);
            return Kept::Spool(path);
        }
        Err(error) => error,
    };
    log::debug!("{}: {error}", spool.root.display());
    for place in &spool.others {
        if let Ok(path) = put_privately(place, event) {
            return Kept::Elsewhere(path);
        }
    }
    match platform::system_log(&line(event)) {
        Ok(()) => Kept::Logged,
        Err(_) => Kept::Nowhere(format!("{}: {error}", spool.root.display())),
    }
}

/// A full disk has room once the reserve is gone.
fn put_patiently(root: &Path, event: &mut Event) -> io::Result<PathBuf> {
    match put(root, event) {
        Err(error) if platform::is_full(&error) => {
            fs::remove_file(root.join("reserve"))?;
            put(root, event)
        }
        done => done,
    }
}

/// Into a folder beside others' files: only into one that is no link and ours alone.
fn put_privately(place: &Path, event: &mut Event) -> io::Result<PathBuf> {
    platform::make_folder(place, 0o700)?;
    if !platform::is_own_folder(place) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    put(place, event)
}

fn line(event: &Event) -> String {
    let title = event.title.replace(char::is_control, " ");
    format!("{} {}: {title} (no spool took this event)", event.ask.as_str(), event.key.replace(char::is_control, " "))
}
