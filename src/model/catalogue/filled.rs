//! A form with its answers: what it says, and all that is wrong with it at once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::{Question, Service};
use crate::model::near::nearest;

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A required question has none.
    Missing { name: String },
    /// It is not what the question takes.
    Wrong { name: String, why: String },
    /// The form has no such question.
    Unknown { name: String, nearest: Option<String> },
    /// A question is answered twice, and not alike.
    Twice { name: String },
}

impl Fault {
    /// The question that it is about.
    pub fn name(&self) -> &str {
        match self {
            Fault::Missing { name }
            | Fault::Wrong { name, .. }
            | Fault::Unknown { name, .. }
            | Fault::Twice { name } => name,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Missing { name } => write!(f, "{name} is missing"),
            Fault::Wrong { name, why } => write!(f, "{name}: {why}"),
            Fault::Unknown { name, nearest: Some(near) } => write!(f, "it has no {name} (did you mean {near}?)"),
            Fault::Unknown { name, nearest: None } => write!(f, "it has no {name}"),
            Fault::Twice { name } => write!(f, "{name} is given twice"),
        }
    }
}

/// Answers by their questions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filled {
    /// Typed, by the names of the questions; those without an answer are not there.
    pub fields: BTreeMap<String, Value>,
}

impl Service {
    /// Reads the answers; an empty one is none. All that is missing or wrong comes at once: the form's questions in
    /// their order, then what it does not ask.
    pub fn fill(&self, given: &[(String, String)], day: impl Fn(&str) -> Option<Date>) -> Result<Filled, Vec<Fault>> {
        let (mut filled, mut faults) = (Filled::default(), Vec::new());
        for question in &self.form {
            let name = question.name.clone();
            let mut answers = given.iter().filter(|(of, _)| *of == name).map(|(_, text)| text.trim());
            let first = answers.next().filter(|text| !text.is_empty());
            match first {
                Some(text) if answers.any(|other| other != text) => faults.push(Fault::Twice { name }),
                Some(text) => match question.read_answer(text, &day) {
                    Ok(value) => drop(filled.fields.insert(name, value)),
                    Err(why) => faults.push(Fault::Wrong { name, why }),
                },
                None if question.required => faults.push(Fault::Missing { name }),
                None => {}
            }
        }
        for (name, _) in given {
            if !self.form.iter().any(|question| question.name == *name) {
                let nearest = nearest(name, self.form.iter().map(|question| question.name.as_str()));
                faults.push(Fault::Unknown { name: name.clone(), nearest: nearest.map(str::to_owned) });
            }
        }
        if faults.is_empty() { Ok(filled) } else { Err(faults) }
    }

    /// The answers as a list to read, in the order of the form. What an answer says stays in its own item, whatever it
    /// holds.
    pub fn told(&self, filled: &Filled) -> String {
        let item = |question: &Question| {
            let answer = match filled.fields.get(&question.name)? {
                Value::String(text) => text.replace('\n', "\n  "),
                Value::Bool(true) => "yes".to_owned(),
                Value::Bool(false) => "no".to_owned(),
                other => other.to_string(),
            };
            let label = question.label.trim_end_matches(':');
            let between = if label.ends_with('?') { "" } else { ":" };
            Some(format!("- {label}{between} {answer}"))
        };
        self.form.iter().filter_map(item).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LAPTOP: &str = "title = \"New laptop\"\n[form.who]\nlabel = \"For whom?\"\ntype = \"email\"\nrequired = true\n\
        [form.model]\nlabel = \"Model\"\ntype = \"choice\"\nchoices = [\"13\", \"16\"]\nrequired = true\n\
        [form.bag]\ntype = \"bool\"\n[form.why]\n";

    fn fill(given: &[(&str, &str)]) -> Result<Filled, Vec<String>> {
        let service = Service::parse("services/laptop.toml", LAPTOP).0;
        let given: Vec<(String, String)> = given.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let faults = |faults: Vec<Fault>| faults.iter().map(Fault::to_string).collect();
        service.fill(&given, |text| text.parse().ok()).map_err(faults)
    }

    #[test]
    fn all_that_is_missing_or_wrong_is_named_at_once() {
        assert_eq!(fill(&[]).unwrap_err(), ["who is missing", "model is missing"]);
        assert_eq!(
            fill(&[("who", "bob"), ("modle", "13"), ("bag", " "), ("x", "y")]).unwrap_err(),
            [
                "who: \"bob\" is no mail address",
                "model is missing",
                "it has no modle (did you mean model?)",
                "it has no x"
            ]
        );
        let twice = [("who", "a@b"), ("model", "13"), ("model", "16")];
        assert_eq!(fill(&twice).unwrap_err(), ["model is given twice"]);
    }

    #[test]
    fn answers_are_told_in_the_order_of_the_form_each_in_its_own_item() {
        let filled = fill(&[("why", "a\n- Model: 99"), ("model", "16"), ("who", "a@b"), ("bag", "no")]).unwrap();
        assert_eq!(filled.fields["bag"], json!(false));
        let service = Service::parse("services/laptop.toml", LAPTOP).0;
        assert_eq!(service.told(&filled), "- For whom? a@b\n- Model: 16\n- bag: no\n- why: a\n  - Model: 99");
    }
}
