//! `demo`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use crate::desk::demo::{Demo, TICKETS, demo};
use crate::error::{Problem, Result};
use crate::ui::format::Format;

/// A small lively desk to try things on, in a fresh folder; prints what to try next
///
/// Examples:
///   git desk demo
///   git desk demo /tmp/desk
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where; a new temporary folder when not given
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let named = self.dir.as_ref().map(|dir| ctx.env.cwd.join(dir));
        if named.as_ref().is_some_and(|dir| dir.read_dir().is_ok_and(|mut files| files.next().is_some())) {
            let full = named.unwrap_or_default();
            return Err(Problem::refused(format!("{} is not empty", full.display()))
                .hint("git desk demo NEW-FOLDER")
                .into());
        }
        if ctx.globals.dry_run {
            return would_be(ctx, named.as_deref());
        }
        let folder = match named {
            Some(dir) => dir,
            None => tempfile::Builder::new().prefix("git-desk-demo-").tempdir()?.keep(),
        };
        let made = demo(ctx.env, &folder)?;
        if ctx.wants_json() {
            return ctx.ui.json(&json!({"folder": folder.display().to_string(), "tickets": made.tickets,
                "show": made.show.as_str(), "free": made.free.as_str(), "dry_run": false}));
        }
        what_to_try(ctx, &folder, &made)?;
        summary(ctx, folder)
    }
}

fn would_be(ctx: &Context, folder: Option<&Path>) -> Result<()> {
    let folder = folder.map(|folder| folder.display().to_string());
    if ctx.wants_json() {
        return ctx
            .ui
            .json(&json!({"folder": folder, "tickets": TICKETS, "show": null, "free": null, "dry_run": true}));
    }
    let folder = folder.unwrap_or_else(|| "a new temporary folder".to_owned());
    ctx.ui.write(&format!("a desk with {TICKETS} tickets over 8 weeks would be in {folder}\n"))
}

fn what_to_try(ctx: &Context, folder: &Path, made: &Demo) -> Result<()> {
    let (id, other) = (&made.show, &made.free);
    let tickets = made.tickets;
    let folder = folder.display();
    ctx.ui.write(&format!(
        "a desk with {tickets} tickets over 8 weeks is in {folder}\n\n  \
           cd {folder}\n  \
           git desk list                       what is open\n  \
           git desk show {id}       one ticket, whole\n  \
           git desk log {id}        who did what, when\n  \
           git desk take {other}       make one yours\n  \
           git desk search printer\n  \
           git desk kb list                    what the team has written down\n  \
           git desk service list               what people may ask for\n  \
           git desk list --at 2w               as it was two weeks ago\n  \
           git log --oneline | head            the same in git's words\n\n",
    ))
}

/// The report on the desk that was made.
fn summary(ctx: &Context, folder: PathBuf) -> Result<()> {
    let mut globals = ctx.globals.clone();
    globals.repo = Some(folder);
    globals.output.get_or_insert(Format::Table);
    let mut inside = Context::new(crate::env::Env::read()?, globals)?;
    ctx.ui.finish()?;
    super::report::Args::named("summary").run(&mut inside)?;
    inside.ui.finish()
}
