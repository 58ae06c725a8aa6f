//! Words as a shell, a crontab, a unit of systemd and sshd read them.

/// For a shell: in single quotes, where it has more than plain characters.
pub fn for_shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | ':' | '@' | ',' | '=');
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { in_single_quotes(word) }
}

/// For a shell: in single quotes whatever it has.
pub fn in_single_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A command of a shell as a crontab has it, where `%` begins a line of input; cron takes the backslash away again.
pub fn for_cron(command: &str) -> String {
    command.replace('%', "\\%")
}

/// A command of a shell as the value of `command="…"` in `authorized_keys`: a quote loses its backslash there, and a
/// backslash before anything else stays one.
pub fn for_sshd(command: &str) -> String {
    format!("\"{}\"", command.replace('"', "\\\""))
}

/// A word of a setting of systemd, where `%` begins a specifier.
pub fn for_systemd(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.-_+:@,=".contains(c);
    let doubled = word.replace('%', "%%");
    if !word.is_empty() && word.chars().all(|c| plain(c) || c == '%') {
        return doubled;
    }
    format!("\"{}\"", doubled.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The same in `ExecStart=`, where `$` begins a variable.
pub fn for_exec(word: &str) -> String {
    for_systemd(word).replace('$', "$$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_word_to_whoever_reads_it() {
        assert_eq!(for_shell("/srv/desk.git"), "/srv/desk.git");
        assert_eq!(for_shell("/srv/it's $HOME"), "'/srv/it'\\''s $HOME'");
        assert_eq!(for_shell(""), "''");
        assert_eq!(for_cron("echo 100% '%F'"), "echo 100\\% '\\%F'");
        assert_eq!(for_sshd("git-desk receive 'a\"b\\c'"), "\"git-desk receive 'a\\\"b\\c'\"");
        assert_eq!(for_systemd("/srv/100%"), "/srv/100%%");
        assert_eq!(for_systemd("/srv/a \"b\" \\c %h"), "\"/srv/a \\\"b\\\" \\\\c %%h\"");
        assert_eq!(for_exec("/srv/$HOME"), "\"/srv/$$HOME\"");
    }
}
