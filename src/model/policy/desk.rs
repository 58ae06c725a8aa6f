//! The desk itself, its queues and its agents.

use super::section::Section;
use super::span::Span;
use crate::model::word::{Resolution, Role, words};

/// The newest `schema` this program knows.
pub const SCHEMA: u32 = 1;

const MIB: u64 = 1024 * 1024;

words! {
    /// For whom tickets may be opened.
    Requesters {
        Anyone = "anyone",
        /// Agents, contacts of active customers, and people with an address in a domain of theirs.
        Known = "known",
    }
}

/// `[desk]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// Of the whole tree; see [`Policy::newer_schema`](super::Policy::newer_schema).
    pub schema: u32,
    pub name: String,
    /// An IANA name; reports and dates are in it.
    pub timezone: String,
    /// The calendar where none is named.
    pub calendar: String,
    /// Where a ticket goes that names no queue; empty when the desk has none.
    pub default_queue: String,
    /// A resolved ticket is closed after it.
    pub close_after: Span,
    /// A closed ticket may be reopened within it.
    pub reopen_window: Span,
    /// Bytes an attachment may have.
    pub max_file: u64,
    /// More than the built-in ones.
    pub resolutions: Vec<String>,
    pub requesters: Requesters,
}

impl Default for Desk {
    fn default() -> Desk {
        Desk {
            schema: SCHEMA,
            name: String::new(),
            timezone: "UTC".to_owned(),
            calendar: String::new(),
            default_queue: String::new(),
            close_after: Span::WorkingDays(5),
            reopen_window: Span::Seconds(14 * 86_400),
            max_file: 10 * MIB,
            resolutions: Vec::new(),
            requesters: Requesters::Anyone,
        }
    }
}

impl Desk {
    pub(super) fn read(mut s: Section<'_>) -> Desk {
        let default = Desk::default();
        let schema = s.whole("schema", u32::MAX, "1");
        if !s.has("schema") {
            s.error("schema", "`desk.schema` is missing", "schema = 1");
        }
        let desk = Desk {
            schema: schema.unwrap_or(SCHEMA),
            name: s.text_or("name", ""),
            timezone: timezone(&mut s).unwrap_or(default.timezone),
            calendar: s.text_or("calendar", ""),
            default_queue: s.text_or("default_queue", ""),
            close_after: s.span("close_after").unwrap_or(default.close_after),
            reopen_window: s.span("reopen_window").unwrap_or(default.reopen_window),
            max_file: size(&mut s).unwrap_or(default.max_file),
            resolutions: resolutions(&mut s),
            requesters: s.word("requesters", Requesters::parse, &Requesters::spellings()).unwrap_or(default.requesters),
        };
        if desk.schema > SCHEMA {
            s.warning(
                "schema",
                format!("this desk has schema {}, newer than this program's {SCHEMA}", desk.schema),
                "install a newer git-desk: this one reads it and will not write",
            );
        }
        s.done();
        desk
    }
}

/// A name that the time zone database knows. Where there is no database at all, any name passes.
pub(super) fn timezone(s: &mut Section<'_>) -> Option<String> {
    let name = s.text("timezone")?;
    // The names that we bring along are at hand; those of the machine take a walk through its folders.
    let known = jiff::tz::TimeZoneDatabase::bundled().get(&name).is_ok();
    if !known && jiff::tz::db().get(&name).is_err() {
        let zones = jiff::tz::db();
        let known: Vec<String> = zones.available().map(|zone| zone.to_string()).collect();
        let fix = match crate::model::near::nearest(&name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "an IANA name, as in timezone = \"Europe/Amsterdam\"".to_owned(),
        };
        s.error("timezone", format!("there is no time zone \"{name}\""), fix);
        return None;
    }
    Some(name)
}

fn size(s: &mut Section<'_>) -> Option<u64> {
    let found = s.value("max_file")?;
    if let Some(bytes) = found.bytes() {
        return Some(bytes);
    }
    let text = found.text()?;
    let bytes = parse_size(&text);
    if bytes.is_none() {
        found.error(format!("\"{text}\" is no size"), "max_file = \"10 MiB\"".to_owned());
    }
    bytes
}

/// Bytes: `"10 MiB"`, `"500 KB"`, `"1048576"`.
pub fn parse_size(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1024,
        "mib" => MIB,
        "gib" => 1024 * MIB,
        _ => return None,
    };
    number.checked_mul(unit)
}

fn resolutions(s: &mut Section<'_>) -> Vec<String> {
    let mut own = s.list("resolutions");
    for resolution in own.iter().filter(|word| !crate::model::name::is_name(word)) {
        s.error("resolutions", format!("\"{resolution}\" is no name"), "a to z, 0 to 9 and - between them");
    }
    own.retain(|word| crate::model::name::is_name(word) && Resolution::parse(word).is_none());
    own
}

/// `[queues.NAME]`: a line of support, or a team.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    pub title: String,
    /// 1 is the first line.
    pub level: u32,
    /// The queue that escalation goes to; empty at the last level.
    pub next: String,
    /// Handles of agents.
    pub members: Vec<String>,
    /// A handle; empty is nobody.
    pub lead: String,
    /// A retired queue takes no tickets.
    pub active: bool,
}

impl Queue {
    pub(super) fn read(mut s: Section<'_>) -> Queue {
        let queue = Queue {
            title: s.text_or("title", ""),
            level: s.whole("level", 99, "1").unwrap_or(1),
            next: s.text_or("next", ""),
            members: s.list("members"),
            lead: s.text_or("lead", ""),
            active: s.boolean("active", true),
        };
        s.done();
        queue
    }
}

/// `[agents.HANDLE]`: a person of the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    pub name: String,
    pub emails: Vec<String>,
    /// Money per hour, in the currency of the report.
    pub hourly_rate: Option<f64>,
    pub role: Role,
    /// Their name on the forge, by which they are asked to review; empty where it is not known.
    pub forge: String,
    /// A retired agent takes no tickets; the name stays for history.
    pub active: bool,
}

impl Agent {
    pub(super) fn read(mut s: Section<'_>) -> Agent {
        let agent = Agent {
            name: s.text_or("name", ""),
            emails: emails(&mut s),
            hourly_rate: s.number("hourly_rate", 1e9, "60"),
            role: s.word("role", Role::parse, &Role::spellings()).unwrap_or(Role::Agent),
            forge: forge(&mut s),
            active: s.boolean("active", true),
        };
        s.done();
        agent
    }
}

/// Whether a text can be somebody's name on a forge: what GitHub, GitLab and Gitea all take for one, and no path.
pub fn is_login(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=255).contains(&name.len()) && name.bytes().all(plain) && name.bytes().any(|byte| byte != b'.')
}

fn forge(s: &mut Section<'_>) -> String {
    let login = s.text_or("forge", "");
    if !login.is_empty() && !is_login(&login) {
        s.error("forge", format!("\"{login}\" is no name on a forge"), "forge = \"ana-agent\", without @");
        return String::new();
    }
    login
}

fn emails(s: &mut Section<'_>) -> Vec<String> {
    let emails = s.list("emails");
    for email in emails.iter().filter(|email| !email.contains('@')) {
        s.error("emails", format!("\"{email}\" is no mail address"), "emails = [\"ana@example.com\"]");
    }
    emails
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_with_and_without_a_unit() {
        assert_eq!(parse_size("10 MiB"), Some(10_485_760));
        assert_eq!(parse_size("500kb"), Some(500_000));
        assert_eq!(parse_size("77"), Some(77));
        assert_eq!(parse_size("MiB"), None);
        assert_eq!(parse_size("1 parsec"), None);
    }
}
