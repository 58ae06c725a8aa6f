//! `completions`

use super::Context;
use crate::error::{Problem, Result};

/// What a shell must read to complete `git-desk` and `git desk`
///
/// Examples:
///   source <(git desk completions bash)
///   git desk completions fish > ~/.config/fish/completions/git-desk.fish
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// bash, elvish, fish, powershell, zsh
    #[arg(value_name = "SHELL", value_parser = SHELLS.to_vec())]
    pub shell: String,
}

/// The shells that a completion can be had for.
pub const SHELLS: &[&str] = &["bash", "elvish", "fish", "powershell", "zsh"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let script = script(&self.shell).ok_or_else(|| {
            Problem::usage(format!("no completion for `{}`; there are {}", self.shell, SHELLS.join(", ")))
        })?;
        ctx.ui.write(&script)
    }
}

/// A stub that asks the program, so that it cannot go stale.
pub fn script(shell: &str) -> Option<String> {
    let shells = clap_complete::env::Shells::builtins();
    let mut out = Vec::new();
    shells.completer(shell)?.write_registration("COMPLETE", "git-desk", "git-desk", "git-desk", &mut out).ok()?;
    let mut text = String::from_utf8(out).ok()?;
    if shell == "bash" {
        // Git's own completion calls `_git_desk` for `git desk …`.
        text.push_str(BASH_GIT);
    }
    Some(text)
}

const BASH_GIT: &str = r#"
_git_desk() {
    local words=("git-desk" "${COMP_WORDS[@]:2}") cword=$((COMP_CWORD - 1))
    local IFS=$'\013'
    COMPREPLY=($(_CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$cword" _CLAP_COMPLETE_COMP_TYPE="${COMP_TYPE:-9}" \
        _CLAP_COMPLETE_SPACE=true COMPLETE=bash git-desk -- "${words[@]}"))
}
"#;
