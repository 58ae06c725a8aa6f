//! `setup systemd`

mod units;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::files::{File, put};
use super::machine::{Login, Machine, login, text};
use crate::commands::Context;
use crate::error::{Problem, Result};
use units::{Units, Whose};

/// Units of systemd: what a desk needs done every minute, and a ticket for a unit that fails
///
/// Prints them as one text with a heading for each file, or writes the files into the folder that
/// --into names. The desk is the one found here, or that of --repo or --desk; the spool is the one
/// that GIT_DESK_SPOOL says now. The services may write to the desk and the spool and to nothing
/// else of the system, and run as the desk's owner.
///
/// `OnFailure=desk-failure@%n.service` in any unit's `[Unit]` files a ticket when it fails. With --hub
/// the units are those of a host that has no desk and hands its events to a hub. With --user they are
/// for your own systemd, which has neither the walls nor desk-failure@.service.
///
/// Examples:
///   git desk --repo /srv/desk/ops.git setup systemd
///   git desk setup systemd --into units && sudo install -m 644 units/* /etc/systemd/system
///   git desk setup systemd --user --into ~/.config/systemd/user
///   git desk setup systemd --hub ssh://ops@hub --as root
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The units of a host that hands its events to this hub
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,
    /// Units for `systemctl --user`
    #[arg(long)]
    pub user: bool,
    /// Who the services run as; else the desk's owner
    #[arg(long = "as", value_name = "USER", value_parser = login, conflicts_with = "user")]
    pub run_as: Option<String>,
    /// Write the files into this folder
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Also over files there that are different
    #[arg(long, requires = "into")]
    pub force: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let machine = Machine::of(ctx, self.hub.as_deref())?;
        let whose = if self.user {
            Whose::Own
        } else {
            Whose::System(self.run_as.as_deref().map_or_else(|| machine.user(), Login::of))
        };
        let units = Units { machine: &machine, whose: &whose, writable: writable(ctx, &machine, &whose)? };
        let folder = match &self.into {
            Some(into) => ctx.env.cwd.join(into),
            None => self.usual_folder(ctx)?,
        };
        let files = units.all().into_iter();
        let files: Vec<File> = files.map(|(name, text)| File::new(folder.join(name), text.into_bytes())).collect();
        match self.into {
            Some(_) => self.write(ctx, files)?,
            None => print(ctx, &files)?,
        }
        ctx.ui.finish()?;
        self.tell(ctx, &machine, &whose);
        Ok(())
    }

    fn usual_folder(&self, ctx: &Context) -> Result<PathBuf> {
        if !self.user {
            return Ok(PathBuf::from("/etc/systemd/system"));
        }
        let config = ctx.env.var("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let config = config.or_else(|| Some(ctx.env.home()?.join(".config")));
        let Some(config) = config else { return Err(Problem::usage("$HOME is not set").into()) };
        Ok(config.join("systemd/user"))
    }

    /// All of the files or none.
    fn write(&self, ctx: &Context, mut files: Vec<File>) -> Result<()> {
        if !self.force
            && let Some(other) = files.iter().find(|file| file.is_another())
        {
            return Err(Problem::refused(format!(
                "{} is there and different; nothing was written",
                other.path.display()
            ))
            .code("other_file")
            .hint("what would stand there: git desk setup systemd     over it: --force")
            .into());
        }
        put(ctx, &mut files)?;
        if ctx.wants_json() {
            let files: Vec<Value> = files
                .iter()
                .map(|file| json!({"path": file.path.display().to_string(), "state": file.state}))
                .collect();
            return ctx.ui.json(&json!({"files": files, "dry_run": ctx.globals.dry_run}));
        }
        files.iter().try_for_each(|file| ctx.ui.line(&file.path.display().to_string()))
    }

    fn tell(&self, ctx: &Context, machine: &Machine, whose: &Whose) {
        let spool = &machine.places.spool;
        if !machine.variables.is_empty() && !spool.is_dir() {
            let shown = spool.display();
            ctx.ui.warning(&format!("{shown} is not there, and a service cannot make it"));
            let owner = if let Whose::System(user) = whose { format!(" -o {}", user.name) } else { String::new() };
            ctx.ui.hint(&format!("several users put events there: install -d -m 1733{owner} {shown}"));
        }
        let timers: Vec<String> = machine.jobs.iter().map(|job| format!("git-desk-{}.timer", job.name)).collect();
        let own = if self.user { " --user" } else { "" };
        let enable = format!("systemctl{own} daemon-reload && systemctl{own} enable --now {}", timers.join(" "));
        ctx.ui.status(&format!("next           {enable}"));
    }
}

/// What the services may write to: desk and spool, and where events go when the spool takes none.
fn writable(ctx: &Context, machine: &Machine, whose: &Whose) -> Result<Vec<String>> {
    let Whose::System(user) = whose else { return Ok(Vec::new()) };
    let mut paths = machine.folders.iter().map(|path| text(path)).collect::<Result<Vec<_>>>()?;
    let spool = match machine.variables.first().map(|(name, value)| (name.as_str(), PathBuf::from(value))) {
        Some(("GIT_DESK_SPOOL", spool)) => Some(spool),
        Some((_, state)) => Some(state.join("git-desk")),
        None if user.name == "root" => Some(PathBuf::from("/var/spool/git-desk")),
        None => user.home.clone().or(ctx.env.home()).map(|home| home.join(".local/state/git-desk")),
    };
    // One that is not there must not keep the service from starting.
    paths.extend(spool.map(|spool| Ok::<_, anyhow::Error>(format!("-{}", text(&spool)?))).transpose()?);
    paths.push("/tmp".to_owned());
    paths.extend((user.name == "root").then(|| "/run".to_owned()));
    Ok(paths)
}

fn print(ctx: &Context, files: &[File]) -> Result<()> {
    if ctx.wants_json() {
        let of = |file: &File| {
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            json!({"path": file.path.display().to_string(), "text": text})
        };
        return ctx.ui.json_list(&files.iter().map(of).collect::<Vec<_>>());
    }
    for (at, file) in files.iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        ctx.ui.text(&format!("{gap}# FILE {}\n", file.path.display()))?;
        ctx.ui.text(&String::from_utf8_lossy(&file.bytes))?;
    }
    Ok(())
}
