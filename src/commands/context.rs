//! What every command is given: surroundings, global options, the screen, and the desk once it is needed.

use std::cell::{OnceCell, RefCell};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::Globals;
use crate::config::{self, Layer, Origin, PREFERENCES, Preference, Setting};
use crate::desk::look::{Detail, Look};
use crate::desk::tickets::Acted;
use crate::desk::{Desk, Options};
use crate::env::Env;
use crate::error::{Problem, Result};
use crate::index::{Found, Order};
use crate::model::id::{Handle, TicketId};
use crate::model::policy::{Policy, Remark};
use crate::store::Store;
use crate::store::settings::global_setting;
use crate::ui::format::Format;
use crate::ui::visible::visible_line;
use crate::ui::{Progress, Style, Ui};
use crate::view::ticket::SUGGESTED;

pub struct Context {
    pub env: &'static Env,
    pub globals: Globals,
    pub ui: Ui,
    desk: OnceCell<Desk<'static>>,
    /// What was wrong with the remote when something was shared that is stored here.
    pub(super) unshared: RefCell<Option<Problem>>,
    pub(super) files: Vec<(String, toml::Table)>,
}

impl Context {
    /// Exit code 2 for preferences that cannot be.
    pub fn new(env: Env, globals: Globals) -> Result<Context> {
        // There is one, and it lives as long as the process: what borrows from it may be kept beside it.
        let env: &'static Env = Box::leak(Box::new(env));
        let files = config_files(env, globals.discreet);
        if globals.repo.is_some() && !globals.desk.is_empty() {
            return Err(Problem::usage("`--desk` names a desk and `--repo` a path; only one can be meant").into());
        }
        let names = each_once(&globals.desk);
        if names.is_empty() && !globals.desk.is_empty() {
            // An empty variable in a script must not mean the usual desk.
            return Err(Problem::usage("`--desk` is given without a name").hint("git desk help desks").into());
        }
        let globals = Globals { desk: names, ..globals };
        let ui = Ui::new(env, style(env, &globals, &files)?, globals.no_input);
        Ok(Context { env, globals, ui, desk: OnceCell::new(), unshared: RefCell::default(), files })
    }

    /// The same wishes for one of several desks.
    pub fn at_desk(&self, name: &str) -> Context {
        let globals = Globals { desk: vec![name.to_owned()], ..self.globals.clone() };
        let ui = Ui::new(self.env, self.ui.style.clone(), globals.no_input);
        let files = self.files.clone();
        Context { env: self.env, globals, ui, desk: OnceCell::new(), unshared: RefCell::default(), files }
    }

    /// For a command that is part of this one, with wishes of its own: on a reference of the same desk, in surroundings
    /// that may be of another moment. Its result is shown as a confirmation.
    pub(super) fn part(&self, reference: &str, env: Env, wishes: Globals) -> Context {
        let globals = Globals {
            desk: self.globals.desk.clone(),
            repo: self.globals.repo.clone(),
            reference: Some(reference.to_owned()),
            ..wishes
        };
        // As the first one, it lives as long as the process.
        let env: &'static Env = Box::leak(Box::new(env));
        let ui = self.ui.part(env, globals.no_input);
        Context { env, globals, ui, desk: OnceCell::new(), unshared: RefCell::default(), files: self.files.clone() }
    }

