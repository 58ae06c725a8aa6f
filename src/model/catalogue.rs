//! An item of the service catalogue: `services/SLUG.toml`, what people may ask for and what the desk must know then.
//!
//! Read as `desk.toml` is: reading never stops, and what is wrong becomes a [`Remark`].

mod answer;
mod filled;
mod strays;

use toml::de::DeTable;

pub use filled::{Fault, Filled};

use super::article::Audience;
use super::policy::remark::Notes;
use super::policy::section::Section;
use super::policy::{Places, Remark};
use super::word::{Level, words};

/// Where services are, from the desk's root.
pub const FOLDER: &str = "services/";

/// The file of a service; its name must be [one](super::name::is_name).
pub fn path(name: &str) -> String {
    format!("{FOLDER}{name}.toml")
}

words! {
    /// When the resolve clock of a request begins.
    ClockStart {
        Opened = "opened",
        Approved = "approved",
    }
}

words! {
    /// What an answer must be.
    Answer {
        Text = "text",
        Number = "number",
        Date = "date",
        Choice = "choice",
        Bool = "bool",
        Email = "email",
    }
}

/// In place of an agent's name among those who approve: whoever leads the requester, which the desk does not know.
pub const MANAGER: &str = "requester-manager";

#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub title: String,
    /// Markdown.
    pub description: String,
    pub audience: Audience,
    /// A queue; empty is the desk's default.
    pub queue: String,
    pub category: String,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    /// The `[[sla]]` that holds for its requests, by name; empty is the first that fits.
    pub sla: String,
    /// Agents who must all approve, or [`MANAGER`]; empty needs nobody.
    pub approval: Vec<String>,
    pub clock_start: ClockStart,
    /// In the order of the file.
    pub form: Vec<Question>,
    /// Where its keys stand.
    places: Places,
}

/// `[form.NAME]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The name of the field that has the answer.
    pub name: String,
    pub label: String,
    pub answer: Answer,
    pub required: bool,
    /// What a choice is made among.
    pub choices: Vec<String>,
    pub help: String,
    /// Of the service's file, from 1.
    pub line: usize,
}

impl Service {
    /// Reads a service's file; `file` is what remarks call it. They come in the order of the text.
    pub fn parse(file: &str, text: &str) -> (Service, Vec<Remark>) {
        let notes = Notes::new(file, text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            notes.error("", offset, format!("this is no TOML: {}", error.message()), None);
        }
        let service = Service::read(Section::top(&notes, table.get_ref()));
        let (remarks, places) = notes.done();
        (Service { places, ..service }, remarks)
    }

    fn read(mut s: Section<'_>) -> Service {
        let service = Service {
            title: s.text_or("title", ""),
            description: s.lines("description").unwrap_or_default(),
            audience: s.word("audience", Audience::parse, &Audience::spellings()).unwrap_or(Audience::Internal),
            queue: s.text_or("queue", ""),
            category: s.text_or("category", ""),
            impact: s.word("impact", Level::parse, &Level::spellings()),
            urgency: s.word("urgency", Level::parse, &Level::spellings()),
            sla: s.text_or("sla", ""),
            approval: s.list("approval"),
            clock_start: s
                .word("clock_start", ClockStart::parse, &ClockStart::spellings())
                .unwrap_or(ClockStart::Opened),
            form: form(&mut s),
            places: Places::new(),
        };
        if service.title.is_empty() {
            s.error("title", "the service has no `title`", "title = \"New laptop\"");
        }
        let mut before = service.approval.iter().enumerate();
        if let Some((_, name)) = before.find(|(at, name)| service.approval[..*at].contains(name)) {
            s.warning("approval", format!("\"{name}\" is named twice"), "each of them once");
        }
        s.done();
        service
    }
}

/// The questions in the order of the file, which a TOML table does not keep.
fn form(s: &mut Section<'_>) -> Vec<Question> {
    let mut form: Vec<Question> = s.named("form").into_iter().map(|(name, s)| Question::read(name, s)).collect();
    form.sort_by_key(|question| question.line);
    form
}

impl Question {
    fn read(name: String, mut s: Section<'_>) -> Question {
        let question = Question {
            line: s.line(),
            label: s.text("label").unwrap_or_else(|| name.clone()),
            name,
            answer: s.word("type", Answer::parse, &Answer::spellings()).unwrap_or(Answer::Text),
            required: s.boolean("required", false),
            choices: s.list("choices"),
            help: s.text_or("help", ""),
        };
        match (question.answer, question.choices.is_empty()) {
            (Answer::Choice, true) => {
                s.error("choices", "a choice among nothing", "choices = [\"small\", \"large\"]");
            }
            (Answer::Text | Answer::Number | Answer::Date | Answer::Bool | Answer::Email, false) => {
                s.warning("choices", "only a choice has `choices`", "type = \"choice\"");
            }
            (Answer::Choice, false) | (_, true) => {}
        }
        s.done();
        question
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_stand_in_the_order_of_the_file() {
        let text = "title = \"Laptop\"\nclock_start = \"approved\"\napproval = [\"ana\"]\n\
                    [form.who]\nlabel = \"For whom?\"\ntype = \"email\"\nrequired = true\n\
                    [form.model]\ntype = \"choice\"\nchoices = [\"13\", \"16\"]\n";
        let (service, remarks) = Service::parse("services/laptop.toml", text);
        assert_eq!(remarks, []);
        let names: Vec<&str> = service.form.iter().map(|question| question.name.as_str()).collect();
        assert_eq!(names, ["who", "model"]);
        assert_eq!(service.form[1].label, "model", "without words of its own, the name");
        assert_eq!((service.clock_start, service.audience), (ClockStart::Approved, Audience::Internal));
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_is_read() {
        let text = "queue = \"l1\"\nimpact = \"huge\"\n[form.size]\ntype = \"choice\"\n[form.day]\nchoices = [\"x\"]\ncolor = 1\n";
        let (service, remarks) = Service::parse("services/x.toml", text);
        assert_eq!((service.queue.as_str(), service.impact), ("l1", None));
        let found: Vec<(usize, &str)> = remarks.iter().map(|remark| (remark.line, remark.key.as_str())).collect();
        assert_eq!(
            found,
            [(1, "title"), (2, "impact"), (3, "form.size.choices"), (6, "form.day.choices"), (7, "form.day.color")]
        );
    }
}
