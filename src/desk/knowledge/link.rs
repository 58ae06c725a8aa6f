//! `kb link`: tickets that an article is about.

use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::error::Result;
use crate::model::id::TicketId;

/// Adds an article to a ticket. Exit code 3 for one that is not there.
pub fn link(room: &mut Room<'_, '_>, name: &str, id: TicketId) -> Result<Acted> {
    let retired = room.article(name)?.article.is_retired();
    room.act(id, |_, draft| {
        if !draft.ticket.articles.iter().any(|known| known == name) {
            draft.ticket.articles.push(name.to_owned());
            draft.ticket.articles.sort_unstable();
            draft.warnings.extend(retired.then(|| format!("{name} is retired: git desk kb show {name}")));
        }
        Ok(())
    })
}
