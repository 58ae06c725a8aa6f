//! The codes of findings. A code keeps its meaning for ever; one that is no longer given is not given to another.

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    pub code: &'static str,
    /// As it mostly is: a reference that only an ended ticket has is a warning.
    pub level: &'static str,
    /// Whether `check --fix` puts it right.
    pub fixed: bool,
    pub what: &'static str,
}

const fn error(code: &'static str, what: &'static str) -> Code {
    Code { code, level: "error", fixed: false, what }
}

const fn warning(code: &'static str, what: &'static str) -> Code {
    Code { code, level: "warning", fixed: false, what }
}

const fn fixed(code: Code) -> Code {
    Code { fixed: true, ..code }
}

/// The first digit of a code, and what such codes are about.
pub const GROUPS: &[(char, &str)] = &[
    ('0', "text"),
    ('1', "types and required fields"),
    ('2', "ids, paths, what is taken twice"),
    ('3', "references"),
    ('4', "workflow"),
    ('5', "secrets and hidden characters"),
    ('6', "size and kind of files"),
    ('7', "form"),
    ('8', "the desk's own rules"),
    ('9', "the repository"),
];

/// In their order.
pub const CODES: &[Code] = &[
    error("DSK001", "this is no TOML"),
    error("DSK002", "a merge left its conflict markers"),
    error("DSK003", "the file is not UTF-8"),
    fixed(warning("DSK004", "lines end with CRLF")),
    fixed(warning("DSK005", "the file begins with a byte order mark")),
    error("DSK101", "a value is missing, of the wrong type, or none of the words that the field takes"),
    error("DSK102", "desk.toml or the file of a customer or a service says what cannot be"),
    warning("DSK103", "a key that nobody reads"),
    error("DSK104", "the title has more than 200 characters"),
    error("DSK105", "the deduplication key has more than 255 characters"),
    warning("DSK106", "an article that is changed, or asked for by its path, has no symptoms"),
    warning("DSK107", "an article has no steps"),
    warning("DSK108", "an article is validated, and nobody says when it was tested"),
    warning("DSK109", "an article is about more than one problem"),
    warning("DSK110", "a contract in use was changed or taken out"),
    error("DSK201", "a file's name or folder is not what it must be"),
    error("DSK202", "two open tickets have one deduplication key"),
    error("DSK203", "two tickets have one number of another system"),
    error("DSK204", "one id is in two places"),
    error("DSK205", "an entry or attachment belongs to no ticket"),
    warning("DSK206", "an attachment has a name that not every system takes"),
    error("DSK207", "a name is not UTF-8"),
    error("DSK301", "there is no such queue"),
    error("DSK302", "there is no such agent"),
    error("DSK303", "a link leads nowhere, or to the ticket itself"),
    error("DSK304", "there is no such article"),
    error("DSK305", "there is no such service"),
    error("DSK306", "there is no such customer"),
    error("DSK307", "an entry names an attachment that is not there"),
    error("DSK308", "a queue, an agent, a customer or a service has been taken out"),
    error("DSK401", "the status may not change that way"),
    error("DSK402", "the ticket has ended without a resolution"),
    error("DSK403", "there is no such resolution"),
    error("DSK404", "a duplicate does not say of what"),
    error("DSK405", "links run in a circle"),
    error("DSK406", "the ticket waits for nobody"),
    warning("DSK407", "what a ticket waited for is left over"),
    warning("DSK408", "a resolution is left over on an open ticket"),
    error("DSK409", "something that blocks the ticket is still open"),
    warning("DSK410", "the priority is not that of impact and urgency, and nobody says why"),
    error("DSK411", "an approval is still open"),
    error("DSK412", "an escalation does not say why"),
    warning("DSK413", "the ticket went up a queue without an escalation"),
    error("DSK414", "a ticket was deleted"),
    error("DSK415", "an entry or attachment was deleted"),
    error("DSK416", "an entry was changed that is somebody else's"),
    warning("DSK417", "a ticket was reopened without a word why"),
    error("DSK418", "a commit left a ticket that could not be read"),
    warning("DSK419", "the day on which an article should have been reviewed is past"),
    error("DSK501", "a secret"),
    error("DSK502", "a character that controls a terminal"),
    fixed(error("DSK503", "a character that turns the direction of text")),
    fixed(warning("DSK504", "a character that takes no room")),
    warning("DSK505", "what looks like a secret in an attachment that is new or changed"),
    error("DSK601", "the file is too large to be read"),
    error("DSK602", "the attachment is larger than the desk allows"),
    error("DSK603", "a link of the file system"),
    error("DSK604", "a repository in the repository"),
    fixed(warning("DSK605", "the file can be executed")),
    fixed(warning("DSK701", "the file is not in canonical form")),
    warning("DSK702", "a form of TOML that readers of TOML 1.0 refuse"),
    error("DSK801", "an act needs a field ([[require]])"),
    error("DSK802", "somebody did what only others may ([[permit]])"),
    warning("DSK803", "an entry says it is another agent's than its commit"),
    error("DSK804", "an approval or refusal is somebody's whom the service does not ask"),
    warning("DSK901", "the clone is shallow"),
    fixed(warning("DSK902", ".gitattributes lacks a line of the desk's")),
    warning("DSK903", "several acts were squashed into one commit"),
];

/// The table as a page of help.
pub fn table() -> String {
    let mut out = String::new();
    for (digit, about) in GROUPS {
        out.push_str(&format!("{digit}xx  {about}\n"));
        for code in CODES.iter().filter(|code| code.code.as_bytes().get(3) == Some(&(*digit as u8))) {
            let mark = if code.fixed { "  (--fix)" } else { "" };
            out.push_str(&format!("  {}  {:<8} {}{mark}\n", code.code, code.level, code.what));
        }
        out.push('\n');
    }
    out
}
