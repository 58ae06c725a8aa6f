//! What an answer to a question of a form says, and when it is none.

use jiff::civil::Date;
use serde_json::Value;

use super::{Answer, Question};
use crate::model::near::nearest;

/// Most characters of an answer: more belongs into the words of the request, or into a file.
const LONGEST: usize = 10_000;

impl Question {
    /// The value that a text means: a number, a truth, or text. `day` reads a day as people write it.
    ///
    /// The error says in a few words what it must be.
    pub fn read_answer(&self, text: &str, day: impl Fn(&str) -> Option<Date>) -> Result<Value, String> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(format!("has more than {LONGEST} characters"));
        }
        match self.answer {
            Answer::Text => Ok(Value::from(text)),
            Answer::Number => number(text).ok_or_else(|| format!("\"{text}\" is no number")),
            Answer::Date => match day(text) {
                Some(day) => Ok(Value::from(day.to_string())),
                None => Err(format!("\"{text}\" is no date")),
            },
            Answer::Choice => self.choice(text),
            Answer::Bool => match text.to_lowercase().as_str() {
                "true" | "yes" | "y" => Ok(Value::from(true)),
                "false" | "no" | "n" => Ok(Value::from(false)),
                _ => Err(format!("\"{text}\" is neither yes nor no")),
            },
            Answer::Email if is_address(text) => Ok(Value::from(text)),
            Answer::Email => Err(format!("\"{text}\" is no mail address")),
        }
    }

    fn choice(&self, text: &str) -> Result<Value, String> {
        let alike =
            |choice: &&String| choice.eq_ignore_ascii_case(text) || choice.to_lowercase() == text.to_lowercase();
        let exact = self.choices.iter().find(|choice| *choice == text);
        match exact.or_else(|| self.choices.iter().find(alike)) {
            Some(choice) => Ok(Value::from(choice.as_str())),
            None => Err(match nearest(text, self.choices.iter().map(String::as_str)) {
                Some(near) => format!("\"{text}\" is none of its choices, \"{near}\" is"),
                None => format!("\"{text}\" is none of its choices"),
            }),
        }
    }

    /// An answer to copy: what could stand there.
    pub fn example(&self) -> &str {
        match self.answer {
            Answer::Text => "…",
            Answer::Number => "1",
            Answer::Date => "2026-12-01",
            Answer::Choice => self.choices.first().map_or("…", String::as_str),
            Answer::Bool => "yes",
            Answer::Email => "name@example.com",
        }
    }

    /// What it takes, in words.
    pub fn takes(&self) -> String {
        match self.answer {
            Answer::Choice => self.choices.join(", "),
            Answer::Bool => "yes or no".to_owned(),
            Answer::Text => "text".to_owned(),
            Answer::Number => "a number".to_owned(),
            Answer::Date => "a date".to_owned(),
            Answer::Email => "a mail address".to_owned(),
        }
    }
}

/// A whole number, or one with a fraction, if it reads back as it was written: no digit is lost.
fn number(text: &str) -> Option<Value> {
    let plain = text.strip_prefix('+').unwrap_or(text);
    let value = match plain.parse::<i64>() {
        Ok(whole) => Value::from(whole),
        Err(_) => Value::Number(serde_json::Number::from_f64(plain.parse().ok()?)?),
    };
    let digits = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    (digits(&value.to_string()) == digits(plain)).then_some(value)
}

/// One `@` with something plain on both sides.
pub fn is_address(text: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    text.split_once('@').is_some_and(|(local, host)| plain(local) && plain(host) && !host.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::Service;
    use serde_json::json;

    fn read(kind: &str, text: &str) -> Result<Value, String> {
        let choices = if kind == "choice" { "choices = [\"13 inch\", \"16 inch\"]\n" } else { "" };
        let file = format!("title = \"x\"\n[form.q]\ntype = \"{kind}\"\n{choices}");
        let service = Service::parse("services/x.toml", &file).0;
        service.form[0].read_answer(text, |text| text.parse().ok())
    }

    #[test]
    fn answers_are_values_of_their_type() {
        for (kind, text, value) in [
            ("text", " a = \"b\" ", json!("a = \"b\"")),
            ("text", "007", json!("007")),
            ("number", "16", json!(16)),
            ("number", "-3", json!(-3)),
            ("number", "2.5", json!(2.5)),
            ("number", "+2.50", json!(2.5)),
            ("number", "0", json!(0)),
            ("date", "2026-12-01", json!("2026-12-01")),
            ("choice", "16 INCH", json!("16 inch")),
            ("bool", "Yes", json!(true)),
            ("bool", "n", json!(false)),
            ("email", "a@b", json!("a@b")),
        ] {
            assert_eq!(read(kind, text), Ok(value), "{kind} {text}");
        }
    }

    #[test]
    fn what_is_no_answer_is_said() {
        for (kind, text, message) in [
            ("number", "many", "\"many\" is no number"),
            ("number", "NaN", "\"NaN\" is no number"),
            ("number", "1e9999", "\"1e9999\" is no number"),
            ("number", "1.2.3", "\"1.2.3\" is no number"),
            ("number", "00", "\"00\" is no number"),
            ("number", "99999999999999999999", "\"99999999999999999999\" is no number"),
            ("number", "0.12345678901234567890", "\"0.12345678901234567890\" is no number"),
            ("date", "2026-02-30", "\"2026-02-30\" is no date"),
            ("choice", "15 inch", "\"15 inch\" is none of its choices, \"13 inch\" is"),
            ("choice", "x", "\"x\" is none of its choices"),
            ("bool", "perhaps", "\"perhaps\" is neither yes nor no"),
            ("email", "a@b@c", "\"a@b@c\" is no mail address"),
            ("email", "a b@c", "\"a b@c\" is no mail address"),
            ("email", "bob", "\"bob\" is no mail address"),
        ] {
            assert_eq!(read(kind, text), Err(message.to_owned()), "{kind} {text}");
        }
        assert!(read("text", &"x".repeat(LONGEST + 1)).is_err());
    }
}
