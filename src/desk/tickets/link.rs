//! `link`: how two tickets belong together.

use super::Acted;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::link::{Link, Side};
use crate::model::word::LinkType;

/// Links `id` to `to`; `child` and `blocks` are stored on the other ticket, turned round.
pub fn link(room: &mut Room<'_, '_>, id: TicketId, kind: LinkType, to: TicketId) -> Result<Acted> {
    room.tx.ticket(to)?;
    match kind.stored_as() {
        (kind, Side::This) => put_link(room, id, Link { kind, to }),
        (kind, Side::Other) => put_link(room, to, Link { kind, to: id }),
    }
}

/// Takes a link away, on whichever side it is stored.
pub fn unlink(room: &mut Room<'_, '_>, id: TicketId, kind: LinkType, to: TicketId) -> Result<Acted> {
    let (on, link) = match kind.stored_as() {
        (kind, Side::This) => (id, Link { kind, to }),
        (kind, Side::Other) => (to, Link { kind, to: id }),
    };
    room.act(on, |room, draft| {
        room.rule(on, |around| draft.ticket.edit(around, |ticket| ticket.links.retain(|have| *have != link)))
            .map(|_| ())
    })
}

fn put_link(room: &mut Room<'_, '_>, on: TicketId, link: Link) -> Result<Acted> {
    not_itself(on, link.to)?;
    room.act(on, |room, draft| {
        room.rule(on, |around| draft.ticket.edit(around, |ticket| push(&mut ticket.links, link))).map(|_| ())
    })
}

fn not_itself(id: TicketId, to: TicketId) -> Result<()> {
    if id == to {
        return Err(Problem::refused(format!("{id} cannot be linked to itself")).into());
    }
    Ok(())
}

fn push(links: &mut Vec<Link>, link: Link) {
    if !links.contains(&link) {
        links.push(link);
        links.sort_unstable();
    }
}
