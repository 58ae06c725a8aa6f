//! An article as people read it.

use crate::commands::Context;
use crate::desk::knowledge::usage::Whole;
use crate::desk::look::Look;
use crate::error::Result;
use crate::model::article::Article;
use crate::model::count::counted;
use crate::ui::grid::{self, cut};
use crate::ui::markdown::{Paper, render};
use crate::ui::time;
use crate::ui::wrap::wrap;

const INDENT: &str = "    ";
/// Room for a label.
const LABEL: usize = 12;
/// Characters of a line that is easy to read.
const EASY: usize = 100;

pub fn print(ctx: &Context, look: &Look<'_>, articles: &[Whole]) -> Result<()> {
    for (at, whole) in articles.iter().enumerate() {
        let page = Page { ctx, look };
        let gap = if at > 0 { "\n" } else { "" };
        ctx.ui.write(&format!("{gap}{}", page.whole(whole)))?;
    }
    ctx.ui.finish()?;
    if let [one] = articles
        && !one.article.is_retired()
    {
        let name = &one.article.name;
        ctx.ui.status(&format!("\n  next       git desk resolve ID --resolution fixed --article {name}"));
    }
    Ok(())
}

struct Page<'a> {
    ctx: &'a Context,
    look: &'a Look<'a>,
}

impl Page<'_> {
    fn whole(&self, whole: &Whole) -> String {
        let article = &whole.article;
        let mut out = self.head(article);
        let about = self.about(article);
        if !about.is_empty() {
            out.push_str(&format!("\n{about}"));
        }
        if !article.body.is_empty() {
            out.push_str(&format!("\n{}", self.body(untitled(article))));
        }
        out.push_str(&format!("\n{}", self.around(whole)));
        out
    }

    /// Title and name; what it is below.
    fn head(&self, article: &Article) -> String {
        let ui = &self.ctx.ui;
        let room = ui.width.saturating_sub(article.name.len() + 2).max(20);
        let title = cut(&ui.shown(&article.title), room, ui.ellipsis());
        let gap = " ".repeat(room.saturating_sub(title.chars().count()) + 2);
        let mut words = vec![article.state.to_string(), article.audience.to_string()];
        words.extend(Some(&article.language).filter(|word| !word.is_empty()).map(|word| ui.shown(word)));
        let by = |who: &str| if who.is_empty() { String::new() } else { format!(" by {}", ui.shown(who)) };
        words.extend(
            Some(&article.owner).filter(|word| !word.is_empty()).map(|word| format!("kept by {}", ui.shown(word))),
        );
        words.extend(article.tested.map(|day| format!("tested {}{}", self.day(day), by(&article.tested_by))));
        let review =
            article.review_by.map(|day| (day, day < self.ctx.desk().map_or(day, |desk| desk.today(self.look))));
        words.extend(review.map(|(day, late)| match late {
            true => format!("review late since {}", self.day(day)),
            false => format!("review by {}", self.day(day)),
        }));
        let title = ui.styled(&title, grid::Look::Bold);
        format!("{title}{gap}{}\n{}", article.name, self.hanging(INDENT, &words.join(&ui.plain(" · "))))
    }

    fn day(&self, day: jiff::civil::Date) -> String {
        time::day(day, self.look.now, &self.ctx.env.zone)
    }

    fn about(&self, article: &Article) -> String {
        let ui = &self.ctx.ui;
        let mut out = String::new();
        let mut label = "symptoms";
        for symptom in &article.symptoms {
            out.push_str(&self.hanging(&format!("{INDENT}{label:<LABEL$}"), &ui.shown(symptom)));
            label = "";
        }
        let lists = [("services", &article.services), ("categories", &article.categories), ("tags", &article.tags)];
        let lists = lists.map(|(label, list)| (label, ui.shown(&list.join(", "))));
        // Lines of a cause are those of the file, not of what is said.
        let cause = article.cause.split_whitespace().collect::<Vec<_>>().join(" ");
        let cause = [("cause", ui.shown(&cause))];
        for (label, words) in cause.iter().chain(&lists).filter(|(_, words)| !words.is_empty()) {
            out.push_str(&self.hanging(&format!("{INDENT}{label:<LABEL$}"), words));
        }
        out
    }

    fn body(&self, markdown: &str) -> String {
        let ui = &self.ctx.ui;
        let width = ui.width.saturating_sub(2).clamp(40, EASY);
        let page = render(markdown, Paper { width, colour: ui.style.colour, utf8: ui.style.utf8 });
        page.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
    }

    /// What it has done, who changed it last, where it is in other languages.
    fn around(&self, whole: &Whole) -> String {
        let ui = &self.ctx.ui;
        let solved = match whole.linked {
            0 => "no ticket names it yet".to_owned(),
            linked => format!(
                "{} of {} that {} it",
                whole.solved,
                counted(linked, "ticket"),
                if linked == 1 { "names" } else { "name" }
            ),
        };
        let edited = whole.edited.as_ref().map(|edit| {
            let who = ui.shown(self.look.policy.handle_for(&edit.email));
            format!("{} by {who}", time::moment(edit.at, self.look.now, &self.ctx.env.zone))
        });
        let also: Vec<String> = whole
            .translations
            .iter()
            .map(|(name, language)| if language.is_empty() { name.clone() } else { format!("{name} ({language})") })
            .collect();
        let pairs =
            [("solved", solved), ("edited", edited.unwrap_or_default()), ("also in", ui.shown(&also.join(", ")))];
        let set = pairs.iter().filter(|(_, words)| !words.is_empty());
        set.map(|(label, words)| self.hanging(&format!("{INDENT}{label:<LABEL$}"), words)).collect()
    }

    /// Words behind a head, wrapped below where they begin.
    fn hanging(&self, head: &str, words: &str) -> String {
        let column = head.chars().count();
        let lines = wrap(words, self.ctx.ui.width.saturating_sub(column).clamp(20, EASY));
        let indent = " ".repeat(column);
        let heads = std::iter::once(head).chain(std::iter::repeat(indent.as_str()));
        heads.zip(lines).map(|(head, line)| format!("{}\n", format!("{head}{line}").trim_end())).collect()
    }
}

/// The body without a heading that only says the title again.
fn untitled(article: &Article) -> &str {
    let body = article.body.trim_start();
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let again = first.strip_prefix("# ").is_some_and(|heading| heading.trim() == article.title.trim());
    if again { rest } else { body }
}
