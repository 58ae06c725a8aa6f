//! What a failure is like, in words that stay the same while it is the same trouble.

use std::sync::LazyLock;

use regex::Regex;

/// Numbers, and words of digits and letters a–f such as commit ids and addresses.
static CHANGING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b[0-9a-f]*[0-9][0-9a-f]*\b|[0-9]+").ok());

/// Characters of a line that count.
const LONGEST: usize = 200;

/// How it ended, and the first line that it complained with, digits masked.
pub fn kind_of(ended: &str, complaint: &str) -> String {
    let line: String = complaint.chars().take(LONGEST).collect();
    let masked = match &*CHANGING {
        Some(changing) => changing.replace_all(line.trim(), "#").into_owned(),
        None => String::new(),
    };
    format!("{ended} {masked}").trim_end().to_owned()
}
