//! Commands of git that mend a file, as a person can type them whatever the file is called.

use std::ffi::OsString;

use crate::jobs::account::command_line;

/// `git WORDS PATHS`. A path is one word to the shell, no option, and to git that file alone and no pattern of files
/// (gitglossary(7), pathspec).
pub fn git(words: &[&str], paths: &[&str]) -> String {
    let is_pattern = |path: &&str| path.starts_with(':') || path.contains(['*', '?', '[', '\\']);
    let literal = paths.iter().any(is_pattern).then_some("--literal-pathspecs");
    let end = paths.iter().any(|path| path.starts_with('-')).then_some("--");
    let all = ["git"].iter().chain(&literal).chain(words).chain(&end).chain(paths);
    command_line(&all.map(OsString::from).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_word_and_itself_alone_whatever_it_is_called() {
        let rm = |path: &str| git(&["rm", "--cached"], &[path]);
        assert_eq!(rm("tickets/a.toml"), "git rm --cached tickets/a.toml");
        assert_eq!(rm("tickets/$(id);'x y"), "git rm --cached 'tickets/$(id);'\\''x y'");
        assert_eq!(rm("tickets/*"), "git --literal-pathspecs rm --cached 'tickets/*'");
        assert_eq!(rm(":(glob)**"), "git --literal-pathspecs rm --cached ':(glob)**'");
        assert_eq!(rm("-r"), "git rm --cached -- -r");
    }
}
