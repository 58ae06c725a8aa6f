//! How the demo's tickets go: each one a short story, told act by act until the present is reached.

use jiff::{SignedDuration, Timestamp};

use super::articles::solving;
use super::reports::{REPORTS, Report};
use crate::desk::actor::Actor;
use crate::desk::catalogue::request::Request;
use crate::desk::tickets::comment::Comment;
use crate::desk::tickets::escalate::{Escalate, Where};
use crate::desk::tickets::finish::{Finish, reopen};
use crate::desk::tickets::open::Open;
use crate::desk::tickets::wait::{resume, wait};
use crate::desk::tickets::{Acted, assign, message};
use crate::desk::{Desk, Room};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::word::{Channel, EntryKind, Priority, WaitingOn};

pub struct Play<'d> {
    desk: &'d Desk<'d>,
    agents: Vec<Actor>,
    requesters: Vec<Actor>,
    dice: u64,
}

/// What a story is good for.
pub struct Told {
    pub id: TicketId,
    /// Both sides said something.
    pub talked: bool,
    /// Nobody has it.
    pub free: bool,
}

/// One ticket while its story is told.
struct Story {
    id: TicketId,
    number: i64,
    queue: &'static str,
    requester: usize,
    /// The agent who has it.
    hand: usize,
    /// How many times as soon as usual things are done.
    haste: i64,
    /// The article that solves it.
    article: Option<&'static str>,
    clock: Timestamp,
    said: [bool; 2],
}

/// Words with which tickets end.
const SOLUTIONS: &[(&str, &str)] = &[
    ("fixed", "Set the old default again and restarted the service."),
    ("fixed", "The part was replaced; tested together with the requester."),
    ("workaround", "Uses the other way in until the update is here next week."),
    ("answered", "Shown how it is done; it is in the manual on page 4."),
    ("fixed", "A rule was in the wrong order. Moved it up and watched it for an hour."),
    ("known-error", "Known to the vendor; comes with their next version."),
    ("no-fault", "Could not be seen again in two days."),
];

/// How a ticket ends that an article solves.
const BY_ARTICLE: (&str, &str) = ("fixed", "Done as the article says; tested together with the requester.");

