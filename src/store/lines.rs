//! Which lines of a file a change touches.

use std::ops::RangeInclusive;

use git2::{DiffOptions, Patch};

use super::repository::unreadable;
use crate::error::Result;

/// Lines of the later version, from 1, that are not in the earlier one. Where lines were only taken out, the one above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched(Vec<RangeInclusive<usize>>);

impl Touched {
    pub fn has(&self, line: usize) -> bool {
        self.0.iter().any(|lines| lines.contains(&line))
    }

    /// A file that is new.
    pub fn all() -> Touched {
        Touched(vec![1..=usize::MAX])
    }

    pub fn between(before: &[u8], after: &[u8]) -> Result<Touched> {
        let mut options = DiffOptions::new();
        options.context_lines(0).interhunk_lines(0).force_text(true);
        let patch = Patch::from_buffers(before, None, after, None, Some(&mut options)).map_err(unreadable)?;
        let mut lines = Vec::new();
        for at in 0..patch.num_hunks() {
            let (hunk, _) = patch.hunk(at).map_err(unreadable)?;
            let first = usize::try_from(hunk.new_start()).unwrap_or(1).max(1);
            let count = usize::try_from(hunk.new_lines()).unwrap_or(0).max(1);
            lines.push(first..=first + count - 1);
        }
        Ok(Touched(lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_and_changed_lines_are_touched_and_those_around_a_removal() {
        let touched = |before: &str, after: &str| {
            let touched = Touched::between(before.as_bytes(), after.as_bytes()).unwrap();
            (1..=5).filter(|line| touched.has(*line)).collect::<Vec<_>>()
        };
        assert_eq!(touched("a\nb\nc\n", "a\nB\nc\nd\n"), [2, 4]);
        assert_eq!(touched("a\nb\nc\n", "a\nc\n"), [1]);
        assert_eq!(touched("a\n", "a\n"), [0; 0]);
        assert_eq!(touched("", "a\nb\n"), [1, 2]);
    }
}
