//! Two versions of a ticket.

use serde_json::Value;

use super::conflicts::Lost;
use super::unit::Unit;
use super::{Clash, Judge, Merged, Side, Three};
use crate::model::field::FileKind;
use crate::model::record::Record;
use crate::model::word::{Level, LinkType, Priority, Resolution, Status};

/// Whether two files that were added under one id tell of one report, as after a cherry-pick; else chance or a cloned
/// machine gave one id to two.
pub fn is_same_report(one: &Record, other: &Record) -> bool {
    let same = |key: &str| one.get(key) == other.get(key);
    same("opened") && same("requester") && (same("title") || same("body") && one.get("body").is_some())
}

pub fn merge(three: Three<'_>, judge: &Judge<'_>) -> Merged<Record> {
    let mut out = Merged { value: Record::default(), clashes: Vec::new() };
    three.unit(Unit::Status, &mut out, || status(three, judge));
    out.clashes.retain(|_| !ended_alike(three));
    three.unit(Unit::Hands, &mut out, || judge(Unit::Hands.name()));
    three.unit(Unit::Urgency, &mut out, || urgency(three, judge));
    let others = three.keys().into_iter().filter(|key| Unit::of(key).is_none() && *key != "conflicts");
    for key in others {
        three.field(key, FileKind::Ticket.field(key).map(|field| field.shape), &mut out, judge);
    }
    one_original(three, &mut out);
    keep_what_lost(three, &mut out);
    out
}

/// Of two endings the final one holds. Otherwise whoever came later is right; who knows no dates goes by how far the
/// ticket is.
fn status(three: Three<'_>, judge: &Judge<'_>) -> Option<Side> {
    let (ours, theirs) = (of(three.ours, Status::parse, "status"), of(three.theirs, Status::parse, "status"));
    let ended = |status: Option<Status>| status.is_some_and(Status::is_done);
    if ended(ours) && ended(theirs) && ours != theirs {
        return Some(if ours == Some(Status::Closed) { Side::Ours } else { Side::Theirs });
    }
    judge(Unit::Status.name()).or_else(|| match rank(ours).cmp(&rank(theirs)) {
        std::cmp::Ordering::Greater => Some(Side::Ours),
        std::cmp::Ordering::Less => Some(Side::Theirs),
        std::cmp::Ordering::Equal => None,
    })
}

/// Who resolves and who closes for the same reason mean the same.
fn ended_alike(three: Three<'_>) -> bool {
    let ended = |record: &Record| of(record, Status::parse, "status").is_some_and(Status::is_done);
    let mut others = Unit::Status.fields().iter().filter(|field| **field != "status");
    ended(three.ours) && ended(three.theirs) && others.all(|field| three.ours.get(field) == three.theirs.get(field))
}

fn of<T>(record: &Record, parse: fn(&str) -> Option<T>, key: &str) -> Option<T> {
    parse(record.text(key))
}

fn rank(status: Option<Status>) -> u8 {
    match status {
        Some(Status::Closed) => 5,
        Some(Status::Resolved) => 4,
        Some(Status::Waiting) => 3,
        Some(Status::Active) => 2,
        Some(Status::New) => 1,
        None => 0,
    }
}

/// The more urgent priority, else the greater impact, else the greater urgency; else whoever came later.
fn urgency(three: Three<'_>, judge: &Judge<'_>) -> Option<Side> {
    // What is not said is the least.
    let place = |record: &Record| {
        let level = |key| of(record, Level::parse, key).map_or(u8::MAX, |level| level as u8);
        let priority = of(record, Priority::parse, "priority").map_or(u8::MAX, |priority| priority as u8);
        (priority, level("impact"), level("urgency"))
    };
    match place(three.ours).cmp(&place(three.theirs)) {
        std::cmp::Ordering::Less => Some(Side::Ours),
        std::cmp::Ordering::Greater => Some(Side::Theirs),
        std::cmp::Ordering::Equal => judge(Unit::Urgency.name()),
    }
}

/// A duplicate repeats one ticket. Where each side said another, that of the side whose status holds stays.
fn one_original(three: Three<'_>, out: &mut Merged<Record>) {
    if out.value.text("resolution") != Resolution::Duplicate.as_str() {
        return;
    }
    let originals = |record: &Record| -> Vec<String> {
        let prefix = format!("{} ", LinkType::DuplicateOf);
        record.list("links").into_iter().filter(|link| link.starts_with(&prefix)).collect()
    };
    let (before, now) = (originals(three.base), originals(&out.value));
    let has = |side: Side| Unit::Status.fields().iter().all(|key| three.side(side).get(key) == out.value.get(key));
    // What one side took out, the other closed the ticket for.
    if now.is_empty() {
        let sides = [Side::Ours, Side::Theirs].into_iter().filter(|side| has(*side));
        let mut links = out.value.list("links");
        links.extend(sides.flat_map(|side| originals(three.side(side))).min());
        links.sort_unstable();
        out.value.set("links", links);
        return;
    }
    let new: Vec<&String> = now.iter().filter(|link| !before.contains(link)).collect();
    if new.len() < 2 {
        return;
    }
    // Where both ended it the same way, the lesser id stays, whoever is asked.
    let keeps = match (has(Side::Ours), has(Side::Theirs)) {
        (true, false) => originals(three.ours),
        (false, true) => originals(three.theirs),
        (true, true) | (false, false) => now.clone(),
    };
    let Some(kept) = new.iter().find(|link| keeps.contains(link)).map(|link| (*link).clone()) else { return };
    let mut links = out.value.list("links");
    for gone in new.into_iter().filter(|link| **link != kept) {
        links.retain(|link| link != gone);
        let lost = vec![("links".to_owned(), Value::from(gone.as_str()))];
        out.clashes.push(Clash { unit: "links".to_owned(), winner: Some(Side::Ours), lost });
    }
    out.value.set("links", links);
}

/// Losing values stand in `[conflicts]`; those of clashes that are still open do not: they stand in markers.
fn keep_what_lost(three: Three<'_>, out: &mut Merged<Record>) {
    let [base, ours, theirs] = [three.base, three.ours, three.theirs].map(|record| Lost::read(record.get("conflicts")));
    let mut lost = Lost::merge(&base, &ours, &theirs);
    out.clashes.iter().filter(|clash| clash.winner.is_some()).for_each(|clash| lost.add_all(clash));
    for (key, value) in out.value.iter() {
        lost.drop_what_is(key, value);
        for (name, member) in value.as_object().into_iter().flatten() {
            lost.drop_what_is(&format!("{key}.{name}"), member);
        }
    }
    out.value.set("conflicts", lost.table());
}
