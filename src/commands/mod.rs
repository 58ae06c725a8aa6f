//! One file a subcommand, named as typed: its arguments, one use case, what to print.

mod about;
mod agent;
mod approve;
mod args;
mod assign;
mod autosync;
mod backup;
mod batch;
mod blame;
mod calendar;
mod check;
mod clocks;
mod close;
mod comment;
pub mod complete;
pub mod completions;
mod config;
mod context;
mod customer;
mod day;
mod deed;
mod delivered;
mod demo;
mod desks;
mod diff;
mod doctor;
mod edit;
mod ending;
mod escalate;
mod event;
mod export;
mod flush;
mod fmt;
mod follow_up;
mod globals;
pub mod help;
mod hook;
mod import;
mod init;
mod intake;
mod join;
mod kb;
mod labels;
mod link;
mod list;
mod log;
pub mod man;
mod merge;
mod merge_driver;
mod note;
mod notify;
mod open;
mod path;
mod paths;
mod portal;
mod problem;
mod producing;
mod propose;
mod queue;
mod rate;
mod receive;
mod refuse;
mod remark;
mod remind;
mod reopen;
mod report;
mod resolve;
mod resume;
mod revisions;
mod roster;
mod rows;
mod run;
mod say;
mod schema;
mod search;
mod service;
mod set;
mod setup;
mod show;
mod sla;
mod split;
mod step;
mod sweep;
mod sync;
mod tag;
mod take;
mod textconv;
mod undo;
mod view;
mod wait;
mod watch;
mod whereabouts;
mod work;

pub use context::Context;
pub use globals::{Cli, Globals};
pub use run::misuse::file as misuse;

use clap::{CommandFactory, FromArgMatches};

use crate::error::{Problem, Result};
use crate::index;
use deed::Deed;

/// How a command is typed: the name of its file, unless that cannot be typed.
macro_rules! typed {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $typed:literal) => {
        $typed
    };
}

