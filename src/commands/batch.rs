//! `batch`

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Command;
use serde_json::{Map, Value, json};

use super::Context;
use super::deed::{Deed, read_text};
use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::error::{Kind, Problem, Result};
use crate::model::count::counted;
use crate::model::id::{Handle, TicketId};
use crate::store::message::Message;

/// Many acts from JSON Lines, as one commit
///
/// Each line is an act: {"op": "escalate", "id": "k7m3", "reason": "…"}. `op` is a command that
/// changes tickets, the keys are its arguments and long options with `_`; `op_id` names the line,
/// so that done twice it is done once. One result a line: {"op", "id", "changed", "title", "error"}.
///
/// Examples:
///   git desk list is:new -o jsonl | jq -c '{op:"take", id}' | git desk batch -
///   git desk batch changes.jsonl --atomic --commit-message "Morning triage"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// JSON Lines; `-` is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The first error ends it, and nothing is committed
    #[arg(long)]
    pub atomic: bool,
}

/// A line of the file: its act, and the deed where it could be understood.
struct Line {
    number: usize,
    op: String,
    /// The ticket it names, as typed, or the title of the one it opens.
    about: Option<String>,
    /// The caller's name for it.
    op_id: Option<String>,
    deed: Result<Deed, Problem>,
}

/// What came of a line.
struct Outcome {
    op: String,
    about: Option<String>,
    done: Result<Vec<Acted>, Problem>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let text = read_text(&self.file)?;
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (op, op_id, deed) = read_line(ctx, line);
            let deed = deed.map_err(|error| in_line(as_problem(error), at + 1));
            lines.push(Line { number: at + 1, op, about: about(line), op_id, deed });
        }
        let atomic = self.atomic;
        let strict = ctx.globals.strict;
        let done = ctx.desk()?.write(|room| {
            let mut outcomes: Vec<Outcome> = Vec::new();
            let mut names = Vec::new();
            let mut all_before = room.done_before()?;
            for line in &lines {
                let savepoint = room.savepoint();
                let before = match (&mut all_before, &line.op_id) {
                    (Some(ids), _) => Some(line.take_from(room, ids)),
                    (None, Some(op)) => room.operation(op)?,
                    (None, None) => None,
                };
                let done = match (&line.deed, before) {
                    (_, Some(ids)) => room.as_they_are(&ids),
                    (Ok(deed), None) => (deed.run)(room).and_then(|acted| not_idle(strict, deed, acted)),
                    (Err(problem), None) => Err(problem.clone().into()),
                };
                if let (Ok(acted), Some(op)) = (&done, &line.op_id)
                    && acted.iter().any(|one| one.changed)
                {
                    let told = acted.iter().map(|acted| acted.id().to_string()).collect::<Vec<_>>();
                    names.push((op.clone(), told));
                }
                let done = done.map_err(|error| in_line(as_problem(error), line.number));
                if let Err(problem) = &done {
                    if atomic {
                        return Err(problem.clone().hint("nothing was written (--atomic)").into());
                    }
                    room.roll_back(savepoint);
                }
                outcomes.push(Outcome { op: line.op.clone(), about: line.about.clone(), done });
            }
            let message =
                names.into_iter().fold(message(&outcomes), |message, (op, told)| message.operation(&op, &told));
            room.tx.describe(message);
            Ok(outcomes)
        })?;
        for outcome in &done.value {
            ctx.ui.write(&format!("{}\n", outcome.to_json()))?;
        }
        ctx.ui.finish()?;
        let good = done.value.iter().filter(|outcome| outcome.done.is_ok()).count();
        ctx.ui.status(&format!("{good} of {} done, in one commit", done.value.len()));
        match done.value.into_iter().find_map(|outcome| outcome.done.err()) {
            Some(first) => Err(first.into()),
            None => Ok(()),
        }
    }
}

impl Line {
    /// Of the tickets that this very batch touched before, the one that the line was about. A new one is known by its
    /// title, and is that of one line only.
    fn take_from(&self, room: &Room<'_, '_>, ids: &mut Vec<TicketId>) -> Vec<TicketId> {
        let Some(about) = &self.about else { return Vec::new() };
        if let Some(id) = ids.iter().find(|id| Handle::parse(about).is_some_and(|handle| handle.fits(id))) {
            return vec![*id];
        }
        let titled = |id: &TicketId| room.tx.ticket(*id).is_ok_and(|file| file.ticket.title == *about);
        ids.iter().position(titled).map(|at| ids.remove(at)).into_iter().collect()
    }
}

impl Outcome {
    fn to_json(&self) -> Value {
        match &self.done {
            Ok(acted) => {
                let first = acted.first();
                json!({"op": self.op, "id": first.map(|one| one.id().to_string()),
                    "changed": acted.iter().any(|one| one.changed), "title": first.map(|one| one.after.title.clone()),
                    "error": null})
            }
            Err(problem) => {
                let error = json!({"code": problem.code, "exit": problem.kind.exit_code(), "message": problem.message});
                let id = self.about.as_ref().filter(|_| self.op != "open");
                json!({"op": self.op, "id": id, "changed": false, "title": null, "error": error})
            }
        }
    }
}

fn not_idle(strict: bool, deed: &Deed, acted: Vec<Acted>) -> Result<Vec<Acted>> {
    if strict && acted.iter().all(|one| !one.changed) {
        return Err(Problem::refused(format!("`{}` would change nothing", deed.verb)).code("already_so").into());
    }
    Ok(acted)
}

fn as_problem(error: anyhow::Error) -> Problem {
    error.downcast::<Problem>().unwrap_or_else(|error| Problem::new(Kind::Bug, format!("{error:#}")))
}

