//! `edit`

use super::Context;
use crate::desk::edit::{read_edited, save_edit};
use crate::desk::tickets::message;
use crate::error::{Kind, Problem, Result};
use crate::model::id::TicketId;

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

/// How else a ticket is changed.
const WITHOUT_EDITOR: &str = "GIT_DESK_EDITOR=… git desk edit ID     without one: git desk set ID FIELD=VALUE";

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
            text = ctx.ui.edit(&text, ".toml", WITHOUT_EDITOR)?;
            if text.as_bytes() == base {
                if ctx.globals.strict {
                    return Err(Problem::refused("`edit` would change nothing").code("already_so").into());
                }
                ctx.ui.status("nothing changed");
                return Ok(());
            }
            let Err(error) = save(ctx, id, &base, &text) else { break };
            let problem =
                error.downcast::<Problem>().unwrap_or_else(|error| Problem::new(Kind::Bug, format!("{error:#}")));
            let again = matches!(problem.kind, Kind::Invalid | Kind::Refused | Kind::NotFound);
            if !again || !ask_again(ctx, &problem)? {
                return Err(kept(ctx, &text, problem).into());
            }
        }
        ctx.ui.line(id.as_str())?;
        ctx.ui.status(&format!("saved {id}"));
        Ok(())
    }
}

fn save(ctx: &Context, id: TicketId, base: &[u8], text: &str) -> Result<()> {
    read_edited(id, text.as_bytes())?;
    ctx.desk()?.write(|room| {
        if room.done_before()?.is_some() {
            return Ok(());
        }
        let acted = save_edit(room, id, base, text.as_bytes())?;
        room.tx.describe(message("edit", std::slice::from_ref(&acted), ""));
        Ok(())
    })?;
    Ok(())
}

/// Tells what is wrong and offers the editor again; off a terminal nobody is there to take it.
pub fn ask_again(ctx: &Context, problem: &Problem) -> Result<bool> {
    if !ctx.env.may_ask() || ctx.globals.no_input {
        return Ok(false);
    }
    ctx.ui.warning(&problem.to_string());
    problem.hints.iter().for_each(|hint| ctx.ui.warning(hint));
    ctx.ui.ask_yes("edit again?")
}

/// The problem, with the file that has the person's text.
pub fn kept(ctx: &Context, text: &str, problem: Problem) -> Problem {
    match ctx.ui.keep(text, ".toml") {
        Ok(path) => problem.hint(format!("your text is in {}", path.display())),
        Err(error) => problem.hint(format!("your text could not be kept: {error}")),
    }
}
