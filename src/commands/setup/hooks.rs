//! `setup hooks`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::git::{Setting, object, set};
use super::machine;
use super::quote::for_shell;
use crate::commands::Context;
use crate::error::{Problem, Result};
use crate::platform;
use crate::store::Store;

/// The hooks of this repository: on a server `pre-receive`, which guards the desk; else `pre-commit`
///
/// A bare repository gets `pre-receive`: pushes are held to the policy (`git desk hook pre-receive`),
/// and git refuses objects that are malformed (receive.fsckObjects, in this repository's own
/// configuration). It may be empty yet: then the hook is there before the first push.
/// One with a worktree gets `pre-commit`: `git commit` of a file that `git desk check` refuses is
/// stopped, and what a racing commit took out of the desk is put back first. A hook that is there
/// already stays as it is; the line that it needs is told.
///
/// On a server somebody has to say who pushes: forges do, for keys of ssh it is GIT_DESK_PUSHER (`git
/// desk help hook`). Where nobody says, a commit is taken by whatever author it names.
///
/// Examples:
///   git -C /srv/desk.git desk setup hooks
///   git desk setup hooks --print
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Print the hook, and write nothing
    #[arg(long)]
    pub print: bool,
}

/// Stands in every hook of ours.
const MARK: &str = "# git-desk: ";

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let awaiting = ctx.awaiting();
        let store = match &awaiting {
            Some(store) => store,
            None => &ctx.desk()?.store,
        };
        let (name, words, why) = match store.is_bare() {
            true => ("pre-receive", "hook pre-receive", "what is pushed is held to the desk's policy"),
            false => ("pre-commit", "check --staged", "what is committed by hand is checked first"),
        };
        let line = format!("{} {words}", for_shell(&machine::program(ctx)?));
        let script = format!("#!/bin/sh\n{MARK}{why}\nexec {line}\n");
        let folder = match store.git_path("core.hooksPath", ctx.env.home().as_deref()) {
            Some(path) => store.workdir().unwrap_or(store.common_dir()).join(path),
            None => store.common_dir().join("hooks"),
        };
        let path = folder.join(name);
        let write = !self.print && !ctx.globals.dry_run;
        let written = write && put(&path, &script, &line)?;
        let checks = objects(store);
        let changed = written || write && checks.iter().any(|setting| !setting.is_so);
        if write {
            checks.iter().filter(|setting| !setting.is_so).try_for_each(|setting| set(store, setting))?;
        }
        if ctx.wants_json() {
            let path = path.display().to_string();
            let settings: Vec<_> = checks.iter().map(object).collect();
            let told = json!({"hook": name, "path": path, "script": script, "written": written, "settings": settings});
            ctx.ui.json(&told)?;
        } else if self.print {
            ctx.ui.write(&script)?;
            if let Some(setting) = &checks {
                ctx.ui.hint(&format!("beside it: git config --local {} {}", setting.name, setting.value));
            }
        } else {
            ctx.ui.line(&path.display().to_string())?;
        }
        ctx.ui.finish()?;
        if write {
            ctx.ui.status(if changed { why } else { "it is there already" });
            if store.is_bare() {
                ctx.ui.status("who pushes must be told: git desk help hook; where nobody says, any author is taken");
            }
        }
        Ok(())
    }
}

/// What git itself is to look at in what is pushed to a server: trees with two files of one name or a `.git` in them show
/// everybody something else (git-config(1), `receive.fsckObjects`).
fn objects(store: &Store) -> Option<Setting> {
    let name = "receive.fsckObjects";
    let is_so = store.setting_is_true(name);
    store.is_bare().then(|| Setting { name, value: "true".to_owned(), is_so })
}

/// Writes a hook; `false` where it is there. Exit code 5 where another one is.
fn put(path: &PathBuf, script: &str, line: &str) -> Result<bool> {
    let cannot = |error: std::io::Error| Problem::repository(format!("cannot write {}: {error}", path.display()));
    match std::fs::read_to_string(path) {
        Ok(there) if there == script => return Ok(false),
        Ok(there) if !there.contains(MARK) => {
            return Err(Problem::refused(format!("{} is a hook already; it stays as it is", path.display()))
                .code("hook_there")
                .hint(format!("add this line to it: {line}"))
                .into());
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot(error).into()),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    let file = tempfile::Builder::new().prefix(".git-desk-").tempfile_in(folder).map_err(cannot)?;
    std::fs::write(file.path(), script).map_err(cannot)?;
    platform::make_runnable(file.as_file()).map_err(cannot)?;
    file.persist(path).map_err(|error| cannot(error.error))?;
    Ok(true)
}
