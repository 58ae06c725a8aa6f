//! `watch`: who is told too.

use super::Acted;
use super::open::known_agent;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;

/// Adds somebody to the watchers, or takes them off. `who` is `me`, an agent or an address.
///
/// Exit code 3 for a word that is neither; whoever watches may always be taken off.
pub fn watch(room: &mut Room<'_, '_>, id: TicketId, who: &str, remove: bool) -> Result<Acted> {
    room.act(id, |room, draft| {
        let watchers = &mut draft.ticket.watchers;
        if remove {
            let plain = who.strip_prefix('@').unwrap_or(who);
            // A name that is retired or was written by hand goes as it stands.
            let name = if watchers.iter().any(|one| one == plain) { plain.to_owned() } else { somebody(room, who)? };
            watchers.retain(|one| *one != name);
            return Ok(());
        }
        let name = somebody(room, who)?;
        if !watchers.contains(&name) {
            watchers.push(name);
            watchers.sort_unstable();
        }
        Ok(())
    })
}

fn somebody(room: &Room<'_, '_>, who: &str) -> Result<String> {
    if who.strip_prefix('@').unwrap_or(who) == "me" {
        return Ok(room.actor.name.clone());
    }
    known_agent(&room.policy, who).or_else(|error| match is_address(who) {
        true => Ok(who.to_owned()),
        false if who.contains(['@', ' ']) && !who.starts_with('@') => {
            Err(Problem::usage(format!("`{who}` is no mail address")).hint("like this one: bob@example.com").into())
        }
        false => Err(error),
    })
}

/// Enough to tell an address from a name: one `@` with something on both sides, no blanks, nothing that cannot be seen.
fn is_address(text: &str) -> bool {
    let plain =
        text.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | '"'));
    plain
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_told_from_a_name() {
        for good in ["bob@example.com", "cron@db1", "jörg@example.org"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["bob", "@bob", "bob@", "a@b@c", "a b@c", "a@b\n", "Bob <a@b>", "a\u{202e}@b"] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
