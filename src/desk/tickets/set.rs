//! `set`, `tag`: fields by name.

use serde_json::Value;

use super::Acted;
use super::open::{against_the_matrix, known_agent, known_queue};
use crate::desk::Room;
use crate::desk::named::{CUSTOMER, SERVICE};
use crate::error::{Problem, Result};
use crate::model::field::{FileKind, Shape, TICKET};
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::ticket::Ticket;
use crate::model::word::{Priority, Status};

/// One field and what it becomes; an empty value unsets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// A field of a ticket, or `fields.NAME`.
    pub field: String,
    pub value: String,
}

impl Assignment {
    /// Reads `FIELD=VALUE`. Exit code 2 for an unknown field names the nearest.
    pub fn parse(text: &str) -> Result<Assignment> {
        let Some((field, value)) = text.split_once('=') else {
            return Err(Problem::usage(format!("`{text}` is not FIELD=VALUE"))
                .hint("git desk set k7m3 priority=p2 category=network/vpn")
                .into());
        };
        let field = field.trim().to_ascii_lowercase().replace('-', "_");
        let known = field.strip_prefix("fields.").is_some_and(|name| !name.is_empty())
            || FileKind::Ticket.field(&field).is_some_and(|field| field.shape != Shape::Table);
        if !known {
            let names = TICKET.iter().filter(|field| field.shape != Shape::Table).map(|field| field.name);
            let mut problem = Problem::usage(format!("a ticket has no field `{field}`")).code("no_field");
            if let Some(near) = nearest(&field, names) {
                problem = problem.hint(format!("did you mean `{near}`?")).candidates([near]);
            }
            return Err(problem.hint(format!("a field of your own: fields.{field}=…")).into());
        }
        Ok(Assignment { field, value: value.to_owned() })
    }
}

/// Sets fields of a ticket. Exit code 2 for a value that is none of the field's, 3 for an unknown queue or agent, 5 for
/// `status` and what belongs to it: those have commands with rules of their own.
pub fn set(room: &mut Room<'_, '_>, id: TicketId, assignments: &[Assignment]) -> Result<Acted> {
    room.act(id, |room, draft| {
        let mut after = draft.ticket.clone();
        for assignment in assignments {
            assign(room, &mut after, assignment)?;
        }
        let before = draft.ticket.clone();
        let effect = room.rule(id, |around| draft.ticket.set(room.by(), around, |ticket| *ticket = after))?;
        let judged = |ticket: &Ticket| (ticket.impact, ticket.urgency, ticket.priority, ticket.priority_reason.clone());
        if effect.changed() && judged(&before) != judged(&draft.ticket) {
            draft.warnings.extend(against_the_matrix(&room.policy, &draft.ticket));
        }
        Ok(())
    })
}

/// Sets a priority and the reason of it.
pub fn raise(room: &mut Room<'_, '_>, id: TicketId, priority: Priority, reason: &str) -> Result<Acted> {
    let assignment = |field: &str, value: &str| Assignment { field: field.to_owned(), value: value.to_owned() };
    set(room, id, &[assignment("priority", priority.as_str()), assignment("priority_reason", reason)])
}

fn assign(room: &Room<'_, '_>, ticket: &mut Ticket, assignment: &Assignment) -> Result<()> {
    let Assignment { field, value } = assignment;
    let id = ticket.id;
    match field.as_str() {
        "status" | "resolution" | "waiting_on" => {
            return Err(Problem::refused(format!("`{field}` changes by what happens, not by hand"))
                .hint(format!("git desk resolve|close|reopen|wait|resume {id}"))
                .into());
        }
        "wake" if ticket.status != Status::Waiting => {
            return Err(Problem::refused(format!("`wake` is when a wait ends, and {id} does not wait"))
                .hint(format!("git desk wait {id} --on schedule --until {value}"))
                .into());
        }
        "opened" => return Err(Problem::refused("`opened` is when it was reported; it does not change").into()),
        "links" => {
            return Err(Problem::usage("links are set one by one")
                .hint(format!("git desk link {id} related ID"))
                .into());
        }
        "queue" if !value.is_empty() => ticket.queue = known_queue(&room.policy, value)?,
        "assignee" if !value.is_empty() => ticket.assignee = known_agent(&room.policy, value)?,
        "customer" | "service" => {
            let named = if field == "customer" { CUSTOMER } else { SERVICE };
            room.must_have(&named, value)?;
            *ticket = with_field(ticket, field, value)?;
        }
        _ => *ticket = with_field(ticket, field, value)?,
    }
    ticket.settle(field);
    Ok(())
}

/// The ticket with one field set from text.
fn with_field(ticket: &Ticket, field: &str, value: &str) -> Result<Ticket> {
    let mut record = ticket.record();
    match field.strip_prefix("fields.") {
        Some(name) => {
            let mut fields = record.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
            match value {
                "" => drop(fields.remove(name)),
                value => drop(fields.insert(name.to_owned(), scalar(value))),
            }
            record.set("fields", Value::Object(fields));
        }
        None => match FileKind::Ticket.field(field).map(|field| field.shape) {
            Some(Shape::List) => record.set(field, split_list(value)),
            _ => record.set(field, value),
        },
    }
    Ticket::read(ticket.id, &record).map_err(|faults| {
        let Some(fault) = faults.into_iter().next() else {
            return Problem::usage(format!("`{field}` cannot be that")).into();
        };
        let problem = Problem::usage(fault.message);
        match fault.fix {
            Some(fix) => problem.hint(fix).into(),
            None => problem.into(),
        }
    })
}

/// A value of `[fields]`: a number or a truth value where it reads as one, else text.
pub fn scalar(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Value::from(number),
            _ => Value::from(text),
        },
    }
}

/// `a, b,c` as sorted unique words.
pub fn split_list(text: &str) -> Vec<String> {
    let mut words: Vec<String> =
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Adds and removes tags.
pub fn tag(room: &mut Room<'_, '_>, id: TicketId, add: &[String], remove: &[String]) -> Result<Acted> {
    room.act(id, |_, draft| {
        let tags = &mut draft.ticket.tags;
        tags.retain(|tag| !remove.contains(tag));
        tags.extend(add.iter().cloned());
        tags.sort_unstable();
        tags.dedup();
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_names_a_field_that_exists() {
        assert_eq!(
            Assignment::parse("Priority=p2").unwrap(),
            Assignment { field: "priority".into(), value: "p2".into() }
        );
        assert_eq!(Assignment::parse("fields.used_pct=93").unwrap().field, "fields.used_pct");
        assert_eq!(Assignment::parse("quue=l1").unwrap_err().to_string(), "a ticket has no field `quue`");
        assert!(Assignment::parse("priority").is_err());
    }

    #[test]
    fn a_value_that_reads_back_as_a_number_is_one() {
        assert_eq!(scalar("93"), Value::from(93));
        assert_eq!(scalar("007"), Value::from("007"));
        assert_eq!(scalar("true"), Value::Bool(true));
    }
}
