//! `knowledge`: articles that solve, that are missing, that are stale.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::group::Group;
use super::named::Named;
use super::usage::usage;
use super::{Column, Measure, Report, Sheet, percent};
use crate::model::article::Article;

/// Rows of a list.
const TOP: usize = 10;
/// Resolved tickets of one category or service that should have had an article.
const GAP: u64 = 5;
/// So many days after its last test an article is stale.
const TESTED: i64 = 365;

/// Of tickets resolved within the period (to cancelled and duplicate left out): the share that names an article; the ten
/// articles that most of them name; categories and services with five or more of them and no article in any, the ten
/// greatest of each. Stale: articles that are not retired whose `review_by` is before the day at the end of the period,
/// or that have none and were last tested more than 365 days before it. Articles are those at the end of
/// what is known; a ticket counts each article it names once.
pub fn knowledge(tickets: &[Named], articles: &[Article], asked: &Asked<'_>) -> Report {
    let resolved: Vec<&Named> =
        tickets.iter().filter(|one| one.told.life.done(asked.window).next().is_some()).collect();
    let helped = resolved.iter().filter(|one| !one.told.life.articles.is_empty()).count();
    let today = asked.day(asked.moment());
    let titles: BTreeMap<&str, &str> = articles.iter().map(|one| (one.name.as_str(), one.title.as_str())).collect();
    let groups = [Group::Category, Group::Service];
    let gaps: Vec<Value> = groups.iter().flat_map(|group| gaps(&resolved, *group)).collect();
    let figures = json!({
        "resolved": resolved.len(),
        "with_article": helped,
        "link_rate_percent": percent(helped as u64, resolved.len() as u64),
        "top": top(&resolved, &titles),
        "gaps": gaps,
        "stale": articles.iter().filter_map(|one| stale(one, today)).collect::<Vec<_>>(),
    });
    let (gaps, old) = (gaps.len(), figures["stale"].as_array().map_or(0, Vec::len));
    Report {
        name: "knowledge",
        heading: "articles that solve, that are missing, that are stale".to_owned(),
        sheets: sheets(&figures),
        tickets: asked.basis(|| basis(&resolved)),
        sentence: Some(format!(
            "{} resolved, {helped} with an article; {gaps} {} without any, {old} {} stale.",
            resolved.len(),
            if gaps == 1 { "group" } else { "groups" },
            if old == 1 { "article is" } else { "articles are" },
        )),
        figures,
        ..Report::default()
    }
}

fn top(resolved: &[&Named], titles: &BTreeMap<&str, &str>) -> Vec<Value> {
    let uses = usage(resolved.iter().copied());
    let mut sorted: Vec<(&str, u64)> = uses.into_iter().map(|(name, usage)| (name, usage.linked)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let row = |(name, count): (&str, u64)| json!({"article": name, "tickets": count, "title": titles.get(name).copied().unwrap_or_default()});
    sorted.into_iter().take(TOP).map(row).collect()
}

fn gaps(resolved: &[&Named], group: Group) -> Vec<Value> {
    let mut counts: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    for life in resolved.iter().map(|one| &one.told.life).filter(|life| !life.field(group.name()).is_empty()) {
        let counts = counts.entry(life.field(group.name())).or_default();
        counts.0 += 1;
        counts.1 |= !life.articles.is_empty();
    }
    let mut sorted: Vec<(&str, u64)> = counts
        .into_iter()
        .filter(|(_, (count, any))| *count >= GAP && !any)
        .map(|(name, (count, _))| (name, count))
        .collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let row = |(name, count): (&str, u64)| json!({"kind": group.name(), "name": name, "tickets": count});
    sorted.into_iter().take(TOP).map(row).collect()
}

/// Why an article is stale, and since when; `None` for one that is not.
fn stale(article: &Article, today: Date) -> Option<Value> {
    if article.is_retired() {
        return None;
    }
    let limit = today.checked_sub(TESTED.days()).unwrap_or(Date::MIN);
    let (why, since) = match (article.review_by, article.tested) {
        (Some(review), _) if review < today => ("review is over", review),
        (Some(_), _) => return None,
        (None, Some(tested)) if tested < limit => ("tested long ago", tested),
        (None, Some(_)) => return None,
        (None, None) => return None,
    };
    let since = since.to_string();
    Some(json!({"article": article.name, "title": article.title, "owner": article.owner, "why": why, "since": since}))
}

fn sheets(figures: &Value) -> Vec<Sheet> {
    let plain = Column::plain;
    let rate = Column::of("link_rate_percent", Measure::Percent);
    vec![
        Sheet::of(
            "all",
            "solved with an article",
            vec![plain("resolved"), plain("with_article"), rate],
            &json!([figures]),
        ),
        Sheet::of("top", "most used", vec![plain("article"), plain("title"), plain("tickets")], &figures["top"])
            .bars("tickets"),
        Sheet::of(
            "gaps",
            "resolved often, never with an article",
            vec![plain("kind"), plain("name"), plain("tickets")],
            &figures["gaps"],
        )
        .bars("tickets"),
        Sheet::of(
            "stale",
            "stale articles",
            vec![plain("article"), plain("title"), plain("owner"), plain("why"), Column::of("since", Measure::Time)],
            &figures["stale"],
        ),
    ]
}

fn basis(resolved: &[&Named]) -> Basis {
    let mut basis = Basis::of_figures(&["articles", "category", "service"].map(Column::plain));
    for one in resolved {
        let life = &one.told.life;
        let figure = if life.articles.is_empty() { "without an article" } else { "with an article" };
        let articles: Vec<&String> = life.articles.iter().collect();
        basis.add(one, [json!(figure), json!(articles), json!(life.field("category")), json!(life.field("service"))]);
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::State;

    fn read(text: &str) -> Article {
        let date = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))?.parse().ok());
        let state = if text.contains("retired") { State::Retired } else { State::Validated };
        Article { state, tested: date("tested"), review_by: date("review_by"), ..Article::new("a/b", "A") }
    }

    #[test]
    fn an_article_is_stale_after_its_review_or_a_year_after_its_test() {
        let today: Date = "2026-11-24".parse().unwrap();
        let why = |text: &str| {
            let article = read(text);
            stale(&article, today).map(|row| row["why"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(why("review_by = 2026-11-23").as_deref(), Some("review is over"));
        assert_eq!(why("review_by = 2026-11-24"), None);
        assert_eq!(why("tested = 2025-11-24"), None);
        assert_eq!(why("tested = 2025-11-23").as_deref(), Some("tested long ago"));
        assert_eq!(why("tested = 2020-01-01\nreview_by = 2027-01-01"), None, "who sets a day has thought of it");
        assert_eq!(why(""), None, "nobody has said when");
        assert_eq!(why("state = \"retired\"\nreview_by = 2020-01-01"), None);
    }
}
