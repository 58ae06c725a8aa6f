//! One file a subcommand, named as typed: its arguments, one use case, what to print.

mod agent;
mod args;
mod assign;
mod batch;
mod blame;
mod check;
mod close;
mod comment;
pub mod complete;
pub mod completions;
mod config;
mod context;
mod deed;
mod demo;
mod doctor;
mod edit;
mod ending;
mod escalate;
mod export;
mod fmt;
mod globals;
pub mod help;
mod import;
mod init;
mod link;
mod list;
mod log;
mod note;
mod open;
mod path;
mod paths;
mod queue;
mod remark;
mod reopen;
mod report;
mod resolve;
mod resume;
mod rows;
mod say;
mod schema;
mod search;
mod set;
mod show;
mod tag;
mod take;
mod undo;
mod wait;

pub use context::Context;
pub use globals::{Cli, Globals};

use clap::{CommandFactory, FromArgMatches};

use crate::error::{Problem, Result};
use crate::index;
use deed::Deed;

/// Declares the commands: the enum that clap reads, how each runs, and which are acts that `batch` takes too.
macro_rules! commands {
    (
        acts { $($act:ident = $act_mod:ident $([$($alias:literal),+])?,)+ }
        others { $($other:ident = $other_mod:ident $([$($other_alias:literal),+])?,)+ }
    ) => {
        #[derive(Debug, Clone, clap::Subcommand)]
        pub enum Command {
            $($(#[command(visible_aliases = [$($alias),+])])? $act(Box<$act_mod::Args>),)+
            $($(#[command(visible_aliases = [$($other_alias),+])])? $other($other_mod::Args),)+
        }

        impl Command {
            pub fn run(self, ctx: &mut Context) -> Result<()> {
                if ctx.globals.at.is_some() && self.writes() {
                    return Err(Problem::usage("`--at` looks back; what has been is not changed").into());
                }
                let again = self.clone();
                match self.run_once(ctx) {
                    // The index is never needed: without the damaged one, the same is asked of a new one.
                    Err(error) if index::is_damage(&error) && ctx.ui.take_back() => {
                        ctx.desk()?.forget_index();
                        again.run_once(ctx)
                    }
                    ran => ran,
                }
            }

            fn run_once(self, ctx: &mut Context) -> Result<()> {
                match self {
                    $(Command::$act(args) => args.run(ctx),)+
                    $(Command::$other(args) => args.run(ctx),)+
                }
            }

            /// A command line that knows this command alone; `None` for a word that is none.
            fn alone(name: &str) -> Option<clap::Command> {
                $(if name == stringify!($act_mod) $(|| [$($alias),+].contains(&name))? {
                    let command = clap::Command::new(stringify!($act_mod))$(.visible_aliases([$($alias),+]))?;
                    return Some(<$act_mod::Args as clap::Args>::augment_args(command));
                })+
                $(if name == stringify!($other_mod) $(|| [$($other_alias),+].contains(&name))? {
                    let command = clap::Command::new(stringify!($other_mod))$(.visible_aliases([$($other_alias),+]))?;
                    return Some(<$other_mod::Args as clap::Args>::augment_args(command));
                })+
                None
            }

            /// Whether it always writes.
            fn writes(&self) -> bool {
                match self {
                    $(Command::$act(_) => true,)+
                    Command::Edit(_) | Command::Undo(_) | Command::Batch(_) | Command::Init(_) | Command::Demo(_)
                    | Command::Import(_) | Command::Fmt(_) => true,
                    _ => false,
                }
            }

            /// The act that a command is; `None` for one that is no act on tickets.
            pub fn deed(self, ctx: &Context) -> Option<Result<Deed>> {
                match self {
                    $(Command::$act(args) => Some(args.deed(ctx)),)+
                    $(Command::$other(_) => None,)+
                }
            }
        }
    };
}

commands! {
    acts {
        Open = open ["new"],
        Take = take,
        Assign = assign,
        Escalate = escalate,
        Comment = comment ["reply"],
        Note = note,
        Wait = wait,
        Resume = resume,
        Resolve = resolve,
        Close = close,
        Reopen = reopen,
        Set = set,
        Tag = tag,
        Link = link,
    }
    others {
        List = list ["ls"],
        Show = show,
        Search = search,
        Log = log,
        Blame = blame,
        Report = report,
        Edit = edit,
        Undo = undo,
        Batch = batch,
        Queue = queue,
        Agent = agent,
        Init = init,
        Demo = demo,
        Import = import,
        Export = export,
        Check = check,
        Fmt = fmt,
        Doctor = doctor,
        Path = path,
        Schema = schema,
        Config = config,
        Completions = completions,
        Help = help,
    }
}

impl Command {
    /// Whether it must work although a preference is nonsense: it is how that is found.
    pub fn is_lenient(&self) -> bool {
        matches!(self, Command::Config(_) | Command::Help(_) | Command::Doctor(_))
    }
}

/// Reads a command line. `None` where it is better read by the whole tree, above all to say what is wrong with it: to
/// build all commands takes longer than most of them run.
pub fn read_alone(arguments: &[std::ffi::OsString]) -> Option<Cli> {
    let command = Command::alone(arguments.get(1)?.to_str()?)?;
    let root = <Globals as clap::Args>::augment_args(clap::Command::new("git-desk").disable_help_subcommand(true));
    let matches = root.subcommand(command).try_get_matches_from(arguments).ok()?;
    Cli::from_arg_matches(&matches).ok()
}

/// Words of other tools for what we call otherwise.
const HABITS: &[(&str, &str)] = &[
    ("create", "open"),
    ("add", "open"),
    ("view", "show"),
    ("get", "show"),
    ("find", "search"),
    ("update", "set"),
    ("modify", "set"),
    ("done", "resolve"),
    ("history", "log"),
    ("reassign", "assign"),
    ("status", "list"),
];

/// The command that somebody meant by a word that is none.
pub fn nearest(name: &str) -> Option<String> {
    if let Some((_, ours)) = HABITS.iter().find(|(theirs, _)| *theirs == name) {
        return Some((*ours).to_owned());
    }
    let all = Cli::command();
    let names: Vec<String> = all.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    crate::model::near::nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}
