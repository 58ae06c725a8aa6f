//! How large a spool may become: of each key the first event and the newest stay, the others are counted.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::files_in;
use crate::view::event::Event;

/// Bytes of all events that wait.
const MOST: u64 = 64 << 20;

/// Below so many files nobody asks how large they are.
const FEW: usize = 500;

/// Makes room in a folder that has become too large; of the events' own key what was left out is said in `event`.
pub fn make_room(folder: &Path, event: &mut Event) {
    make_room_below(folder, event, MOST, FEW);
}

pub(super) fn make_room_below(folder: &Path, event: &mut Event, most: u64, few: usize) {
    let mut paths = files_in(folder);
    if paths.len() <= few {
        return;
    }
    let size: u64 = paths.iter().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum();
    if size <= most {
        return;
    }
    paths.sort();
    let mut of_each: HashMap<String, Vec<PathBuf>> = HashMap::new();
    for path in paths {
        of_each.entry(short_of(&path)).or_default().push(path);
    }
    let own = super::short(&event.key);
    for (key, paths) in of_each {
        // Its newest is the event that is about to be written.
        let stays = if key == own { 0 } else { 1 };
        for path in paths.iter().take(paths.len().saturating_sub(stays)).skip(1) {
            if fs::remove_file(path).is_ok() && key == own {
                event.left_out += 1;
            }
        }
    }
}

/// The key's part of `<id>.<key>.json`.
fn short_of(path: &Path) -> String {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem.rsplit('.').next().unwrap_or_default().to_owned()
}
