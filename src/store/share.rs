//! Several users of one repository (`core.sharedRepository`): what one writes the others can write.
//!
//! Git widens the mode of each file it makes. libgit2 and SQLite do not, so the mask of new files is widened for the
//! whole process instead, before anything is written: a file is never for a moment closed to the others.

use std::path::Path;

use crate::platform;

/// Bits of a mode that the others must have: `None` where git leaves it to the user's own mask.
///
/// The words are those of git's `core.sharedRepository`.
fn wanted(setting: &str) -> Option<u32> {
    match setting.to_ascii_lowercase().as_str() {
        "group" | "true" | "yes" | "on" | "1" => Some(0o070),
        "all" | "world" | "everybody" | "2" => Some(0o075),
        other => match u32::from_str_radix(other, 8).ok().filter(|_| other.starts_with('0')) {
            // Readable is searchable, for a folder.
            Some(mode) if mode & 0o077 != 0 => Some(mode & 0o077 | (mode & 0o044) >> 2),
            Some(_) | None => None,
        },
    }
}

/// Whether others may write.
pub fn lets_others_in(setting: &str) -> bool {
    wanted(setting).is_some()
}

/// Lets others in on what this process makes from now on, as the repository's setting says.
pub fn widen_mask(setting: &str) {
    if let Some(bits) = wanted(setting) {
        platform::widen_mask(bits);
    }
}

/// Gives a file that a library made with a narrower mode what new files of the repository have.
pub fn widen_file(path: &Path, setting: &str) -> std::io::Result<()> {
    wanted(setting).map_or(Ok(()), |bits| platform::widen_file(path, bits & 0o066))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_git_mean_what_they_mean_to_git() {
        let words = ["group", "true", "1", "all", "world", "2", "0660", "0640", "0664", "umask", "false", "0", "0600"];
        let group = Some(0o070);
        let bits = [group, group, group, Some(0o075), Some(0o075), Some(0o075), Some(0o070), Some(0o050), Some(0o075)];
        let bits = bits.into_iter().chain([None; 4]);
        assert!(words.iter().map(|word| wanted(word)).eq(bits));
    }
}
