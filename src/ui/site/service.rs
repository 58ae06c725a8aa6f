//! The pages of services: what may be asked for, and with which words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::contact::mailto;
use super::frame::{Entry, Page};
use super::markdown::{Target, leads, markdown, summary};
use super::text::escape;
use super::{Answer, Contact, Question, Service, Site};

/// Characters that say what a service is.
const LINE: usize = 140;

pub fn list(site: &Site) -> String {
    let words = site.words;
    let body = match site.services.is_empty() {
        true => format!("<h1>{}</h1>\n<p class=\"none\">{}</p>\n", words.services, words.no_services),
        false => format!("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n{}", words.services, words.ask_for, cards(site, 2)),
    };
    let entry = Entry::Services;
    site.page(&Page {
        title: words.services,
        language: words.language,
        depth: 0,
        entry,
        scripts: &["search.js"],
        body: &body,
    })
}

/// All services as cards, with headings of that level.
pub fn cards(site: &Site, level: usize) -> String {
    let mut out = "<ul class=\"cards\">\n".to_owned();
    for one in &site.services {
        let _ = write!(
            out,
            "<li class=\"card\">\n<h{level}><a href=\"services/{}.html\">{}</a></h{level}>\n<p>{}</p>\n</li>\n",
            one.name,
            escape(&one.title),
            escape(&summary(&one.description, LINE))
        );
    }
    out.push_str("</ul>\n");
    out
}

/// `pages` are all articles as links may lead to them, by name.
pub fn page(site: &Site, service: &Service, pages: &BTreeMap<String, Target<'_>>) -> String {
    let words = site.words;
    let mut body = site.way(&[("../index.html", words.home), ("../services.html", words.services)], &service.title);
    let lead = |typed: &str| leads("", pages, typed);
    let _ = write!(
        body,
        "<article>\n<h1>{}</h1>\n{}",
        escape(&service.title),
        markdown(&service.description, 1, &lead, words.table)
    );
    if service.approved {
        let _ = writeln!(body, "<p class=\"note\">{}</p>", words.needs_approval);
    }
    body.push_str("</article>\n");
    body.push_str(&match &site.contact {
        Some(contact) => asked(site, service, contact),
        None if service.questions.is_empty() => format!("<p>{}</p>\n", words.name_service),
        None => format!("<h2>{}</h2>\n<p>{}</p>\n{}", words.what_to_say, words.tell_us, told(site, service)),
    });
    let scripts: &[&str] = if site.contact.is_some() { &["search.js", "request.js"] } else { &["search.js"] };
    let title = &service.title;
    site.page(&Page { title, language: words.language, depth: 1, entry: Entry::None, scripts, body: &body })
}

