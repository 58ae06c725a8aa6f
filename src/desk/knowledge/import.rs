//! `kb import`: articles of another system, one JSON object a line, as one commit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::file::settled;
use crate::desk::Room;
use crate::error::{Kind, Problem, Result};
use crate::model::article::{Article, name_of_other, path};
use crate::model::field::ARTICLE;
use crate::model::record::Record;

/// What came of the lines.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub unchanged: usize,
    /// Retired here, of which a line says something else: left as they are.
    pub retired: Vec<String>,
    /// Numbers of lines, and what is wrong with each.
    pub refused: Vec<(usize, Problem)>,
    /// Keys that are none of an article's, and how many lines had each.
    pub ignored: BTreeMap<String, usize>,
    /// Names that no article can have, and what became of each that was added.
    pub renamed: Vec<(String, String)>,
}

/// One line that could be read.
#[derive(Debug, Clone)]
pub struct Line {
    number: usize,
    name: String,
    /// What it is called there, where no article can be called that.
    theirs: Option<String>,
    record: Record,
}

/// Lines that can be read, and what is wrong with the others.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    good: Vec<Line>,
    refused: Vec<(usize, Problem)>,
    ignored: BTreeMap<String, usize>,
}

/// Reads JSON Lines; empty ones are passed over.
pub fn read(text: &str) -> Lines {
    let mut lines = Lines::default();
    let mut names = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match one(line, &mut lines) {
            Ok(line) if !names.insert(line.name.clone()) => {
                lines.refused.push((number, Problem::invalid(format!("{} stood further up already", line.name))));
            }
            Ok(line) => lines.good.push(Line { number, ..line }),
            Err(problem) => lines.refused.push((number, problem)),
        }
    }
    lines
}

/// One line, still without its number.
fn one(line: &str, lines: &mut Lines) -> Result<Line, Problem> {
    let object: Map<String, Value> = match serde_json::from_str(line) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err(Problem::invalid("this is no JSON object")),
        Err(error) => return Err(Problem::invalid(format!("this is no JSON: {error}"))),
    };
    let word = |key: &str| object.get(key).and_then(Value::as_str);
    let Some(name) = word("slug").or(word("name")) else {
        return Err(Problem::invalid("`slug` is missing: TOPIC/SLUG, as in vpn/reset-token"));
    };
    let theirs = name;
    let Some(name) = name_of_other(theirs) else {
        return Err(Problem::invalid(format!(
            "\"{theirs}\" is no name of an article: TOPIC/SLUG, as in vpn/reset-token"
        )));
    };
    let mut record = Record::default();
    for (key, value) in &object {
        match key.as_str() {
            "slug" | "name" | "schema" => {}
            key if ARTICLE.iter().any(|field| field.name == key) => record.set(key, value.clone()),
            key => *lines.ignored.entry(key.to_owned()).or_default() += 1,
        }
    }
    let (_, faults) = Article::read(&name, &record);
    match faults.into_iter().next() {
        None => {
            let theirs = (name != theirs).then(|| theirs.to_owned());
            Ok(Line { number: 0, name, theirs, record })
        }
        Some(fault) => Err(fault.fix.into_iter().fold(Problem::invalid(fault.message), Problem::hint)),
    }
}

/// Writes what is new or says something else. What a line does not mention stays as it is.
pub fn import(room: &mut Room<'_, '_>, lines: &Lines) -> Result<Imported> {
    let Lines { refused, ignored, .. } = lines.clone();
    let mut imported = Imported { refused, ignored, ..Imported::default() };
    for line in &lines.good {
        let done = write(room, line, &mut imported);
        if let Err(error) = done {
            let problem =
                error.downcast::<Problem>().unwrap_or_else(|error| Problem::new(Kind::Bug, format!("{error:#}")));
            imported.refused.push((line.number, problem));
        }
    }
    imported.refused.sort_by_key(|(number, _)| *number);
    Ok(imported)
}

fn write(room: &mut Room<'_, '_>, line: &Line, imported: &mut Imported) -> Result<()> {
    let name = &line.name;
    if !room.tx.exists(&path(name))? {
        room.put_article(&Article::read(name, &line.record).0)?;
        imported.added.push(name.clone());
        imported.renamed.extend(line.theirs.clone().map(|theirs| (theirs, name.clone())));
        return Ok(());
    }
    let file = room.article(name)?;
    let said = settled(&Article::read(name, &line.record).0)?;
    let mut record = file.record.clone();
    for key in line.record.keys() {
        record.set(key, said.get(key).cloned().unwrap_or_default());
    }
    if record == file.record {
        imported.unchanged += 1;
    } else if file.article.is_retired() {
        imported.retired.push(name.clone());
    } else if room.save_article_record(&file, &record)? {
        imported.changed.push(name.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_and_the_others_are_read() {
        let text = "{\"slug\": \"a/b\", \"title\": \"T\", \"state\": \"validated\", \"edited\": \"2026-01-02\"}\n\n\
                    [1]\n{\"slug\": \"a\", \"title\": \"T\"}\n{\"slug\": \"a/c\"}\n{\"slug\": \"a/b\", \"title\": \"U\"}\n{";
        let lines = read(text);
        assert_eq!(lines.good.len(), 1);
        assert_eq!(lines.good[0].record.get("tested"), None);
        assert_eq!(lines.ignored["edited"], 1);
        let refused: Vec<(usize, &str)> =
            lines.refused.iter().map(|(number, problem)| (*number, problem.message.as_str())).collect();
        assert_eq!(
            refused[..4],
            [
                (3, "this is no JSON object"),
                (4, "\"a\" is no name of an article: TOPIC/SLUG, as in vpn/reset-token"),
                (5, "`title` is missing"),
                (6, "a/b stood further up already"),
            ]
        );
        assert_eq!(refused[4].0, 7);
    }
}
