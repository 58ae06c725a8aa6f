//! `kb promote`

use serde_json::json;

use super::print::{done_before, files, object, refuse_idle, say};
use crate::commands::Context;
use crate::desk::knowledge::promote::promote;
use crate::desk::knowledge::write::Written;
use crate::error::Result;
use crate::store::message::Message;

/// Draft an article from a ticket that is solved; prints its name
///
/// Symptoms come from the title and the first lines of the report, steps from the solution,
/// service and category from the ticket, which names the article from then on. A ticket that
/// names one already has that one.
///
/// Examples:
///   git desk kb promote k7m3
///   git desk kb edit "$(git desk kb promote k7m3 --topic vpn)"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = crate::commands::complete::tickets())]
    pub id: String,
    /// Where it stands; else by the ticket's category or service
    #[arg(long, value_name = "TOPIC", add = crate::commands::complete::topics())]
    pub topic: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let id = ctx.find(&self.id)?;
        let done = ctx.desk()?.write(|room| {
            let written = match done_before(room)? {
                Some(name) => Written { name, created: false, changed: false },
                None => {
                    let (written, acted) = promote(room, id, self.topic.as_deref())?;
                    let written = Written { changed: written.changed || acted.changed, ..written };
                    refuse_idle(ctx, "promote", &written)?;
                    let message = Message::new(format!("kb promote {id}: {}", written.name));
                    let message = message.trailer("Desk-Ticket", id.as_str()).trailer("Desk-Act", "kb");
                    room.tx.describe(message);
                    written
                }
            };
            let article = room.article(&written.name)?.article;
            Ok((written, article))
        })?;
        let (written, article) = &done.value;
        files(ctx, &done.paths, done.commit, &written.name);
        if ctx.wants_json() {
            let mut object = object(ctx, written, article, done.commit)?;
            object["ticket"] = json!(id.as_str());
            ctx.ui.json(&ctx.chosen(object))?;
        } else {
            ctx.ui.line(&written.name)?;
        }
        say(ctx, written, "is there, a draft", Some(format!("git desk kb edit {}", written.name)));
        Ok(())
    }
}
