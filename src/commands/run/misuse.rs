//! A `run` that cannot be understood starts no job. Cron would try it again every night and nobody would know, so that is
//! a ticket, too.

use std::ffi::OsString;

use crate::commands::Context;
use crate::commands::producing::Producing;
use crate::error::{Kind, Problem};
use crate::jobs::tally::{Outcome, What};
use crate::model::near::nearest;
use crate::view::event::Ask;

use super::KEY;

/// Files the misuse and gives the problem to print. `words` are those behind the program's name.
pub fn file(ctx: &Context, words: &[String], message: &str) -> Problem {
    let message = better(message);
    let value = |option: &str| value_of(words, option);
    let producing = Producing::new(ctx, value("--hub").as_deref());
    let (name, told_apart) = super::names_of(value("--name").as_deref(), &job_of(words), &producing);
    let pattern = value("--key").filter(|key| super::key(key).is_ok()).unwrap_or_else(|| KEY.to_owned());
    let key = producing.key(&super::key_of(&pattern, ctx, &told_apart));
    let mut event = producing.event(Ask::Trigger, &key, ctx.env.clock_second());
    event.title = format!("{name} did not start on {}", ctx.env.host);
    let typed: Vec<OsString> = words.iter().map(Into::into).collect();
    event.body = format!(
        "{message}\n\nhost     {}\nuser     {}\nfolder   {}\ncommand  git-desk {}\n",
        ctx.env.host,
        ctx.env.login,
        ctx.env.cwd.display(),
        crate::jobs::account::command_line(&typed)
    );
    event.queue = value("--queue").unwrap_or_default();
    event.asset.clone_from(&event.host);
    event.exit_code = Some(125);
    let outcome = Outcome::Bad("exit 125".to_owned());
    let news = producing.state.update(&key, |tally| tally.record(&outcome, event.at, 1));
    let problem = Problem::new(Kind::Misuse, format!("{message}; the job was NOT started"));
    let Some(news) = news else { return problem.hint("recorded before; this time is counted") };
    if let What::Failure { count, first, .. } = news.what
        && producing.state.keeps(&key, count)
    {
        (event.count, event.first) = (count, Some(first));
    }
    let kept = producing.keep(&mut event);
    if !kept.is_safe() {
        return problem;
    }
    producing.state.update(&key, |tally| tally.told(&news, event.at));
    let tried = producing.deliver();
    let ticket =
        tried.applied.iter().find(|line| line["event"] == event.id.as_str()).and_then(|line| line["id"].as_str());
    match ticket {
        Some(id) => problem.hint(format!("recorded as {id} \"{}\"", event.title)),
        None => problem.hint(format!("kept in {}: \"{}\"", producing.spool.root().display(), event.title)),
    }
}

/// The job and its arguments; without a `--` before them, what may have been meant.
fn job_of(words: &[String]) -> Vec<OsString> {
    let behind = match words.iter().position(|word| word == "--") {
        Some(at) => words.get(at + 1..),
        None => words.get(1..),
    };
    behind.unwrap_or_default().iter().map(Into::into).collect()
}

fn value_of(words: &[String], option: &str) -> Option<String> {
    let words = || words.iter().take_while(|word| *word != "--");
    let with = words().find_map(|word| word.strip_prefix(option)?.strip_prefix('=').map(str::to_owned));
    with.or_else(|| words().skip_while(|word| *word != option).nth(1).cloned())
}

/// Clap's words for an unknown option, with the nearest that there is.
fn better(message: &str) -> String {
    let Some(option) = message.strip_prefix("unexpected argument '").and_then(|rest| rest.split('\'').next()) else {
        return message.to_owned();
    };
    if !option.starts_with('-') {
        return format!("what stands behind `--` is the job: git desk run -- {option} …");
    }
    let command = <super::Args as clap::Args>::augment_args(clap::Command::new("run"));
    let names: Vec<String> =
        command.get_arguments().filter_map(|arg| arg.get_long()).map(|name| format!("--{name}")).collect();
    match nearest(option, names.iter().map(String::as_str)) {
        Some(near) => format!("unknown option `{option}`, nearest `{near}`"),
        None => format!("unknown option `{option}`"),
    }
}