fn in_line(problem: Problem, number: usize) -> Problem {
    let place = format!("line {number}: ");
    if problem.message.starts_with(&place) {
        return problem;
    }
    Problem { message: format!("{place}{}", problem.message), ..problem }
}

fn message(outcomes: &[Outcome]) -> Message {
    let done = outcomes.iter().filter_map(|outcome| Some((&outcome.op, outcome.done.as_ref().ok()?)));
    let lines: Vec<String> = done
        .flat_map(|(op, acted)| acted.iter().filter(|one| one.changed).map(move |one| format!("{op} {}", one.id())))
        .collect();
    let changes = counted(lines.len(), "change");
    let mut message = Message::new(format!("batch of {changes}"));
    message.body = lines.join("\n");
    message.trailer("Desk-Act", "batch")
}

/// The ticket that a line names, or the title that it gives; of a line about an article its name.
fn about(line: &str) -> Option<String> {
    let object: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let of_article = text("op").is_some_and(|op| op.starts_with("kb "));
    text("id").or_else(|| text(if of_article { "name" } else { "title" }))
}

/// The act of a line, the caller's name for it, and its deed.
fn read_line(ctx: &Context, line: &str) -> (String, Option<String>, Result<Deed>) {
    let mut object = match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return (String::new(), None, Err(Problem::usage("this is no JSON object").into())),
        Err(error) => return (String::new(), None, Err(Problem::usage(format!("this is no JSON: {error}")).into())),
    };
    let op = object.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
    let named = object.remove("op_id").map(|value| super::globals::op_id(value.as_str().unwrap_or_default()));
    match named.transpose() {
        Ok(op_id) => {
            let deed = deed(ctx, &op, object);
            (op, op_id, deed)
        }
        Err(message) => (op, None, Err(Problem::usage(format!("`op_id`: {message}")).into())),
    }
}

fn deed(ctx: &Context, op: &str, object: Map<String, Value>) -> Result<Deed> {
    // A noun may stand in front: `kb link`.
    let (noun, verb) = op.split_once(' ').map_or((op, None), |(noun, verb)| (noun, Some(verb)));
    let Some(mut command) = super::Command::alone(noun) else {
        let problem =
            Problem::usage(if op.is_empty() { "`op` is missing".to_owned() } else { format!("no act `{op}`") });
        return Err(match super::nearest(op) {
            Some(near) if !op.is_empty() => problem.hint(format!("did you mean `{near}`?")),
            _ => problem.hint("{\"op\": \"close\", \"id\": \"k7m3\", \"resolution\": \"fixed\"}"),
        }
        .into());
    };
    // Only a command that is built knows the places of its arguments.
    command.build();
    let whole = verb.map_or(Some(&command), |verb| command.find_subcommand(verb));
    let Some(whole) = whole else {
        let hint = format!("git desk help {noun}");
        return Err(Problem::usage(format!("no act `{op}`")).hint(hint).into());
    };
    let words = words(whole, object)?.into_iter();
    let words: Vec<OsString> = ["git-desk"]
        .into_iter()
        .chain(verb.map(|_| noun))
        .map(str::to_owned)
        .chain(words)
        .map(OsString::from)
        .collect();
    let parsed = super::read(words)?;
    let deed = parsed.command.and_then(|command| command.deed(ctx));
    deed.unwrap_or_else(|| Err(Problem::usage(format!("`{op}` is no act on tickets")).into()))
}

/// The line as the words of a command, without the program's name.
fn words(command: &Command, object: Map<String, Value>) -> Result<Vec<String>> {
    let name = command.get_name();
    let mut options = vec![name.to_owned()];
    let mut positional: Vec<(usize, String)> = Vec::new();
    for (key, value) in object.into_iter().filter(|(key, _)| key != "op") {
        let arg = command.get_arguments().find(|arg| is_named(arg, &key));
        match arg {
            Some(arg) if arg.is_positional() => {
                let place = arg.get_index().unwrap_or(usize::MAX);
                positional.extend(texts(&value).into_iter().map(|text| (place, text)));
            }
            Some(_) => {
                let long = key.replace('_', "-");
                match &value {
                    Value::Bool(true) => options.push(format!("--{long}")),
                    Value::Bool(false) | Value::Null => {}
                    value => options.extend(texts(value).into_iter().map(|text| format!("--{long}={text}"))),
                }
            }
            // `set` takes fields by their own names.
            None if name == "set" => {
                let text = match &value {
                    Value::Array(list) => list.iter().flat_map(texts).collect::<Vec<_>>().join(","),
                    value => texts(value).join(","),
                };
                positional.push((usize::MAX, format!("{key}={text}")));
            }
            None => {
                return Err(Problem::usage(format!("`{name}` has no `{key}`"))
                    .hint(format!("git desk help {name}"))
                    .into());
            }
        }
    }
    positional.sort_by_key(|(place, _)| *place);
    options.push("--".to_owned());
    options.extend(positional.into_iter().map(|(_, text)| text));
    Ok(options)
}

/// A key means an argument by its long name, an alias of it, its id or, of several, the singular.
fn is_named(arg: &clap::Arg, key: &str) -> bool {
    let dashed = key.replace('_', "-");
    let id = arg.get_id().as_str();
    arg.get_long() == Some(&dashed)
        || arg.get_all_aliases().is_some_and(|all| all.contains(&dashed.as_str()))
        || (arg.is_positional()
            && (id == key
                || id.strip_suffix('s') == Some(key)
                || (id == "words" && key == "id")
                || (id == "kind" && key == "type")))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(pairs) => pairs
            .iter()
            .flat_map(|(name, value)| texts(value).into_iter().map(move |text| format!("{name}={text}")))
            .collect(),
    }
}
