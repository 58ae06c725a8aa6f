//! Writing articles: new ones, and fields of those that are there.

use jiff::civil::Date;

use crate::desk::Room;
use crate::desk::tickets::open::known_agent;
use crate::error::{Problem, Result};
use crate::model::article::{Article, Audience, State, is_article, name_for, path};
use crate::model::name::is_name;
use crate::store::message::Message;

use super::file::settled;

/// What is said of an article; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub title: Option<String>,
    pub body: Option<String>,
    pub cause: Option<String>,
    pub symptoms: Option<Vec<String>>,
    pub language: Option<String>,
    pub state: Option<State>,
    pub audience: Option<Audience>,
    pub services: Option<Vec<String>>,
    pub categories: Option<Vec<String>>,
    pub tags: Option<Vec<String>>,
    /// A handle, an address, `me`, or `none`.
    pub owner: Option<String>,
    /// `Some(None)` takes the day away.
    pub review_by: Option<Option<Date>>,
}

/// Where a new article is to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Name(String),
    /// Below this topic, by a slug of its title.
    Topic(String),
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub name: String,
    pub created: bool,
    pub changed: bool,
}

impl Wanted {
    /// Exit code 2 for a name that is none.
    pub fn parse(name: Option<&str>, topic: Option<&str>) -> Result<Wanted> {
        match (name, topic) {
            (Some(name), _) if is_article(name) => Ok(Wanted::Name(name.to_owned())),
            (Some(name), _) => Err(no_name(name, "TOPIC/SLUG").into()),
            (None, Some(topic)) if is_name(topic) => Ok(Wanted::Topic(topic.to_owned())),
            (None, Some(topic)) => Err(no_name(topic, "a topic").into()),
            (None, None) => Err(Problem::usage("where does it stand? a name or `--topic` is missing")
                .hint("git desk kb new vpn/reset-token --title \"Reset a token\"")
                .into()),
        }
    }
}

fn no_name(name: &str, what: &str) -> Problem {
    Problem::usage(format!("`{name}` is no name of an article: {what} is needed"))
        .code("bad_name")
        .hint("a-z, 0-9 and - between, as in vpn/reset-token")
}

impl Given {
    /// Exit code 3 for an unknown owner, 2 for what no line can say.
    pub fn apply(&self, room: &Room<'_, '_>, article: &mut Article) -> Result<()> {
        let text = |field: &mut String, given: &Option<String>| {
            if let Some(given) = given {
                field.clone_from(given);
            }
        };
        text(&mut article.body, &self.body);
        text(&mut article.cause, &self.cause);
        text(&mut article.language, &self.language);
        if let Some(title) = &self.title {
            article.title = one_line("title", title)?;
        }
        let list = |field: &mut Vec<String>, what: &str, given: &Option<Vec<String>>| -> Result<()> {
            let Some(given) = given else { return Ok(()) };
            let words = given.iter().map(|word| one_line(what, word)).collect::<Result<Vec<_>>>()?;
            *field = words.into_iter().filter(|word| !word.is_empty()).collect();
            Ok(())
        };
        list(&mut article.symptoms, "symptoms", &self.symptoms)?;
        list(&mut article.services, "services", &self.services)?;
        list(&mut article.categories, "categories", &self.categories)?;
        list(&mut article.tags, "tags", &self.tags)?;
        article.state = self.state.unwrap_or(article.state);
        article.audience = self.audience.unwrap_or(article.audience);
        article.review_by = self.review_by.unwrap_or(article.review_by);
        if let Some(owner) = &self.owner {
            article.owner = room.owner(owner)?;
        }
        if article.title.chars().count() > TITLE {
            return Err(Problem::usage(format!("the title has more than {TITLE} characters")).into());
        }
        Ok(())
    }
}

/// What was given for one line of a field, without blanks around it. Exit code 2 for several lines, and for characters
/// that nobody sees and that change what is seen.
fn one_line(field: &str, given: &str) -> Result<String> {
    let given = given.trim();
    if given.contains('\n') {
        return Err(Problem::usage(format!("`{field}` has more than one line")).into());
    }
    let hidden = |c: &char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match given.chars().find(hidden) {
        None => Ok(given.to_owned()),
        Some(c) => {
            let message = format!("`{field}` has a character that cannot be seen: U+{:04X}", u32::from(c));
            Err(Problem::usage(message).code("hidden_character").into())
        }
    }
}

