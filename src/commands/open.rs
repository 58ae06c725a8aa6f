//! `open`

mod begin;
mod interview;

use std::path::PathBuf;

use self::interview::Heard;
pub use self::interview::{for_whom, with_what_was_said};
use super::Context;
use super::args::{field, link, name_list, promise, reported, word};
use super::deed::{Deed, Words, perform, read_uploads};
use crate::desk::tickets::open::Open;
use crate::error::{Problem, Result};
use crate::model::word::{Channel, Kind, Level, LinkType, Priority};

/// Report something: opens a ticket and prints its id
///
/// The title is one argument and never parsed; a title of several lines becomes its first line,
/// and the whole goes into the body. With `--key` and an open ticket of that key, no second
/// ticket: the repeat is counted there. Without a title, a person at a terminal is asked, in the
/// order of a phone call.
///
/// `--template` begins with what `[templates.NAME]` of desk.toml has, `--like` with what
/// describes an earlier ticket: title, queue, kind, impact, urgency, service, category, asset,
/// tags, customer, location, environment; never its people, its words or its end. What is given
/// as well wins; tags, watchers, articles and fields come together.
///
/// Examples:
///   git desk open "Printer HP-4 prints blank pages" --requester bob@example.com
///   git desk open "disk full on web7" --key disk/web7 --priority p2 -F report.txt
///   df -h | git desk open "disk full" -F -
///   git desk open --template new-laptop "for Fatima"
///   git desk open --like k7m3 -r eve@example.com
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// What it is, in one line
    #[arg(value_name = "TITLE")]
    pub title: Vec<String>,
    /// The report
    #[arg(short = 'm', long = "message", value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// Read the report from a file, or from stdin with `-`
    #[arg(short = 'F', long = "file", value_name = "FILE", conflicts_with = "message")]
    pub file: Option<PathBuf>,
    /// incident, request, problem, change, task
    #[arg(long, value_parser = word(Kind::parse, Kind::ALL))]
    pub kind: Option<Kind>,
    /// How many suffer: high, medium, low
    #[arg(long, value_parser = word(Level::parse, Level::ALL))]
    pub impact: Option<Level>,
    /// How soon it hurts: high, medium, low
    #[arg(long, value_parser = word(Level::parse, Level::ALL))]
    pub urgency: Option<Level>,
    /// p1 (most urgent) to p5; from impact and urgency when it is not given
    #[arg(long, short = 'p', value_parser = word(Priority::parse, Priority::ALL))]
    pub priority: Option<Priority>,
    /// Why the priority is not what impact and urgency give
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who is to work on it
    #[arg(long, add = super::complete::queues())]
    pub queue: Option<String>,
    /// Whose it is: an agent, `me`, `oncall` or `next`
    #[arg(long, value_name = "WHO", add = super::complete::takers())]
    pub assign: Option<String>,
    /// Who has the problem: a mail address or a name; you, when not given
    #[arg(long, short = 'r', value_name = "WHO", add = super::complete::requesters())]
    pub requester: Option<String>,
    #[arg(long, value_name = "NAME", add = super::complete::customers())]
    pub customer: Option<String>,
    /// How it came in: cli, phone, email, chat, portal, monitor, walk-in, api
    #[arg(long, value_parser = word(Channel::parse, Channel::ALL))]
    pub channel: Option<Channel>,
    #[arg(long, value_name = "NAME", add = super::complete::services())]
    pub service: Option<String>,
    /// A path of words: network/vpn
    #[arg(long, value_name = "PATH")]
    pub category: Option<String>,
    /// The thing that is broken
    #[arg(long, value_name = "NAME")]
    pub asset: Option<String>,
    #[arg(long, value_name = "WHERE")]
    pub location: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Its number in another system
    #[arg(long, value_name = "NUMBER")]
    pub external_id: Option<String>,
    /// A tag; several with commas or by repeating
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// Who is told too
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    pub watcher: Vec<String>,
    /// A field of your own
    #[arg(long, value_name = "NAME=VALUE", value_parser = field)]
    pub field: Vec<(String, serde_json::Value)>,
    /// How it belongs to another ticket: "parent k7m3", "follows 261124-k7m3"
    #[arg(long, value_name = "TYPE ID", value_parser = link)]
    pub link: Vec<(LinkType, String)>,
    /// An article that may help
    #[arg(long, value_name = "NAME", add = super::complete::articles())]
    pub article: Vec<String>,
    /// Deduplication key: one open ticket a key
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// What belongs to the same storm
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// A promise: a time or a day
    #[arg(long, value_name = "WHEN")]
    pub due: Option<String>,
    /// When it was reported, if not now
    #[arg(long, value_name = "TIME")]
    pub opened: Option<String>,
    /// Attach a file
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Write the report in your editor
    #[arg(long)]
    pub edit: bool,
    /// Begin with a template of desk.toml
    #[arg(long, value_name = "NAME", add = super::complete::templates())]
    pub template: Option<String>,
    /// Begin with what describes an earlier ticket
    #[arg(long, value_name = "ID", add = super::complete::tickets())]
    pub like: Option<String>,
    /// What a template puts before the title.
    #[arg(skip)]
    pub prefix: String,
}

