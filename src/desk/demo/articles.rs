//! The demo's knowledge: what the team has written down, and which reports it solves.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::desk::Desk;
use crate::desk::actor::Actor;
use crate::error::Result;
use crate::model::article::{Article, path};
use crate::model::field::FileKind;
use crate::store::document;
use crate::store::message::Message;

struct Written {
    name: &'static str,
    text: &'static str,
    /// The titles of the reports that it solves.
    solves: &'static [&'static str],
}

macro_rules! written {
    ($name:literal, $solves:expr) => {
        Written { name: $name, text: include_str!(concat!("kb/", $name, ".toml")), solves: $solves }
    };
}

const ARTICLES: &[Written] = &[
    written!("accounts/new-second-factor", &["Two-factor token lost"]),
    written!("accounts/new-second-factor-nl", &[]),
    written!("accounts/outlook-asks-for-password", &["Outlook asks for the password again and again"]),
    written!("mail/mailbox-over-quota", &["Mailbox over quota, mail bounces"]),
    written!("mail/mailbox-over-quota-nl", &[]),
    written!("printing/blank-pages", &["Printer HP-4 prints blank pages"]),
    written!("storage/disk-full", &["Disk of nas1 is 92 % full"]),
    written!("vpn/drops-every-hour", &["VPN drops every hour"]),
];

/// The article that solves what is reported under a title.
pub fn solving(title: &str) -> Option<&'static str> {
    ARTICLES.iter().find(|article| article.solves.contains(&title)).map(|article| article.name)
}

/// Writes them, each by one of the team, from a moment on, some hours between; days of tests and reviews follow from now.
pub fn write(desk: &Desk<'_>, team: &[Actor], begin: Timestamp) -> Result<()> {
    let today = desk.env.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    for (number, (written, age)) in ARTICLES.iter().zip((1_i64..).map(|number| number * 17)).enumerate() {
        let (owner, tester) = (&team[number % team.len()], &team[(number + 1) % team.len()]);
        let bytes = of_today(written, &owner.name, &tester.name, today.checked_sub(age.days())?)?;
        let at = begin + SignedDuration::from_hours(number as i64);
        desk.write_as(owner, at, |room| {
            room.tx.put(path(written.name), bytes.clone());
            room.tx.describe(Message::new(format!("kb new {}", written.name)).trailer("Desk-Act", "kb"));
            Ok(())
        })?;
    }
    Ok(())
}

/// The file of an article that was tested on a day, in canonical form.
fn of_today(written: &Written, owner: &str, tester: &str, tested: Date) -> Result<Vec<u8>> {
    let record = document::parse(FileKind::Article, written.text.as_bytes());
    let record = record.map_err(|mistake| anyhow::anyhow!("{}: {}", written.name, mistake.message))?;
    let (article, _) = Article::read(written.name, &record);
    let article = Article {
        owner: owner.to_owned(),
        tested: Some(tested),
        tested_by: tester.to_owned(),
        review_by: Some(tested.checked_add(1.year())?),
        ..article
    };
    Ok(document::canonical(FileKind::Article, &article.record()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::demo::reports::REPORTS;

    #[test]
    fn every_article_is_in_canonical_form_and_solves_a_report_there_is() {
        for written in ARTICLES {
            let text = written.text;
            let formatted = document::format(FileKind::Article, text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(formatted).unwrap(), text, "{}", written.name);
            for title in written.solves {
                assert!(REPORTS.iter().any(|report| report.title == *title), "{title}");
            }
        }
    }
}
