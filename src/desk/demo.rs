//! `demo`: a small lively desk, made by the same acts that people do.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::desk::actor::Actor;
use crate::desk::init::{Init, init};
use crate::desk::policy::{self, NewAgent};
use crate::desk::tickets::comment::Comment;
use crate::desk::tickets::escalate::{Escalate, Where};
use crate::desk::tickets::finish::{Finish, reopen};
use crate::desk::tickets::open::Open;
use crate::desk::tickets::wait::{resume, wait};
use crate::desk::tickets::{Acted, assign, message};
use crate::desk::{Desk, Options, Room};
use crate::env::Env;
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::word::{Channel, EntryKind, Kind, Priority, Role, WaitingOn};
use crate::store::message::Person;
use crate::store::{Place, Store};

/// What was made.
pub struct Demo {
    pub tickets: usize,
    /// A ticket with a conversation.
    pub show: TicketId,
    /// A ticket that nobody has.
    pub free: TicketId,
}

/// Title, report, category, priority.
const REPORTS: &[(&str, &str, &str, Priority)] = &[
    ("Printer HP-4 prints blank pages", "Since Monday; the toner is new.", "printing", Priority::P3),
    ("VPN drops every hour", "At :00 sharp all sessions of the site are gone.", "network/vpn", Priority::P2),
    ("Laptop for new colleague", "Starts on Monday, needs the usual set.", "hardware/laptop", Priority::P4),
    ("Mailbox over quota, mail bounces", "It says 552 to everybody who writes.", "mail", Priority::P3),
    ("Cannot print from Citrix", "The printer is there, the job vanishes.", "printing/citrix", Priority::P3),
    ("ERP: no listener, nobody can work", "ORA-12541 at every login.", "erp", Priority::P1),
    ("Please add meeting room 4.12 to the calendar", "For bookings from December on.", "mail/calendar", Priority::P4),
    (
        "Headset not seen since the dock was updated",
        "Windows shows it, Teams does not.",
        "hardware/audio",
        Priority::P3,
    ),
    ("Shared drive is read-only", "Whole team; files from yesterday open.", "files", Priority::P2),
    ("Two-factor token lost", "New phone, old one is wiped.", "accounts", Priority::P3),
    ("web7: certificate expires in 9 days", "notAfter=Dec  3 09:00:00 2026 GMT", "web", Priority::P3),
    (
        "nightly-backup failed on db1 (exit 23)",
        "rsync error: some files could not be transferred",
        "backup",
        Priority::P2,
    ),
];

const REQUESTERS: &[&str] =
    &["bob@example.com", "j.devries@example.com", "fatima@example.com", "lee@example.com", "noor@example.com"];

/// Days of history: eight weeks.
const DAYS: i64 = 56;
const TICKETS: i64 = 60;

/// Fills a new desk in `folder`.
pub fn demo(env: &Env, folder: &Path) -> Result<Demo> {
    init(env, &Init { folder: folder.to_owned(), ..Init::default() })?;
    let mut place = Place::named(env, folder);
    for (name, value) in [("desk.durability", "none"), ("commit.gpgsign", "false")] {
        place.overrides.push((name.to_owned(), value.to_owned()));
    }
    let desk = Desk::new(env, Store::open(&place)?, Options::default());
    let mut play = Play { desk: &desk, people: people(&desk)?, dice: 0x0dec_ade5 };
    let begin = env.now.checked_sub(SignedDuration::from_hours(24 * DAYS))?;
    let mut show = None;
    let mut free = None;
    for number in 0..TICKETS {
        // More on later days than on earlier ones, and all within working hours.
        let day = number * DAYS / TICKETS;
        let at = begin + SignedDuration::from_secs(day * 86_400 + play.roll(8 * 3_600));
        let story = play.ticket(number, at)?;
        show = show.or(story.talked.then_some(story.id));
        free = if story.free { Some(story.id) } else { free };
    }
    let (Some(show), Some(free)) = (show, free) else { anyhow::bail!("the demo has no story to show") };
    Ok(Demo { tickets: TICKETS as usize, show, free })
}

/// The desk's agents, the caller first.
fn people(desk: &Desk<'_>) -> Result<Vec<Actor>> {
    let team = [("chris", "Chris Vermeer"), ("dana", "Dana Okafor"), ("bo", "Bo Lindqvist")];
    desk.write(|room| {
        for (handle, name) in team {
            let agent = NewAgent {
                handle: Some(handle.to_owned()),
                emails: vec![format!("{handle}@example.com")],
                name: Some(name.to_owned()),
                role: Role::Agent,
            };
            policy::add_agent(room, &agent)?;
        }
        Ok(())
    })?;
    let (policy, _) = desk.policy()?;
    let mut people = vec![desk.person(&policy)?];
    people.extend(team.map(|(handle, name)| Actor {
        person: Person::new(name, &format!("{handle}@example.com")),
        name: handle.to_owned(),
        is_agent: true,
    }));
    Ok(people)
}

struct Play<'d> {
    desk: &'d Desk<'d>,
    people: Vec<Actor>,
    dice: u64,
}

/// How a ticket's story went.
struct Story {
    id: TicketId,
    talked: bool,
    free: bool,
}

