//! A form on a terminal: question by question, each asked until its answer is one.

use crate::commands::Context;
use crate::desk::zone_of;
use crate::error::Result;
use crate::model::catalogue::{Answer, Question, Service};
use crate::model::when;

/// The column that what is said to an answer stands in.
const COLUMN: &str = "  ";

/// Asks what is not answered yet; gives the answers with those before them.
pub fn ask(ctx: &Context, service: &Service, mut answers: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let (policy, _) = ctx.policy()?;
    let zone = zone_of(&policy);
    let day = |text: &str| when::coming_day(text, ctx.env.now, &zone);
    for question in &service.form {
        if answers.iter().any(|(name, _)| *name == question.name) {
            continue;
        }
        if !question.help.is_empty() {
            ctx.ui.tell(&format!("{COLUMN}{}", question.help));
        }
        let text = ctx.ui.ask_until(&asked(question), |answer| {
            let meant = meant(question, answer);
            match meant.as_str() {
                "" if question.required => Err(format!("{COLUMN}an answer is needed: {}", question.takes())),
                "" => Ok(meant),
                text => match question.read_answer(text, day) {
                    Ok(_) => Ok(meant),
                    Err(why) if question.choices.is_empty() => Err(format!("{COLUMN}{why}")),
                    Err(why) => Err(format!("{COLUMN}{why}: {}", question.takes())),
                },
            }
        })?;
        if !text.is_empty() {
            answers.push((question.name.clone(), text));
        }
    }
    Ok(answers)
}

/// `Which model? (13, 16) `, with `[none]` where it may be left out.
fn asked(question: &Question) -> String {
    let takes = match question.answer {
        Answer::Text => String::new(),
        Answer::Choice | Answer::Number | Answer::Date | Answer::Bool | Answer::Email => {
            format!(" ({})", question.takes())
        }
    };
    let may = if question.required { "" } else { " [none]" };
    format!("{}{takes}{may} ", question.label)
}

/// A choice may be meant by its beginning; one that is typed as it is always wins.
fn meant(question: &Question, answer: &str) -> String {
    let own = question.choices.iter().any(|choice| choice.eq_ignore_ascii_case(answer));
    if question.answer != Answer::Choice || answer.is_empty() || own {
        return answer.to_owned();
    }
    let begins: Vec<&String> =
        question.choices.iter().filter(|choice| choice.to_lowercase().starts_with(&answer.to_lowercase())).collect();
    match begins.as_slice() {
        [choice] => (*choice).clone(),
        _ => answer.to_owned(),
    }
}
