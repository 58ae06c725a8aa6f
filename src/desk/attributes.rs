//! Git's attributes of a desk's files.

/// No driver is needed to merge them, and with one nothing conflicts.
pub const LINES: &str = "*.toml text eol=lf merge=desk diff=desk\ntickets/**/files/** -text -merge -diff\n";

/// The lines that a `.gitattributes` lacks.
pub fn missing(there: &str) -> Vec<&'static str> {
    LINES.lines().filter(|line| !there.lines().any(|have| have.trim() == *line)).collect()
}

/// The attributes that are there, and ours behind them where they are missing.
pub fn completed(there: &str) -> String {
    let missing: String = missing(there).iter().map(|line| format!("{line}\n")).collect();
    let gap = if there.is_empty() || there.ends_with('\n') { "" } else { "\n" };
    format!("{there}{gap}{missing}")
}
