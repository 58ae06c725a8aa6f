//! What git says on stderr and in reports of a push, understood.

/// `Receiving objects:  45% (900/2000), 1.2 MiB | …` and the same of `Writing objects`.
pub fn objects(line: &str) -> Option<(u64, u64)> {
    let rest = ["Receiving objects:", "Writing objects:"].iter().find_map(|head| line.strip_prefix(head))?;
    let (done, total) = rest.split_once('(')?.1.split_once(')')?.0.split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

/// The lines of a stream that overwrites lines, without those that only say how far it is.
pub fn lines(said: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(said);
    let lines = text.split(['\r', '\n']).map(str::trim_end).filter(|line| !line.is_empty());
    lines.filter(|line| !line.contains("% (") && !line.starts_with("To ")).map(str::to_owned).collect()
}

/// Why it failed, from the line in which git says so; where it only says that it could not read, from what ssh said
/// before.
pub fn why(lines: &[String]) -> String {
    let fatal = lines.iter().find_map(|line| line.strip_prefix("fatal: "));
    let why = match fatal {
        Some(fatal) if !fatal.starts_with("Could not read from remote repository") => Some(fatal),
        Some(_) | None => lines.first().map(|line| line.trim_start_matches("fatal: ").trim_start_matches("error: ")),
    };
    why.unwrap_or("git said nothing").trim().trim_end_matches('.').to_owned()
}

/// Whether the other side wants somebody else.
pub fn is_denial(said: &str) -> bool {
    let lower = said.to_lowercase();
    let denials = [
        "authentication failed",
        "permission denied (",
        "permission denied, please try again",
        "could not read username",
        "could not read password",
        "host key verification failed",
        "access denied",
        "returned error: 401",
        "returned error: 403",
    ];
    denials.iter().any(|words| lower.contains(words))
}

/// Whether nobody answered at all.
pub fn is_silence(said: &str) -> bool {
    let lower = said.to_lowercase();
    ["timed out", "timeout was reached", "operation too slow"].iter().any(|words| lower.contains(words))
}

/// Whether the branch is not there.
pub fn is_unborn(said: &str) -> bool {
    said.contains("couldn't find remote ref")
}

/// How a push ended, from the line of `--porcelain` on the one branch; `None` where git did not get so far.
pub fn pushed(report: &str) -> Option<Pushed> {
    let line = report.lines().find(|line| line.len() > 2 && line.as_bytes()[1] == b'\t')?;
    let summary = line.split('\t').nth(2).unwrap_or_default();
    if !line.starts_with('!') {
        return Some(Pushed::Taken);
    }
    let reason = summary.split_once('(').map_or(summary, |(_, reason)| reason.trim_end_matches(')')).to_owned();
    let lower = reason.to_lowercase();
    let races = [
        "stale info",
        "fetch first",
        "non-fast-forward",
        "needs force",
        "failed to update ref",
        "cannot lock ref",
        "failed to lock",
        "reference already exists",
        "incorrect old value",
        "remote ref updated since",
    ];
    Some(match races.iter().any(|words| lower.contains(words)) {
        true => Pushed::Raced,
        false => Pushed::Refused(reason),
    })
}

/// What the other side did with a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    Taken,
    /// The branch there is not where it was.
    Raced,
    /// A hook or a setting there is against it.
    Refused(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_a_push_is_understood() {
        let of = |line: &str| pushed(&format!("To ../hub.git\n{line}\nDone\n"));
        assert_eq!(of(" \tabc:refs/heads/main\t1a2b..3c4d"), Some(Pushed::Taken));
        assert_eq!(of("*\tabc:refs/heads/main\t[new branch]"), Some(Pushed::Taken));
        assert_eq!(of("=\tabc:refs/heads/main\t[up to date]"), Some(Pushed::Taken));
        assert_eq!(of("!\tabc:refs/heads/main\t[rejected] (stale info)"), Some(Pushed::Raced));
        assert_eq!(
            of("!\tabc:refs/heads/main\t[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)"),
            Some(Pushed::Raced)
        );
        let hook = "pre-receive hook declined";
        assert_eq!(
            of(&format!("!\tabc:refs/heads/main\t[remote rejected] ({hook})")),
            Some(Pushed::Refused(hook.into()))
        );
        assert_eq!(pushed("fatal: nothing\n"), None);
    }

    #[test]
    fn progress_is_no_complaint() {
        let said =
            b"remote: Counting objects:  50% (1/2)\rReceiving objects:  45% (900/2000), 1.2 MiB\rfatal: early EOF\n";
        assert_eq!(lines(said), ["fatal: early EOF"]);
        assert_eq!(objects("Receiving objects:  45% (900/2000), 1.2 MiB | 3 MiB/s"), Some((900, 2000)));
        assert_eq!(objects("Writing objects: 100% (3/3), 280 bytes"), Some((3, 3)));
        assert_eq!(objects("Receiving objects: x"), None);
        let ssh = [
            "ana@hub: Permission denied (publickey).".to_owned(),
            "fatal: Could not read from remote repository.".to_owned(),
        ];
        assert_eq!(why(&ssh), "ana@hub: Permission denied (publickey)");
    }
}
