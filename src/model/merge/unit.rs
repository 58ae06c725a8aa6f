//! Fields that say one thing together: a merge takes all of them from one side.

use super::super::field::FileKind;
use super::super::record::Record;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How far it is, how it ended, on whom it waits and until when.
    Status,
    /// Who has it.
    Hands,
    /// How urgent it is, and why.
    Urgency,
}

impl Unit {
    pub const ALL: [Unit; 3] = [Unit::Status, Unit::Hands, Unit::Urgency];

    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Unit::Status => &["status", "resolution", "waiting_on", "wake"],
            Unit::Hands => &["queue", "assignee"],
            Unit::Urgency => &["impact", "urgency", "priority", "priority_reason"],
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Unit::Status => "status",
            Unit::Hands => "queue",
            Unit::Urgency => "priority",
        }
    }

    /// The unit of a name as a clash has it.
    pub fn named(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// The unit that a field of a ticket belongs to.
    pub fn of(field: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.fields().contains(&field))
    }
}

/// The names of what one version changed of another, as a [`Judge`](super::Judge) is asked for them: the first field of
/// a unit, a field, `fields.NAME`.
pub fn changed(kind: FileKind, before: &Record, after: &Record) -> Vec<String> {
    let mut names = Vec::new();
    for change in after.changes(before) {
        let unit = Unit::of(change.key).filter(|_| kind == FileKind::Ticket);
        match (unit, change.from, change.to) {
            (Some(unit), _, _) => names.push(unit.name().to_owned()),
            (None, from, to) if [from, to].iter().flatten().any(|value| value.is_object()) => {
                let members = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
                let (from, to) = (Record::from(members(from)), Record::from(members(to)));
                names.extend(to.changes(&from).iter().map(|member| format!("{}.{}", change.key, member.key)));
            }
            (None, _, _) => names.push(change.key.to_owned()),
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}
