//! `setup cron`

use serde_json::{Value, json};

use super::machine::{Job, Machine, login};
use super::quote::{for_cron, for_shell};
use crate::commands::Context;
use crate::error::Result;
use crate::ui::format::Format;

/// Lines for a crontab: what a desk needs done every minute
///
/// Prints them, and changes nothing. The desk is the one found here, or that of --repo or --desk;
/// the spool is the one that GIT_DESK_SPOOL says now. The lines belong to the user who owns the
/// desk. `crontab -` replaces all lines that are there, so hand it both, the old ones and these.
///
/// With --hub the lines are those of a host that has no desk and hands its events to a hub.
///
/// Examples:
///   (crontab -l; git desk setup cron) | crontab -
///   git desk setup cron --system --user desk | sudo tee /etc/cron.d/git-desk
///   git desk setup cron --hub ssh://ops@hub
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Whose lines they are; else the desk's owner
    #[arg(long, value_name = "USER", value_parser = login)]
    pub user: Option<String>,
    /// The lines of a host that hands its events to this hub
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,
    /// For a file in /etc/cron.d, where each line names its user
    #[arg(long)]
    pub system: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let machine = Machine::of(ctx, self.hub.as_deref())?;
        let owner = machine.user().name;
        let user = self.user.clone().unwrap_or_else(|| owner.clone());
        if ctx.wants_json() {
            let objects = machine.jobs.iter().map(|job| object(&machine, job, self.system.then_some(user.as_str())));
            ctx.ui.json_list(&objects.collect::<Vec<_>>())?;
        } else {
            self.lines(ctx, &machine, &user)?;
        }
        ctx.ui.finish()?;
        self.tell(ctx, &machine, &user, &owner);
        Ok(())
    }

    fn lines(&self, ctx: &Context, machine: &Machine, user: &str) -> Result<()> {
        for job in &machine.jobs {
            if !matches!(ctx.ui.format(), Format::Ids) {
                ctx.ui.line(&format!("# git-desk: {}", job.why))?;
            }
            let column = if self.system { format!("{user}  ") } else { String::new() };
            ctx.ui.line(&format!("{}  {column}{}", schedule(job), for_cron(&machine.line(&job.words))))?;
        }
        Ok(())
    }

    fn tell(&self, ctx: &Context, machine: &Machine, user: &str, owner: &str) {
        let ui = &ctx.ui;
        if user != owner && self.hub.is_none() {
            ui.warning(&format!("the desk belongs to {owner}; what {user} writes into it {owner} cannot change"));
        }
        if self.system {
            return ui.status("next           into a file of /etc/cron.d, owned by root, with no dot in its name");
        }
        let whose = if user == owner && machine.is_ours() { String::new() } else { format!(" -u {user}") };
        let hub = self.hub.as_ref().map_or_else(String::new, |hub| format!(" --hub {}", for_shell(hub)));
        ui.status(&format!("next           (crontab{whose} -l; git desk setup cron{hub}) | crontab{whose} -"));
        ui.status("               once; `crontab -` alone would replace the lines that are there");
    }
}

/// When, in cron's five columns.
fn schedule(job: &Job) -> String {
    match job.every {
        1 => "* * * * *".to_owned(),
        every => format!("*/{every} * * * *"),
    }
}

fn object(machine: &Machine, job: &Job, user: Option<&str>) -> Value {
    json!({"job": job.name, "why": job.why, "schedule": schedule(job), "user": user,
        "command": machine.line(&job.words), "argv": job.words})
}
