//! `demo`

use std::path::PathBuf;

use super::Context;
use crate::desk::demo::demo;
use crate::error::{Problem, Result};

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
        let folder = match &self.dir {
            Some(dir) => ctx.env.cwd.join(dir),
            None => tempfile::Builder::new().prefix("git-desk-demo-").tempdir()?.keep(),
        };
        if folder.read_dir().is_ok_and(|mut files| files.next().is_some()) {
            return Err(Problem::refused(format!("{} is not empty", folder.display()))
                .hint("git desk demo NEW-FOLDER")
                .into());
        }
        let made = demo(ctx.env, &folder)?;
        let (id, other) = (&made.show, &made.free);
        ctx.ui.write(&format!(
            "a desk with {} tickets over 8 weeks is in {}\n\n  \
               cd {}\n  \
               git desk list                       what is open\n  \
               git desk show {id}       one ticket, whole\n  \
               git desk log {id}        who did what, when\n  \
               git desk take {other}       make one yours\n  \
               git desk search printer\n  \
               git desk list --at 2w               as it was two weeks ago\n  \
               git log --oneline | head            the same in git's words\n\n",
            made.tickets,
            folder.display(),
            folder.display(),
        ))?;
        let mut globals = ctx.globals.clone();
        globals.repo = Some(folder);
        globals.output.get_or_insert(crate::ui::format::Format::Table);
        let mut inside = Context::new(crate::env::Env::read()?, globals)?;
        let report = super::report::Args {
            name: Some("summary".to_owned()),
            since: None,
            until: None,
            period: None,
            by: "month".to_owned(),
            query: None,
        };
        ctx.ui.finish()?;
        report.run(&mut inside)?;
        inside.ui.finish()
    }
}
