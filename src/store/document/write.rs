//! Values as text, in the forms that we write.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::model::field::Shape;

/// Text in NFC; that of ASCII alone is.
fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// A basic string: `"…"` with everything hidden or hostile escaped.
pub fn basic_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in nfc(text).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => push_visible(&mut out, c),
        }
    }
    out.push('"');
    out
}

fn push_visible(out: &mut String, c: char) {
    if c.is_control() || is_hidden(c) {
        let _ = match u32::from(c) {
            code @ 0..=0xffff => write!(out, "\\u{code:04X}"),
            code => write!(out, "\\U{code:08X}"),
        };
    } else {
        out.push(c);
    }
}

/// Characters that turn the direction of text or take no room.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text as we keep it: NFC, LF, no blanks at line ends, no empty lines at the end.
pub fn tidy_text(text: &str) -> String {
    let text = nfc(text).replace("\r\n", "\n");
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches([' ', '\t'])).collect();
    lines.join("\n").trim_end_matches('\n').to_owned()
}

/// Text as a literal block, or as a basic block where that cannot hold it. The empty text takes two lines.
pub fn text_block(text: &str) -> String {
    let text = tidy_text(text);
    let plain = |c: char| c == '\n' || c == '\t' || (!c.is_control() && !is_hidden(c));
    if text.is_empty() {
        return "'''\n'''".to_owned();
    }
    if !text.contains("'''") && text.chars().all(plain) {
        return format!("'''\n{text}\n'''");
    }
    let mut out = "\"\"\"\n".to_owned();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' | '\t' => out.push(c),
            c => push_visible(&mut out, c),
        }
    }
    out.push_str("\n\"\"\"");
    out
}

/// A bare key where TOML allows one.
pub fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if bare { name.to_owned() } else { basic_string(name) }
}

/// A value in the form of its field; `None` and unknown shapes are written as what they are.
pub fn value(shape: Option<Shape>, value: Option<&Value>) -> String {
    match (shape, value) {
        (Some(Shape::List), Some(Value::Array(list))) if list.iter().all(Value::is_string) => list_block(list),
        (Some(Shape::List), None) => "[\n]".to_owned(),
        (Some(Shape::Text), None) => text_block(""),
        (Some(Shape::Text), Some(Value::String(text))) => text_block(text),
        (Some(Shape::Time), Some(Value::String(text))) if text.parse::<jiff::Timestamp>().is_ok() => text.clone(),
        (Some(Shape::Date), Some(Value::String(text))) if is_date(text) => text.clone(),
        (_, None) => "\"\"".to_owned(),
        (_, Some(value)) => plain(value),
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Any value on one line.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) if number.is_f64() => {
            let text = number.to_string();
            if text.contains(['.', 'e', 'E']) { text } else { format!("{text}.0") }
        }
        Value::Number(number) => number.to_string(),
        Value::String(text) => basic_string(&as_read(text)),
        Value::Array(list) => format!("[{}]", list.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let members: Vec<String> =
                table.iter().map(|(name, value)| format!("{} = {}", key(name), plain(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

/// Text without what a reader of it leaves out: CR in front of LF, and line breaks at the end.
fn as_read(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end_matches('\n').to_owned()
}

/// One element of a list on its line.
pub fn element(text: &str) -> String {
    format!("  {},\n", basic_string(&as_read(text)))
}

fn list_block(list: &[Value]) -> String {
    let mut words: Vec<String> = list.iter().filter_map(Value::as_str).map(|text| nfc(text).into_owned()).collect();
    words.sort_unstable();
    words.dedup();
    format!("[\n{}]", words.iter().map(|word| element(word)).collect::<String>())
}
