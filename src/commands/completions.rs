//! `completions`

use super::Context;
use crate::error::{Problem, Result};

/// What a shell must read to complete `git-desk` and `git desk`
///
/// Examples:
///   source <(git desk completions bash)
///   git desk completions fish > ~/.config/fish/conf.d/git-desk.fish
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

/// The name of its file in `completions/`.
pub fn file_name(shell: &str) -> String {
    match shell {
        "zsh" => "_git-desk".to_owned(),
        "powershell" => "git-desk.ps1".to_owned(),
        "elvish" => "git-desk.elv".to_owned(),
        other => format!("git-desk.{other}"),
    }
}

/// A stub that asks the program, so that it cannot go stale.
pub fn script(shell: &str) -> Option<String> {
    let shells = clap_complete::env::Shells::builtins();
    let mut out = Vec::new();
    shells.completer(shell)?.write_registration("COMPLETE", "git-desk", "git-desk", "git-desk", &mut out).ok()?;
    let mut text = String::from_utf8(out).ok()?;
    // Git's own completion calls a function of ours for `git desk …`.
    match shell {
        "bash" => text.push_str(BASH_GIT),
        "zsh" => text.push_str(ZSH_GIT),
        "fish" => text.push_str(FISH_GIT),
        _ => {}
    }
    Some(text)
}

const BASH_GIT: &str = r#"
_git_desk() {
    # Behind `git -C folder` the command is not the second word; git's completion knows which it is.
    local at=$((${__git_cmd_idx:-1} + 1))
    local words=("git-desk" "${COMP_WORDS[@]:at}") cword=$((COMP_CWORD - at + 1))
    local IFS=$'\013'
    COMPREPLY=($(_CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$cword" _CLAP_COMPLETE_COMP_TYPE="${COMP_TYPE:-9}" \
        _CLAP_COMPLETE_SPACE=true COMPLETE=bash git-desk -- "${words[@]}"))
}
"#;

/// For `git desk …`; the two words are left out, and the program's name stands in their place.
const FISH_GIT: &str = r#"
function __git_desk_typed
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    test "$words[2]" = desk
end
function __git_desk_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set --erase words[1..2]
    COMPLETE=fish git-desk -- git-desk $words (commandline --current-token)
end
complete --keep-order --exclusive --command git --condition __git_desk_typed --arguments '(__git_desk_complete)'
"#;

/// As a file of `fpath` it is a function, which is called at once; read with `source` it only says how.
const ZSH_GIT: &str = r#"
if [[ $funcstack[1] == _git-desk ]]; then
    words[1]=git-desk
    _clap_dynamic_completer_git_desk "$@"
else
    function _git-desk() {
        words[1]=git-desk
        _clap_dynamic_completer_git_desk "$@"
    }
fi
"#;
