//! How well articles do: the tickets that name each.

use std::collections::BTreeMap;

use super::named::Named;

/// Of the tickets that name one article.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub linked: u64,
    /// Solved at the end, and no duplicate of another or taken back.
    pub solved: u64,
    /// Opened again at least once.
    pub reopened: u64,
    /// When the newest of them was opened, in seconds since 1970.
    pub latest: i64,
}

/// By the name of the article; a ticket counts each article that it names once.
pub fn usage<'t>(tickets: impl IntoIterator<Item = &'t Named>) -> BTreeMap<&'t str, Usage> {
    let mut all: BTreeMap<&str, Usage> = BTreeMap::new();
    for life in tickets.into_iter().map(|one| &one.told.life) {
        let open = life.unsolved.last().is_some_and(|(_, end)| end.is_none());
        let solved = !open && life.done((None, None)).last() == life.solved.last().map(|(at, _)| *at);
        for article in &life.articles {
            let usage = all.entry(article.as_str()).or_default();
            usage.linked += 1;
            usage.solved += u64::from(solved && !life.solved.is_empty());
            usage.reopened += u64::from(!life.reopened.is_empty());
            usage.latest = usage.latest.max(life.opened);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::life::Life;

    fn ticket(opened: i64, solved: &[(i64, &str)], reopened: &[i64], open: bool) -> Named {
        let mut named = Named::default();
        named.told.life = Life {
            opened,
            solved: solved.iter().map(|(at, how)| (*at, (*how).to_owned())).collect(),
            reopened: reopened.to_vec(),
            unsolved: vec![(opened, (!open).then_some(opened + 9))],
            articles: ["vpn/reset".to_owned()].into(),
            ..Life::default()
        };
        named
    }

    #[test]
    fn what_was_taken_back_or_is_open_again_was_not_solved() {
        let tickets = [
            ticket(1, &[(2, "fixed")], &[], false),
            ticket(5, &[(6, "cancelled")], &[], false),
            ticket(3, &[(4, "fixed")], &[5], true),
            ticket(7, &[], &[], true),
        ];
        let usage = usage(&tickets);
        assert_eq!(usage["vpn/reset"], Usage { linked: 4, solved: 1, reopened: 1, latest: 7 });
    }
}
