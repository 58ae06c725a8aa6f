//! What may be typed with every command, and the root of the tree of commands.

use std::path::PathBuf;

use clap::Parser;

use super::Command;
use crate::ui::format::Format;

/// A helpdesk in a git repository
///
/// Without a command: your day, what presses, what was answered, what you promised, what fails; for
/// somebody who is no agent, what they have asked for.
#[derive(Debug, Parser)]
#[command(name = "git-desk", version, about, disable_help_subcommand = true, infer_subcommands = false)]
#[command(after_help = "all commands: git desk help --all     queries: git desk help query")]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Globals {
    /// A desk by its name, from anywhere: see `git desk help desks`; lists and searches take several
    #[arg(long, global = true, value_name = "NAME,…", value_delimiter = ',', add = super::complete::desks())]
    pub desk: Vec<String>,
    /// The repository; else `GIT_DESK_REPO`, the one around this folder, `git config desk.default`
    #[arg(long, global = true, value_name = "PATH")]
    pub repo: Option<PathBuf>,
    /// The branch the desk is on; else `GIT_DESK_REF`, `git config desk.ref`, `HEAD`
    #[arg(long = "ref", global = true, value_name = "NAME")]
    pub reference: Option<String>,
    /// table, tsv, json, jsonl, ids, csv, markdown, html
    #[arg(short = 'o', long, global = true, value_name = "FORMAT", value_parser = format)]
    pub output: Option<Format>,
    /// The complete object as JSON; `--json=id,title` selects fields
    #[arg(long, global = true, value_name = "FIELD,…", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub json: Option<String>,
    /// Only these fields, in this order
    #[arg(long, global = true, value_name = "FIELD,…", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// A line with the names of the columns first
    #[arg(long, global = true, overrides_with = "no_header")]
    pub header: bool,
    #[arg(long, global = true, hide = true)]
    pub no_header: bool,
    /// Records end with NUL
    #[arg(short = 'z', long, global = true)]
    pub null: bool,
    /// Guard CSV cells that a spreadsheet would read as formulas
    #[arg(long, global = true)]
    pub csv_safe: bool,
    /// Bytes as they are, also on a terminal
    #[arg(long, global = true)]
    pub raw: bool,
    /// auto, always, never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"], hide_possible_values = true)]
    pub color: String,
    #[arg(long, global = true, hide_short_help = true)]
    pub no_pager: bool,
    /// Never ask
    #[arg(long, global = true, hide_short_help = true)]
    pub no_input: bool,
    /// Say nothing on success
    #[arg(short = 'q', long, global = true)]
    pub quiet: bool,
    /// Show every program that is run
    #[arg(short = 'v', long, global = true)]
    pub verbose: bool,
    /// Go through everything, write nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// An act that would change nothing is refused with exit 5
    #[arg(long, global = true)]
    pub strict: bool,
    /// The subject of the commit
    #[arg(long, global = true, value_name = "TEXT")]
    pub commit_message: Option<String>,
    /// Read as of a time or a revision
    #[arg(long, global = true, value_name = "TIME|REV")]
    pub at: Option<String>,
    /// Your name for this operation: done twice, it is done once
    #[arg(long, global = true, value_name = "ID", value_parser = op_id)]
    pub op_id: Option<String>,
    /// Only if what is written has not changed since this commit (`commit` in JSON); else exit 5
    #[arg(long, global = true, value_name = "COMMIT")]
    pub if_rev: Option<String>,
    /// How long to wait for a turn to write
    #[arg(long, global = true, value_name = "DURATION")]
    pub lock_timeout: Option<String>,
    /// Preferences that cannot be are passed over: for the commands that help to find them.
    #[arg(skip)]
    pub lenient: bool,
    /// Nothing of ours goes to stderr that is not about the command itself: of a wrapped job it would be in its output.
    #[arg(skip)]
    pub discreet: bool,
}

impl Globals {
    /// The options that say which desk is meant, for a process of ours that is to work at it, too.
    pub fn place(&self) -> Vec<String> {
        let repo = self.repo.as_ref().map(|repo| ("--repo", repo.display().to_string()));
        let desk = self.desk.first().map(|desk| ("--desk", desk.clone()));
        let reference = self.reference.as_ref().map(|reference| ("--ref", reference.clone()));
        let said = [repo, desk, reference].into_iter().flatten();
        said.flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }
}

/// A name for an operation: it stands in a trailer, whole, so that it can be found again.
pub fn op_id(text: &str) -> Result<String, String> {
    let plain = (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if plain {
        Ok(text.to_owned())
    } else {
        Err("1 to 200 visible ASCII characters are needed, without blanks".to_owned())
    }
}

fn format(name: &str) -> Result<Format, String> {
    let of_check = ["human", "github", "gitlab", "sarif", "checkstyle", "junit"];
    Format::parse(name).ok_or_else(|| {
        let names = Format::NAMES.join(", ");
        match of_check.contains(&name) {
            true => format!("one of {names}; of `git desk check`: --format {name}"),
            false => format!("one of {names}"),
        }
    })
}
