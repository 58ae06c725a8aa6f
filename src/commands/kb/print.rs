//! Writing articles, and saying what came of it.

use serde_json::{Value, json};

use crate::commands::Context;
use crate::desk::Room;
use crate::desk::knowledge::write::{Written, message};
use crate::error::{Problem, Result};
use crate::model::article::{Article, name_of, path};
use crate::store::Oid;
use crate::store::transaction::Done;
use crate::view;

/// An article that was written, as it is now.
pub type Wrote = (Written, Article);

/// One commit about one article, or none; prints its name, or the article as JSON.
pub fn write(
    ctx: &Context,
    verb: &str,
    words: &str,
    mut act: impl FnMut(&mut Room<'_, '_>) -> Result<Written>,
) -> Result<Written> {
    let mut unread = Vec::new();
    let done = ctx.desk()?.write(|room| {
        let written = match done_before(room)? {
            Some(name) => Written { name, created: false, changed: false },
            None => {
                let written = act(room)?;
                refuse_idle(ctx, verb, &written)?;
                room.tx.describe(message(verb, std::slice::from_ref(&written), words));
                written
            }
        };
        let file = room.article(&written.name)?;
        unread = file.unread;
        Ok((written, file.article))
    })?;
    tell(ctx, &done)?;
    for field in unread {
        let file = file_of(ctx, &done.value.0.name)?;
        ctx.ui.warning(&format!("{file}: `{field}` cannot be read; it stays as it stands"));
    }
    Ok(done.value.0)
}

/// With `--strict`, what changes nothing is exit code 5.
pub fn refuse_idle(ctx: &Context, verb: &str, written: &Written) -> Result<()> {
    if ctx.globals.strict && !written.changed {
        let message = format!("`kb {verb}` would change nothing: {} is so already", written.name);
        return Err(Problem::refused(message).code("already_so").into());
    }
    Ok(())
}

/// The article that this very operation wrote when it was done before.
pub fn done_before(room: &Room<'_, '_>) -> Result<Option<String>> {
    if room.done_before()?.is_none() {
        return Ok(None);
    }
    let (Some(index), Some(op)) = (room.index()?, room.op_id()) else { return Ok(None) };
    let Some((commit, _)) = index.operation(op)? else { return Ok(None) };
    let edits = room.tx.store().last_edits(room.tx.store().resolve(&commit)?, "kb/")?;
    let mut names = edits.into_iter().filter(|(_, edit)| edit.commit == commit);
    Ok(names.find_map(|(path, _)| name_of(&path).map(str::to_owned)))
}

fn tell(ctx: &Context, done: &Done<Wrote>) -> Result<()> {
    let (written, article) = &done.value;
    files(ctx, &done.paths, done.commit, &written.name);
    if ctx.wants_json() {
        return ctx.ui.json(&ctx.chosen(object(ctx, written, article, done.commit)?));
    }
    ctx.ui.line(&written.name)
}

/// What a dry run would write; what is stored, should the result not be seen.
pub fn files(ctx: &Context, paths: &[String], commit: Option<Oid>, name: &str) {
    if ctx.globals.dry_run {
        paths.iter().for_each(|path| ctx.ui.status(&format!("would write {path}")));
    }
    if let Some(commit) = commit {
        ctx.ui.stored(format!("{name} is stored, in commit {commit}"));
    }
}

/// `desk.article/1` after a write.
pub fn object(ctx: &Context, written: &Written, article: &Article, commit: Option<Oid>) -> Result<Value> {
    let commit = commit.map(|commit| commit.to_string()).unwrap_or_default();
    let mut object = view::article::to_json(article, None, ctx.desk()?.store.root(), &commit);
    object["created"] = json!(written.created);
    object["changed"] = json!(written.changed);
    Ok(object)
}

/// One line for what was done, on a terminal; nothing on a dry run.
pub fn say(ctx: &Context, written: &Written, done: &str, next: Option<String>) {
    if ctx.globals.dry_run {
        return;
    }
    match written.changed {
        true => ctx.ui.status(&format!("{} {done}", written.name)),
        false => ctx.ui.status(&format!("{}: already so", written.name)),
    }
    next.into_iter().for_each(|next| ctx.ui.status(&format!("next           {next}")));
}

/// The file of an article from the repository's root.
pub fn file_of(ctx: &Context, name: &str) -> Result<String> {
    Ok(format!("{}{}", ctx.desk()?.store.root(), path(name)))
}
