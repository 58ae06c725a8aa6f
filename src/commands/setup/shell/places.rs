//! Where shells look for completion, and `man` for pages; and the lines that some need in the files they read at start.

use std::path::{Path, PathBuf};

use crate::commands::completions::file_name;
use crate::env::Env;
use crate::error::{Problem, Result};

/// A line that a shell needs in a file it reads at start.
pub struct Line {
    /// As people write it, `~/.zshrc`.
    pub file: String,
    pub line: String,
}

pub struct Places {
    home: PathBuf,
    /// The file of completion.
    pub completion: PathBuf,
    /// The folder above `man1`.
    pub man: PathBuf,
    /// The file that the shell reads at start, and what it needs there.
    needs: Vec<(PathBuf, String)>,
}

impl Places {
    /// For one of the shells that completion can be had for. Exit code 2 without a home.
    pub fn of(env: &Env, shell: &str) -> Result<Places> {
        let home = env.home().ok_or_else(|| Problem::usage("$HOME is not set, so there is no place to write to"))?;
        let folder = |variable: &str, usual: &str| {
            let named = env.var(variable).map(PathBuf::from).filter(|path| path.is_absolute());
            named.unwrap_or_else(|| home.join(usual))
        };
        let (data, config) = (folder("XDG_DATA_HOME", ".local/share"), folder("XDG_CONFIG_HOME", ".config"));
        let file = file_name(shell);
        let mut needs = Vec::new();
        let completion = match shell {
            "bash" => {
                // bash-completion finds it there by its name; git's own completion asks it, too.
                let path = folder("BASH_COMPLETION_USER_DIR", "").join("completions/git-desk");
                let path = if env.var("BASH_COMPLETION_USER_DIR").is_some() {
                    path
                } else {
                    data.join("bash-completion/completions/git-desk")
                };
                if !LOADERS.iter().any(|loader| Path::new(loader).exists()) {
                    needs.push((home.join(".bashrc"), format!("source {}", typed(&path, &home))));
                }
                path
            }
            // A file of `completions` would be read for `git-desk` alone, not for `git desk`.
            "fish" => config.join("fish/conf.d").join(file),
            "zsh" => {
                let path = data.join("zsh/site-functions").join(file);
                let folder = typed(path.parent().unwrap_or(&path), &home);
                let start = env.var("ZDOTDIR").map_or_else(|| home.clone(), PathBuf::from).join(".zshrc");
                needs.push((start, format!("fpath=({folder} $fpath); autoload -U compinit && compinit")));
                path
            }
            "elvish" => {
                needs.push((config.join("elvish/rc.elv"), "use git-desk".to_owned()));
                config.join("elvish/lib").join(file)
            }
            _ => {
                let path = data.join("git-desk").join(file);
                let start = config.join("powershell/Microsoft.PowerShell_profile.ps1");
                needs.push((start, format!(". {}", typed(&path, &home))));
                path
            }
        };
        let man = data.join("man");
        if !is_searched(env, &man) {
            let start = home.join(if shell == "zsh" { ".zshrc" } else { ".profile" });
            match shell {
                "fish" => needs.push((
                    config.join("fish/config.fish"),
                    format!("set -gx MANPATH {}:$MANPATH:", typed(&man, &home)),
                )),
                "bash" | "zsh" => {
                    needs.push((start, format!("export MANPATH=\"{}:$MANPATH:\"", in_quotes(&man, &home))))
                }
                _ => {}
            }
        }
        Ok(Places { home, completion, man, needs })
    }

    /// The lines that are not there yet.
    pub fn lines_to_add(&self) -> Vec<Line> {
        self.lines(false)
    }

    /// The lines that are there, and are of no use any more.
    pub fn lines_to_remove(&self) -> Vec<Line> {
        self.lines(true)
    }

    fn lines(&self, there: bool) -> Vec<Line> {
        let has = |file: &Path, line: &str| {
            std::fs::read_to_string(file).is_ok_and(|text| text.lines().any(|have| have.trim() == line))
        };
        let wanted = self.needs.iter().filter(|(file, line)| has(file, line) == there);
        wanted.map(|(file, line)| Line { file: typed(file, &self.home), line: line.clone() }).collect()
    }
}

/// What loads completion for bash when it is needed.
const LOADERS: &[&str] = &[
    "/usr/share/bash-completion/bash_completion",
    "/usr/local/share/bash-completion/bash_completion",
    "/opt/homebrew/share/bash-completion/bash_completion",
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
    "/etc/profile.d/bash_completion.sh",
    "/run/current-system/sw/share/bash-completion/bash_completion",
];

/// Whether `man` looks there: in what `MANPATH` names, and in the `share/man` beside each folder of `PATH`.
fn is_searched(env: &Env, man: &Path) -> bool {
    let named = |list: &str| list.split(':').any(|folder| Path::new(folder) == man);
    let beside = |list: &str| {
        list.split(':').map(Path::new).filter_map(Path::parent).any(|prefix| prefix.join("share/man") == man)
    };
    env.var("MANPATH").is_some_and(named) || env.var("PATH").is_some_and(beside)
}

/// A path as it is typed in a shell, with `~` for the home and quotes where it has more than plain characters.
fn typed(path: &Path, home: &Path) -> String {
    let (tilde, rest) = match path.strip_prefix(home) {
        Ok(below) => ("~/", below.display().to_string()),
        Err(_) => ("", path.display().to_string()),
    };
    let plain = rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+'));
    if plain { format!("{tilde}{rest}") } else { format!("{tilde}'{}'", rest.replace('\'', "'\\''")) }
}

/// The same between double quotes, where `~` is no home.
fn in_quotes(path: &Path, home: &Path) -> String {
    let (start, rest) = match path.strip_prefix(home) {
        Ok(below) => ("$HOME/", below.display().to_string()),
        Err(_) => ("", path.display().to_string()),
    };
    let escaped = rest.chars().flat_map(|c| matches!(c, '"' | '\\' | '$' | '`').then_some('\\').into_iter().chain([c]));
    format!("{start}{}", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_be_typed_whatever_it_holds() {
        let home = Path::new("/home/ana");
        assert_eq!(typed(Path::new("/home/ana/.local/x"), home), "~/.local/x");
        assert_eq!(typed(Path::new("/home/ana/my $(id)/it's"), home), "~/'my $(id)/it'\\''s'");
        assert_eq!(typed(Path::new("/srv/x"), home), "/srv/x");
        assert_eq!(in_quotes(Path::new("/home/ana/a\"$b`c"), home), "$HOME/a\\\"\\$b\\`c");
    }
}
