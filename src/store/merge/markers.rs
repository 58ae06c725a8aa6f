//! Conflict markers, as git writes them: round the key that is meant, or round lines of a file that has none.

use std::ops::Range;

use super::file::{Form, Versions, plain_text, write};
use crate::model::field::FileKind;
use crate::model::merge::conflicts::Lost;
use crate::model::merge::lines::{self, Piece};
use crate::model::merge::unit::Unit;
use crate::model::merge::{self, Clash, Side};
use crate::store::document;

/// The merged file with markers round every clash that `left` names; every other clash is settled by rule. `size` is how
/// many characters a marker has. `None` where a side is no text.
pub fn mark(form: Form, versions: Versions<'_>, left: &[Clash], size: usize) -> Option<Vec<u8>> {
    let marked = match form {
        Form::Fields(kind) => fields(kind, versions, left, size),
        Form::Tables | Form::Lines | Form::Whole => None,
    };
    marked.or_else(|| by_lines(versions, size))
}

/// The file twice, as it would be had each side won what is left open, with markers where the two differ.
fn fields(kind: FileKind, versions: Versions<'_>, left: &[Clash], size: usize) -> Option<Vec<u8>> {
    let read = |bytes: &[u8]| document::parse(kind, bytes).ok();
    let (ours, theirs) = (read(versions.ours)?, read(versions.theirs)?);
    let base = versions.base.and_then(read).unwrap_or_default();
    let is_left = |name: &str| left.iter().any(|clash| clash.unit == name);
    let won_by = |side: Side| {
        let merged = merge::records(kind, &base, &ours, &theirs, &|name| is_left(name).then_some(side));
        let mut record = merged.value;
        let mut lost = Lost::read(record.get("conflicts"));
        for clash in merged.clashes.iter().filter(|clash| is_left(&clash.unit)) {
            clash.lost.iter().for_each(|(field, value)| lost.remove(field, value));
        }
        // A rule that asks nobody who came later is overruled.
        for field in left.iter().filter_map(|clash| Unit::named(&clash.unit)).flat_map(Unit::fields) {
            let value = side.of(&ours, &theirs).get(field).cloned();
            record.set(*field, value.unwrap_or_default());
        }
        if kind == FileKind::Ticket {
            record.set("conflicts", lost.table());
        }
        record
    };
    let one = write(kind, versions, &won_by(Side::Ours));
    let other = document::edit(kind, &one, &won_by(Side::Theirs)).ok()?;
    let mut pairs = Vec::new();
    for clash in left {
        let names = Unit::named(&clash.unit).map_or_else(|| vec![clash.unit.as_str()], |unit| unit.fields().to_vec());
        pairs.push((document::lines_of(&one, &names)?, document::lines_of(&other, &names)?));
    }
    Some(around(&plain_text(&one)?, &plain_text(&other)?, &apart(pairs), size).into_bytes())
}

/// Lines in the order of the text, those that overlap as one: keys that are one thing may stand apart, others between.
fn apart(mut pairs: Vec<(Range<usize>, Range<usize>)>) -> Vec<(Range<usize>, Range<usize>)> {
    pairs.sort_by_key(|(one, _)| one.start);
    let mut apart: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (ours, theirs) in pairs {
        match apart.last_mut() {
            Some((one, other)) if ours.start < one.end || theirs.start < other.end => {
                *one = one.start..one.end.max(ours.end);
                *other = other.start.min(theirs.start)..other.end.max(theirs.end);
            }
            Some(_) | None => apart.push((ours, theirs)),
        }
    }
    apart
}

/// Puts markers round the lines that two versions of a text have at the same places.
fn around(one: &str, other: &str, pairs: &[(Range<usize>, Range<usize>)], size: usize) -> String {
    let mut out = String::new();
    let mut done = 0;
    for (ours, theirs) in pairs {
        out.push_str(&one[done.min(ours.start)..ours.start]);
        block(&mut out, &one[ours.clone()], &other[theirs.clone()], size);
        done = ours.end;
    }
    out.push_str(&one[done..]);
    out
}

fn block(out: &mut String, ours: &str, theirs: &str, size: usize) {
    let marker = |sign: &str| sign.repeat(size);
    let whole =
        |text: &str| if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&format!(
        "{} ours\n{}{}\n{}{} theirs\n",
        marker("<"),
        whole(ours),
        marker("="),
        whole(theirs),
        marker(">")
    ));
}

/// Markers round the lines that clash, as in a merge without a driver.
fn by_lines(versions: Versions<'_>, size: usize) -> Option<Vec<u8>> {
    let texts = [versions.base.unwrap_or_default(), versions.ours, versions.theirs].map(plain_text);
    let [Some(base), Some(ours), Some(theirs)] = texts else { return None };
    let [base, ours, theirs] = [&base, &ours, &theirs].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut out = String::new();
    let mut pieces = lines::merge(&base, &ours, &theirs);
    if pieces.iter().all(|piece| matches!(piece, Piece::Agreed(_))) {
        // The lines fit and what they say does not: the whole is shown twice.
        pieces = vec![Piece::Clash { base, ours, theirs }];
    }
    for piece in pieces {
        match piece {
            Piece::Agreed(lines) => out.push_str(&lines.concat()),
            Piece::Clash { ours, theirs, .. } => block(&mut out, &ours.concat(), &theirs.concat(), size),
        }
    }
    Some(out.into_bytes())
}
