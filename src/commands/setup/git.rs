//! `setup git`

use serde_json::{Value, json};

use super::machine::program;
use super::quote::for_shell;
use crate::commands::Context;
use crate::desk::attributes;
use crate::desk::init::with_attributes;
use crate::error::{Problem, Result};
use crate::process;
use crate::store::Store;
use crate::store::message::Message;

/// Let plain git merge and show a desk's files field by field
///
/// Names two programs in this repository's own configuration, where no clone and no pull can put
/// them: the merge driver, with which `git merge` and `git rebase` leave a conflict only where
/// two people meant something else, and the text that `git diff` and `git log -p` show. What
/// .gitattributes lacks of the desk's lines is added by a commit.
///
/// Examples:
///   git desk setup git
///   git desk setup git --print
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Show what would be set as commands, and change nothing
    #[arg(long)]
    pub print: bool,
}

/// A line of git's configuration.
pub(super) struct Setting {
    pub name: &'static str,
    pub value: String,
    pub is_so: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let settings = settings(ctx)?;
        if self.print {
            return print(ctx, &settings);
        }
        let desk = ctx.desk()?;
        let done = desk.write(|room| {
            let text = with_attributes(room)?;
            room.tx.put(".gitattributes", text);
            room.tx.describe(Message::new("setup git: attributes").trailer("Desk-Act", "setup"));
            Ok(())
        })?;
        let changed = settings.iter().filter(|setting| !setting.is_so).count() + usize::from(!done.paths.is_empty());
        if changed == 0 && ctx.globals.strict {
            return Err(Problem::refused("everything is so already").code("nothing_to_do").into());
        }
        if !ctx.globals.dry_run {
            settings.iter().filter(|setting| !setting.is_so).try_for_each(|setting| set(&desk.store, setting))?;
        }
        if ctx.wants_json() {
            let commit = done.commit.map(|commit| commit.to_string());
            return ctx.ui.json(&json!({"settings": settings.iter().map(object).collect::<Vec<_>>(),
                "attributes": done.paths, "commit": commit, "dry_run": ctx.globals.dry_run}));
        }
        settings.iter().try_for_each(|setting| ctx.ui.line(setting.name))?;
        ctx.ui.finish()?;
        let words = match (changed, ctx.globals.dry_run) {
            (0, _) => "everything is so already",
            (_, true) => "this would be set",
            (_, false) => "git merges and shows this desk field by field now, in this repository",
        };
        ctx.ui.status(words);
        Ok(())
    }
}

fn settings(ctx: &Context) -> Result<Vec<Setting>> {
    let store = &ctx.desk()?.store;
    let program = for_shell(&program(ctx)?);
    let setting = |name, value: String| {
        let is_so = store.git_setting(name).as_deref() == Some(value.as_str());
        Setting { name, value, is_so }
    };
    Ok(vec![
        setting("merge.desk.name", "tickets, field by field".to_owned()),
        // Git puts its own words in for what begins with `%`.
        setting("merge.desk.driver", format!("{} merge-driver %O %A %B %L %P", program.replace('%', "%%"))),
        setting("diff.desk.textconv", format!("{program} textconv")),
    ])
}

pub(super) fn set(store: &Store, setting: &Setting) -> Result<()> {
    let folder = store.common_dir();
    let words = ["config", "--local", "--replace-all", setting.name, &setting.value];
    let failed = |why| Problem::repository(format!("{} cannot be set: {why}", setting.name)).code("no_config");
    Ok(process::done(process::git(folder).args(words), b"").map_err(failed)?)
}

fn print(ctx: &Context, settings: &[Setting]) -> Result<()> {
    if ctx.wants_json() {
        let attributes: Vec<&str> = attributes::LINES.lines().collect();
        return ctx
            .ui
            .json(&json!({"settings": settings.iter().map(object).collect::<Vec<_>>(), "attributes": attributes}));
    }
    for setting in settings {
        ctx.ui.line(&format!("git config --local {} {}", setting.name, for_shell(&setting.value)))?;
    }
    for line in attributes::LINES.lines() {
        ctx.ui.line(&format!("echo {} >> {}.gitattributes", for_shell(line), ctx.desk()?.store.root()))?;
    }
    ctx.ui.finish()
}

pub(super) fn object(setting: &Setting) -> Value {
    json!({"name": setting.name, "value": setting.value, "state": if setting.is_so { "unchanged" } else { "set" }})
}
