//! An article by itself and beside others: one problem, its symptoms, steps that somebody has tested, and whom it names.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

use super::{Check, Scope};
use crate::desk::zone_of;
use crate::error::Result;
use crate::model::article::{Article, State, path};
use crate::model::near::nearest;
use crate::model::policy::Policy;
use crate::store::document;
use crate::view::Finding;

/// A code, the field that it is about, what is so, and what to do.
type Flaw = (&'static str, &'static str, String, Option<String>);

impl Check<'_, '_> {
    pub(super) fn article(&mut self, path: &str, shown: &str, article: &Article, policy: &Policy) -> Result<()> {
        let own = self.findings.iter().rev().take_while(|finding| finding.path == shown);
        // What cannot be read is missing as well: that is one mistake.
        let is_wrong = own.into_iter().any(|finding| finding.code == "DSK101");
        let mut flaws = if article.is_retired() || is_wrong { Vec::new() } else { self.lint(article, policy) };
        if self.judges_names {
            flaws.extend(agents(article, policy));
        }
        flaws.extend(self.services(article)?);
        if flaws.is_empty() {
            return Ok(());
        }
        let Some(Ok(bytes)) = self.bytes(path)? else { return Ok(()) };
        for (code, field, message, fix) in flaws {
            let at = document::locate(&bytes, field).unwrap_or((1, 1));
            self.findings.push(Finding { fix, ..Finding::warning(code, shown, at, message) });
        }
        Ok(())
    }

    fn lint(&self, article: &Article, policy: &Policy) -> Vec<Flaw> {
        let name = &article.name;
        let outline = Outline::of(&article.body);
        let mut flaws = Vec::new();
        let mut flaw =
            |code, field, message: &str, fix: String| flaws.push((code, field, message.to_owned(), Some(fix)));
        // Articles of another system seldom have any: of all files of a desk nobody wants to hear it of each. Who
        // changes one, or asks for it by its path, does.
        let meant = self.asked.edits.contains_key(&path(name)) || !matches!(self.asked.scope, Scope::Whole);
        if article.symptoms.is_empty() && meant {
            let fix = format!("git desk kb edit {name} --symptom \"what people say who have it\"");
            flaw("DSK106", "symptoms", "nobody finds it by what they see: it has no symptoms", fix);
        }
        if !outline.steps {
            let fix = "a list of what to do, one step an item".to_owned();
            flaw("DSK107", "body", "it has no steps: neither list nor table nor code", fix);
        }
        if outline.titles > 1 {
            let message =
                format!("it is about {} problems, as many as it has headings of the first level", outline.titles);
            flaw("DSK109", "body", &message, "an article for each, or `##`".to_owned());
        }
        if article.state == State::Validated && article.tested.is_none() {
            let fix = format!("git desk kb review {name} --tested DATE");
            flaw("DSK108", "tested", "it is validated, and nobody says when it was tested", fix);
        }
        let today = self.asked.now.to_zoned_datetime(zone_of(policy)).date();
        if let Some(review) = article.review_by.filter(|review| *review < today) {
            let message = format!("its review was due on {review}");
            flaw("DSK419", "review_by", &message, format!("git desk kb review {name}"));
        }
        flaws
    }

    /// Services that are not there, where the desk has a catalogue.
    fn services(&self, article: &Article) -> Result<Vec<Flaw>> {
        let folder = "services";
        if article.services.is_empty() || !self.exists(folder)? {
            return Ok(Vec::new());
        }
        let known = self.asked.snapshot.names_in(folder)?;
        let mut flaws = Vec::new();
        for service in &article.services {
            if !self.is_there(folder, service)? {
                let near = nearest(service, known.iter().filter_map(|file| file.strip_suffix(".toml")));
                let fix = near.map(|near| format!("did you mean `{near}`?"));
                flaws.push(("DSK305", "services", format!("there is no service \"{service}\""), fix));
            }
        }
        Ok(flaws)
    }
}

/// Whom it names: who keeps it must be there now, who tested it may have gone since.
fn agents(article: &Article, policy: &Policy) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let named = [("owner", &article.owner), ("tested_by", &article.tested_by)];
    for (field, who) in named.into_iter().filter(|(_, who)| !who.is_empty()) {
        match policy.agents.get(who) {
            None => {
                let near = nearest(who, policy.agents.keys().map(String::as_str));
                let fix = near.map(|near| format!("did you mean `{near}`?"));
                flaws.push(("DSK302", field, format!("there is no agent \"{who}\""), fix));
            }
            Some(agent) if field == "owner" && !agent.active && !article.is_retired() => {
                let fix = format!("git desk kb edit {} --owner me", article.name);
                flaws.push(("DSK308", field, format!("{who} is retired, so nobody keeps it right"), Some(fix)));
            }
            Some(_) => {}
        }
    }
    flaws
}

/// What an article is made of.
struct Outline {
    /// Headings of the first level.
    titles: usize,
    /// Something that can be followed: a list, a table, code.
    steps: bool,
}

impl Outline {
    fn of(markdown: &str) -> Outline {
        let mut outline = Outline { titles: 0, steps: false };
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => outline.titles += 1,
                Event::Start(Tag::List(_) | Tag::Table(_) | Tag::CodeBlock(_)) => outline.steps = true,
                _ => {}
            }
        }
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_no_heading_and_a_list_is_steps() {
        let outline = |text: &str| (Outline::of(text).titles, Outline::of(text).steps);
        assert_eq!(outline("# One\n\nwords"), (1, false));
        assert_eq!(outline("# One\n\n# Two\n\n- a"), (2, true));
        assert_eq!(outline("```\n# no\n# heading\n```"), (0, true));
        assert_eq!(outline("## Steps\n\n1. a"), (0, true));
    }
}
