//! `help`

use clap::CommandFactory;

use super::Cli;
use super::Context;
use crate::error::{Problem, Result};
use crate::model::near::nearest;

/// Help on a command or a topic; `--all` lists every command
///
/// Topics: query, formats, exit-codes, environment, desks, times, check-codes, scripting.
///
/// Examples:
///   git desk help open
///   git desk help query
///   git desk help --all
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// A command or a topic
    #[arg(value_name = "TOPIC")]
    pub topic: Vec<String>,
    /// Every command
    #[arg(long)]
    pub all: bool,
}

/// What `-h` shows.
pub const EVERYDAY: &str = "\
git desk: a helpdesk in a git repository

  open TITLE          report something          list [QUERY]    what is open
  take / assign ID    whose it is               show ID         one ticket, whole
  reply / note ID     to the caller / to us     search TEXT     tickets and articles
  wait / resume ID    somebody else's turn      sla             who is late, who will be
  escalate ID         to the next queue         report NAME     summary, customer, ageing …
  resolve / close ID  how it ended              log ID          who did what, when
  run -- COMMAND      a ticket if it fails      undo            take back your last act
  sync                share with the others

start: git desk demo · git desk init · git desk join URL     your day: git desk
all commands: git desk help --all     a command: git desk help open     queries: git desk help query
";

/// Topics: name, what it is about, text.
pub const TOPICS: &[(&str, &str, &str)] = &[
    ("query", "the query language of list, --where, views and rules", include_str!("topics/query.txt")),
    ("formats", "table, tsv, json and the others", include_str!("topics/formats.txt")),
    ("exit-codes", "what each exit code means", include_str!("topics/exit-codes.txt")),
    ("environment", "variables, preferences, identity", include_str!("topics/environment.txt")),
    ("desks", "several desks: by name, from anywhere, together", include_str!("topics/desks.txt")),
    ("times", "times, durations and --at", include_str!("topics/times.txt")),
    ("check-codes", "the codes of what `check` finds", include_str!("topics/check-codes.txt")),
    ("scripting", "promises to scripts and cron jobs", include_str!("topics/scripting.txt")),
];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        if self.all {
            return all(ctx);
        }
        let Some(word) = self.topic.first() else { return ctx.ui.write(EVERYDAY) };
        if let Some((_, _, text)) = TOPICS.iter().find(|(name, _, _)| name == word) {
            return ctx.ui.write(text);
        }
        let mut cli = Cli::command();
        cli.build();
        let mut command = &mut cli;
        for name in &self.topic {
            match command.find_subcommand_mut(name) {
                Some(inner) => command = inner,
                None => return Err(unknown(name)),
            }
        }
        let text = command.render_long_help();
        let text = if ctx.ui.style.colour { text.ansi().to_string() } else { text.to_string() };
        ctx.ui.write(&text)
    }
}

fn unknown(name: &str) -> anyhow::Error {
    let cli = Cli::command();
    let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    let known = commands.iter().copied().chain(TOPICS.iter().map(|(name, _, _)| *name));
    let problem = Problem::not_found(format!("no command or topic `{name}`")).code("no_topic");
    match nearest(name, known) {
        Some(near) => problem.hint(format!("git desk help {near}")),
        None => problem.hint("all commands: git desk help --all"),
    }
    .into()
}

fn all(ctx: &Context) -> Result<()> {
    let cli = Cli::command();
    ctx.ui.write("commands\n")?;
    for command in cli.get_subcommands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let about = about.lines().next().unwrap_or_default();
        ctx.ui.write(&format!("  {:<14}{about}\n", command.get_name()))?;
    }
    ctx.ui.write("\ntopics\n")?;
    for (name, about, _) in TOPICS {
        ctx.ui.write(&format!("  {name:<14}{about}\n"))?;
    }
    ctx.ui.write("\none of them: git desk help NAME\n")
}