    /// The desk: of `--desk`, `--repo`, `GIT_DESK_REPO`, around this folder, or `desk.default`. Exit code 7 when there
    /// is none, 3 when none has that name.
    pub fn desk(&self) -> Result<&Desk<'static>> {
        self.desk_of(false)
    }

    /// The same to be read alone: where HEAD is detached, as on a forge's runner, the commit that is checked out.
    pub fn desk_to_read(&self) -> Result<&Desk<'static>> {
        self.desk_of(true)
    }

    fn desk_of(&self, detached: bool) -> Result<&Desk<'static>> {
        if let Some(desk) = self.desk.get() {
            return Ok(desk);
        }
        let store = self.open_store_of(detached)?;
        // Where nothing can be written there is nothing to repair either.
        if let Err(error) = store.repair(Duration::from_secs(2)) {
            log::debug!("repair: {error:#}");
        }
        let options = Options {
            dry_run: self.globals.dry_run,
            strict: self.globals.strict,
            op_id: self.globals.op_id.clone(),
            if_rev: self.globals.if_rev.as_deref().map(|revision| store.resolve(revision)).transpose()?,
            lock_timeout: self.lock_timeout(&store)?,
            subject: self.globals.commit_message.clone(),
        };
        let mut desk = Desk::new(self.env, store, options);
        let progress: Progress = self.ui.progress("reading history");
        desk.progress = Box::new(move |done, total| progress.at(done, total));
        Ok(self.desk.get_or_init(|| desk))
    }

    /// The preferences of the `config.toml` files, the user's before the system's. Tables, such as those of targets with
    /// their secrets, are none.
    pub(super) fn of_files(&self) -> Vec<(String, String)> {
        let tables = self.files.iter().flat_map(|(_, table)| table).filter(|(_, value)| !value.is_table());
        tables.map(|(name, value)| (name.clone(), text_of(value))).collect()
    }

    /// A preference that no repository has a say in: git's configuration of the user and the system, then the files.
    fn personal(&self, name: &str) -> Option<String> {
        let in_files = || self.of_files().into_iter().find(|(key, _)| Some(key.as_str()) == name.strip_prefix("desk."));
        global_setting(self.env, name).or_else(|| in_files().map(|(_, value)| value))
    }

    /// A preference in which no repository has a say: environment, git's configuration of the user, the files.
    pub fn personal_preference(&self, name: &str) -> Option<String> {
        let preference = PREFERENCES.iter().find(|preference| preference.name == name)?;
        let global = |name: &str| global_setting(self.env, name);
        let setting = settle(self.env, &self.globals, &self.files, preference, &global);
        Some(setting.value).filter(|value| !value.is_empty())
    }

    fn lock_timeout(&self, store: &Store) -> Result<Duration> {
        let said = self.globals.lock_timeout.clone().or_else(|| store.setting("desk.lockTimeout"));
        let seconds = said.map(|text| super::args::duration(&text)).transpose()?.unwrap_or(30);
        Ok(Duration::from_secs(seconds))
    }

    /// The policy as of now or of `--at`, and what is wrong with it.
    pub fn policy(&self) -> Result<(Policy, Vec<Remark>)> {
        match self.globals.at {
            Some(_) => Ok((self.look()?.policy, Vec::new())),
            None => self.desk()?.policy(),
        }
    }

    /// The desk as of now or of `--at`.
    pub fn look(&self) -> Result<Look<'_>> {
        self.desk()?.look(self.globals.at.as_deref())
    }

    /// The ticket that a typed id means. A full id needs no index.
    pub fn find(&self, typed: &str) -> Result<TicketId> {
        let desk = self.desk()?;
        if let Some(id) = Handle::parse(typed).and_then(|handle| handle.full())
            && desk.store.snapshot()?.exists(&id.path())?
        {
            return Ok(id);
        }
        desk.look(None)?.find(typed, self.ui.stdout_terminal)
    }

    /// Every ticket that a query means, as `--where` does.
    pub fn select_ids(&self, query: &str) -> Result<Vec<TicketId>> {
        let look = self.desk()?.look(None)?;
        let context = self.desk()?.query_context(&look.policy, look.now)?;
        let query = look.query(query, &context)?;
        let found = look.select(&query, &context, (Order::default(), false), None)?;
        Ok(found.into_iter().map(|found| found.ticket.id).collect())
    }

    /// Handles and titles of open tickets that begin as typed: for the shell.
    pub fn complete(&self, typed: &str) -> Result<Vec<(String, String)>> {
        let look = self.desk()?.look(None)?;
        let context = self.desk()?.query_context(&look.policy, look.now)?;
        let query = look.query("is:open", &context)?;
        let mut found = Vec::new();
        for one in look.select(&query, &context, (Order::default(), false), Some(2_000))? {
            let full = one.ticket.id.to_string();
            let handle = look.index.handle(one.ticket.id)?;
            if handle.starts_with(typed) {
                found.push((handle, one.ticket.title));
            } else if full.starts_with(typed) {
                found.push((full, one.ticket.title));
            }
        }
        Ok(found)
    }

    pub fn wants_json(&self) -> bool {
        matches!(self.ui.format(), Format::Json | Format::Jsonl)
    }

    /// `desk.ticket/1` of a ticket after an act, with `created` and `changed`.
    pub fn acted_json(&self, look: &Look<'_>, acted: &Acted, commit: Option<&str>) -> Result<Value> {
        let mut object = match look.index.ticket(acted.id())? {
            Some(_) if commit.is_some() || !self.globals.dry_run => look.object(&look.whole(acted.id())?),
            // A dry run: as it would be.
            Some(_) | None => {
                let found = Found { ticket: acted.after.clone(), times: Default::default() };
                look.object(&look.complete(found, Detail::Brief)?)
            }
        };
        if self.chosen_fields().is_some_and(|names| names.iter().any(|name| name == "similar")) {
            object["similar"] =
                look.similar(&acted.after, 5)?.iter().map(|other| alike(look, other)).collect::<Result<_>>()?;
        }
        if acted.created() && self.chosen_fields().is_none_or(|names| names.iter().any(|name| name == SUGGESTED)) {
            object[SUGGESTED] = super::show::suggestions(look, &acted.after)?;
        }
        object["created"] = Value::from(acted.created());
        object["changed"] = Value::from(acted.changed);
        object["commit"] = commit.map_or(Value::Null, Value::from);
        Ok(self.chosen(object))
    }

    /// The fields that `--json=…` or `--fields` ask for; everything when neither does.
    pub fn chosen(&self, object: Value) -> Value {
        match (self.chosen_fields(), object) {
            (Some(fields), Value::Object(mut all)) => Value::Object(
                fields
                    .into_iter()
                    .map(|name| {
                        let value = all.remove(&name).unwrap_or(Value::Null);
                        (name, value)
                    })
                    .collect(),
            ),
            (_, object) => object,
        }
    }

    pub fn chosen_fields(&self) -> Option<Vec<String>> {
        let named = self.globals.json.as_deref().unwrap_or_default().split(',').map(str::to_owned);
        let names: Vec<String> =
            named.chain(self.globals.fields.iter().cloned()).filter(|name| !name.is_empty()).collect();
        (!names.is_empty()).then_some(names)
    }

    /// Whether the person wants errors as JSON.
    pub fn wants_json_errors(&self) -> bool {
        self.personal("desk.errors").as_deref() == Some("json")
    }

    /// A preference with where it comes from.
    pub fn preference(&self, preference: &Preference) -> Setting {
        settle(self.env, &self.globals, &self.files, preference, &|name| match self.open_store() {
            Ok(store) if !preference.is_personal() => store.git_setting(name),
            Ok(_) | Err(_) => global_setting(self.env, name),
        })
    }
}

