//! The summary as people see it: two columns where the terminal is wide enough, one below.

use serde_json::Value;

use super::output::{ending, heading, weeks};
use crate::commands::Context;
use crate::commands::clocks::short;
use crate::error::Result;
use crate::report::{FEW, Report, Sheet};
use crate::ui::format::cell;
use crate::ui::{chart, grid, time};

/// Columns of a terminal from which on there is room for two.
const WIDE: usize = 96;
/// Columns of the left half.
const LEFT: usize = 54;

/// Characters of the name of a group that came back.
const GROUP: usize = 25;
/// What leads on from here.
const MORE: &str = "more: git desk report sla · breaches · ageing · workload";
const SHARE: &str = "page to share: git desk report -o html > week.html";

type Lines = Vec<String>;

pub fn print(ctx: &Context, report: &Report) -> Result<()> {
    let page = Page { ctx, report };
    let upper = (page.flow(), blocks([page.promises(), page.took()]));
    let lower = (blocks([page.age(), page.oldest()]), blocks([page.recurring(), page.workload()]));
    heading(ctx, report)?;
    ctx.ui.write("\n")?;
    let lines = match ctx.ui.width >= WIDE {
        true => blocks([beside(&upper.0, &upper.1), beside(&lower.0, &lower.1)]),
        false => blocks([upper.0, upper.1, lower.0, lower.1]),
    };
    for line in lines {
        ctx.ui.write(&format!("{}\n", line.trim_end()))?;
    }
    ending(ctx, report)?;
    ctx.ui.finish()?;
    let one = format!("{MORE}      {SHARE}");
    let lines = if one.chars().count() <= ctx.ui.width { vec![one.as_str()] } else { vec![MORE, SHARE] };
    lines.into_iter().for_each(|line| ctx.ui.status(&ctx.ui.plain(line)));
    Ok(())
}

/// A group that came back; a blank stands between name and count however long they are.
fn came_back(group: &str, tickets: &str, usually: &str) -> String {
    format!("{group:<GROUP$} {tickets:>4}  usually {usually}")
}

/// Blocks below each other, with an empty line between.
fn blocks<const N: usize>(all: [Lines; N]) -> Lines {
    let full: Vec<Lines> = all.into_iter().filter(|block| !block.is_empty()).collect();
    full.join(&String::new())
}

fn beside(left: &[String], right: &[String]) -> Lines {
    let empty = String::new();
    let line = |at: usize| {
        let (one, other) = (left.get(at).unwrap_or(&empty), right.get(at).unwrap_or(&empty));
        format!("{one}{}{other}", " ".repeat(LEFT.saturating_sub(one.chars().count())))
    };
    (0..left.len().max(right.len())).map(line).collect()
}

struct Page<'a> {
    ctx: &'a Context,
    report: &'a Report,
}

