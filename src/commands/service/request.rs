//! `service request`

use std::path::PathBuf;

use super::form;
use crate::commands::args::word;
use crate::commands::deed::{Deed, Words, perform, read_uploads};
use crate::commands::{Context, complete, open, say};
use crate::desk::catalogue::known;
use crate::desk::catalogue::request::{Request, not_filled};
use crate::desk::zone_of;
use crate::error::Result;
use crate::model::catalogue::{Fault, Question, Service};
use crate::model::when;
use crate::model::word::Channel;
use crate::ui::format::shell_word;

/// Ask for something of the catalogue: opens a request and prints its id
///
/// On a terminal the form is asked question by question; in a script, and where all that must be
/// answered is given, it takes `--field`. Where agents must approve, the request waits for them.
/// In `batch` the act is `service request`.
///
/// Examples:
///   git desk service request new-laptop
///   git desk service request new-laptop -r fatima@example.com --field model=13 --field start=2026-12-01
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The service
    #[arg(value_name = "NAME", add = complete::services())]
    pub name: String,
    /// An answer to the form
    #[arg(long, value_name = "NAME=ANSWER", value_parser = answer, allow_hyphen_values = true)]
    pub field: Vec<(String, String)>,
    /// Who it is for: a mail address or a name; you, when not given
    #[arg(long, short = 'r', value_name = "WHO", add = complete::requesters())]
    pub requester: Option<String>,
    #[arg(long, value_name = "NAME", add = complete::customers())]
    pub customer: Option<String>,
    /// In place of the service's own title
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// How it came in: cli, phone, email, chat, portal, monitor, walk-in, api
    #[arg(long, value_parser = word(Channel::parse, Channel::ALL))]
    pub channel: Option<Channel>,
    /// Attach a file
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    #[command(flatten)]
    pub words: Words,
}

/// `NAME=ANSWER` of `--field`; what an answer is, its question says.
fn answer(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, answer)) if !name.is_empty() => Ok((name.to_owned(), answer.to_owned())),
        Some(_) | None => Err("NAME=ANSWER is needed".to_owned()),
    }
}

impl Args {
    pub fn run(mut self, ctx: &mut Context) -> Result<()> {
        let service = self.service(ctx)?;
        let asks = ctx.ui.may_ask() && (self.field.is_empty() || self.lacks(&service));
        if asks {
            if self.requester.is_none() {
                self.requester = Some(open::for_whom(ctx)?);
            }
            self.field = form::ask(ctx, &service, std::mem::take(&mut self.field))?;
        }
        let again = self.command_line(&self.field);
        let done = self.deed(ctx).and_then(|deed| perform(ctx, &deed));
        let acted = if asks { done.map_err(|error| open::with_what_was_said(error, &again))? } else { done? };
        // The id comes first: what is said to people stands below it.
        ctx.ui.finish()?;
        if let [one] = acted.as_slice() {
            say::requested(ctx, one, &service.approval);
        }
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        self.must_be_filled(ctx)?;
        let plain = |value: Option<String>| value.unwrap_or_default();
        let request = Request {
            service: self.name,
            answers: self.field,
            requester: plain(self.requester),
            customer: plain(self.customer),
            title: plain(self.title),
            words: self.words.read()?,
            channel: self.channel,
            uploads: read_uploads(&self.attach)?,
        };
        let run = move |room: &mut crate::desk::Room<'_, '_>| Ok(vec![request.apply(room)?]);
        Ok(Deed { verb: "service request", words: String::new(), contested: false, run: Box::new(run) })
    }

    fn service(&self, ctx: &Context) -> Result<Service> {
        known(&ctx.desk()?.store.snapshot()?, &self.name)
    }

    /// Whether something that must be answered is not.
    fn lacks(&self, service: &Service) -> bool {
        let required = service.form.iter().filter(|question| question.required);
        required.map(|question| &question.name).any(|name| !self.field.iter().any(|(given, _)| given == name))
    }

    /// Exit code 2 names all that is missing or wrong at once, with a command that has room for it.
    fn must_be_filled(&self, ctx: &Context) -> Result<()> {
        let service = self.service(ctx)?;
        let (policy, _) = ctx.policy()?;
        let zone = zone_of(&policy);
        let Err(faults) = service.fill(&self.field, |text| when::coming_day(text, ctx.env.now, &zone)) else {
            return Ok(());
        };
        let mut problem = not_filled(&self.name, &faults).hint(self.command_line(&self.to_fill(&service, &faults)));
        let to_choose = |question: &&Question| {
            !question.choices.is_empty() && faults.iter().any(|fault| fault.name() == question.name)
        };
        for question in service.form.iter().filter(to_choose) {
            problem = problem.hint(format!("{}: {}", question.name, question.takes()));
        }
        Err(problem.into())
    }

    /// The answers that are good, and examples for those that are not.
    fn to_fill(&self, service: &Service, faults: &[Fault]) -> Vec<(String, String)> {
        let is_at_fault = |name: &str| faults.iter().any(|fault| fault.name() == name);
        let given = |name: &str| self.field.iter().find(|(of, text)| of == name && !text.trim().is_empty());
        let fill = |question: &Question| match given(&question.name) {
            _ if is_at_fault(&question.name) => Some((question.name.clone(), question.example().to_owned())),
            answer => answer.cloned(),
        };
        service.form.iter().filter_map(fill).collect()
    }

    /// The same with these answers, to copy.
    fn command_line(&self, answers: &[(String, String)]) -> String {
        let mut words = vec![format!("git desk service request {}", shell_word(&self.name))];
        let texts = [
            ("-r", &self.requester),
            ("--customer", &self.customer),
            ("--title", &self.title),
            ("-m", &self.words.message),
        ];
        for (name, value) in texts {
            words.extend(value.iter().map(|value| format!("{name} {}", shell_word(value))));
        }
        words.extend(
            answers.iter().map(|(name, answer)| format!("--field {}", shell_word(&format!("{name}={answer}")))),
        );
        words.join(" ")
    }
}
