//! `desk.service/1` and `desk.customer/1`.

use serde_json::{Value, json};

use crate::model::catalogue::{Question, Service};
use crate::model::customer::{Contract, Customer};
use crate::model::policy::{Clock, Targets};

/// The columns of a list of services; frozen.
pub const COLUMNS: &[&str] = &["name", "title", "audience", "queue", "category", "approval"];

/// The columns of a list of customers; frozen.
pub const CUSTOMER_COLUMNS: &[&str] = &["name", "title", "domains", "active", "contract", "open"];

/// A service of the catalogue.
pub fn service(name: &str, service: &Service) -> Value {
    let word = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    json!({
        "schema": "desk.service/1", "name": name, "title": service.title, "description": service.description,
        "audience": service.audience.as_str(), "queue": word(&service.queue), "category": word(&service.category),
        "impact": service.impact.map(|level| level.as_str()), "urgency": service.urgency.map(|level| level.as_str()),
        "sla": word(&service.sla), "approval": service.approval, "clock_start": service.clock_start.as_str(),
        "form": service.form.iter().map(question).collect::<Vec<_>>(),
    })
}

fn question(question: &Question) -> Value {
    json!({"name": question.name, "label": question.label, "type": question.answer.as_str(),
        "required": question.required, "choices": question.choices, "help": question.help})
}

/// A customer; `contract` is the one that holds now, `open` how many of its tickets are open.
pub fn customer(name: &str, customer: &Customer, contract: Option<&Contract>, open: usize) -> Value {
    json!({
        "schema": "desk.customer/1", "name": name, "title": customer.name, "domains": customer.domains,
        "contacts": customer.contacts, "active": customer.active, "contract": contract.map(|one| one.name.clone()),
        "open": open, "contracts": customer.contracts.iter().map(|one| self::contract(one)).collect::<Vec<_>>(),
    })
}

fn contract(contract: &Contract) -> Value {
    let word = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    let targets = contract.targets.iter().map(|(priority, targets)| (priority.to_string(), of_priority(targets)));
    json!({
        "name": contract.name, "valid_from": contract.valid_from.map(|day| day.to_string()),
        "calendar": word(&contract.calendar), "currency": word(&contract.currency),
        "hourly_rate": contract.hourly_rate, "included_hours": contract.included_hours,
        "targets": targets.collect::<serde_json::Map<_, _>>(),
    })
}

fn of_priority(targets: &Targets) -> Value {
    let clocks =
        Clock::ALL.iter().map(|clock| (clock.to_string(), json!(targets.of(*clock).map(|span| span.to_string()))));
    let mut all: serde_json::Map<String, Value> = clocks.collect();
    all.insert("promise".to_owned(), json!(targets.promise));
    Value::Object(all)
}
