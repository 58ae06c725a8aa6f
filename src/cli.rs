//! The command line: parse, read the surroundings, run one command, explain what went wrong.

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use serde_json::json;

use crate::commands::{Cli, Context, Globals};
use crate::env::Env;
use crate::error::{Kind, Problem, Result};
use crate::process;
use crate::ui::format::Format;
use crate::ui::visible::visible_text;

/// Runs the program; the exit code says how it went.
pub fn main() -> ExitCode {
    if std::env::args_os().len() == 2 && std::env::args_os().nth(1).is_some_and(|word| word == "--version") {
        return write_out(&format!("git-desk {}\n", env!("CARGO_PKG_VERSION")));
    }
    clap_complete::CompleteEnv::with_factory(Cli::command).complete();
    std::panic::set_hook(Box::new(|_| {}));
    match std::panic::catch_unwind(run) {
        Ok(code) => {
            process::end_as_told();
            code
        }
        Err(panic) => bug(&panic),
    }
}

fn run() -> ExitCode {
    let arguments = with_counts(std::env::args_os().collect());
    let words: Vec<String> = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if words.len() == 1 && matches!(words[0].as_str(), "-h" | "--help") {
        return write_out(crate::commands::help::EVERYDAY);
    }
    let whole = || Cli::command().try_get_matches_from(&arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match crate::commands::read_alone(&arguments).map_or_else(whole, Ok) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &words),
    };
    let mut as_json = wants_json_errors(&cli.globals);
    let outcome = Env::read().and_then(|env| execute(cli, env, &mut as_json));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref::<Problem>() {
            Some(Problem { kind: Kind::Usage, message, .. }) if is_run(&words) => misuse(&words, message),
            Some(_) | None => fail(&error, as_json),
        },
    }
}

fn is_run(words: &[String]) -> bool {
    place_of_verb(words).is_some_and(|place| words[place] == "run")
}

/// Options of every command whose value is the next word.
const WITH_VALUE: &[&str] = &[
    "--repo",
    "--ref",
    "--output",
    "-o",
    "--fields",
    "--color",
    "--commit-message",
    "--at",
    "--op-id",
    "--lock-timeout",
    "--if-rev",
    "--desk",
];

/// Where the command stands among the words behind the program's name.
fn place_of_verb(words: &[String]) -> Option<usize> {
    let mut value = false;
    words.iter().position(|word| {
        let is_verb = !value && !word.starts_with('-');
        value = !value && WITH_VALUE.contains(&word.as_str());
        is_verb
    })
}

/// `log -5` means `log --limit=5`, as git has it.
fn with_counts(mut arguments: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let words: Vec<String> = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let Some(place) = place_of_verb(&words) else { return arguments };
    if matches!(words[place].as_str(), "log" | "list" | "ls" | "search") {
        for word in arguments.iter_mut().skip(place + 2).take_while(|word| *word != "--") {
            let digits = word.to_str().and_then(|word| word.strip_prefix('-')).unwrap_or_default();
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                *word = format!("--limit={digits}").into();
            }
        }
    }
    arguments
}

fn execute(cli: Cli, env: Env, as_json: &mut bool) -> Result<()> {
    if cli.globals.verbose {
        let _ = log::set_logger(&PRINTER).map(|()| log::set_max_level(log::LevelFilter::Debug));
    }
    let lenient = cli.command.as_ref().is_some_and(crate::commands::Command::is_lenient);
    let discreet = matches!(cli.command, Some(crate::commands::Command::Run(_)));
    let mut context = Context::new(env, Globals { lenient, discreet, ..cli.globals })?;
    let ran = match cli.command {
        Some(command) => command.run(&mut context),
        None => crate::commands::run_alone(&mut context),
    };
    let finished = ran.and(context.ui.finish());
    *as_json = *as_json || finished.is_err() && context.wants_json_errors();
    finished
}

/// Prints what `-v` shows.
struct Printer;

static PRINTER: Printer = Printer;

impl log::Log for Printer {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(std::io::stderr(), "git-desk: {}", visible_text(&record.args().to_string()));
    }

    fn flush(&self) {}
}