fn text_of(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What `similar` says of another ticket.
fn alike(look: &Look<'_>, other: &Found) -> Result<Value> {
    let ticket = &other.ticket;
    Ok(serde_json::json!({"id": ticket.id.as_str(), "handle": look.index.handle(ticket.id)?, "title": ticket.title,
        "status": ticket.status.as_str(), "assignee": ticket.assignee}))
}

/// Names in the order in which they were typed, each once.
fn each_once(names: &[String]) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if !once.iter().any(|known| known == name) {
            once.push(name.to_owned());
        }
    }
    once
}

/// The user's and the system's `config.toml`, those that are there and can be read.
fn config_files(env: &Env, discreet: bool) -> Vec<(String, toml::Table)> {
    let user = env.var("XDG_CONFIG_HOME").map(PathBuf::from);
    let user = user.or_else(|| env.home().map(|home| home.join(".config")));
    let paths = user.map(|folder| folder.join("git-desk/config.toml")).into_iter();
    paths
        .chain([PathBuf::from("/etc/git-desk/config.toml")])
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let path = path.display().to_string();
            match text.parse() {
                Ok(table) => Some((path, table)),
                Err(error) => {
                    if !discreet {
                        warn(&path, &text, &error);
                    }
                    None
                }
            }
        })
        .collect()
}

