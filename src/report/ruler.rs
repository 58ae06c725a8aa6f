//! How long something took: in calendar time, or in working time of one calendar.

use serde_json::{Value, json};

use super::Measure;
use crate::model::calendar::Schedule;

#[derive(Debug, Clone, Copy, Default)]
pub struct Ruler<'a> {
    /// A calendar's name and its hours; none is calendar time.
    pub calendar: Option<(&'a str, &'a Schedule)>,
}

impl Ruler<'_> {
    /// Seconds; 0 where it ends before it begins.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        match self.calendar {
            Some((_, schedule)) => schedule.elapsed(from, to, &[]),
            None => (to - from).max(0),
        }
    }

    pub fn measure(&self) -> Measure {
        match self.calendar {
            Some(_) => Measure::Working,
            None => Measure::Seconds,
        }
    }

    /// `calendar time`, `working time of office`
    pub fn words(&self) -> String {
        match self.calendar {
            Some((name, _)) => format!("working time of {name}"),
            None => "calendar time".to_owned(),
        }
    }

    /// The calendar's name; null for calendar time.
    pub fn to_json(&self) -> Value {
        json!(self.calendar.map(|(name, _)| name))
    }
}
