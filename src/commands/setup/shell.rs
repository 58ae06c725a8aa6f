//! `setup shell`

mod places;

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use places::{Line, Places};

use crate::commands::completions::{SHELLS, script};
use crate::commands::{Context, man};
use crate::error::{Problem, Result};
use crate::model::near::nearest;
use crate::platform;

/// Completion in your shell and man pages, for you alone
///
/// Writes one file of completion where your shell looks for it, and the man pages to
/// ~/.local/share/man, so that `git desk --help` works. `git-desk …` completes, and with bash,
/// zsh and fish `git desk …` does, too. Files that shells read at start are never changed: when a
/// line is needed there, it is shown.
///
/// Examples:
///   git desk setup shell
///   git desk setup shell fish --dry-run
///   git desk setup shell --remove
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// bash, elvish, fish, powershell, zsh; else what $SHELL says
    #[arg(value_name = "SHELL")]
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(SHELLS), hide_possible_values = true)]
    pub shell: Option<String>,
    /// Take away again what was written
    #[arg(long)]
    pub remove: bool,
}

/// A file that is written or taken away.
struct File {
    path: PathBuf,
    bytes: Vec<u8>,
    state: &'static str,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let shell = self.known_shell(ctx)?;
        let places = Places::of(ctx.env, &shell)?;
        let completion = script(&shell).ok_or_else(|| unknown(&shell))?.into_bytes();
        let mut files = vec![File { path: places.completion.clone(), bytes: completion, state: "" }];
        for (name, bytes) in man::pages()? {
            let section = if name.ends_with(".7") { "man7" } else { "man1" };
            files.push(File { path: places.man.join(section).join(name), bytes, state: "" });
        }
        for file in &mut files {
            file.state = match self.remove {
                true => remove(file, ctx.globals.dry_run)?,
                false => write(file, ctx.globals.dry_run)?,
            };
        }
        let changed = files.iter().filter(|file| matches!(file.state, "written" | "removed")).count();
        if changed == 0 && ctx.globals.strict {
            return Err(Problem::refused("everything is so already").code("nothing_to_do").into());
        }
        let lines = if self.remove { places.lines_to_remove() } else { places.lines_to_add() };
        if ctx.wants_json() {
            return as_json(ctx, &shell, &files, &lines);
        }
        ctx.ui.line(&places.completion.display().to_string())?;
        ctx.ui.line(&places.man.display().to_string())?;
        ctx.ui.finish()?;
        self.tell(ctx, &shell, changed, &lines);
        Ok(())
    }

    fn known_shell(&self, ctx: &Context) -> Result<String> {
        if let Some(shell) = &self.shell {
            return Ok(shell.clone());
        }
        let Some(path) = ctx.env.var("SHELL") else {
            return Err(Problem::usage("$SHELL is not set; which shell is yours?")
                .hint(format!("git desk setup shell bash          or {}", SHELLS[1..].join(", ")))
                .into());
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = if name == "pwsh" { "powershell" } else { name };
        if SHELLS.contains(&name) { Ok(name.to_owned()) } else { Err(unknown(name).into()) }
    }

    fn tell(&self, ctx: &Context, shell: &str, changed: usize, lines: &[Line]) {
        let files = if changed == 1 { "1 file".to_owned() } else { format!("{changed} files") };
        let done = match (changed, ctx.globals.dry_run, self.remove) {
            (0, _, _) => "everything is so already".to_owned(),
            (_, true, true) => format!("{files} would be removed"),
            (_, true, false) => format!("{files} would be written"),
            (_, false, true) => format!("{files} removed"),
            (_, false, false) => format!("completion for {shell} and the man pages: {files} written"),
        };
        ctx.ui.status(&done);
        // What is still missing for it to work must be known off a terminal, too.
        let verb = if self.remove { "can go from" } else { "still needed in" };
        for Line { file, line } in lines {
            match self.remove {
                true => ctx.ui.status(&format!("{verb} {file}: {line}")),
                false => ctx.ui.warning(&format!("{verb} {file}: {line}")),
            }
        }
        if !self.remove && !ctx.globals.dry_run {
            ctx.ui.status("next           open a new shell, then git desk --help");
        }
    }
}

fn unknown(name: &str) -> Problem {
    let problem = Problem::usage(format!("no completion for `{name}`; there is one for {}", SHELLS.join(", ")));
    match nearest(name, SHELLS.iter().copied()) {
        Some(near) => problem.hint(format!("git desk setup shell {near}")),
        None => problem,
    }
    .code("no_shell")
}

fn as_json(ctx: &Context, shell: &str, files: &[File], lines: &[Line]) -> Result<()> {
    let files: Vec<Value> =
        files.iter().map(|file| json!({"path": file.path.display().to_string(), "state": file.state})).collect();
    let lines: Vec<Value> = lines.iter().map(|line| json!({"file": line.file, "line": line.line})).collect();
    ctx.ui.json(&json!({"shell": shell, "files": files, "lines": lines, "dry_run": ctx.globals.dry_run}))
}

/// Writes a file whole or not at all; one that is so already is left alone.
fn write(file: &File, dry_run: bool) -> Result<&'static str> {
    if std::fs::read(&file.path).is_ok_and(|there| there == file.bytes) {
        return Ok("unchanged");
    }
    if dry_run {
        return Ok("written");
    }
    let folder = file.path.parent().unwrap_or(Path::new("/"));
    let put = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut part = tempfile::Builder::new().prefix(".git-desk-").tempfile_in(folder)?;
        part.write_all(&file.bytes)?;
        // As any file of a user's: temporary ones are theirs alone.
        platform::make_readable(part.as_file())?;
        part.persist(&file.path)?;
        Ok(())
    };
    put().map_err(|error| failed("written", &file.path, &error))?;
    Ok("written")
}

fn remove(file: &File, dry_run: bool) -> Result<&'static str> {
    if file.path.symlink_metadata().is_err() {
        return Ok("absent");
    }
    if !dry_run {
        std::fs::remove_file(&file.path).map_err(|error| failed("removed", &file.path, &error))?;
    }
    Ok("removed")
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Problem {
    Problem::refused(format!("{} cannot be {what}: {error}", path.display())).code("no_file")
}
