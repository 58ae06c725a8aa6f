//! The query language: which tickets are meant. It serves lists, `--where`, views and rules.
//!
//! Evaluation in memory is the definition; an index may only leave out tickets that a query cannot mean.

mod eval;
mod lex;
mod parse;

pub use eval::{Context, Subject};
pub use parse::{FIELDS, QueryError};

use jiff::Timestamp;
use regex::Regex;

use super::word::words;

/// A parsed query.
#[derive(Debug, Clone)]
pub struct Query {
    pub expr: Expr,
}

#[derive(Debug, Clone)]
pub enum Expr {
    /// Every ticket.
    All,
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Term(Term),
}

/// One condition.
#[derive(Debug, Clone)]
pub enum Term {
    /// Folded words that stand one after the other in title, body, solution or thread.
    Words(Vec<String>),
    Is(Is),
    /// How its clocks stand.
    Sla(Standing),
    /// A field that is set.
    Has(String),
    /// A value of a field; for lists any element.
    Field {
        name: String,
        test: Test,
    },
    /// A time of the ticket in `[from, to)`.
    Time {
        name: String,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    },
    /// Seconds since it was opened or last touched, both ends included.
    Span {
        name: String,
        from: Option<i64>,
        to: Option<i64>,
    },
}

#[derive(Debug, Clone)]
pub enum Test {
    /// Equal to one of these; text is compared without case. `""` is unset, `me` and `oncall` are whoever that is.
    AnyOf(Vec<String>),
    /// Between these in the order of the field, both included.
    Between(Option<String>, Option<String>),
    /// Text that holds this, without case.
    Contains(String),
    Matches(Regex),
}

macro_rules! states {
    ($($variant:ident = $text:literal,)+) => {
        /// The words of `is:`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Is { $($variant,)+ }

        impl Is {
            pub const WORDS: &'static [&'static str] = &[$($text,)+];

            pub fn parse(word: &str) -> Option<Is> {
                match word { $($text => Some(Is::$variant),)+ _ => None }
            }
        }
    };
}

states! {
    Open = "open",
    Done = "done",
    New = "new",
    Active = "active",
    Waiting = "waiting",
    Resolved = "resolved",
    Closed = "closed",
    Overdue = "overdue",
    Breached = "breached",
    Mine = "mine",
    Unassigned = "unassigned",
    Stale = "stale",
    Parent = "parent",
    Conflicted = "conflicted",
    Duplicate = "duplicate",
}

words! {
    /// The words of `sla:`. All but the last look at the last run of each clock.
    Standing {
        /// A clock runs and has used more than three quarters of its target.
        AtRisk = "at-risk",
        /// A clock runs and is late.
        Overdue = "overdue",
        /// A clock runs and is in time.
        Running = "running",
        Paused = "paused",
        /// No clock goes on or was missed, and one was kept.
        Met = "met",
        /// What ended takes its clocks out of all figures.
        Cancelled = "cancelled",
        /// No clock has a target.
        None = "none",
        /// A clock was or is late, now or before it was reopened.
        Breached = "breached",
    }
}

impl Is {
    /// Whether it says something of the status.
    fn is_status(self) -> bool {
        matches!(
            self,
            Is::Open | Is::Done | Is::New | Is::Active | Is::Waiting | Is::Resolved | Is::Closed | Is::Duplicate
        )
    }
}

impl Query {
    /// Whether the query says which statuses it means; `list` adds `is:open` to one that does not. What is to be settled
    /// is to be settled in a ticket that has ended, too.
    pub fn names_status(&self) -> bool {
        self.expr.any(&|term| match term {
            Term::Is(is) => is.is_status() || *is == Is::Conflicted,
            Term::Field { name, .. } => name == "status" || name == "resolution" || name == "id",
            Term::Time { name, .. } => name == "resolved" || name == "closed",
            Term::Words(_) | Term::Sla(_) | Term::Has(_) | Term::Span { .. } => false,
        })
    }

    /// The query that also asks for open tickets.
    pub fn and_open(self) -> Query {
        Query { expr: Expr::And(vec![Expr::Term(Term::Is(Is::Open)), self.expr]) }
    }

    /// Whether some term asks for what only history knows.
    pub fn needs_history(&self) -> bool {
        self.expr.any(&|term| match term {
            Term::Time { name, .. } => name != "opened" && name != "due" && name != "wake",
            Term::Span { name, .. } => name == "idle",
            Term::Is(is) => matches!(is, Is::Stale | Is::Overdue | Is::Breached),
            Term::Sla(_) => true,
            Term::Words(_) | Term::Has(_) | Term::Field { .. } => false,
        })
    }

    /// Whether some term asks how clocks stand.
    pub fn needs_clocks(&self) -> bool {
        self.expr.any(&|term| matches!(term, Term::Sla(_) | Term::Is(Is::Overdue | Is::Breached)))
    }

    /// Whether some term looks into texts.
    pub fn needs_words(&self) -> bool {
        self.expr.any(&|term| matches!(term, Term::Words(_)))
    }

    /// Fields with the words that they are compared with, folded.
    pub fn names(&self) -> Vec<(&str, &str)> {
        let mut names = Vec::new();
        self.expr.collect_names(&mut names);
        names
    }

    /// Whether some term asks for children.
    pub fn needs_parents(&self) -> bool {
        self.expr.any(&|term| matches!(term, Term::Is(Is::Parent)))
    }

    /// Conditions that every ticket meant must meet.
    pub fn necessary(&self) -> Vec<&Term> {
        let mut terms = Vec::new();
        self.expr.collect_necessary(&mut terms);
        terms
    }
}

impl Expr {
    fn collect_names<'a>(&'a self, names: &mut Vec<(&'a str, &'a str)>) {
        match self {
            Expr::And(inner) | Expr::Or(inner) => inner.iter().for_each(|one| one.collect_names(names)),
            Expr::Not(inner) => inner.collect_names(names),
            Expr::Term(Term::Field { name, test: Test::AnyOf(words) }) => {
                names.extend(words.iter().map(|word| (name.as_str(), word.as_str())));
            }
            Expr::All | Expr::Term(_) => {}
        }
    }

    fn any(&self, test: &dyn Fn(&Term) -> bool) -> bool {
        match self {
            Expr::All => false,
            Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| part.any(test)),
            Expr::Not(inner) => inner.any(test),
            Expr::Term(term) => test(term),
        }
    }

    fn collect_necessary<'a>(&'a self, terms: &mut Vec<&'a Term>) {
        match self {
            Expr::Term(term) => terms.push(term),
            Expr::And(parts) => parts.iter().for_each(|part| part.collect_necessary(terms)),
            Expr::All | Expr::Or(_) | Expr::Not(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
