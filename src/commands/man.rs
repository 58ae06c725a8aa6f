//! Man pages, made from the definitions of the command line: `man/` holds them, and `setup shell` installs them.

use clap::CommandFactory;

use super::Cli;
use super::help::TOPICS;
use crate::error::{Problem, Result};

/// Topics that have a page of section 7.
const PAGES: &[&str] = &["query", "desks", "check-codes", "scripting"];

/// Every page by the name of its file, `git-desk-open.1`.
pub fn pages() -> Result<Vec<(String, Vec<u8>)>> {
    let mut cli = Cli::command();
    cli.build();
    let mut pages = vec![("git-desk.1".to_owned(), page(&cli, "git-desk")?)];
    for command in cli.get_subcommands() {
        add(command, "git-desk", &mut pages)?;
    }
    for (name, about, text) in TOPICS.iter().filter(|(name, _, _)| PAGES.contains(name)) {
        pages.push((format!("git-desk-{name}.7"), topic(name, about, text)));
    }
    Ok(pages)
}

fn add(command: &clap::Command, above: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let name = format!("{above}-{}", command.get_name());
    pages.push((format!("{name}.1"), page(command, &name)?));
    command.get_subcommands().try_for_each(|below| add(below, &name, pages))
}

fn page(command: &clap::Command, name: &str) -> Result<Vec<u8>> {
    let command = command.clone().name(name.to_owned()).disable_help_flag(true);
    let mut bytes = Vec::new();
    // Without a date, so that the page changes only with the program.
    let man = clap_mangen::Man::new(command).title(name.to_uppercase()).date("").manual("git-desk");
    man.render(&mut bytes).map_err(|error| Problem::usage(format!("no page of {name} can be made: {error}")))?;
    Ok(bytes)
}

fn topic(name: &str, about: &str, text: &str) -> Vec<u8> {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = escaped.lines().map(|line| match line.starts_with(['.', '\'']) {
        true => format!("\\&{line}\n"),
        false => format!("{line}\n"),
    });
    let title = name.to_uppercase();
    format!(
        ".TH GIT\\-DESK\\-{title} 7 \"\" \"git\\-desk\" \"git\\-desk\"\n.SH NAME\ngit\\-desk\\-{name} \\- {about}\n.SH DESCRIPTION\n.nf\n{}.fi\n",
        lines.collect::<String>()
    )
    .into_bytes()
}