fn write_out(text: &str) -> ExitCode {
    // A reader that has gone has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn wants_json_errors(globals: &Globals) -> bool {
    globals.json.is_some()
        || matches!(globals.output, Some(Format::Json | Format::Jsonl))
        || Env::read().is_ok_and(|env| env.var("GIT_DESK_ERRORS") == Some("json"))
}

/// Explains a failure on stderr and gives its exit code.
fn fail(error: &anyhow::Error, as_json: bool) -> ExitCode {
    if error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    {
        return ExitCode::SUCCESS;
    }
    if let Some(Problem { kind: Kind::Job(code), .. }) = error.downcast_ref::<Problem>() {
        return ExitCode::from(*code);
    }
    let problem = match error.downcast_ref::<Problem>() {
        Some(problem) => problem.clone(),
        None => Problem::new(Kind::Bug, format!("{error:#}"))
            .hint("this is a bug of git-desk, or of the machine it runs on"),
    };
    say(&problem, as_json);
    ExitCode::from(problem.kind.exit_code())
}

fn say(problem: &Problem, as_json: bool) {
    let mut stderr = std::io::stderr();
    if as_json {
        let hint = problem.hints.first();
        let tries: Vec<Vec<String>> =
            problem.tries.iter().cloned().chain(problem.hints.iter().flat_map(|hint| commands_in(hint))).collect();
        let error = json!({"error": {"code": problem.code, "exit": problem.kind.exit_code(), "message": problem.message,
            "candidates": problem.candidates, "hint": hint, "try": tries}});
        let _ = writeln!(stderr, "{error}");
        return;
    }
    // Where the message was said already, as findings or an empty answer, there is nothing to add.
    if problem.message.is_empty() {
        return;
    }
    let _ = writeln!(stderr, "git-desk: {}", visible_text(&problem.message));
    for hint in &problem.hints {
        let _ = writeln!(stderr, "  {}", visible_text(hint).replace('\n', "\n  "));
    }
}

/// The commands that a hint shows, as argument vectors; those with something to fill in are for people only.
fn commands_in(hint: &str) -> Vec<Vec<String>> {
    let parts = hint.split("     ").filter_map(|part| part.find("git ").map(|at| part[at..].trim()));
    parts.filter(|command| !command.contains(['…', '|'])).filter_map(words_of).collect()
}

/// A command line in words, as a shell would read it; `None` for an open quote.
fn words_of(line: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let (mut within, mut quote) = (false, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                if !within {
                    words.push(String::new());
                    within = true;
                }
            }
            (None, ' ') => within = false,
            (_, c) => {
                if !within {
                    words.push(String::new());
                    within = true;
                }
                words.last_mut()?.push(c);
            }
        }
    }
    quote.is_none().then_some(words)
}

/// What clap refused, in our words.
fn usage(error: &clap::Error, words: &[String]) -> ExitCode {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return write_out(&error.to_string());
    }
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        Some(_) | None => None,
    };
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some(name) = context(ContextKind::InvalidSubcommand)
    {
        if let Some(code) = external(&name, words) {
            return code;
        }
        let mut problem = Problem::usage(format!("no command `{name}`")).code("no_command");
        if let Some(near) = crate::commands::nearest(&name) {
            problem = problem.hint(format!("git desk {near}")).candidates([near]);
        }
        say(&problem.hint("all commands: git desk help --all"), json_asked(words));
        return ExitCode::from(2);
    }
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").trim_end_matches(':');
    let missing: Vec<&str> = text.lines().skip(1).take_while(|line| line.starts_with("  ")).map(str::trim).collect();
    let message = if missing.is_empty() { first.to_owned() } else { format!("{first}: {}", missing.join(", ")) };
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return no_verb(words);
    }
    if is_run(words) {
        return misuse(words, &message);
    }
    let mut problem = Problem::usage(message);
    if let Some(title) = place_of_verb(words)
        .filter(|place| words[*place] == "open")
        .and_then(|place| words.get(place + 1))
        .filter(|word| word.starts_with('-') && !word.starts_with("--"))
        && error.kind() == ErrorKind::UnknownArgument
    {
        problem = Problem::usage(format!("a title that begins with a dash is read as an option: {title}"))
            .hint(format!("git desk open -- \"{title}\""));
    }
    for tip in text.lines().filter_map(|line| line.trim().strip_prefix("tip: ")) {
        problem = problem.hint(tip);
    }
    if let Some(verb) = place_of_verb(words) {
        problem = problem.hint(format!("git desk help {}", words[verb]));
    }
    say(&problem, json_asked(words));
    ExitCode::from(2)
}

