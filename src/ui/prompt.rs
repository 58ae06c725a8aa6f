//! Questions to a person: a line on stderr, a line from the terminal. Asked only where somebody is there to answer; an
//! answer is text and never more. Ctrl-C ends the program as ever, Ctrl-D is [`Kind::Interrupted`].

use std::io::{self, BufRead, Write};

use super::Ui;
use super::visible::visible_text;
use crate::error::{Kind, Problem, Result};

impl Ui {
    /// Whether a question may be asked: terminals on both ends, and nobody said no.
    pub fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Asks a question and gives the answer without blanks around it; empty for a bare ⏎. Exit code 130 at the end of
    /// the input.
    pub fn ask(&self, question: &str) -> Result<String> {
        // Nobody can be told that stderr is gone.
        let _ = write!(io::stderr(), "{}", visible_text(question));
        let mut answer = Vec::new();
        if io::stdin().lock().read_until(b'\n', &mut answer)? == 0 {
            let _ = writeln!(io::stderr());
            return Err(Problem::new(Kind::Interrupted, "nothing was written").into());
        }
        Ok(String::from_utf8_lossy(&answer).trim().to_owned())
    }

    /// Asks until `read` makes something of the answer; what it says instead is shown.
    pub fn ask_until<T>(&self, question: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T> {
        loop {
            match read(&self.ask(question)?) {
                Ok(value) => return Ok(value),
                Err(message) => self.tell(&message),
            }
        }
    }

    /// Yes or no, `default` for a bare ⏎.
    pub fn confirm(&self, question: &str, default: bool) -> Result<bool> {
        let choice = if default { "[Y/n]" } else { "[y/N]" };
        self.ask_until(&format!("{question} {choice} "), |answer| match answer.to_lowercase().as_str() {
            "" => Ok(default),
            "y" | "yes" => Ok(true),
            "n" | "no" => Ok(false),
            _ => Err("              y or n".to_owned()),
        })
    }

    /// A line within a conversation, whatever else is to be quiet.
    pub fn tell(&self, text: &str) {
        self.say(text);
    }

    /// Asks on the terminal; no answer is no.
    pub fn ask_yes(&self, question: &str) -> Result<bool> {
        if !self.may_ask {
            return Ok(false);
        }
        let answer = self.ask(&format!("{question} [y/N] "));
        match answer {
            Ok(answer) => Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes")),
            Err(error) if error.downcast_ref::<Problem>().is_some_and(|problem| problem.kind == Kind::Interrupted) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Asks for words on the terminal; `None` where nobody may be asked or nothing is said.
    pub fn ask_words(&self, question: &str) -> Result<Option<String>> {
        if !self.may_ask {
            return Ok(None);
        }
        Ok(Some(self.ask(&format!("{question} "))?).filter(|answer| !answer.is_empty()))
    }
}