/// Characters of a title.
const TITLE: usize = 200;

impl Room<'_, '_> {
    /// Whoever acts, where that is an agent.
    pub fn own_handle(&self) -> String {
        if self.actor.is_agent { self.actor.name.clone() } else { String::new() }
    }

    /// An agent by what was typed. Exit code 3 for one that is none.
    pub fn owner(&self, typed: &str) -> Result<String> {
        match typed.trim_start_matches('@') {
            "" | "none" => Ok(String::new()),
            "me" => Ok(self.own_handle()),
            name => known_agent(&self.policy, name),
        }
    }
}

/// Writes a new article. What is there already with the same words is that one; exit code 5 where it says something else.
pub fn add(room: &mut Room<'_, '_>, wanted: &Wanted, given: &Given) -> Result<Written> {
    let mut article = Article::new("", "");
    article.owner = room.own_handle();
    given.apply(room, &mut article)?;
    put_new(room, wanted, article)
}

/// The same of an article that is made.
pub fn put_new(room: &mut Room<'_, '_>, wanted: &Wanted, article: Article) -> Result<Written> {
    let record = settled(&article)?;
    let says_so = |room: &Room<'_, '_>, name: &str| room.article(name).is_ok_and(|there| there.record == record);
    let name = match wanted {
        Wanted::Name(name) => {
            if room.tx.exists(&path(name))? && !says_so(room, name) {
                return Err(Problem::refused(format!(
                    "there is an article {name} already, and it says something else"
                ))
                .code("name_taken")
                .hint(format!("git desk kb edit {name}"))
                .into());
            }
            name.clone()
        }
        Wanted::Topic(topic) => {
            let taken = |name: &str| room.tx.exists(&path(name)).unwrap_or(true) && !says_so(room, name);
            name_for(topic, &article.title, taken)
        }
    };
    if room.tx.exists(&path(&name))? {
        return Ok(Written { name, created: false, changed: false });
    }
    room.put_article(&Article { name: name.clone(), ..article })?;
    Ok(Written { name, created: true, changed: true })
}

/// Sets what is given of an article.
pub fn change(room: &mut Room<'_, '_>, name: &str, given: &Given) -> Result<Written> {
    with(room, name, |room, article| given.apply(room, article))
}

/// Reads an article, lets `rule` change it, and writes what changed.
pub fn with(
    room: &mut Room<'_, '_>,
    name: &str,
    rule: impl FnOnce(&Room<'_, '_>, &mut Article) -> Result<()>,
) -> Result<Written> {
    let file = room.article(name)?;
    let mut article = file.article.clone();
    rule(room, &mut article)?;
    let changed = room.save_article(&file, &article)?;
    Ok(Written { name: name.to_owned(), created: false, changed })
}

/// Retires an article: its file stays, and says why, and what is in its place.
pub fn retire(room: &mut Room<'_, '_>, name: &str, why: &str, instead: Option<&str>) -> Result<Written> {
    if let Some(instead) = instead {
        if instead == name {
            return Err(Problem::usage(format!("{name} cannot take the place of itself")).into());
        }
        if room.article(instead)?.article.is_retired() {
            return Err(Problem::refused(format!("{instead} is retired, too")).code("retired").into());
        }
    }
    with(room, name, |_, article| {
        if !article.is_retired() {
            article.state = State::Retired;
            article.body = farewell(&article.body, why, instead);
        }
        Ok(())
    })
}

/// The body with a paragraph in front that warns whoever reads it.
fn farewell(body: &str, why: &str, instead: Option<&str>) -> String {
    let mut why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    if !why.ends_with(['.', '!', '?']) {
        why.push('.');
    }
    let instead = instead.map(|name| format!(" See [{name}](kb:{name}).")).unwrap_or_default();
    format!("> **Retired:** {why}{instead}\n\n{body}")
}

/// The words of a commit about articles.
pub fn message(verb: &str, written: &[Written], words: &str) -> Message {
    let changed: Vec<&str> = written.iter().filter(|one| one.changed).map(|one| one.name.as_str()).collect();
    let mut message = match changed.as_slice() {
        [one] => Message::new(format!("kb {verb} {one}")),
        several => {
            let mut message = Message::new(format!("kb {verb} {} articles", several.len()));
            message.body = several.join("\n");
            message
        }
    };
    if message.body.is_empty() {
        message.body = words.trim().to_owned();
    }
    message.trailer("Desk-Act", "kb")
}
