//! `kb promote`: what solved one ticket, as the draft of an article.

use super::link::link;
use super::write::{Wanted, Written, put_new};
use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::error::{Problem, Result};
use crate::model::article::Article;
use crate::model::id::TicketId;
use crate::model::name::is_name;
use crate::model::ticket::{Ticket, slug};

/// Lines of a ticket's body that are taken for symptoms, and characters of such a line.
const SYMPTOMS: usize = 3;
const SYMPTOM: usize = 120;

/// Drafts an article from a ticket and links it. One that the ticket has already is that article.
///
/// Exit code 5 where nothing has been solved, or nobody says how.
pub fn promote(room: &mut Room<'_, '_>, id: TicketId, topic: Option<&str>) -> Result<(Written, Acted)> {
    let ticket = room.tx.ticket(id)?.ticket;
    if let Some(name) = known(room, &ticket) {
        let written = Written { name, created: false, changed: false };
        return Ok((written, room.as_they_are(&[id])?.remove(0)));
    }
    if !ticket.status.is_done() {
        return Err(Problem::refused(format!("{id} is not solved yet, so there is nothing to learn from it"))
            .code("not_resolved")
            .hint(format!("git desk resolve {id} --resolution fixed -m \"what solved it\""))
            .into());
    }
    if ticket.solution.trim().is_empty() {
        return Err(Problem::refused(format!("nobody says how {id} was solved"))
            .code("no_solution")
            .hint(format!("git desk set {id} solution=\"…\""))
            .into());
    }
    let topic = match topic {
        Some(topic) => topic.to_owned(),
        None => topic_of(room, &ticket)?,
    };
    let written = put_new(room, &Wanted::parse(None, Some(&topic))?, draft(room, &ticket))?;
    let acted = link(room, &written.name, id)?;
    Ok((written, acted))
}

/// The article that the ticket names and that still holds.
fn known(room: &Room<'_, '_>, ticket: &Ticket) -> Option<String> {
    let holds = |name: &&String| room.article(name).is_ok_and(|file| !file.article.is_retired());
    ticket.articles.iter().find(holds).cloned()
}

fn draft(room: &Room<'_, '_>, ticket: &Ticket) -> Article {
    let one = |word: &str| if word.is_empty() { Vec::new() } else { vec![word.to_owned()] };
    Article {
        symptoms: symptoms(ticket),
        services: one(&ticket.service),
        categories: one(&ticket.category),
        owner: room.own_handle(),
        body: format!("## Steps\n\n{}", steps(&ticket.solution)),
        ..Article::new("", &ticket.title)
    }
}

/// The title, and the first lines of the report that are short enough to be one's words for it.
fn symptoms(ticket: &Ticket) -> Vec<String> {
    let lines = ticket.body.lines().map(|line| line.trim().trim_start_matches(['-', '*', '>', '#']).trim());
    let short = lines.filter(|line| !line.is_empty() && line.chars().count() <= SYMPTOM && *line != "```");
    std::iter::once(ticket.title.as_str()).chain(short.take(SYMPTOMS)).map(str::to_owned).collect()
}

/// A topic there is that service or category name, else the nearest of them, else `general`.
fn topic_of(room: &Room<'_, '_>, ticket: &Ticket) -> Result<String> {
    let parts = ticket.category.rsplit('/').chain([ticket.service.as_str()]);
    let words: Vec<String> = parts.map(slug).filter(|word| is_name(word)).collect();
    let topics: Vec<String> =
        room.articles()?.iter().filter_map(|name| Some(name.split_once('/')?.0.to_owned())).collect();
    let there = words.iter().find(|word| topics.contains(word));
    Ok(there.or(words.first()).cloned().unwrap_or_else(|| "general".to_owned()))
}

/// A solution as numbered steps: one a line, of a single line one a sentence. What has a list already stays as it is.
fn steps(solution: &str) -> String {
    let lines: Vec<&str> = solution.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    let is_item = |line: &&str| {
        let line = line.trim_start();
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        line.starts_with(['-', '*', '+']) || (digits.len() < line.len() && digits.starts_with(['.', ')']))
    };
    if lines.iter().any(|line| is_item(line) || line.starts_with("```")) {
        return solution.trim().to_owned();
    }
    let parts: Vec<String> = match lines.as_slice() {
        [one] => sentences(one),
        several => several.iter().map(|line| line.trim().to_owned()).collect(),
    };
    parts.iter().zip(1..).map(|(part, number)| format!("{number}. {part}")).collect::<Vec<_>>().join("\n")
}

/// A sentence ends with `. ` where the next word begins with a capital.
fn sentences(line: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut rest = line.trim();
    while let Some(end) = rest
        .match_indices(". ")
        .map(|(at, _)| at + 1)
        .find(|at| rest[*at..].trim_start().starts_with(char::is_uppercase))
    {
        sentences.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    sentences.push(rest.to_owned());
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_becomes_steps_unless_it_has_them() {
        assert_eq!(
            steps("Moved the rule up. Watched it for 1.5 h. All well."),
            "1. Moved the rule up.\n2. Watched it for 1.5 h.\n3. All well."
        );
        assert_eq!(steps("open it\n\nclose it"), "1. open it\n2. close it");
        assert_eq!(steps("as ever:\n- open it\n- close it"), "as ever:\n- open it\n- close it");
        assert_eq!(steps("1) open it"), "1) open it");
    }

    #[test]
    fn symptoms_are_the_title_and_what_is_short_of_the_report() {
        let id = TicketId::parse("261124-k7m3x9pd").unwrap();
        let mut ticket = Ticket::new(id, "It is dead".to_owned(), jiff::Timestamp::UNIX_EPOCH);
        ticket.body = format!("> no light\n\n{}\n- no beep\nthree\nfour", "x".repeat(200));
        assert_eq!(symptoms(&ticket), ["It is dead", "no light", "no beep", "three"]);
    }
}
