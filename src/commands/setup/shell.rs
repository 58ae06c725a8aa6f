//! `setup shell`

mod places;

use serde_json::{Value, json};

use super::files::{File, changed, must_change};
use places::{Line, Places};

use crate::commands::completions::{SHELLS, script};
use crate::commands::{Context, man};
use crate::error::{Problem, Result};
use crate::model::near::nearest;

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

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let shell = self.known_shell(ctx)?;
        let places = Places::of(ctx.env, &shell)?;
        let completion = script(&shell).ok_or_else(|| unknown(&shell))?.into_bytes();
        let mut files = vec![File::new(places.completion.clone(), completion)];
        for (name, bytes) in man::pages()? {
            let section = if name.ends_with(".7") { "man7" } else { "man1" };
            files.push(File::new(places.man.join(section).join(name), bytes));
        }
        for file in &mut files {
            match self.remove {
                true => file.remove(ctx.globals.dry_run)?,
                false => file.write(ctx.globals.dry_run)?,
            }
        }
        must_change(ctx, &files)?;
        let lines = if self.remove { places.lines_to_remove() } else { places.lines_to_add() };
        if ctx.wants_json() {
            return as_json(ctx, &shell, &files, &lines);
        }
        ctx.ui.line(&places.completion.display().to_string())?;
        ctx.ui.line(&places.man.display().to_string())?;
        ctx.ui.finish()?;
        self.tell(ctx, &shell, changed(&files), &lines);
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
