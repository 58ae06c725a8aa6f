//! What `check` prints, as people or a tool want it.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::Value;

use crate::commands::Context;
use crate::commands::rows::done;
use crate::error::Result;
use crate::ui::format::Format as Table;
use crate::view::finding::{checkstyle, github, gitlab, junit, markdown, sarif};
use crate::view::{FINDING_COLUMNS, Finding};

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Human,
    Github,
    Gitlab,
    Sarif,
    Checkstyle,
    Junit,
    Json,
    Markdown,
}

const FORMATS: &[(&str, Format)] = &[
    ("human", Format::Human),
    ("github", Format::Github),
    ("gitlab", Format::Gitlab),
    ("sarif", Format::Sarif),
    ("checkstyle", Format::Checkstyle),
    ("junit", Format::Junit),
    ("json", Format::Json),
    ("markdown", Format::Markdown),
];

pub fn format(name: &str) -> Result<Format, String> {
    let found = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
    found.ok_or_else(|| format!("one of {}", FORMATS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")))
}

pub fn print(
    ctx: &Context,
    format: Option<Format>,
    findings: &[Finding],
    fails: &dyn Fn(&Finding) -> bool,
) -> Result<()> {
    // Formats that know files alone tell of the repository at the desk's policy.
    let whole = format!("{}desk.toml", ctx.desk_to_read()?.store.root());
    let rows = || findings.iter().map(Finding::to_json).collect::<Vec<Value>>();
    let text = match format {
        None if ctx.ui.format() != Table::Table || ctx.chosen_fields().is_some() => {
            return done(ctx, "a finding", FINDING_COLUMNS, &["schema"], &rows());
        }
        None | Some(Format::Human) => return human(ctx, findings),
        Some(Format::Json) => return ctx.ui.json_list(&rows()),
        Some(Format::Github) => {
            summarise(ctx, findings);
            github::annotations(findings)
        }
        Some(Format::Gitlab) => pretty(&gitlab::report(findings, &whole))?,
        Some(Format::Sarif) => pretty(&sarif::log(findings, &whole))?,
        Some(Format::Checkstyle) => checkstyle::report(findings, &whole),
        Some(Format::Junit) => junit::report(findings, &whole, fails),
        Some(Format::Markdown) => markdown::page(findings, usize::MAX),
    };
    ctx.ui.text(&text)
}

fn pretty(value: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

fn human(ctx: &Context, findings: &[Finding]) -> Result<()> {
    for finding in findings {
        let Finding { code, level, path, line, column, message, fix, .. } = finding;
        let level = if *level == "warning" { " (warning)" } else { "" };
        let place = if path.is_empty() { "the repository".to_owned() } else { format!("{path}:{line}:{column}") };
        let place = ctx.ui.shown(&place);
        ctx.ui.write(&format!("{place}  {code}  {}{level}\n", ctx.ui.shown(message)))?;
        if let Some(fix) = fix {
            ctx.ui.write(&format!("  fix: {}\n", ctx.ui.shown(fix)))?;
        }
    }
    Ok(())
}

/// The whole table for the page of the step, where GitHub says which file that is.
fn summarise(ctx: &Context, findings: &[Finding]) {
    let Some(path) = ctx.env.var("GITHUB_STEP_SUMMARY").filter(|_| !findings.is_empty()) else { return };
    let there = std::fs::metadata(path).map_or(0, |data| usize::try_from(data.len()).unwrap_or(usize::MAX));
    let page = markdown::page(findings, markdown::SUMMARY.saturating_sub(there));
    let written =
        OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| file.write_all(page.as_bytes()));
    if let Err(error) = written {
        ctx.ui.warning(&format!("the summary of the step could not be written: {path}: {error}"));
    }
}
