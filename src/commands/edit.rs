//! `edit`

use super::Context;
use crate::desk::edit::{read_edited, save_edit};
use crate::desk::tickets::message;
use crate::error::{Problem, Result};

/// Change a ticket's file in your editor
///
/// Nothing is locked meanwhile: what you changed meets what others changed. A mistake brings the
/// editor back; the text is never lost.
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let id = ctx.find(&self.id)?;
        let desk = ctx.desk()?;
        let snapshot = desk.store.snapshot()?;
        let base = match snapshot.file(&id.path(), crate::store::document::MAX_SIZE)? {
            Some(file) => file.map_err(Problem::from)?,
            None => return Err(Problem::not_found(format!("no ticket {id}")).code("no_ticket").into()),
        };
        let mut text = String::from_utf8_lossy(&base).into_owned();
        loop {
            text = ctx.ui.edit(&text, ".toml")?;
            if text.as_bytes() == base {
                ctx.ui.status("nothing changed");
                return Ok(());
            }
            match read_edited(id, text.as_bytes()) {
                Ok(_) => break,
                Err(problem) if ctx.env.may_ask() => {
                    ctx.ui.warning(&problem.to_string());
                    for hint in &problem.hints {
                        ctx.ui.warning(hint);
                    }
                    if !ctx.ui.ask_yes("edit again?")? {
                        return Err(kept(ctx, &text, problem).into());
                    }
                }
                Err(problem) => return Err(kept(ctx, &text, problem).into()),
            }
        }
        let saved = desk.write(|room| {
            let acted = save_edit(room, id, &base, text.as_bytes())?;
            room.tx.describe(message("edit", std::slice::from_ref(&acted), ""));
            Ok(acted)
        });
        match saved {
            Ok(_) => {
                ctx.ui.line(id.as_str())?;
                ctx.ui.status(&format!("saved {id}"));
                Ok(())
            }
            Err(error) => match error.downcast::<Problem>() {
                Ok(problem) => Err(kept(ctx, &text, problem).into()),
                Err(error) => Err(error),
            },
        }
    }
}

/// The problem, with the file that has the person's text.
fn kept(ctx: &Context, text: &str, problem: Problem) -> Problem {
    match ctx.ui.keep(text, ".toml") {
        Ok(path) => problem.hint(format!("your text is in {}", path.display())),
        Err(error) => problem.hint(format!("your text could not be kept: {error}")),
    }
}
