//! Lossless edits of `desk.toml`, whose form is its owners': lines are added or one value is replaced.

/// Adds the table `[header]` with `lines` behind the last table whose name is `family` or begins with `family.`, else at
/// the end.
pub fn append_table(bytes: &[u8], header: &str, family: &str, lines: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let crlf = text.contains("\r\n");
    let headers = headers(&text);
    let of_family = |name: &str| name == family || name.strip_prefix(family).is_some_and(|rest| rest.starts_with('.'));
    let last = headers.iter().rposition(|header| of_family(&header.name));
    let end = match last.and_then(|at| headers.get(at + 1)) {
        // Comments directly above the next table belong to it.
        Some(next) if last.is_some() => above_comments(&text, next.start),
        _ => text.len(),
    };
    let before = text[..end].trim_end();
    let behind = &text[end..];
    let gap = if before.is_empty() { "" } else { "\n\n" };
    let tail = if behind.is_empty() { "" } else { "\n" };
    let block = format!("{gap}[{header}]\n{}\n{tail}", lines.trim_end());
    let block = if crlf { block.replace('\n', "\r\n") } else { block };
    format!("{before}{block}{behind}").into_bytes()
}

/// Sets `key` of `[table]` to a value that is written already; the rest of its line, such as a comment, stays.
/// `None` when there is no such table.
pub fn set_key(bytes: &[u8], table: &str, key: &str, value: &str) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let headers = headers(&text);
    let at = headers.iter().position(|header| header.name == table)?;
    let (start, end) = (headers[at].end, headers.get(at + 1).map_or(text.len(), |next| next.start));
    let mut offset = start;
    let mut last = start;
    for line in text[start..end].split_inclusive('\n') {
        let name = line.split('=').next().unwrap_or_default().trim();
        if name == key && line.contains('=') {
            let from = offset + line.find('=')? + 1;
            let old = value_end(&text[from..offset + line.len()]);
            return Some(format!("{} {value}{}", &text[..from], &text[from + old..]).into_bytes());
        }
        offset += line.len();
        if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            last = offset;
        }
    }
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let open = if text[..last].ends_with('\n') { "" } else { line_break };
    Some(format!("{}{open}{key} = {value}{line_break}{}", &text[..last], &text[last..]).into_bytes())
}

struct Header {
    name: String,
    start: usize,
    end: usize,
}

/// Header lines outside of multi-line strings.
fn headers(text: &str) -> Vec<Header> {
    let mut found = Vec::new();
    let mut inside: Option<&str> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let range = offset..offset + line.len();
        offset = range.end;
        if let Some(fence) = inside {
            if line.contains(fence) {
                inside = None;
            }
            continue;
        }
        let trimmed = line.trim();
        if trimmed.starts_with('[') && !trimmed.starts_with("[\"") {
            let name = trimmed.trim_start_matches('[').split(']').next().unwrap_or_default().trim().to_owned();
            found.push(Header { name, start: range.start, end: range.end });
        }
        inside = ["'''", "\"\"\""].into_iter().find(|fence| line.matches(fence).count() == 1);
    }
    found
}

fn above_comments(text: &str, mut start: usize) -> usize {
    loop {
        let above = &text[..start];
        let line_start = above.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        if start == 0 || !above[line_start..].trim_start().starts_with('#') {
            return start;
        }
        start = line_start;
    }
}

/// Length of the value at the start of a line's rest, with the blanks before it; what follows is blanks and a comment.
fn value_end(rest: &str) -> usize {
    let mut quote = None;
    let mut end = rest.trim_end().len();
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '#') => {
                end = rest[..at].trim_end().len();
                break;
            }
            _ => {}
        }
    }
    end
}