/// A file of preferences that is no TOML is passed over, but not in silence.
fn warn(path: &str, text: &str, error: &toml::de::Error) {
    let offset = error.span().map_or(0, |span| span.start);
    let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
    let words = format!("git-desk: {path}:{line}: this is no TOML, so nothing of it holds: {}", error.message());
    // Nobody can be told that stderr is gone.
    let _ = writeln!(std::io::stderr(), "{}", visible_line(&words));
}

pub(super) fn settle(
    env: &Env,
    globals: &Globals,
    files: &[(String, toml::Table)],
    preference: &Preference,
    git: &dyn Fn(&str) -> Option<String>,
) -> Setting {
    let flag = |preference: &Preference| {
        let said = match preference.name {
            "default" => {
                let path = || globals.repo.as_ref().map(|path| path.display().to_string());
                globals.desk.first().cloned().or_else(path)
            }
            "ref" => globals.reference.clone(),
            "lockTimeout" => globals.lock_timeout.clone(),
            _ => None,
        };
        said.map(|value| (value, None))
    };
    let variable = |preference: &Preference| {
        let name = preference.variable?;
        let fallbacks: &[&str] = match preference.name {
            "pager" => &["PAGER"],
            "editor" => &["GIT_EDITOR", "VISUAL", "EDITOR"],
            _ => &[],
        };
        std::iter::once(name)
            .chain(fallbacks.iter().copied())
            .find_map(|name| env.var(name).map(|value| (value.to_owned(), Some(Origin::Environment(name.to_owned())))))
    };
    let from_git = |preference: &Preference| git(&format!("desk.{}", preference.name)).map(|value| (value, None));
    let from_files = |preference: &Preference| {
        files.iter().find_map(|(path, table)| {
            let value = table.get(preference.name)?;
            Some((text_of(value), Some(Origin::File(path.clone()))))
        })
    };
    let layers = [
        Layer { origin: Origin::Flag, values: &flag },
        Layer { origin: Origin::Environment(String::new()), values: &variable },
        Layer { origin: Origin::Git, values: &from_git },
        Layer { origin: Origin::File(String::new()), values: &from_files },
    ];
    config::settle(preference, &layers)
}

/// How results are printed: flags before environment before configuration.
fn style(env: &Env, globals: &Globals, files: &[(String, toml::Table)]) -> Result<Style> {
    let global = |name: &str| global_setting(env, name);
    let setting = |name: &str| {
        let preference = PREFERENCES.iter().find(|preference| preference.name == name);
        preference.map(|p| settle(env, globals, files, p, &global).value).filter(|value| !value.is_empty())
    };
    let format = match (globals.output, &globals.json) {
        (Some(format), _) => Some(format),
        (None, Some(_)) => Some(Format::Json),
        (None, None) => match setting("output") {
            None => None,
            Some(name) if globals.lenient => Format::parse(&name),
            Some(name) => Some(Format::parse(&name).ok_or_else(|| {
                Problem::usage(format!("`output` is set to \"{name}\", which is no format"))
                    .hint(format!("one of {}", Format::NAMES.join(", ")))
                    .hint("where it is set: git desk config list --show-origin")
            })?),
        },
    };
    let coloured = match globals.color.as_str() {
        "always" => true,
        "never" => false,
        _ => {
            let forced = env.var("CLICOLOR_FORCE").is_some_and(|value| value != "0");
            let refused =
                env.var("NO_COLOR").is_some() || env.var("CLICOLOR") == Some("0") || env.var("TERM") == Some("dumb");
            forced || (env.stdout_terminal && !refused)
        }
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env.var(name)).unwrap_or_default();
    let locale = locale.to_ascii_uppercase();
    let pager =
        if globals.no_pager || !env.stdout_terminal { None } else { setting("pager").filter(|pager| pager != "cat") };
    Ok(Style {
        format,
        editor: setting("editor"),
        header: match (globals.header, globals.no_header) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        },
        null: globals.null,
        csv_safe: globals.csv_safe,
        raw: globals.raw,
        colour: coloured,
        quiet: globals.quiet,
        pager,
        utf8: locale.contains("UTF-8") || locale.contains("UTF8"),
    })
}