/// Declares the commands: the enum that clap reads, how each runs, and which are acts that `batch` takes too.
macro_rules! commands {
    (
        acts { $($act:ident = $act_mod:ident $(as $act_name:literal)? $([$($alias:literal),+])?,)+ }
        others { $($other:ident = $other_mod:ident $(as $other_name:literal)? $([$($other_alias:literal),+])?,)+ }
    ) => {
        #[derive(Debug, Clone, clap::Subcommand)]
        pub enum Command {
            $($(#[command(visible_aliases = [$($alias),+])])? $act(Box<$act_mod::Args>),)+
            $($(#[command(visible_aliases = [$($other_alias),+])])? $other(Box<$other_mod::Args>),)+
        }

        impl Command {
            pub fn run(self, ctx: &mut Context) -> Result<()> {
                if ctx.globals.at.is_some() && self.writes() {
                    return Err(Problem::usage("`--at` looks back; what has been is not changed").into());
                }
                if ctx.globals.at.is_some() && self.is_timeless() {
                    return Err(Problem::usage("`--at` looks back at the desk, which is not what this is about").into());
                }
                self.works_at(ctx)?;
                let sharing = autosync::Sharing::of(&self, ctx)?;
                sharing.before(ctx);
                let again = self.clone();
                match self.run_once(ctx) {
                    Err(error) if is_to_be_asked_anew(ctx, &error)? => again.run_once(ctx),
                    ran => ran,
                }?;
                sharing.after(ctx)
            }

            fn run_once(self, ctx: &mut Context) -> Result<()> {
                match self {
                    $(Command::$act(args) => args.run(ctx),)+
                    $(Command::$other(args) => args.run(ctx),)+
                }
            }

            /// A command line that knows this command alone; `None` for a word that is none.
            fn alone(name: &str) -> Option<clap::Command> {
                $(if name == typed!($act_mod $($act_name)?) $(|| [$($alias),+].contains(&name))? {
                    let command = clap::Command::new(typed!($act_mod $($act_name)?))$(.visible_aliases([$($alias),+]))?;
                    return Some(<$act_mod::Args as clap::Args>::augment_args(command));
                })+
                $(if name == typed!($other_mod $($other_name)?) $(|| [$($other_alias),+].contains(&name))? {
                    let command = clap::Command::new(typed!($other_mod $($other_name)?))$(.visible_aliases([$($other_alias),+]))?;
                    return Some(<$other_mod::Args as clap::Args>::augment_args(command));
                })+
                None
            }

            /// How it is typed.
            fn name(&self) -> &'static str {
                match self {
                    $(Command::$act(_) => typed!($act_mod $($act_name)?),)+
                    $(Command::$other(_) => typed!($other_mod $($other_name)?),)+
                }
            }

            /// Whether it always writes.
            fn writes(&self) -> bool {
                match self {
                    $(Command::$act(_) => true,)+
                    Command::Run(_) | Command::Event(_) | Command::Flush(_) | Command::Intake(_) | Command::Receive(_)
                    | Command::Sweep(_) | Command::Notify(_) | Command::Edit(_) | Command::Undo(_) | Command::Batch(_) | Command::Init(_) | Command::Demo(_)
                    | Command::Join(_) | Command::Import(_) | Command::Fmt(_) | Command::Propose(_) | Command::Sync(_) => true,
                    Command::Queue(args) => args.writes(),
                    Command::Agent(args) => args.writes(),
                    Command::Kb(args) => args.writes(),
                    Command::Service(args) => args.writes(),
                    _ => false,
                }
            }

            /// Whether all that it does is one commit on the desk's branch.
            fn is_proposable(&self) -> bool {
                match self {
                    $(Command::$act(_) => true,)+
                    Command::Edit(_) | Command::Undo(_) | Command::Batch(_) => true,
                    Command::Fmt(args) => !args.check,
                    Command::Queue(args) => args.writes(),
                    Command::Agent(args) => args.writes(),
                    Command::Kb(args) => args.writes(),
                    Command::Service(args) => args.writes(),
                    _ => false,
                }
            }

            /// The act that a command is; `None` for one that is no act on tickets.
            pub fn deed(self, ctx: &Context) -> Option<Result<Deed>> {
                match self {
                    $(Command::$act(args) => Some(args.deed(ctx)),)+
                    Command::Kb(args) if args.is_act() => args.deed(ctx),
                    // One of its verbs is an act.
                    Command::Service(args) => args.deed(ctx),
                    _ => None,
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
        FollowUp = follow_up as "follow-up",
        Tag = tag,
        Link = link,
        Merge = merge,
        Split = split,
        Watch = watch,
        Work = work,
        Rate = rate,
        Approve = approve,
        Refuse = refuse,
    }
    others {
        List = list ["ls"],
        Show = show,
        Search = search,
        Kb = kb,
        Remind = remind,
        Log = log,
        Blame = blame,
        Report = report,
        Problem = problem,
        Sla = sla,
        Calendar = calendar,
        Run = run,
        Event = event,
        Flush = flush,
        Intake = intake,
        Receive = receive,
        Sweep = sweep,
        Notify = notify,
        Edit = edit,
        Undo = undo,
        Batch = batch,
        Queue = queue,
        Agent = agent,
        Service = service,
        Customer = customer,
        Sync = sync,
        Init = init,
        Join = join,
        Demo = demo,
        Import = import,
        Export = export,
        Portal = portal,
        Check = check,
        Diff = diff,
        Propose = propose,
        Fmt = fmt,
        MergeDriver = merge_driver as "merge-driver",
        Textconv = textconv,
        Doctor = doctor,
        Backup = backup,
        Hook = hook,
        Path = path,
        Schema = schema,
        Config = config,
        Setup = setup,
        Completions = completions,
        Help = help,
    }
}

/// `git desk` alone.
pub fn run_alone(ctx: &mut Context) -> Result<()> {
    autosync::Sharing::of_a_look(ctx)?.before(ctx);
    match day::run(ctx) {
        Err(error) if is_to_be_asked_anew(ctx, &error)? => day::run(ctx),
        ran => ran,
    }
}

/// The index is never needed: without the damaged one, the same is asked of a new one.
fn is_to_be_asked_anew(ctx: &Context, error: &anyhow::Error) -> Result<bool> {
    let damaged = index::is_damage(error) && ctx.globals.desk.len() < 2 && ctx.ui.take_back();
    if damaged {
        ctx.desk()?.forget_index();
    }
    Ok(damaged)
}

impl Command {
    /// Whether its answer is the same at any time.
    fn is_timeless(&self) -> bool {
        matches!(
            self,
            Command::Doctor(_)
                | Command::Path(_)
                | Command::Schema(_)
                | Command::Config(_)
                | Command::Completions(_)
                | Command::Setup(_)
                | Command::Backup(_)
                | Command::Hook(_)
                | Command::MergeDriver(_)
                | Command::Textconv(_)
                | Command::Help(_)
        )
    }

    /// Exit code 2 where `--desk` names several and this command works at one, or where it names one for a command
    /// that makes one.
    fn works_at(&self, ctx: &Context) -> Result<()> {
        let (name, desks) = (self.name(), &ctx.globals.desk);
        let rest = format!("git desk --desk {} {name} …", desks.first().map_or("NAME", String::as_str));
        let message = match self {
            Command::Init(_) | Command::Demo(_) | Command::Join(_) if !desks.is_empty() => {
                format!("`{name}` makes a desk; `--desk` names one that is there")
            }
            Command::List(_) | Command::Search(_) => return Ok(()),
            _ if desks.len() > 1 => {
                format!("`{name}` works at one desk, and here are {}: {}", desks.len(), desks.join(", "))
            }
            _ => return Ok(()),
        };
        let problem = Problem::usage(message).code("one_desk");
        Err(if desks.len() > 1 { problem.hint(rest) } else { problem }.into())
    }

    /// Whether it must work although a preference is nonsense: it is how that is found.
    pub fn is_lenient(&self) -> bool {
        matches!(self, Command::Config(_) | Command::Help(_) | Command::Doctor(_) | Command::Run(_) | Command::Event(_))
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

/// Reads a command line that stands within another. Exit code 2 in the words of clap.
fn read(words: Vec<std::ffi::OsString>) -> Result<Cli> {
    if let Some(cli) = read_alone(&words) {
        return Ok(cli);
    }
    let matches = Cli::command().try_get_matches_from(words).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Problem::usage(first)
    })?;
    Ok(Cli::from_arg_matches(&matches)?)
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