/// A `run` that cannot be understood: exit 125, and a ticket.
fn misuse(words: &[String], message: &str) -> ExitCode {
    let globals = Globals { lenient: true, ..Globals::default() };
    let context = Env::read().and_then(|env| Context::new(env, globals));
    let problem = match &context {
        Ok(context) => crate::commands::misuse(context, words, message),
        Err(_) => Problem::new(Kind::Misuse, format!("{message}; the job was NOT started")),
    };
    say(&problem, json_asked(words));
    ExitCode::from(problem.kind.exit_code())
}

/// A noun without its verb: `queue`, `agent`, `import`.
fn no_verb(words: &[String]) -> ExitCode {
    let noun = place_of_verb(words).map_or_else(String::new, |place| words[place].clone());
    let all = Cli::command();
    let verbs: Vec<String> = all
        .find_subcommand(&noun)
        .map_or_else(Vec::new, |command| command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect());
    let mut problem = Problem::usage(format!("`{noun}` needs a verb: {}", verbs.join(", "))).candidates(verbs.clone());
    if let Some(first) = verbs.first() {
        problem = problem.hint(format!("git desk {noun} {first}"));
    }
    say(&problem.hint(format!("git desk help {noun}")), json_asked(words));
    ExitCode::from(2)
}

fn json_asked(words: &[String]) -> bool {
    Env::read().is_ok_and(|env| env.var("GIT_DESK_ERRORS") == Some("json"))
        || words
            .iter()
            .any(|word| word == "--json" || word.starts_with("--json=") || word == "-ojson" || word == "-ojsonl")
        || words.windows(2).any(|pair| matches!(pair[0].as_str(), "-o" | "--output") && pair[1].starts_with("json"))
}

/// `git-desk-NAME` from `PATH`.
fn external(name: &str, words: &[String]) -> Option<ExitCode> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let at = words.iter().position(|word| word == name).filter(|at| *at == 0 && plain)?;
    let status = process::start(&format!("git-desk-{name}")).args(&words[at + 1..]).status().ok()?;
    Some(ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)))
}

/// A bug of ours: exit 70 and a report, never Rust's 101.
fn bug(panic: &(dyn std::any::Any + Send)) -> ExitCode {
    let said = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "unknown".to_owned());
    let report =
        format!("git-desk {}\n{said}\n{}\n", env!("CARGO_PKG_VERSION"), std::backtrace::Backtrace::force_capture());
    let path = tempfile::Builder::new().prefix("git-desk-bug-").suffix(".txt").tempfile().ok().and_then(|mut file| {
        file.write_all(report.as_bytes()).ok()?;
        Some(file.keep().ok()?.1)
    });
    let mut problem = Problem::new(Kind::Bug, format!("a bug of git-desk: {said}"));
    if let Some(path) = path {
        problem = problem.hint(format!("the report is in {}", path.display()));
    }
    say(&problem, false);
    ExitCode::from(70)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_that_take_a_value_are_those_of_the_command_line() {
        let root = <Globals as clap::Args>::augment_args(clap::Command::new("git-desk"));
        for arg in root.get_arguments().filter(|arg| arg.get_action().takes_values() && !arg.is_require_equals_set()) {
            let names =
                [arg.get_long().map(|long| format!("--{long}")), arg.get_short().map(|short| format!("-{short}"))];
            for name in names.into_iter().flatten() {
                assert!(WITH_VALUE.contains(&name.as_str()), "{name}");
            }
        }
        let words = ["--repo", "log", "-q", "list", "-5"].map(str::to_owned);
        assert_eq!(place_of_verb(&words), Some(3));
    }
}
