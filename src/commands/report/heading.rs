//! What stands above every report: whose desk, what it shows, which time was looked at, which tickets.

use serde_json::{Value, json};

use crate::model::when;
use crate::report::asked::Asked;
use crate::report::kind::Kind;
use crate::report::{Report, Window, time};

/// Gaps between the parts of the summary's heading.
const GAP: &str = "     ";

/// The report with all of that in its heading, and among its figures as `period` (`since`, `until`: a moment or `null`
/// for no beginning) and `where` (the query or `null`). A figure of its own under such a name stays.
pub fn headed(kind: Kind, mut report: Report, asked: &Asked<'_>, query: Option<&str>) -> Report {
    let own = std::mem::take(&mut report.heading);
    let (gap, parts) = match kind {
        // Desk and period are in it.
        Kind::Summary => (GAP, vec![own]),
        kind => {
            let period = period_words(kind, asked).filter(|days| !own.contains(days));
            (" · ", [Some(asked.desk.to_owned()), Some(own), period].into_iter().flatten().collect())
        }
    };
    let query = query.filter(|query| !query.trim().is_empty());
    let parts = parts.into_iter().chain(query.map(|query| format!("where {query}")));
    report.heading = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(gap);
    let (since, until) = looked_at(kind, &report.figures, asked);
    if let Value::Object(figures) = &mut report.figures {
        let period = json!({"since": since.and_then(time), "until": until.and_then(time)});
        figures.entry("period").or_insert(period);
        figures.entry("where").or_insert(json!(query));
    }
    report
}

/// A heading for one line of a page; parts of it that stood apart are set off by dots.
pub fn in_one_line(heading: &str) -> String {
    heading.replace(GAP, " · ")
}

/// The days that were looked at, or up to which day.
fn period_words(kind: Kind, asked: &Asked<'_>) -> Option<String> {
    let (since, _) = asked.window;
    Some(match since.is_some() || kind.looks_back() {
        true => asked.days(),
        false => match kind.is_of_a_day() {
            true => asked.day(asked.moment()).to_string(),
            false => format!("up to {}", asked.day(asked.moment())),
        },
    })
}

/// `[since, until)`. The summary names the period that it chose; others look at what was asked for, up to now.
fn looked_at(kind: Kind, figures: &Value, asked: &Asked<'_>) -> Window {
    let named = |name: &str| {
        let now = jiff::Timestamp::from_second(asked.now).ok()?;
        let (from, to) = when::period(name, now, asked.zone)?;
        Some((Some(from.as_second()), Some(to.as_second())))
    };
    let unit = figures["unit"].as_str().filter(|_| kind == Kind::Summary);
    let of_unit = unit.and_then(|unit| figures[unit].as_str()).and_then(named);
    let (since, until) = asked.window;
    let since = if kind.looks_back() { Some(asked.span().0) } else { since };
    of_unit.unwrap_or((since, Some(until.unwrap_or(asked.now))))
}
