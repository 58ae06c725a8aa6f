//! `kb show`

use serde_json::Value;

use super::page;
use crate::commands::{Context, rows};
use crate::desk::knowledge::file::unknown;
use crate::desk::knowledge::usage::Whole;
use crate::desk::knowledge::{article, names_of};
use crate::error::{Problem, Result};
use crate::model::article::path;
use crate::model::policy::Policy;
use crate::store::Snapshot;
use crate::ui::format::{Format, cell, tsv};
use crate::view;
use crate::view::article::{Around, FIELDS};

/// An article, to be read
///
/// Off a terminal, and with `--raw`: its Markdown as it stands in the file. `-o tsv` has one
/// line a field, `--json` the object `desk.article/1`.
///
/// Examples:
///   git desk kb show vpn/reset-token
///   git desk kb show vpn/reset-token | pandoc -o token.pdf
///   git desk kb show vpn/reset-token --json=edited,linked,solved
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "NAME", required = true, add = crate::commands::complete::articles())]
    pub names: Vec<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk()?;
        let look = ctx.look()?;
        let snapshot = look.snapshot()?;
        let plain = ctx.chosen_fields().is_none();
        let as_text = plain
            && match ctx.ui.style.format {
                None => !ctx.ui.stdout_terminal || ctx.ui.style.raw,
                Some(Format::Table) => ctx.ui.style.raw,
                Some(format) => format == Format::Markdown,
            };
        let mut found = Vec::new();
        for name in &self.names {
            match article(&snapshot, name)? {
                Some(article) if as_text => body(ctx, &article.body)?,
                Some(article) => found.push(desk.whole_article(&look, article)?),
                None => return Err(not_there(&snapshot, name)?.into()),
            }
        }
        if as_text {
            return Ok(());
        }
        let commit = snapshot.commit().to_string();
        let object = |whole: &Whole| object(whole, &look.policy, desk.store.root(), &commit);
        let objects: Vec<Value> = found.iter().map(object).collect();
        let names = rows::chosen_of(ctx, "an article", FIELDS.iter().copied())?;
        match ctx.ui.format() {
            Format::Ids => found.iter().try_for_each(|whole| ctx.ui.line(&whole.article.name)),
            Format::Json | Format::Jsonl => {
                let objects: Vec<Value> = objects.into_iter().map(|object| ctx.chosen(object)).collect();
                match <[Value; 1]>::try_from(objects) {
                    Ok([one]) => ctx.ui.json(&one),
                    Err(several) => ctx.ui.json_list(&several),
                }
            }
            Format::Tsv => objects.iter().try_for_each(|object| fields(ctx, object, names.as_deref())),
            Format::Table if plain => page::print(ctx, &look, &found),
            Format::Table | Format::Csv | Format::Markdown | Format::Html => {
                let names = names.unwrap_or_else(|| FIELDS.iter().map(|name| (*name).to_owned()).collect());
                ctx.ui.rows(&names.iter().map(String::as_str).collect::<Vec<_>>(), &objects)
            }
        }
    }
}

fn body(ctx: &Context, text: &str) -> Result<()> {
    ctx.ui.text(&format!("{text}\n"))
}

/// No such article, or one that cannot be read.
pub fn not_there(snapshot: &Snapshot<'_>, name: &str) -> Result<Problem> {
    let known = names_of(snapshot)?;
    Ok(match known.iter().any(|known| known == name) {
        true => {
            let path = format!("{}{}", snapshot.store().root(), path(name));
            Problem::invalid(format!("{path} cannot be read")).code("damaged").hint(format!("git desk check {path}"))
        }
        false => unknown(name, &known),
    })
}

fn object(whole: &Whole, policy: &Policy, root: &str, commit: &str) -> Value {
    let edited = whole.edited.as_ref().map(|edit| (edit.at.to_string(), policy.handle_for(&edit.email).to_owned()));
    let around =
        Around { translations: whole.translations.clone(), linked: whole.linked, solved: whole.solved, edited };
    view::article::to_json(&whole.article, Some(&around), root, commit)
}

/// One line a field that is set.
fn fields(ctx: &Context, object: &Value, chosen: Option<&[String]>) -> Result<()> {
    let all = || FIELDS.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for name in chosen.map_or_else(all, <[String]>::to_vec) {
        let value = cell(&object[&name]);
        if !value.is_empty() && value != "[]" {
            ctx.ui.line(&format!("{name}\t{}", tsv(&value)))?;
        }
    }
    Ok(())
}