/// How else a body is written.
const WITHOUT_EDITOR: &str = "GIT_DESK_EDITOR=… git desk open …     without one: -m \"…\"";

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let this = begin::begun(ctx, self)?;
        if this.title.is_empty() && ctx.ui.may_ask() {
            return match interview::hear(ctx, this)? {
                Heard::New(args) => {
                    let again = interview::command_line(&args);
                    args.open(ctx, false).map_err(|error| interview::with_what_was_said(error, &again))
                }
                Heard::Known(id, args, title) => interview::join(ctx, id, *args, title),
            };
        }
        this.open(ctx, true)
    }

    /// Opens it; `alike` tells a person of tickets like it.
    fn open(self, ctx: &Context, alike: bool) -> Result<()> {
        let deed = self.deed(ctx)?;
        let acted = perform(ctx, &deed)?;
        // The id comes first: what is said to people stands below it.
        ctx.ui.finish()?;
        if let [one] = acted.as_slice() {
            super::say::opened(ctx, one, alike);
        }
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let this = begin::begun(ctx, self)?;
        this.begun_deed(ctx)
    }

    fn begun_deed(self, ctx: &Context) -> Result<Deed> {
        let title = match (self.prefix.as_str(), one_title(&self.title)?) {
            ("", title) => title,
            (prefix, title) => format!("{prefix} {title}"),
        };
        let words = Words { message: self.message.clone(), file: self.file.clone() };
        let mut body = words.read()?;
        if self.edit {
            body = ctx.ui.edit(&body, ".md", WITHOUT_EDITOR)?;
        }
        let links = self.link.iter().map(|(kind, to)| Ok((*kind, ctx.find(to)?))).collect::<Result<_>>()?;
        let plain = |value: Option<String>| value.unwrap_or_default();
        let open = Open {
            title,
            body,
            kind: self.kind,
            impact: self.impact,
            urgency: self.urgency,
            priority: self.priority,
            priority_reason: plain(self.reason),
            queue: self.queue,
            assignee: plain(self.assign),
            requester: plain(self.requester),
            customer: plain(self.customer),
            channel: self.channel,
            service: plain(self.service),
            category: plain(self.category),
            asset: plain(self.asset),
            location: plain(self.location),
            environment: plain(self.environment),
            external_id: plain(self.external_id),
            tags: name_list(&self.tag),
            watchers: name_list(&self.watcher),
            articles: name_list(&self.article),
            fields: self.field.into_iter().collect(),
            links,
            key: plain(self.key),
            group: plain(self.group),
            due: self.due.as_deref().map(|text| promise(ctx, text)).transpose()?,
            follow_up: None,
            opened: self.opened.as_deref().map(|text| reported(ctx, text)).transpose()?,
            uploads: read_uploads(&self.attach)?,
            vouched: false,
        };
        let contested = !open.key.is_empty();
        let run = move |room: &mut crate::desk::Room<'_, '_>| {
            let same = open.same(room)?;
            Ok(vec![open.apply(room, same)?])
        };
        Ok(Deed { verb: "open", words: String::new(), contested, run: Box::new(run) })
    }
}

/// A title is one argument; a second word is a forgotten quote.
fn one_title(words: &[String]) -> Result<String> {
    match words {
        [title] => Ok(title.clone()),
        [] => Err(Problem::usage("what happened? a title is missing")
            .hint("git desk open \"Printer HP-4 prints blank pages\"")
            .into()),
        several => {
            let count = ["no", "one", "two", "three", "four", "five"].get(several.len()).copied().unwrap_or("several");
            Err(Problem::usage(format!("a title is one argument, here are {count}: {}", several.join(", ")))
                .code("title_words")
                .hint(format!("git desk open \"{}\"", several.join(" ")))
                .into())
        }
    }
}
