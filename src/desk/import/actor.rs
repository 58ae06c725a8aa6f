//! Who did it: the actors of a source as persons.

use crate::model::ticket::slug;
use crate::store::message::Person;

/// The author of a commit.
pub fn person(source: &str, actor: &str) -> Person {
    if let Some(person) = Person::parse(actor) {
        // Mail headers put names in quotes.
        return Person::new(person.name.trim_matches('"'), &person.email);
    }
    let email = if actor.contains('@') { actor.to_owned() } else { name(source, actor) };
    Person::new(actor, &email)
}

/// How an actor stands in entries: an address, made up where the source has none.
pub fn name(source: &str, actor: &str) -> String {
    match Person::parse(actor) {
        Some(person) => person.email,
        None if actor.contains('@') => actor.trim().to_owned(),
        None => {
            let name = Some(slug(actor)).filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned());
            format!("{name}@{source}.invalid")
        }
    }
}
