//! Three versions of a text become one, line by line.

/// A run of lines of the merged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'t> {
    /// As one side, or both, have them.
    Agreed(Vec<&'t str>),
    /// Both sides changed the same lines, each otherwise.
    Clash { base: Vec<&'t str>, ours: Vec<&'t str>, theirs: Vec<&'t str> },
}

/// Merges by lines that all three versions have in common (the diff3 algorithm of Khanna, Kunal and Pierce, "A Formal
/// Investigation of Diff3", 2007): between two of them, whoever changed something is right; both are a clash.
pub fn merge<'t>(base: &[&'t str], ours: &[&'t str], theirs: &[&'t str]) -> Vec<Piece<'t>> {
    let (to_ours, to_theirs) = (matches(base, ours), matches(base, theirs));
    let mut pieces = Pieces(Vec::new());
    let (mut b, mut o, mut t) = (0, 0, 0);
    for at in 0..base.len() {
        let (Some(our), Some(their)) = (to_ours[at], to_theirs[at]) else { continue };
        pieces.between(&base[b..at], &ours[o..our], &theirs[t..their]);
        pieces.agreed(&base[at..=at]);
        (b, o, t) = (at + 1, our + 1, their + 1);
    }
    pieces.between(&base[b..], &ours[o..], &theirs[t..]);
    pieces.0
}

struct Pieces<'t>(Vec<Piece<'t>>);

