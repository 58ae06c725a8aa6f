//! `setup receive`

mod key;

use std::path::PathBuf;

use serde_json::json;

use super::machine::{self, text, through_env};
use super::quote::{for_sshd, in_single_quotes};
use crate::commands::Context;
use crate::commands::event::read_text;
use crate::commands::receive::producer;
use crate::desk::registry::named_or_path;
use crate::error::Result;
use crate::jobs::places::Places;
use crate::model::name::is_name;
use key::Key;

/// The line for authorized_keys by which a producer's key may hand events to this desk, and nothing else
///
/// Prints it, and changes nothing. It belongs into ~/.ssh/authorized_keys of the user who owns the
/// desk on the hub; sshd then runs `git-desk receive` whatever the producer asks for. The desk is the
/// one found here, or that of --repo or --desk, which takes a path, too; the spool is the one that
/// GIT_DESK_SPOOL says now, which flush and sweep on the hub have to use, too. The key is the
/// producer's public one, from a file or from stdin with `-`.
///
/// The line says whose key it is, and so for which host it speaks: the one of `--producer`, else that
/// of the words beside the key, as ssh-keygen writes them (root@web1).
///
/// Examples:
///   git desk setup receive --desk /srv/desk/ops.git web1.pub >> ~/.ssh/authorized_keys
///   ssh web1 cat .ssh/id_ed25519.pub | git desk setup receive -
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The producer's public key, `-` from stdin; without one its place is left open
    #[arg(value_name = "KEY.pub")]
    pub key: Option<PathBuf>,

    /// The host that speaks with this key, as a name (web1.example.org is `web1-example-org`)
    #[arg(long, value_name = "NAME", value_parser = producer)]
    pub producer: Option<String>,

    /// It may acknowledge in the name of agents
    #[arg(long)]
    pub may_ack: bool,
}

/// What stands where a key and a name are to come; `receive` takes the name for none.
const PLACEHOLDER: &str = "ssh-ed25519 AAAA… producer";
const NAMELESS: &str = "PRODUCER";

/// Where sshd finds programs without being told.
const USUAL: &[&str] = &["/usr/local/bin/git-desk", "/usr/bin/git-desk", "/bin/git-desk"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = desk(ctx)?;
        let key = self.key.as_ref().map(|file| Key::read(&read_text(file)?, file)).transpose()?;
        let program = machine::program(ctx)?;
        let program =
            if USUAL.contains(&program.as_str()) { "git-desk".to_owned() } else { in_single_quotes(&program) };
        let spool = through_env(&machine::variables(ctx)?);
        let named = self.producer.clone().or_else(|| Some(key.as_ref()?.host()).filter(|host| is_name(host)));
        let may_ack = if self.may_ack { " --may-ack" } else { "" };
        let producer = format!("--producer {}{may_ack}", named.as_deref().unwrap_or(NAMELESS));
        let command = format!("{spool}{program} receive {} {producer}", in_single_quotes(&desk));
        let shown = key.as_ref().map_or_else(|| ctx.ui.plain(PLACEHOLDER), ToString::to_string);
        let line = format!("command={},restrict {shown}", for_sshd(&command));
        if ctx.wants_json() {
            let key = key.as_ref().map(|key| json!({"type": key.kind, "comment": key.comment}));
            ctx.ui.json(&json!({"line": line, "command": command, "desk": desk, "key": key,
                "producer": named}))?;
        } else {
            ctx.ui.line(&line)?;
        }
        ctx.ui.finish()?;
        let user = &ctx.env.login;
        let missing = match (&key, &named) {
            (Some(_), Some(_)) => "",
            (None, Some(_)) => ", with the producer's public key",
            (Some(_), None) => ", with the producer's name: --producer NAME",
            (None, None) => ", with the producer's name and public key",
        };
        ctx.ui.status(&format!("next           add it to ~{user}/.ssh/authorized_keys{missing}"));
        ctx.ui.status(&format!("               on the producer: git desk flush --hub ssh://{user}@{}", ctx.env.host));
        // As it stands in the line: without the variable, where sshd's environment has it.
        let spool = Places::of(ctx.env).spool.display().to_string();
        let spool = ctx.ui.shown(&spool);
        ctx.ui.status(&format!("               flush and sweep of this desk have to use its spool, too: {spool}"));
        Ok(())
    }
}

/// The path of the desk. One that is named and cannot be opened is warned of: the line may be for another machine.
fn desk(ctx: &mut Context) -> Result<String> {
    if let [named] = ctx.globals.desk.as_slice()
        && named.contains('/')
    {
        ctx.globals.repo = Some(named_or_path(ctx.env, named));
        ctx.globals.desk.clear();
    }
    let is_named = ctx.globals.repo.clone();
    let found = ctx.desk().map(|desk| desk.store.workdir().unwrap_or(desk.store.common_dir()).to_owned());
    match (found, is_named) {
        (Ok(path), _) => text(&path),
        (Err(error), Some(path)) => {
            ctx.ui.warning(&format!("the desk could not be looked at here: {error}"));
            text(&ctx.env.cwd.join(path))
        }
        (Err(error), None) => Err(error),
    }
}
