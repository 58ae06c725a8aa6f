//! What `agent` and `queue` have in common: who or what is there now, and what somebody who goes leaves behind.

use serde_json::{Value, json};

use super::Context;
use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::error::{Problem, Result};
use crate::index::Order;
use crate::model::count::counted;
use crate::store::transaction::Done;
use crate::ui::visible::visible_line;

/// Most tickets that are listed by name.
const SHOWN: usize = 10;

/// Retires in one commit: once for a name of the operation, and with `--strict` only what is not retired.
pub fn retire(ctx: &Context, mut act: impl FnMut(&mut Room<'_, '_>) -> Result<Vec<Acted>>) -> Result<Done<Vec<Acted>>> {
    let mut again = false;
    let done = ctx.desk()?.write(|room| match room.done_before()? {
        Some(ids) => {
            again = true;
            room.as_they_are(&ids)
        }
        None => act(room),
    })?;
    if ctx.globals.strict && done.paths.is_empty() && !again {
        return Err(Problem::refused("`retire` would change nothing").code("already_so").into());
    }
    Ok(done)
}

/// A name of the desk, of one of the two kinds.
pub struct Entry<'a> {
    /// `agent` or `queue`.
    pub noun: &'static str,
    pub name: &'a str,
}

impl Entry<'_> {
    /// Says that it is there: its name, or an object.
    pub fn added(&self, ctx: &Context, is_new: bool) -> Result<()> {
        self.print(ctx, is_new, true, json!({}))?;
        let words = if is_new { format!("{} {} is there", self.noun, self.name) } else { "already so".to_owned() };
        ctx.ui.status(&words);
        Ok(())
    }

    /// Says that it is retired, what was handed over, and what it still has, with the command that hands it over.
    pub fn retired(&self, ctx: &Context, done: &Done<Vec<Acted>>) -> Result<()> {
        let handed: Vec<&str> = done.value.iter().map(|acted| acted.after.id.as_str()).collect();
        let left: Vec<Left> = match ctx.globals.dry_run {
            // What it would still have is what it has without what would go.
            true => self.left(ctx)?.into_iter().filter(|one| !handed.contains(&one.id.as_str())).collect(),
            false => self.left(ctx)?,
        };
        let ids: Vec<&str> = left.iter().map(|one| one.id.as_str()).collect();
        let more = json!({"handed_over": handed, "open": ids, "hand_over": (!left.is_empty()).then(|| self.command())});
        self.print(ctx, done.commit.is_some(), false, more)?;
        if !handed.is_empty() {
            ctx.ui.status(&format!("{} of {} handed over", counted(handed.len(), "ticket"), self.name));
        }
        if left.is_empty() {
            ctx.ui.status(&format!("{} is retired", self.name));
            return Ok(());
        }
        ctx.ui.status(&format!("{} is retired and still has {}", self.name, counted(left.len(), "open ticket")));
        for one in left.iter().take(SHOWN) {
            ctx.ui.status(&format!("  {:<6} {:<3} {}", one.handle, one.priority, visible_line(&one.title)));
        }
        if left.len() > SHOWN {
            ctx.ui.status(&format!("  and {} more: git desk list {}", left.len() - SHOWN, self.query()));
        }
        ctx.ui.status(&format!("hand over      {}", self.command()));
        Ok(())
    }

    fn print(&self, ctx: &Context, changed: bool, active: bool, more: Value) -> Result<()> {
        if !ctx.wants_json() {
            ctx.ui.line(self.name)?;
            // The result stands above what is said about it.
            return ctx.ui.finish();
        }
        let mut object = json!({"changed": changed, "active": active});
        object[self.noun] = Value::from(self.name);
        if let (Value::Object(all), Value::Object(more)) = (&mut object, more) {
            all.extend(more);
        }
        ctx.ui.json(&ctx.chosen(object))?;
        ctx.ui.finish()
    }

    fn query(&self) -> String {
        let field = if self.noun == "agent" { "assignee" } else { self.noun };
        format!("{field}:{}", self.name)
    }

    fn command(&self) -> String {
        let open = format!("--where 'is:open {}' --yes", self.query());
        match self.noun {
            "agent" => format!("git desk assign {open} --to NAME"),
            _ => format!("git desk set {open} queue=NAME"),
        }
    }

    /// Its open tickets, the most urgent first.
    fn left(&self, ctx: &Context) -> Result<Vec<Left>> {
        let look = ctx.desk()?.look(None)?;
        let asked = ctx.desk()?.query_context(&look.policy, look.now)?;
        let query = look.query(&format!("is:open {}", self.query()), &asked)?;
        let found = look.select(&query, &asked, (Order::default(), false), None)?;
        found
            .into_iter()
            .map(|one| {
                let ticket = one.ticket;
                Ok(Left {
                    handle: look.index.handle(ticket.id)?,
                    id: ticket.id.to_string(),
                    priority: ticket.priority.as_str(),
                    title: ticket.title,
                })
            })
            .collect()
    }
}

/// An open ticket of somebody who goes.
struct Left {
    id: String,
    handle: String,
    priority: &'static str,
    title: String,
}