impl Play<'_> {
    /// A number below `sides`, the same in every demo.
    fn roll(&mut self, sides: i64) -> i64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.dice >> 33) as i64).rem_euclid(sides.max(1))
    }

    /// One act by one person; nothing when its time has not come.
    fn act(
        &self,
        who: usize,
        at: Timestamp,
        verb: &str,
        words: &str,
        act: impl Fn(&mut Room<'_, '_>) -> Result<Acted>,
    ) -> Result<Option<Acted>> {
        if at > self.desk.env.now {
            return Ok(None);
        }
        let done = self.desk.write_as(&self.people[who], at, |room| {
            let acted = act(room)?;
            room.tx.describe(message(verb, std::slice::from_ref(&acted), words));
            Ok(acted)
        })?;
        Ok(Some(done.value))
    }

    fn ticket(&mut self, number: i64, at: Timestamp) -> Result<Story> {
        let (title, body, category, priority) = REPORTS[(number * 7 % REPORTS.len() as i64) as usize];
        let requester = REQUESTERS[self.roll(REQUESTERS.len() as i64) as usize];
        let open = Open {
            title: title.to_owned(),
            body: body.to_owned(),
            category: category.to_owned(),
            priority: Some(priority),
            kind: Some(if category.starts_with("hardware/laptop") { Kind::Request } else { Kind::Incident }),
            requester: requester.to_owned(),
            channel: Some([Channel::Phone, Channel::Email, Channel::Portal][self.roll(3) as usize]),
            queue: Some("l1".to_owned()),
            ..Open::default()
        };
        let first_line = 1 + self.roll(2) as usize;
        let at = at.min(self.desk.env.now);
        let opened = self.act(first_line, at, "open", "", |room| open.apply(room, None))?;
        let Some(opened) = opened else { anyhow::bail!("a demo's ticket lies in the future") };
        let id = opened.id();
        let mut story = Story { id, talked: false, free: false };
        if number % 9 == 8 {
            story.free = true;
            return Ok(story);
        }
        let mut clock = at;
        let mut later = |play: &mut Self, hours: i64| {
            let minutes = 10 + play.roll(60 * hours);
            clock = clock.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(clock);
            clock
        };
        let me = assign::To::Me;
        let time = later(self, 2);
        self.act(first_line, time, "assign", "", |room| assign::assign(room, id, &me, &assign::Provided::Always, ""))?;
        let time = later(self, 6);
        let say = |kind, body: &str| Comment { kind, body: body.to_owned(), uploads: Vec::new(), automatic: false };
        let answer = say(EntryKind::Comment, "We have seen it and are looking into it. Next word before noon.");
        story.talked = self.act(first_line, time, "comment", "", |room| answer.apply(room, id))?.is_some();
        let mut hand = first_line;
        if number % 5 == 1 {
            let reason = "not a first-line matter: the logs point at the server side";
            let up = Escalate { to: Where::Next, reason: reason.to_owned(), priority: None };
            let time = later(self, 5);
            self.act(hand, time, "escalate", reason, |room| up.apply(room, id))?;
            let note = say(EntryKind::Note, "reproduced on the test system; the last update changed a default");
            hand = 3;
            let time = later(self, 8);
            self.act(hand, time, "assign", "", |room| assign::assign(room, id, &me, &assign::Provided::Always, ""))?;
            let time = later(self, 8);
            self.act(hand, time, "note", "", |room| note.apply(room, id))?;
        }
        if number % 6 == 2 {
            let time = later(self, 8);
            let words = "asked for a picture of the error";
            self.act(hand, time, "wait", words, |room| wait(room, id, WaitingOn::Requester, None, words))?;
            if number % 12 != 2 {
                let time = later(self, 40);
                self.act(hand, time, "resume", "the picture is here", |room| resume(room, id, "the picture is here"))?;
            } else {
                return Ok(story);
            }
        }
        let time = later(self, 60);
        self.finish(id, hand, time, number)?;
        Ok(story)
    }

    fn finish(&mut self, id: TicketId, hand: usize, at: Timestamp, number: i64) -> Result<()> {
        let resolution = ["fixed", "fixed", "fixed", "workaround", "answered", "cancelled"][self.roll(6) as usize];
        let ending = Finish {
            resolution: resolution.to_owned(),
            solution: "Set the old default again and restarted the service.".to_owned(),
            ..Finish::default()
        };
        self.act(hand, at, "resolve", &ending.solution, |room| ending.apply(room, id))?;
        if number % 11 == 4 {
            let back = at + SignedDuration::from_hours(20);
            self.act(hand, back, "reopen", "it is back", |room| reopen(room, id, "it is back"))?;
            if number % 2 == 0 {
                let again = back + SignedDuration::from_hours(5);
                self.act(hand, again, "resolve", "", |room| ending.apply(room, id))?;
            }
        }
        let close = Finish { close: true, ..Finish::default() };
        let end = at + SignedDuration::from_hours(24 * 5);
        if number % 11 != 4 {
            self.act(hand, end, "close", "", |room| close.apply(room, id))?;
        }
        Ok(())
    }
}
