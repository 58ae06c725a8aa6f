//! `portal build`

use serde_json::json;

use super::Build;
use super::folder::{self, Folder, Written};
use crate::commands::Context;
use crate::desk::portal::{Portal, STATUS_PAGE, other_languages, portal};
use crate::error::{Problem, Result};
use crate::model::article::Article;
use crate::model::catalogue::{Answer, Question, Service};
use crate::model::count::counted;
use crate::model::word::Status;
use crate::ui::format::shell_word;
use crate::ui::site::words::{ENGLISH, LANGUAGES, Words};
use crate::ui::site::{self, Contact, Site};

impl Build {
    /// Exit code 2 for an address that requests cannot go to and for a title that is none, 5 for a folder that holds other things.
    pub fn run(self, ctx: &Context) -> Result<()> {
        let contact = self.request_to.as_deref().map(contact).transpose()?;
        self.title.as_deref().map_or(Ok(()), title)?;
        // On a forge's runner, which publishes it, HEAD is detached.
        let desk = ctx.desk_to_read()?;
        let look = ctx.look()?;
        let published = portal(desk, &look)?;
        let site = self.site(&published, contact);
        let files = site.files();
        let path = ctx.env.cwd.join(&self.folder);
        folder::is_free(&path, desk.store.git_dir())?;
        folder::is_free(&path, desk.store.common_dir())?;
        let folder = Folder::open(&path, self.force)?;
        let bar = ctx.ui.progress("writing pages");
        let written = folder.write(&files, ctx.globals.dry_run, &|done, total| bar.at(done, total))?;
        drop(bar);
        for id in &published.withheld {
            ctx.ui.warning(&format!("{id} is tagged {STATUS_PAGE} and not shown: it is a customer's"));
            ctx.ui.hint(&format!("open one that is nobody's: git desk open --kind incident --tag {STATUS_PAGE} \"…\""));
        }
        let commit = look.index.commit().to_string();
        print(ctx, &folder, (&site, &published), &written, &commit)
    }

    fn site(&self, published: &Portal, contact: Option<Contact>) -> Site {
        let words = self.language.as_deref().and_then(Words::of).unwrap_or_else(|| usual(&published.articles));
        let article = |(one, solved): &(Article, u64)| site::Article {
            name: one.name.clone(),
            title: one.title.clone(),
            language: one.language.clone(),
            symptoms: one.symptoms.clone(),
            cause: one.cause.clone(),
            body: one.body.clone(),
            tested: one.tested,
            review_by: one.review_by,
            solved: *solved,
            others: other_languages(one, &published.articles).into_iter().map(str::to_owned).collect(),
            services: one.services.clone(),
        };
        let trouble = |one: &crate::desk::portal::Trouble| site::Trouble {
            title: one.title.clone(),
            since: one.since,
            state: match one.status {
                Status::New => site::State::Reported,
                Status::Active | Status::Resolved | Status::Closed => site::State::Worked,
                Status::Waiting => site::State::Waiting,
            },
        };
        Site {
            title: self.title.clone().unwrap_or_else(|| published.name.clone()),
            words,
            at: published.at,
            articles: published.articles.iter().map(article).collect(),
            services: published.services.iter().map(|(name, one)| service(name, one)).collect(),
            troubles: published.troubles.iter().map(trouble).collect(),
            contact,
        }
    }
}

/// Exit code 2 for what is no line of text.
fn title(text: &str) -> Result<()> {
    let wrong = match () {
        () if text.trim().is_empty() => "is empty",
        () if text.chars().any(char::is_control) => "has a line break or another control character",
        () => return Ok(()),
    };
    Err(Problem::usage(format!("`--title` {wrong}")).hint("git desk portal build DIR --title \"IT help\"").into())
}

fn contact(text: &str) -> Result<Contact> {
    Contact::parse(text).map_err(|wrong| {
        Problem::usage(format!("requests cannot go to `{text}`: {wrong}"))
            .code("bad_address")
            .hint("--request-to mailto:help@example.com")
            .hint("--request-to https://github.com/OWNER/REPO/issues/new     GitLab: …/-/issues/new")
            .into()
    })
}

/// The language of most articles, of those that pages can speak; English where none is.
fn usual(articles: &[(Article, u64)]) -> &'static Words {
    let count = |words: &Words| {
        let speaks = |one: &Article| Words::of(&one.language).is_some_and(|other| other.language == words.language);
        articles.iter().filter(|(one, _)| speaks(one)).count()
    };
    LANGUAGES.into_iter().fold(&ENGLISH, |most, words| if count(words) > count(most) { words } else { most })
}

fn service(name: &str, service: &Service) -> site::Service {
    site::Service {
        name: name.to_owned(),
        title: service.title.clone(),
        description: service.description.clone(),
        approved: !service.approval.is_empty(),
        questions: service.form.iter().map(question).collect(),
    }
}

fn question(question: &Question) -> site::Question {
    site::Question {
        label: question.label.clone(),
        kind: match question.answer {
            Answer::Text => site::Answer::Text,
            Answer::Number => site::Answer::Number,
            Answer::Date => site::Answer::Date,
            Answer::Choice => site::Answer::Choice(question.choices.clone()),
            Answer::Bool => site::Answer::Bool,
            Answer::Email => site::Answer::Email,
        },
        required: question.required,
        help: question.help.clone(),
    }
}

fn print(
    ctx: &Context,
    folder: &Folder,
    (site, published): (&Site, &Portal),
    written: &Written,
    commit: &str,
) -> Result<()> {
    let first = folder.path().join("index.html").display().to_string();
    if ctx.wants_json() {
        return ctx.ui.json(&ctx.chosen(json!({
            "schema": "desk.portal/1",
            "path": folder.path().display().to_string(),
            "commit": commit,
            "language": site.words.language,
            "articles": site.articles.len(),
            "services": site.services.len(),
            "troubles": site.troubles.len(),
            "withheld": published.withheld,
            "files": written.files,
            "written": written.changed,
            "removed": written.removed,
        })));
    }
    if ctx.globals.dry_run {
        written.changed.iter().try_for_each(|path| ctx.ui.line(&format!("would write {path}")))?;
        written.removed.iter().try_for_each(|path| ctx.ui.line(&format!("would remove {path}")))?;
        if written.changed.is_empty() && written.removed.is_empty() {
            ctx.ui.status(&format!("{} is up to date", folder.path().display()));
        }
        return Ok(());
    }
    ctx.ui.line(&first)?;
    let pages = written.files.iter().filter(|path| path.ends_with(".html")).count();
    let [articles, services] = [counted(site.articles.len(), "article"), counted(site.services.len(), "service")];
    let down = match site.troubles.len() {
        0 => String::new(),
        count => format!(", {} on the status page", counted(count, "incident")),
    };
    let changed = format!("{} written, {} removed", written.changed.len(), written.removed.len());
    ctx.ui.status(&ctx.ui.plain(&format!("{}: {articles}, {services}{down} · {changed}", counted(pages, "page"))));
    ctx.ui.status(&format!("look at it     open {}", shell_word(&first)));
    Ok(())
}
