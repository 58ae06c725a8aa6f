//! `propose`

mod read;

use serde_json::Value;

use super::Context;
use crate::desk::sharing::propose::{Branch, Ground, Published, Wish, Words, moment};
use crate::desk::sharing::words::changes;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::policy::Policy;
use crate::model::policy::desk::is_login;
use crate::store::Oid;
use crate::ui::format::{Sheet, markdown};
use crate::ui::visible::is_hidden;
use crate::view::Finding;
use crate::view::change::{Change, PROPOSED};
use crate::view::proposal::{Proposal, State};
use read::{default_branch, read, seed};

/// Propose a change: any write command, as a pull request
///
/// The command runs on a branch of its own, on top of what the remote has now. Your worktree, index
/// and branch stay as they are. What comes of it is checked and pushed, a pull request is opened,
/// and its URL printed. The same words again: the branch is built anew on the present base, and the
/// same pull request updated; never a second one.
///
/// GitHub, GitLab, Gitea and Forgejo are known by the remote's address; where it does not tell:
/// `git config desk.forge github` (or gitlab, gitea, forgejo), and where its interface is elsewhere
/// `git config desk.forge-api https://HOST/api/v4`.
///
/// The token is the one that git has for the forge's host (`git credential`). In a CI job, for no
/// other host: `git config --global credential.https://HOST.helper \
///   '!f() { echo username=ci; echo "password=$TOKEN"; }; f'`.
///
/// The forge is asked through the proxy that git uses (http.proxy, https_proxy). On GitLab it works
/// without a token, too, but then nobody is asked to review.
///
/// Where the remote's push URL is that of a fork, the branch goes there, and the pull request leads
/// from the fork to the repository that is fetched from.
///
/// Those who lead the tickets' queues are asked to review, where `[agents.NAME]` in desk.toml has
/// their name on the forge: `forge = "login"`.
///
/// Examples:
///   git desk propose -- close k7m3 --resolution fixed -m "new fuser"
///   git desk propose --reviewer bob --draft -- set k7m3 queue=infra
///   git desk propose --title "Holiday cover" --base main -- batch handover.jsonl
///   git desk propose --no-pr -- open "Replace UPS in rack B"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The branch it gets; else one named after the command and its ticket
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// The branch it is to be merged into; else the desk's
    #[arg(long, value_name = "NAME")]
    pub base: Option<String>,
    /// The pull request's title; else the subject of the commit
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Who is asked to review: names on the forge or agents
    #[arg(long, value_name = "WHO,…", value_delimiter = ',')]
    pub reviewer: Vec<String>,
    /// Not ready to be merged yet
    #[arg(long)]
    pub draft: bool,
    /// The branch is enough: prints its name
    #[arg(long)]
    pub no_pr: bool,
    /// A remote; else `git config desk.remote`, that of the branch, `origin`
    #[arg(long, value_name = "NAME")]
    pub remote: Option<String>,
    /// A write command with its arguments
    #[arg(last = true, required = true, value_name = "WRITE COMMAND", num_args = 1..)]
    pub command: Vec<String>,
}

/// Rows of the table in a pull request; the whole of it is in the files.
const ROWS: usize = 200;

/// Changes that are told in one line.
const LINE: usize = 20;

/// Characters of a title: the least that a forge takes.
const TITLE: usize = 255;

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let (command, wishes) = read(ctx, &self.command)?;
        let title = self.title.as_deref().map(checked_title).transpose()?;
        let may_ask = ctx.env.may_ask() && !ctx.globals.no_input;
        let desk = ctx.desk()?;
        let wish = Wish { remote: self.remote.clone(), base: self.base.clone(), no_pr: self.no_pr, may_ask };
        let ground = Ground::find(desk, &wish)?;
        let policy = ground.policy()?;
        let reviewers = self.reviewers(&policy)?;
        let name = match &self.branch {
            Some(name) => name.clone(),
            None => {
                let scratch = ground.scratch()?;
                let inner = ctx.part(scratch.reference(), ctx.env.clone(), wishes.clone());
                default_branch(&inner, &command, &self.command)
            }
        };
        let branch = ground.branch(&name)?;
        let at = moment(&branch, ctx.env.now);
        let made = {
            let scratch = ground.scratch()?;
            let env = ctx.env.at(at, &seed(&branch, at, &self.command));
            let mut inner = ctx.part(scratch.reference(), env, wishes);
            command.run(&mut inner)?;
            inner.ui.finish()?;
            scratch.tip()?
        };
        if made == ground.tip {
            return nothing(ctx, &ground, &branch);
        }
        refuse_errors(&ground.errors(made)?)?;
        let commit = ground.settled(&branch, made)?;
        let changes = changes(&desk.store, ground.tip, made)?;
        let named = !reviewers.is_empty();
        let words = Words {
            title: title.map_or_else(|| desk.store.subject(commit), Ok)?,
            body: body(&changes),
            line: line(&changes),
            draft: self.draft,
            reviewers: if named { reviewers } else { ground.leads(&policy, &changes, made)? },
            named,
        };
        let published = match ctx.globals.dry_run {
            true => would(commit, &words),
            false => ground.publish(&branch, commit, &words)?,
        };
        for warning in &published.warnings {
            ctx.ui.warning(warning);
        }
        say(ctx, &ground, &branch, &published);
        print(ctx, &proposal(&ground, &branch, published, words, changes))
    }

    /// Who a person wants to review, by their names on the forge.
    fn reviewers(&self, policy: &Policy) -> Result<Vec<String>> {
        let named = self.reviewer.iter().map(|name| name.trim().trim_start_matches('@'));
        named
            .filter(|name| !name.is_empty())
            .map(|name| {
                let login = policy.agents.get(name).map_or("", |agent| agent.forge.as_str());
                match (login, is_login(name)) {
                    ("", true) => Ok(name.to_owned()),
                    ("", false) => Err(Problem::usage(format!("`{name}` is no name on a forge")).into()),
                    (login, _) => Ok(login.to_owned()),
                }
            })
            .collect()
    }
}

