//! Texts, merged line by line.

use serde_json::Value;

use super::lines::{self, Piece};
use super::{Clash, Judge, Side};

/// Merges three versions of a text. Where lines clash, those of the later author stand, and the other's are lost.
pub fn merge(
    key: &str,
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    judge: &Judge<'_>,
) -> (Option<Value>, Vec<Clash>) {
    if ours == theirs || theirs == base {
        return (ours.cloned(), Vec::new());
    }
    if ours == base {
        return (theirs.cloned(), Vec::new());
    }
    let split = |value: Option<&Value>| -> Vec<String> {
        let text = value.and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(|text| text.split('\n').map(str::to_owned).collect()).unwrap_or_default()
    };
    let (base, ours, theirs) = (split(base), split(ours), split(theirs));
    let [base, ours, theirs] =
        [&base, &ours, &theirs].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
    let pieces = lines::merge(&base, &ours, &theirs);
    let clashes = pieces.iter().any(|piece| matches!(piece, Piece::Clash { .. }));
    let decided = if clashes { judge(key) } else { None };
    let winner = decided.unwrap_or(Side::Ours);
    let (mut merged, mut lost) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Agreed(lines) => merged.extend(lines),
            Piece::Clash { ours, theirs, .. } => {
                lost.push(winner.other().of(&ours, &theirs).join("\n"));
                merged.extend(winner.of(ours, theirs));
            }
        }
    }
    let lost = Value::from(lost.join("\n").trim_matches('\n'));
    let clash = Clash { unit: key.to_owned(), winner: decided, lost: vec![(key.to_owned(), lost)] };
    (Some(Value::from(merged.join("\n").trim_end_matches('\n'))), if clashes { vec![clash] } else { Vec::new() })
}