impl Page<'_> {
    fn rows(&self, key: &str) -> &[Value] {
        self.report.figures[key].as_array().map_or(&[], Vec::as_slice)
    }

    fn text(&self, value: &Value) -> String {
        self.ctx.ui.shown(&cell(value))
    }

    fn sheet(&self, key: &str) -> Option<&Sheet> {
        self.report.sheets.iter().find(|sheet| sheet.key == key)
    }

    fn title(&self, key: &str) -> String {
        self.sheet(key).map(|sheet| sheet.title.to_uppercase()).unwrap_or_default()
    }

    fn cut(&self, text: &str, room: usize) -> String {
        grid::cut(text, room, self.ctx.ui.ellipsis())
    }

    fn flow(&self) -> Lines {
        let unit = self.report.figures["unit"].as_str().unwrap_or("week");
        let units = format!("{unit}s");
        let head = format!("{:<15}{unit:>8}{:>9}{:>7}   8 {units}", "", "before", "");
        let row = |row: &Value| {
            let (this, before) = (self.text(&row[unit]), self.text(&row["before"]));
            let spark = chart::spark(&weeks(&row[&units]), self.ctx.ui.style.utf8);
            format!("{:<17}{this:>6}{before:>9}{:>7}   {spark}", self.text(&row["figure"]), self.change(&row["change"]))
        };
        std::iter::once(head).chain(self.rows("flow").iter().map(row)).collect()
    }

    fn change(&self, change: &Value) -> String {
        match change.as_i64().unwrap_or(0) {
            0 => "0".to_owned(),
            up @ 1.. => format!("+{up}"),
            down => self.ctx.ui.plain(&format!("−{}", -down)),
        }
    }

    fn promises(&self) -> Lines {
        let percent = |value: &Value| value.as_f64().map_or("n/a".to_owned(), |share| format!("{share:.1} %"));
        let row = |row: &Value| {
            let few = if row["n"].as_u64().is_some_and(|n| n < FEW as u64) { "*" } else { "" };
            let (kept, promised) = (percent(&row["kept_percent"]), percent(&row["promised_percent"]));
            format!("{:<13}{kept:>9}{few:<1}{promised:>9}{:>6}", self.text(&row["clock"]), self.text(&row["breached"]))
        };
        self.block("promises", format!("{:<13}{:>9} {:>9}{:>6}", "KEPT PROMISES", "kept", "promised", "late"), row)
    }

    fn took(&self) -> Lines {
        let took = &self.report.figures["resolution_seconds"];
        let (Some(median), Some(p90), Some(n)) = (took["median"].as_i64(), took["p90"].as_i64(), took["n"].as_u64())
        else {
            return Lines::new();
        };
        let few = if n < FEW as u64 { " *" } else { "" };
        let said = if self.report.figures["calendar"].is_null() { time::span } else { short };
        let times = format!("median {}, p90 {}", said(median), said(p90));
        vec!["TO RESOLVE".to_owned(), format!("{times} (n = {n}){few}")]
    }

    fn age(&self) -> Lines {
        if self.report.figures["open"] == 0 {
            return Lines::new();
        }
        let count = |row: &Value| row["tickets"].as_f64().unwrap_or(0.0);
        let most = self.rows("age").iter().map(count).fold(0.0, f64::max);
        let row = |row: &Value| {
            let bar = chart::bar(count(row), most, 20, self.ctx.ui.style.utf8);
            format!("{:<10}{:>5}  {bar}", self.ctx.ui.plain(&self.text(&row["age"])), self.text(&row["tickets"]))
        };
        std::iter::once(self.title("age")).chain(self.rows("age").iter().map(row)).collect()
    }

    fn oldest(&self) -> Lines {
        let row = |row: &Value| {
            let title = self.cut(&self.text(&row["title"]), 36);
            let age = time::age(row["age_seconds"].as_i64().unwrap_or(0));
            format!("{:<5} {title:<36} {age:>6}", self.text(&row["handle"]))
        };
        self.block("oldest", self.title("oldest"), row)
    }

    fn recurring(&self) -> Lines {
        let row = |row: &Value| {
            let group = self.cut(&self.text(&row["group"]), GROUP);
            came_back(&group, &self.text(&row["tickets"]), &self.text(&row["usually"]))
        };
        let mut lines = self.block("recurring", self.title("recurring"), row);
        if !lines.is_empty() {
            lines.push("problems: git desk report recurring --propose".to_owned());
        }
        lines
    }

    fn workload(&self) -> Lines {
        let row = |row: &Value| {
            let queue = match self.text(&row["queue"]) {
                none if none.is_empty() => self.ctx.ui.nobody().to_owned(),
                queue => self.cut(&queue, 20),
            };
            let [open, resolved, late] = ["open", "resolved", "late"].map(|name| self.text(&row[name]));
            format!("{queue:<20} {open:>7} {resolved:>10} {late:>6}")
        };
        self.block(
            "workload",
            format!("{:<20}{:>8}{:>11}{:>7}", self.title("workload"), "open", "resolved", "late"),
            row,
        )
    }

    /// A heading with a line for each row; nothing where there is no row.
    fn block(&self, key: &str, head: String, row: impl Fn(&Value) -> String) -> Lines {
        if self.rows(key).is_empty() {
            return Lines::new();
        }
        std::iter::once(head).chain(self.rows(key).iter().map(row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_never_touches_the_name_beside_it() {
        let name = "n".repeat(GROUP);
        assert_eq!(came_back(&name, "1000", "2.5"), format!("{name} 1000  usually 2.5"));
        assert_eq!(came_back("vpn", "12", "0"), format!("vpn{}  12  usually 0", " ".repeat(GROUP - 2)));
    }
}