impl<'d> Play<'d> {
    pub fn new(desk: &'d Desk<'d>, agents: Vec<Actor>, requesters: Vec<Actor>) -> Play<'d> {
        Play { desk, agents, requesters, dice: 0x0dec_ade5 }
    }

    /// A number below `sides`, the same in every demo.
    pub fn roll(&mut self, sides: i64) -> i64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.dice >> 33) as i64).rem_euclid(sides.max(1))
    }

    /// Opens a ticket and tells its story. Titles come round in turn, so none is there more than a few times.
    pub fn ticket(&mut self, number: i64, at: Timestamp) -> Result<Told> {
        let report = &REPORTS[(number * 7 % REPORTS.len() as i64) as usize];
        let hand = match report.queue {
            "l1" => 1 + self.roll(2) as usize,
            _ => [3, 0][self.roll(2) as usize],
        };
        let requester = self.roll(self.requesters.len() as i64) as usize;
        let id = self.open(report, number, (at, hand, requester))?;
        let queue = report.queue;
        let haste = haste(report.priority);
        let article = solving(report.title);
        let mut story = Story { id, number, queue, requester, hand, haste, article, clock: at, said: [false; 2] };
        let free = number % 12 == 8;
        if free {
            self.left_alone(&mut story)?;
        } else {
            self.worked(&mut story)?;
        }
        Ok(Told { id, talked: story.said == [true; 2], free })
    }

    fn open(
        &mut self,
        report: &Report,
        number: i64,
        (at, hand, requester): (Timestamp, usize, usize),
    ) -> Result<TicketId> {
        let promised = (number % 12 == 10).then(|| at + SignedDuration::from_hours(48));
        let open = Open {
            title: report.title.to_owned(),
            body: report.body.to_owned(),
            category: report.category.to_owned(),
            asset: report.asset.to_owned(),
            priority: Some(report.priority),
            kind: Some(report.kind),
            requester: self.requesters[requester].name.clone(),
            channel: Some([Channel::Phone, Channel::Email, Channel::Portal][self.roll(3) as usize]),
            queue: Some(report.queue.to_owned()),
            due: promised,
            ..Open::default()
        };
        let opened = self.act(&self.agents[hand], at, "open", "", |room| open.apply(room, None))?;
        opened.map(|opened| opened.id()).ok_or_else(|| anyhow::anyhow!("a demo's ticket lies in the future"))
    }

    /// Somebody asks for something of the catalogue.
    pub fn request(&self, request: &Request, at: Timestamp) -> Result<()> {
        self.act(&self.requesters[2], at, "service request", "", |room| request.apply(room))?;
        Ok(())
    }

    /// One act by one person; nothing when its time has not come.
    fn act(
        &self,
        who: &Actor,
        at: Timestamp,
        verb: &str,
        words: &str,
        act: impl Fn(&mut Room<'_, '_>) -> Result<Acted>,
    ) -> Result<Option<Acted>> {
        if at > self.desk.env.now {
            return Ok(None);
        }
        let done = self.desk.write_as(who, at, |room| {
            let acted = act(room)?;
            room.tx.describe(message(verb, std::slice::from_ref(&acted), words));
            Ok(acted)
        })?;
        Ok(Some(done.value))
    }

    /// An act by whoever has the ticket, up to so many hours later.
    fn next(
        &mut self,
        story: &mut Story,
        hours: i64,
        (verb, words): (&str, &str),
        act: impl Fn(&mut Room<'_, '_>) -> Result<Acted>,
    ) -> Result<()> {
        self.pass(story, hours);
        self.act(&self.agents[story.hand], story.clock, verb, words, act)?;
        Ok(())
    }

    fn pass(&mut self, story: &mut Story, hours: i64) {
        let minutes = 5 + self.roll(60 * hours / story.haste);
        story.clock = story.clock.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(story.clock);
    }

    /// Nobody takes it; what is old is taken back by who asked.
    fn left_alone(&mut self, story: &mut Story) -> Result<()> {
        let ending = Finish {
            resolution: "cancelled".to_owned(),
            solution: "No longer needed, says the requester.".to_owned(),
            ..Finish::default()
        };
        self.pass(story, 24);
        story.clock += SignedDuration::from_hours(24 * 9);
        self.act(&self.agents[story.hand], story.clock, "resolve", "", |room| ending.apply(room, story.id))?;
        Ok(())
    }

    fn worked(&mut self, story: &mut Story) -> Result<()> {
        self.take(story)?;
        if matches!(story.number % 12, 1 | 6 | 9 | 11) {
            self.says(story, "We have seen it and are looking into it.")?;
        }
        match story.number % 12 {
            1 => self.escalated(story)?,
            2 => self.waits_for_an_answer(story)?,
            4 => {
                self.says(story, "We have seen it and are looking into it. Next word before noon.")?;
                self.solved(story, 30)?;
                return self.reopened(story);
            }
            5 => self.conversation(story)?,
            6 => self.waits(story, WaitingOn::Vendor, "the vendor has the logs, case 88-1204")?,
            9 => {
                self.escalated(story)?;
                self.escalated(story)?;
            }
            // Promised, and put off: the newest ones are late.
            10 => {
                self.notes(story, "the part is not in stock, asked for another date")?;
                story.clock += SignedDuration::from_hours(24 * 21);
            }
            11 => self.waits(story, WaitingOn::Approval, "costs money, so the lead of the department decides")?,
            _ => self.says(story, "We have seen it and are looking into it. Next word before noon.")?,
        }
        self.solved(story, 130)
    }

    fn take(&mut self, story: &mut Story) -> Result<()> {
        let (id, me) = (story.id, assign::To::Me);
        self.next(story, 2, ("assign", ""), |room| assign::assign(room, id, &me, &assign::Provided::Always, ""))
    }

    fn says(&mut self, story: &mut Story, words: &str) -> Result<()> {
        self.word(story, EntryKind::Comment, words)
    }

    fn notes(&mut self, story: &mut Story, words: &str) -> Result<()> {
        self.word(story, EntryKind::Note, words)
    }

    fn word(&mut self, story: &mut Story, kind: EntryKind, words: &str) -> Result<()> {
        let (id, say) = (story.id, Comment { kind, body: words.to_owned(), uploads: Vec::new(), automatic: false });
        self.next(story, 3, (kind.as_str(), ""), |room| say.apply(room, id))?;
        story.said[0] |= kind == EntryKind::Comment && story.clock <= self.desk.env.now;
        Ok(())
    }

    /// The requester says something.
    fn answers(&mut self, story: &mut Story, hours: i64, words: &str) -> Result<()> {
        let kind = EntryKind::Comment;
        let (id, say) = (story.id, Comment { kind, body: words.to_owned(), uploads: Vec::new(), automatic: false });
        self.pass(story, hours);
        let who = &self.requesters[story.requester];
        story.said[1] |= self.act(who, story.clock, "comment", "", |room| say.apply(room, id))?.is_some();
        Ok(())
    }

    fn conversation(&mut self, story: &mut Story) -> Result<()> {
        self.says(story, "Does it happen on the other machine too? And since when exactly?")?;
        self.answers(story, 5, "Yes, on both. Since the restart on Thursday, I think.")?;
        self.notes(story, "the restart brought the update of last week; compare with the test system")?;
        self.says(story, "We found what changed. Please try again after a new login.")?;
        self.answers(story, 8, "Better, but the first attempt still fails.")?;
        self.says(story, "That was the old session. It should be gone by tomorrow.")
    }

    fn waits_for_an_answer(&mut self, story: &mut Story) -> Result<()> {
        self.says(story, "Please send us a picture of the error.")?;
        let (id, words) = (story.id, "asked for a picture of the error");
        self.next(story, 1, ("wait", words), |room| wait(room, id, WaitingOn::Requester, None, words))?;
        self.answers(story, 260, "Here it is: it says 0x80070035.")
    }

    fn waits(&mut self, story: &mut Story, on: WaitingOn, words: &str) -> Result<()> {
        let id = story.id;
        self.next(story, 8, ("wait", words), |room| wait(room, id, on, None, words))?;
        story.clock += SignedDuration::from_hours(24 * 14);
        self.next(story, 96, ("resume", "there is an answer"), |room| resume(room, id, "there is an answer"))
    }

    /// To the next queue, where another one takes it; from the last one there is nowhere to go.
    fn escalated(&mut self, story: &mut Story) -> Result<()> {
        let Some(next) = [("l1", "l2"), ("l2", "l3")].iter().find(|(from, _)| *from == story.queue) else {
            return self.notes(story, "reproduced on the test system; the last update changed a default");
        };
        let (id, reason) = (story.id, "not ours to solve: the logs point at the server side");
        let up = Escalate { to: Where::Next, reason: reason.to_owned(), priority: None };
        self.next(story, 5, ("escalate", reason), |room| up.apply(room, id))?;
        (story.queue, story.hand) = (next.1, if story.hand == 3 { 0 } else { 3 });
        self.take(story)?;
        self.notes(story, "the logs of both sides are saved; one packet in fifty is lost")
    }

    fn ending(&mut self, story: &Story) -> Finish {
        let rolled = SOLUTIONS[self.roll(SOLUTIONS.len() as i64) as usize];
        let (resolution, solution) = if story.article.is_some() { BY_ARTICLE } else { rolled };
        Finish {
            resolution: resolution.to_owned(),
            solution: solution.to_owned(),
            articles: story.article.map(str::to_owned).into_iter().collect(),
            ..Finish::default()
        }
    }

    /// Resolved, and closed when nobody objects.
    fn solved(&mut self, story: &mut Story, hours: i64) -> Result<()> {
        let (id, ending) = (story.id, self.ending(story));
        self.next(story, hours, ("resolve", &ending.solution), |room| ending.apply(room, id))?;
        if story.number % 12 == 4 {
            return Ok(());
        }
        let end = story.clock + SignedDuration::from_hours(24 * 5);
        let close = Finish { close: true, ..Finish::default() };
        self.act(&self.agents[story.hand], end, "close", "", |room| close.apply(room, id))?;
        Ok(())
    }

    fn reopened(&mut self, story: &mut Story) -> Result<()> {
        let (id, words) = (story.id, "it is back since this morning");
        self.next(story, 30, ("reopen", words), |room| reopen(room, id, words))?;
        let ending = self.ending(story);
        self.next(story, 120, ("resolve", &ending.solution), |room| ending.apply(room, id))
    }
}

/// How much sooner things are done for the urgent ones.
fn haste(priority: Priority) -> i64 {
    match priority {
        Priority::P1 => 16,
        Priority::P2 => 4,
        Priority::P3 => 2,
        Priority::P4 | Priority::P5 => 1,
    }
}
