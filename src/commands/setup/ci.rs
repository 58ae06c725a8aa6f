//! `setup ci`

use std::path::Path;

use serde_json::json;

use super::files::{File, put};
use crate::commands::Context;
use crate::error::{Problem, Result};

/// The workflow by which a forge checks pull requests of tickets
///
/// Writes it into the worktree, to be committed by you: `.github/workflows/desk.yml`,
/// `.forgejo/workflows/desk.yml`, or `.gitlab/desk.yml`, which `.gitlab-ci.yml` includes. It fetches
/// all of history, as only commits tell where a pull request left its base and who has done what.
///
/// Examples:
///   git desk setup ci github
///   git desk setup ci gitlab --print
///   git desk setup ci forgejo --install 'apt-get install -y ./git-desk.deb'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// github, gitlab, forgejo
    #[arg(value_name = "FORGE", value_parser = ["github", "gitlab", "forgejo"])]
    pub forge: String,
    /// Print it, and write nothing
    #[arg(long)]
    pub print: bool,
    /// The command that installs git-desk on the runner
    #[arg(long, value_name = "COMMAND", default_value = "cargo install --locked git-desk")]
    pub install: String,
    /// Also over a file there that is different
    #[arg(long)]
    pub force: bool,
}

const GITHUB: (&str, &str) = (".github/workflows/desk.yml", include_str!("ci/github.yml"));
const GITLAB: (&str, &str) = (".gitlab/desk.yml", include_str!("ci/gitlab.yml"));
const FORGEJO: (&str, &str) = (".forgejo/workflows/desk.yml", include_str!("ci/forgejo.yml"));

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let store = &ctx.desk()?.store;
        let (path, template) = match self.forge.as_str() {
            "gitlab" => GITLAB,
            "forgejo" => FORGEJO,
            _ => GITHUB,
        };
        let branch = store.reference().trim_start_matches("refs/heads/");
        // A string of JSON is one of YAML.
        let text = template
            .replace("@BRANCH@", &json!(branch).to_string())
            .replace("@INSTALL@", &json!(self.install).to_string());
        if self.print {
            return ctx.ui.text(&text);
        }
        let Some(top) = store.workdir() else {
            return Err(Problem::repository("there is no worktree to write the workflow into")
                .code("no_worktree")
                .hint(format!("git desk setup ci {} --print", self.forge))
                .into());
        };
        refuse_links(top, path)?;
        let file = File::new(top.join(path), text.into_bytes());
        if !self.force && file.is_another() {
            return Err(Problem::refused(format!("{path} is there and different; nothing was written"))
                .code("other_file")
                .hint(format!("what would stand there: git desk setup ci {} --print     over it: --force", self.forge))
                .into());
        }
        let mut files = [file];
        put(ctx, &mut files)?;
        match ctx.wants_json() {
            true => ctx.ui.json(&json!({"path": path, "state": files[0].state, "dry_run": ctx.globals.dry_run}))?,
            false => ctx.ui.line(path)?,
        }
        ctx.ui.finish()?;
        if self.forge == "gitlab" {
            ctx.ui.status("in .gitlab-ci.yml:  include: [{local: .gitlab/desk.yml}]");
        }
        ctx.ui.status(&format!("next           git add {path} && git commit -m \"check tickets\""));
        Ok(())
    }
}

/// Nothing is written through a link that somebody has put in the way.
fn refuse_links(top: &Path, path: &str) -> Result<()> {
    let mut at = top.to_owned();
    for part in Path::new(path) {
        at.push(part);
        if at.symlink_metadata().is_ok_and(|data| data.is_symlink()) {
            return Err(Problem::refused(format!("{} is a link; nothing was written", at.display()))
                .code("other_file")
                .into());
        }
    }
    Ok(())
}
