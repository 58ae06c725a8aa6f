//! `init`

use std::path::PathBuf;

use serde_json::json;

use super::Context;
use super::args::word;
use crate::desk::init::{Init, init};
use crate::error::Result;
use crate::model::policy::template::Template;

/// Begin a desk: a new repository, or a folder of one that is there
///
/// Writes a commented desk.toml with queues, office hours, service levels, and you as the first
/// agent. Machines that write much are best served by a bare desk. Templates:
///
///   helpdesk   queues l1, l2, l3: each hands up to the next
///   ops        queues infra, web, network, and platform behind them
///   msp        as helpdesk, with two sample customers and their contracts in customers/
///
/// Examples:
///   git desk init helpdesk
///   git desk init --bare /srv/desk.git
///   git desk init --bare --shared /srv/desk.git     several users; each: git config --global
///                                                   --add safe.directory /srv/desk.git
///   git desk init msp-desk --template msp
///   cd website && git desk init support
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where; this folder when not given
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Without a worktree: for machines
    #[arg(long)]
    pub bare: bool,
    /// For several users of one machine: everybody in the folder's group may write
    #[arg(long)]
    pub shared: bool,
    /// In a folder of another repository: the branch it is on
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// helpdesk, ops or msp
    #[arg(long, value_name = "TEMPLATE", value_parser = word(Template::parse, Template::ALL), hide_possible_values = true)]
    pub template: Option<Template>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let dir = self.dir.clone().or_else(|| ctx.globals.repo.clone()).unwrap_or_else(|| PathBuf::from("."));
        let folder = ctx.env.cwd.join(&dir);
        let folder = folder.components().collect::<PathBuf>();
        let (bare, shared, branch, template) = (self.bare, self.shared, self.branch, self.template);
        let made = init(ctx.env, &Init { folder, bare, shared, branch, template, dry_run: ctx.globals.dry_run })?;
        let shown = made.folder.display().to_string();
        if ctx.wants_json() {
            return ctx.ui.json(&json!({"folder": shown, "root": made.root, "created": !made.already}));
        }
        ctx.ui.line(&shown)?;
        if made.already {
            ctx.ui.status("there is a desk already; nothing was changed");
            return Ok(());
        }
        ctx.ui.status(&format!(
            "a desk in {shown}{}; its policy is desk.toml",
            if made.root.is_empty() { String::new() } else { format!(", folder {}", made.root) }
        ));
        let go = if dir.as_os_str() == "." { String::new() } else { format!("cd {} && ", dir.display()) };
        ctx.ui.status(&format!("next           {go}git desk open \"Printer HP-4 prints blank pages\""));
        Ok(())
    }
}