/// What must be known, as a list.
fn told(site: &Site, service: &Service) -> String {
    let words = site.words;
    let mut out = "<ul class=\"told\">\n".to_owned();
    for one in &service.questions {
        let required = if one.required { format!(" <em>({})</em>", words.required) } else { String::new() };
        let _ = write!(out, "<li><strong>{}</strong>{required}", escape(&one.label));
        let mut more = Vec::new();
        if let Answer::Choice(choices) = &one.kind {
            more.push(format!("{}: {}", words.one_of, choices.join(", ")));
        }
        more.extend((!one.help.is_empty()).then(|| one.help.clone()));
        more.iter().for_each(|line| out.push_str(&format!("<br><span class=\"less\">{}</span>", escape(line))));
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
    out
}

/// The questions as lines that an answer can be written behind.
fn lines(service: &Service) -> String {
    service.questions.iter().map(|one| format!("{}: \n", one.label)).collect()
}

/// The form, which a script makes a mail or an issue of; and the way for those without scripts.
fn asked(site: &Site, service: &Service, contact: &Contact) -> String {
    let words = site.words;
    let subject = format!("{}: {}", words.request_for, service.title);
    let said = format!(" data-yes=\"{}\" data-no=\"{}\"", words.yes, words.no);
    let questions: String = service.questions.iter().enumerate().map(|(at, one)| question(site, at, one)).collect();
    let more = format!(
        "<p class=\"field\"><label for=\"more\">{0}</label>\n<textarea id=\"more\" rows=\"4\" data-label=\"{0}\"></textarea></p>\n",
        words.anything_else
    );
    let plain = if service.questions.is_empty() {
        String::new()
    } else {
        format!("<p>{}</p>\n{}", words.tell_us, told(site, service))
    };
    let mut out = format!("<section class=\"ask\">\n<h2>{}</h2>\n", words.request);
    match contact {
        Contact::Mail(address) => {
            let href = mailto(address, &subject, &lines(service));
            let _ = write!(
                out,
                "<form id=\"request\" data-mail=\"{address}\" data-subject=\"{}\"{said} hidden>\n{questions}{more}\
                 <p class=\"less\">{}</p>\n<p><button type=\"submit\">{}</button></p>\n</form>\n\
                 <div id=\"plain\">\n{plain}<p><a class=\"button\" href=\"{}\">{}</a> <span class=\"less\">{address}</span></p>\n</div>\n",
                escape(&subject),
                words.mail_note,
                words.write_mail,
                escape(&href),
                words.write_mail
            );
        }
        Contact::Forge(forge) => {
            let [title, text] = forge.names;
            let given: String = forge.given.iter().map(|(name, value)| hidden(name, value)).collect();
            let _ = write!(
                out,
                "<form id=\"request\" method=\"get\" action=\"{}\"{said}>\n{given}{}\
                 <fieldset id=\"fields\" disabled hidden>\n{questions}{more}</fieldset>\n\
                 <div id=\"plain\">\n<p class=\"field\"><label for=\"text\">{}</label>\n\
                 <textarea id=\"text\" name=\"{text}\" rows=\"8\">{}</textarea></p>\n</div>\n\
                 <p class=\"less\">{} {}.</p>\n<p><button type=\"submit\">{}</button></p>\n</form>\n",
                escape(&forge.page),
                hidden(title, &subject),
                words.your_request,
                // The first line break of a text area is none of its text.
                format_args!("\n{}", escape(&lines(service))),
                words.issue_note,
                escape(&forge.origin),
                words.open_issue
            );
        }
    }
    out.push_str("</section>\n");
    out
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
}

/// One question with its field. It has no `name`, so that nothing but what the script says is sent.
fn question(site: &Site, at: usize, one: &Question) -> String {
    let words = site.words;
    let label = escape(&one.label);
    let id = format!("q{}", at + 1);
    let required = if one.required { " required" } else { "" };
    let marked = if one.required { format!(" <em>({})</em>", words.required) } else { String::new() };
    let (described, help) = match one.help.is_empty() {
        true => (String::new(), String::new()),
        false => {
            let help = format!("\n<span class=\"less\" id=\"{id}-help\">{}</span>", escape(&one.help));
            (format!(" aria-describedby=\"{id}-help\""), help)
        }
    };
    let common = format!("id=\"{id}\" data-label=\"{label}\"{described}");
    let input = |kind: &str| format!("<input type=\"{kind}\" {common}{required}>");
    let field = match &one.kind {
        Answer::Text => input("text"),
        Answer::Number => format!("<input type=\"number\" step=\"any\" {common}{required}>"),
        Answer::Date => input("date"),
        Answer::Email => input("email"),
        Answer::Bool => {
            return format!(
                "<p class=\"field tick\"><input type=\"checkbox\" {common}> <label for=\"{id}\">{label}</label>{help}</p>\n"
            );
        }
        Answer::Choice(choices) => {
            let options: String = choices.iter().map(|choice| format!("<option>{}</option>", escape(choice))).collect();
            format!("<select {common}{required}><option value=\"\">{}</option>{options}</select>", words.choose)
        }
    };
    format!("<p class=\"field\"><label for=\"{id}\">{label}{marked}</label>{help}\n{field}</p>\n")
}
