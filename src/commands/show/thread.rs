//! What happened to a ticket, moment by moment: changes as lines, entries with their words.

use serde_json::Value;

use super::page::Page;
use crate::index::Logged;
use crate::model::count::counted;
use crate::model::entry::Entry;
use crate::model::fact::Fact;
use crate::model::field::{FileKind, Shape};
use crate::model::id::TicketId;
use crate::model::money::written;
use crate::model::word::EntryKind;
use crate::ui::format::cell;
use crate::ui::time;

/// Fields that go without saying among the changes: the entry or the act itself tells them.
const QUIET: &[&str] = &["body", "opened", "resolution", "waiting_on"];

/// `08:34  chris      → infra, alice`; with `history` every field, from and to. Entries stand for themselves.
pub fn change(page: &Page<'_>, change: &Logged, history: bool) -> Option<String> {
    let told = |fact: &&Fact| fact.field != "thread" && (history || !is_quiet(fact));
    let facts = change.facts.iter().filter(told);
    let words: Vec<String> = facts.map(|fact| if history { page.both_ends(fact) } else { page.brief(fact) }).collect();
    if words.is_empty() {
        return None;
    }
    let ui = &page.ctx.ui;
    let who = ui.shown(page.look.policy.handle_for(&change.email));
    let head = ui.plain(&format!("  {:<9}  {who:<12} → ", page.moment(change.at)));
    Some(page.hanging(&head, &words.join(if history { "; " } else { ", " })))
}

fn is_quiet(fact: &Fact) -> bool {
    QUIET.contains(&fact.field.as_str()) || (fact.field == "wake" && fact.to.is_null())
}

fn shape(fact: &Fact) -> Option<Shape> {
    FileKind::Ticket.field(&fact.field).map(|field| field.shape)
}

impl Page<'_> {
    /// `status: new → active`
    fn both_ends(&self, fact: &Fact) -> String {
        let none = |text: String| if text.is_empty() { "nothing".to_owned() } else { text };
        match shape(fact) {
            Some(Shape::Text) => format!("{} changed", fact.field),
            _ => {
                let (from, to) = (none(self.value(fact, &fact.from)), none(self.value(fact, &fact.to)));
                format!("{}: {from}{}{to}", self.ctx.ui.shown(&fact.field), self.ctx.ui.plain(" → "))
            }
        }
    }

    /// `active`, `tag vpn`, `due Thu 14:00`, `asset removed`
    fn brief(&self, fact: &Fact) -> String {
        let (from, to) = (self.value(fact, &fact.from), self.value(fact, &fact.to));
        let name = self.ctx.ui.shown(&fact.field);
        match (shape(fact), from.as_str(), to.as_str()) {
            (Some(Shape::Text), _, _) => format!("{name} changed"),
            (Some(Shape::List), gone, "") => format!("{} {gone} removed", one_of(&name)),
            (Some(Shape::List), _, new) => format!("{} {new}", one_of(&name)),
            (_, _, "") if name == "assignee" => "nobody".to_owned(),
            (_, _, "") => format!("{name} removed"),
            (_, _, new) if matches!(name.as_str(), "status" | "queue" | "assignee" | "priority") => new.to_owned(),
            (_, _, new) => format!("{name} {new}"),
        }
    }

    fn value(&self, fact: &Fact, value: &Value) -> String {
        let time = value.as_str().filter(|_| shape(fact) == Some(Shape::Time)).and_then(|text| text.parse().ok());
        time.map_or_else(|| self.ctx.ui.shown(&cell(value)), |time| self.moment(time))
    }

    /// What an entry is, beside its words.
    fn kind_of(&self, entry: &Entry) -> String {
        let number = |key: &str| entry.number(key).unwrap_or(0);
        match entry.kind {
            EntryKind::Comment => String::new(),
            EntryKind::Note => match entry.extra.text("act") {
                "" => "note, agents only".to_owned(),
                act => format!("why: {act}"),
            },
            EntryKind::Escalation => format!("escalated to {}", entry.extra.text("to")),
            EntryKind::Occurrence => {
                let last = entry.extra.text("last");
                let last = last.parse().map_or_else(|_| last.to_owned(), |last| self.moment(last));
                format!("{} on {}, last {last}", counted(number("count"), "time"), entry.extra.text("host"))
            }
            EntryKind::Work => {
                let paid = match entry.extra.get("billable").and_then(Value::as_bool) {
                    Some(true) => ", billable",
                    Some(false) => ", not billable",
                    None => "",
                };
                let used = entry.materials().map(|used| format!(", materials {}", written(used))).unwrap_or_default();
                format!("{} of work{used}{paid}", time::minutes(number("minutes")))
            }
            EntryKind::Rating => match entry.extra.text("from") {
                "" => format!("{} of 5", number("score")),
                from => format!("{} of 5 from {from}", number("score")),
            },
            EntryKind::Approval => entry.extra.text("decision").to_owned(),
        }
    }
}

/// The name of one element of a list.
fn one_of(list: &str) -> &str {
    list.strip_suffix('s').unwrap_or(list)
}

/// Who, when and what, and the words below; notes have a bar, so that nobody mistakes them for replies.
/// `of` is the ticket that it is of, where that was merged into the one on the page.
pub fn entry(page: &Page<'_>, entry: &Entry, of: Option<TicketId>) -> String {
    let ui = &page.ctx.ui;
    let names: Vec<&str> =
        entry.files.iter().map(|file| file.split_once(' ').map_or(file.as_str(), |(_, name)| name)).collect();
    let of = of.map(|ticket| format!("on {ticket}")).unwrap_or_default();
    let words = [of, page.kind_of(entry), names.join(", ")].into_iter().filter(|word| !word.is_empty());
    let head = format!("  {:<9}  {:<12} ", page.moment(entry.at), ui.shown(&entry.by));
    let mut text = page.hanging(&head, &ui.shown(&words.collect::<Vec<_>>().join("  ")));
    if !entry.body.is_empty() {
        let indent = match entry.kind {
            EntryKind::Note => format!("  {} ", page.bar()),
            _ => "    ".to_owned(),
        };
        text.push_str(&page.text(&entry.body, &indent));
    }
    text
}

impl Page<'_> {
    fn bar(&self) -> String {
        self.styled(if self.ctx.ui.style.utf8 { "▌" } else { "|" }, anstyle::AnsiColor::Yellow.on_default())
    }
}