impl<'t> Pieces<'t> {
    fn between(&mut self, base: &[&'t str], ours: &[&'t str], theirs: &[&'t str]) {
        if ours == base || ours == theirs {
            self.agreed(theirs);
        } else if theirs == base {
            self.agreed(ours);
        } else {
            self.0.push(Piece::Clash { base: base.to_vec(), ours: ours.to_vec(), theirs: theirs.to_vec() });
        }
    }

    fn agreed(&mut self, lines: &[&'t str]) {
        match self.0.last_mut() {
            _ if lines.is_empty() => {}
            Some(Piece::Agreed(last)) => last.extend_from_slice(lines),
            Some(Piece::Clash { .. }) | None => self.0.push(Piece::Agreed(lines.to_vec())),
        }
    }
}

/// For each line of `a` its partner in `b`, in ascending order: a longest common subsequence.
fn matches(a: &[&str], b: &[&str]) -> Vec<Option<usize>> {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[head..], &b[head..]);
    let tail = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let mut found = vec![None; a.len()];
    for (at, partner) in found.iter_mut().enumerate().take(head) {
        *partner = Some(at);
    }
    for back in 1..=tail {
        found[a.len() - back] = Some(b.len() - back);
    }
    for (one, other) in middle(&rest_a[..rest_a.len() - tail], &rest_b[..rest_b.len() - tail]) {
        found[head + one] = Some(head + other);
    }
    found
}

/// Differences up to which a longest common subsequence is sought. Texts that differ more have nothing in common between
/// their common beginning and end: the work grows with the square.
const DIFFERENCES: usize = 1_000;

/// Common lines by the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
fn middle(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let most = (a.len() + b.len()).min(DIFFERENCES);
    // The furthest line of `a` on each diagonal; diagonal `k` is `x - y`, kept at `k + centre`.
    let centre = most + 1;
    let mut furthest = vec![0_usize; 2 * most + 3];
    let mut steps: Vec<Vec<usize>> = Vec::new();
    for d in 0..=most {
        steps.push(furthest[centre - d - 1..=centre + d + 1].to_vec());
        for at in (centre - d..=centre + d).step_by(2) {
            let down = at == centre - d || (at != centre + d && furthest[at - 1] < furthest[at + 1]);
            let mut x = if down { furthest[at + 1] } else { furthest[at - 1] + 1 };
            // Beyond an end there is no way on.
            let Some(mut y) = (x + centre).checked_sub(at) else { continue };
            while x < a.len() && y < b.len() && a[x] == b[y] {
                (x, y) = (x + 1, y + 1);
            }
            furthest[at] = x;
            if x >= a.len() && y >= b.len() {
                return way_back(&steps, a.len(), b.len());
            }
        }
    }
    Vec::new()
}

/// The pairs on the way to the end, from the furthest lines before each step.
fn way_back(steps: &[Vec<usize>], mut x: usize, mut y: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (d, furthest) in steps.iter().enumerate().rev() {
        // `furthest` begins with diagonal `-d - 1`.
        let at = x + d + 1 - y;
        let down = at == 1 || (at != 2 * d + 1 && furthest[at - 1] < furthest[at + 1]);
        let (from, from_y) = match (d, down) {
            (0, _) => (0, 0),
            (_, true) => (furthest[at + 1], furthest[at + 1] + d - at),
            (_, false) => (furthest[at - 1], furthest[at - 1] + d + 2 - at),
        };
        let (start, start_y) = match (d, down) {
            (0, _) => (0, 0),
            (_, true) => (from, from_y + 1),
            (_, false) => (from + 1, from_y),
        };
        while x > start && y > start_y {
            (x, y) = (x - 1, y - 1);
            pairs.push((x, y));
        }
        (x, y) = (from, from_y);
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d"]), 0..12)
    }

    fn agreed(pieces: &[Piece<'static>]) -> Option<Vec<&'static str>> {
        let lines = pieces.iter().map(|piece| match piece {
            Piece::Agreed(lines) => Some(lines.clone()),
            Piece::Clash { .. } => None,
        });
        Some(lines.collect::<Option<Vec<_>>>()?.concat())
    }

    /// Length of a longest common subsequence, by the book.
    fn longest(a: &[&str], b: &[&str]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for one in a {
            let mut before = 0;
            for (at, other) in b.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if one == other { before + 1 } else { above.max(row[at]) };
                before = above;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn partners_are_equal_ascending_and_as_many_as_can_be(a in text(), b in text()) {
            let pairs: Vec<(usize, usize)> =
                matches(&a, &b).into_iter().enumerate().filter_map(|(at, partner)| Some((at, partner?))).collect();
            prop_assert!(pairs.iter().all(|(one, other)| a[*one] == b[*other]));
            prop_assert!(pairs.windows(2).all(|pair| pair[0].1 < pair[1].1));
            prop_assert_eq!(pairs.len(), longest(&a, &b));
        }

        #[test]
        fn who_alone_changed_something_is_right(base in text(), one in text()) {
            prop_assert_eq!(agreed(&merge(&base, &one, &one)), Some(one.clone()));
            prop_assert_eq!(agreed(&merge(&base, &one, &base)), Some(one.clone()));
            prop_assert_eq!(agreed(&merge(&base, &base, &one)), Some(one));
        }

        #[test]
        fn sides_are_alike(base in text(), ours in text(), theirs in text()) {
            let turned = merge(&base, &theirs, &ours).into_iter().map(|piece| match piece {
                Piece::Clash { base, ours, theirs } => Piece::Clash { base, ours: theirs, theirs: ours },
                agreed @ Piece::Agreed(_) => agreed,
            });
            prop_assert_eq!(merge(&base, &ours, &theirs), turned.collect::<Vec<_>>());
        }
    }

    #[test]
    fn changes_with_an_untouched_line_between_both_hold() {
        let merged = merge(&["a", "b", "c"], &["A", "b", "c"], &["a", "b", "C"]);
        assert_eq!(merged, [Piece::Agreed(vec!["A", "b", "C"])]);
    }

    #[test]
    fn the_same_lines_changed_otherwise_clash() {
        let merged = merge(&["a", "b", "c"], &["a", "x", "c"], &["a", "y", "c"]);
        let clash = Piece::Clash { base: vec!["b"], ours: vec!["x"], theirs: vec!["y"] };
        assert_eq!(merged, [Piece::Agreed(vec!["a"]), clash, Piece::Agreed(vec!["c"])]);
    }
}