fn checked_title(title: &str) -> Result<String> {
    let plain: String = title.chars().map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(TITLE) {
        _ if plain.is_empty() => Err(Problem::usage("`--title` is empty").into()),
        Some(_) => Err(Problem::usage(format!("a title has {TITLE} characters at most")).into()),
        None => Ok(plain),
    }
}

/// What changes, as a table in Markdown.
fn body(changes: &[Change]) -> String {
    let rows = |change: &Change| {
        let object = change.to_json();
        PROPOSED.iter().map(|name| object[*name].clone()).collect()
    };
    let sheet = Sheet { columns: PROPOSED, rows: changes.iter().take(ROWS).map(rows).collect() };
    let more = match changes.len().saturating_sub(ROWS) {
        0 => String::new(),
        left => format!("\n{} more, in the files.\n", counted(left, "change")),
    };
    format!("{}{more}", sheet.markdown())
}

/// The same as Markdown in one line.
fn line(changes: &[Change]) -> String {
    let told = |change: &Change| {
        let ticket = change.ticket.map_or_else(|| change.title.clone(), |id| id.to_string());
        let from = if change.from.is_empty() { String::new() } else { format!("{} → ", change.from) };
        markdown(&format!("{ticket} {}: {from}{}", change.what, change.to))
    };
    let told: Vec<String> = changes.iter().take(LINE).map(told).collect();
    let more = if changes.len() > LINE { "; …" } else { "" };
    format!("{}{more}", told.join("; "))
}

/// Exit code 6 names what would be wrong.
fn refuse_errors(errors: &[Finding]) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    let many = counted(errors.len(), "error");
    let problem = Problem::invalid(format!("that would leave {many} in the desk; nothing was pushed")).code("findings");
    Err(errors
        .iter()
        .take(10)
        .fold(problem, |problem, finding| {
            let Finding { code, path, line, column, message, .. } = finding;
            problem.hint(format!("{path}:{line}:{column}: {code} {message}"))
        })
        .into())
}

/// The command changed nothing on top of the base.
fn nothing(ctx: &Context, ground: &Ground<'_, '_>, branch: &Branch) -> Result<()> {
    if ctx.globals.strict {
        return Err(Problem::refused(format!("that would change nothing of {}", ground.base))
            .code("already_so")
            .into());
    }
    ctx.ui.status(&format!("nothing to propose: {} has it so already", ground.base));
    if !ctx.wants_json() {
        return Ok(());
    }
    let published = Published { state: State::Nothing, ..would(ground.tip, &no_words()) };
    let mut object = proposal(ground, branch, published, no_words(), Vec::new()).to_json();
    object["commit"] = Value::Null;
    ctx.ui.json(&ctx.chosen(object))
}

fn no_words() -> Words {
    Words {
        title: String::new(),
        body: String::new(),
        line: String::new(),
        draft: false,
        reviewers: Vec::new(),
        named: false,
    }
}

fn would(commit: Oid, words: &Words) -> Published {
    let reviewers = words.reviewers.clone();
    Published { state: State::Would, commit, url: None, number: None, reviewers, warnings: Vec::new() }
}

fn proposal(
    ground: &Ground<'_, '_>,
    branch: &Branch,
    published: Published,
    words: Words,
    changes: Vec<Change>,
) -> Proposal {
    Proposal {
        state: published.state,
        url: published.url,
        number: published.number,
        branch: branch.name.clone(),
        base: ground.base.clone(),
        commit: Some(published.commit.to_string()),
        remote: ground.remote().map(str::to_owned),
        forge: ground.forge(),
        title: words.title,
        body: words.body,
        draft: words.draft,
        reviewers: published.reviewers,
        changes,
    }
}

fn say(ctx: &Context, ground: &Ground<'_, '_>, branch: &Branch, published: &Published) {
    let (name, place) = (&branch.name, ground.remote().unwrap_or("this repository"));
    if published.state != State::Would {
        ctx.ui.stored(format!("{name} is there, at commit {}", published.commit));
    }
    let words = match published.state {
        State::Created => format!("proposed on {name}"),
        State::Updated => format!("the proposal on {name} is up to date now"),
        State::Unchanged | State::Nothing => format!("{name} says so already"),
        State::Pushed => format!("pushed {name} to {place}"),
        State::Local => format!("{name} is in {place}"),
        State::Would => format!("would propose {name} to {}", ground.base),
    };
    ctx.ui.status(&words);
    if !published.reviewers.is_empty() && published.state != State::Would {
        ctx.ui.status(&format!("asked to review: {}", published.reviewers.join(", ")));
    }
}

fn print(ctx: &Context, proposal: &Proposal) -> Result<()> {
    match &proposal.url {
        _ if ctx.wants_json() => ctx.ui.json(&ctx.chosen(proposal.to_json())),
        Some(url) => ctx.ui.line(url),
        None => ctx.ui.line(&proposal.branch),
    }
}
