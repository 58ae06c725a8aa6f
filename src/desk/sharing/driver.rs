//! The merge of one file for plain git, which hands over three versions and knows no dates.

use crate::model::merge::Clash;
use crate::store::document::MAX_SIZE;
use crate::store::merge::file::{File, Form, Versions, merge};
use crate::store::merge::markers::mark;

/// Three versions of a file, as git hands them to a driver.
#[derive(Debug, Clone)]
pub struct Given {
    /// Empty where both sides added it.
    pub base: Vec<u8>,
    pub ours: Vec<u8>,
    pub theirs: Vec<u8>,
    /// From the repository's root.
    pub path: String,
}

/// What a driver makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Driven {
    pub bytes: Vec<u8>,
    /// What somebody still has to decide: fields, or why the file cannot be merged.
    pub open: Vec<String>,
    /// What was settled by rule; the losing values are in the file.
    pub settled: Vec<Clash>,
}

/// Merges a file. What no rule decides without dates is marked in the file, round that key alone; with `markers`,
/// everything on which both sides do not agree. `size` is how many characters a marker has.
pub fn drive(given: &Given, markers: bool, size: usize) -> Driven {
    let form = Form::of(inside(&given.path));
    let base = Some(given.base.as_slice()).filter(|base| !base.is_empty());
    let versions = Versions { base, ours: &given.ours, theirs: &given.theirs };
    let too_large = [&given.base, &given.ours, &given.theirs].iter().any(|bytes| bytes.len() > MAX_SIZE);
    let merged = match too_large {
        true => merge(Form::Whole, versions, &|_| None),
        false => merge(form, versions, &|_| None),
    };
    match merged {
        File::One { bytes, clashes } => {
            let (left, settled): (Vec<Clash>, Vec<Clash>) =
                clashes.into_iter().partition(|clash| markers || clash.winner.is_none());
            if left.is_empty() {
                return Driven { bytes, open: Vec::new(), settled };
            }
            let marked = mark(form, versions, &left, size).unwrap_or(bytes);
            Driven { bytes: marked, open: left.into_iter().map(|clash| clash.unit).collect(), settled }
        }
        File::Two { why, .. } => {
            let marked = if too_large { None } else { mark(Form::Lines, versions, &[], size) };
            Driven { bytes: marked.unwrap_or_else(|| given.ours.clone()), open: vec![why], settled: Vec::new() }
        }
    }
}

/// The path from the desk's root, of one from the repository's: a desk may be in a folder of it.
pub fn inside(path: &str) -> &str {
    use crate::store::snapshot::{Holds, holds};
    let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    let mut below = starts.map(|at| &path[at..]);
    below.find(|rest| holds(rest) != Holds::Other).unwrap_or(path)
}
