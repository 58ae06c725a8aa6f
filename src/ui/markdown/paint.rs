//! Letters with their looks: wrapped by what is seen, painted at the end.

/// How a letter looks, where colour is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paint {
    pub bold: bool,
    pub italic: bool,
    pub underlined: bool,
    pub code: bool,
}

/// Text with its looks; a line break stands for itself.
pub type Letters = Vec<(char, Paint)>;

/// The lines of a text, each of at most `room` letters; a word that is longer is broken.
pub fn wrapped(text: &[(char, Paint)], room: usize) -> Vec<Letters> {
    let mut lines = Vec::new();
    for line in text.split(|(c, _)| *c == '\n') {
        let mut rest = trimmed(line);
        while rest.len() > room.max(1) {
            let space = rest[..=room].iter().rposition(|(c, _)| *c == ' ').filter(|at| *at > 0);
            let end = space.unwrap_or(room);
            lines.push(trimmed(&rest[..end]).to_vec());
            rest = trimmed(&rest[end..]);
        }
        lines.push(rest.to_vec());
    }
    lines
}

fn trimmed(mut text: &[(char, Paint)]) -> &[(char, Paint)] {
    while let [(' ', _), rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., (' ', _)] = text {
        text = rest;
    }
    text
}

/// The text as a terminal is told; plain without colour.
pub fn painted(text: &[(char, Paint)], colour: bool) -> String {
    if !colour {
        return text.iter().map(|(c, _)| c).collect();
    }
    let mut out = String::new();
    for run in text.chunk_by(|(_, one), (_, other)| one == other) {
        let words: String = run.iter().map(|(c, _)| c).collect();
        let style = run.first().map_or_else(anstyle::Style::new, |(_, paint)| style(*paint));
        out.push_str(&format!("{style}{words}{style:#}"));
    }
    out
}

fn style(paint: Paint) -> anstyle::Style {
    let mut style = anstyle::Style::new();
    if paint.bold {
        style = style.bold();
    }
    if paint.italic {
        style = style.italic();
    }
    if paint.underlined {
        style = style.underline();
    }
    if paint.code {
        style = style.fg_color(Some(anstyle::AnsiColor::Cyan.into()));
    }
    style
}
