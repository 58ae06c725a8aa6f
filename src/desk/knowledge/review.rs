//! Keeping articles fresh: somebody has followed one and it worked; and which ones should be looked at.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::write::{Written, with};
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::article::{Article, State, path};
use crate::report::usage::Usage;
use crate::store::last_edit::LastEdit;

/// What a review says.
#[derive(Debug, Clone)]
pub struct Review {
    /// The day on which it was followed and worked.
    pub tested: Date,
    /// Who did; empty is whoever says so.
    pub by: String,
    /// When to look at it again.
    pub next: Date,
}

/// Marks an article as tested; a draft is validated by that. Exit code 5 for a retired one.
pub fn review(room: &mut Room<'_, '_>, name: &str, review: &Review) -> Result<Written> {
    with(room, name, |room, article| {
        if article.is_retired() {
            return Err(Problem::refused(format!("{name} is retired"))
                .code("retired")
                .hint(format!("git desk kb edit {name} --state draft"))
                .into());
        }
        article.state = State::Validated;
        article.tested = Some(review.tested);
        article.tested_by = room.owner(if review.by.is_empty() { "me" } else { &review.by })?;
        article.review_by = Some(review.next);
        Ok(())
    })
}

/// Months without an edit after which an article that is still used should be looked at.
const UNTOUCHED: i64 = 12;
/// Share of tickets opened again, in percent, from which on an article does not solve; and of how many tickets at least.
const REOPENED: u64 = 20;
const ENOUGH: u64 = 5;

/// An article that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub name: String,
    pub title: String,
    pub owner: String,
    /// Each in words, the most certain first.
    pub why: Vec<String>,
    /// Since when the first of them holds, where that is a day.
    pub since: Option<Date>,
}

/// The articles that should be looked at: the day of their review is past; or nobody changed them for twelve months and a
/// ticket that was opened later names them; or of five or more tickets that name them, more than a fifth were opened again.
/// The longest due first.
pub fn due(
    articles: &[Article],
    usage: &BTreeMap<&str, Usage>,
    edits: &BTreeMap<String, LastEdit>,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<Due> {
    let today = now.to_zoned_datetime(zone.clone()).date();
    let mut due: Vec<Due> = articles
        .iter()
        .filter(|article| !article.is_retired())
        .filter_map(|article| {
            let usage = usage.get(article.name.as_str()).copied().unwrap_or_default();
            one(article, usage, edits.get(&path(&article.name)), today, zone)
        })
        .collect();
    due.sort_by(|a, b| {
        let day = |due: &Due| due.since.unwrap_or(Date::MAX);
        (day(a), &a.name).cmp(&(day(b), &b.name))
    });
    due
}

fn one(article: &Article, usage: Usage, edit: Option<&LastEdit>, today: Date, zone: &TimeZone) -> Option<Due> {
    let day_of = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let mut reasons: Vec<(String, Option<Date>)> = Vec::new();
    if let Some(review) = article.review_by.filter(|review| *review < today) {
        reasons.push((format!("its review was due on {review}"), Some(review)));
    }
    let limit = today.checked_sub(UNTOUCHED.months()).unwrap_or(Date::MIN);
    if let Some(edit) = edit.filter(|edit| day_of(edit.at) < limit && usage.latest > edit.at.as_second()) {
        let day = day_of(edit.at);
        reasons.push((format!("not edited since {day}, and still used"), day.checked_add(UNTOUCHED.months()).ok()));
    }
    if usage.linked >= ENOUGH && usage.reopened * 100 > usage.linked * REOPENED {
        reasons.push((format!("{} of {} tickets with it were opened again", usage.reopened, usage.linked), None));
    }
    let since = reasons.first()?.1;
    let why = reasons.into_iter().map(|(why, _)| why).collect();
    Some(Due { name: article.name.clone(), title: article.title.clone(), owner: article.owner.clone(), why, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(article: &Article, usage: Usage, edited: &str) -> Vec<String> {
        let at = format!("{edited}T12:00:00Z").parse().unwrap();
        let edit = LastEdit { commit: String::new(), at, name: String::new(), email: String::new() };
        let today: Date = "2026-11-24".parse().unwrap();
        one(article, usage, Some(&edit), today, &TimeZone::UTC).map(|due| due.why).unwrap_or_default()
    }

    #[test]
    fn each_reason_has_its_border() {
        let article = Article::new("vpn/reset", "T");
        let by = |day: &str| Article { review_by: Some(day.parse().unwrap()), ..article.clone() };
        let unused = Usage::default();
        assert_eq!(why(&by("2026-11-24"), unused, "2026-11-01"), [""; 0]);
        assert_eq!(why(&by("2026-11-23"), unused, "2026-11-01"), ["its review was due on 2026-11-23"]);
        let latest = |day: &str| format!("{day}T00:00:00Z").parse::<Timestamp>().unwrap().as_second();
        let used = |day: &str| Usage { linked: 1, latest: latest(day), ..unused };
        assert_eq!(why(&article, used("2026-10-01"), "2025-11-24"), [""; 0], "twelve months to the day");
        assert_eq!(why(&article, used("2025-11-01"), "2025-11-23"), [""; 0], "not used since");
        assert_eq!(why(&article, used("2025-11-24"), "2025-11-23"), ["not edited since 2025-11-23, and still used"]);
        let again = |reopened, linked| Usage { linked, reopened, ..unused };
        assert_eq!(why(&article, again(1, 5), "2026-11-01"), [""; 0], "a fifth is not more than a fifth");
        assert_eq!(why(&article, again(4, 4), "2026-11-01"), [""; 0], "too few to tell");
        assert_eq!(why(&article, again(2, 5), "2026-11-01"), ["2 of 5 tickets with it were opened again"]);
    }
}
