//! What a day asks of somebody: which ticket comes first, who wrote what must not be missed, whose call is due.

use jiff::Timestamp;
use jiff::civil::Date;

use super::clock::Run;
use super::fact::Fact;
use super::id::TicketId;
use super::policy::Clock;
use super::ticket::Ticket;
use super::word::{EntryKind, Priority, Status, WaitingOn, words};

words! {
    /// The parts of a day, in the order in which they are read.
    Section {
        /// The most urgent of what is mine, and of what is nobody's in my queues.
        Now = "now",
        /// Mine, and somebody else has spoken or acted last.
        Answered = "answered",
        /// A promise that falls due today.
        Today = "today",
        /// Failures that machines reported.
        Machines = "machines",
        /// What somebody who is no agent has asked the desk for.
        Requests = "requests",
    }
}

words! {
    /// Why a ticket is part of a day.
    Why {
        /// Its `due` has passed, or a clock of it.
        Late = "late",
        /// Its `due` comes, or a clock of it.
        Due = "due",
        /// It is there to be worked on.
        Open = "open",
        /// A request waits for their decision.
        Approve = "approve",
        Replied = "replied",
        Reopened = "reopened",
        /// The requester was promised a call.
        CallBack = "call-back",
        /// What it waits for should be there.
        Wakes = "wakes",
        Failing = "failing",
        /// The desk waits for the requester.
        Asked = "asked",
        /// Solved, and the requester may still object.
        Solved = "solved",
    }
}

/// A deadline this near, in seconds, is as good as late.
pub const SOON: i64 = 3_600;

/// What presses a ticket: what was promised by hand, or a clock that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    pub at: Timestamp,
    /// `None` for a promise by hand.
    pub clock: Option<Clock>,
    /// Seconds late: working time of a clock, real time of a promise; 0 in time.
    pub late: i64,
}

impl Deadline {
    /// The earliest of a ticket's promise and of its clocks that go on.
    pub fn of(ticket: &Ticket, runs: &[Run], now: Timestamp) -> Option<Deadline> {
        let late = |at: Timestamp| (now.as_second() - at.as_second()).max(0);
        let promised = ticket.due.map(|at| Deadline { at, clock: None, late: late(at) });
        let open = runs.iter().filter(|run| run.is_open());
        let due = |run: &Run| {
            let at = Timestamp::from_second(run.due?).ok()?;
            Some(Deadline { at, clock: Some(run.clock), late: (-run.remaining).max(0) })
        };
        promised.into_iter().chain(open.filter_map(due)).min_by_key(|deadline| deadline.at)
    }
}

/// What is done first sorts first: late or due within the hour, then by priority, then the earlier deadline, then the
/// older.
pub fn urgency(
    ticket: &Ticket,
    deadline: Option<Deadline>,
    now: Timestamp,
) -> (bool, Priority, Timestamp, Timestamp, TicketId) {
    let due = deadline.map_or(Timestamp::MAX, |deadline| deadline.at);
    let presses = due.as_second() - now.as_second() <= SOON;
    (!presses, ticket.priority, due, ticket.opened, ticket.id)
}

/// Why a ticket is to be worked on.
pub fn why_now(deadline: Option<Deadline>, now: Timestamp) -> Why {
    match deadline {
        Some(deadline) if deadline.at < now => Why::Late,
        Some(_) => Why::Due,
        None => Why::Open,
    }
}

/// What was promised for today or earlier: a call, or that the ticket wakes.
pub fn promise(ticket: &Ticket, now: Timestamp, today: Date) -> Option<Why> {
    let wakes = ticket.status == Status::Waiting && ticket.wake.is_some_and(|wake| wake <= now);
    match ticket.follow_up {
        Some(day) if day <= today && ticket.status.is_open() => Some(Why::CallBack),
        Some(_) | None => wakes.then_some(Why::Wakes),
    }
}

/// One entry of a thread, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub at: Timestamp,
    pub by: String,
    pub kind: EntryKind,
    /// A machine sent it by itself.
    pub automatic: bool,
}

/// The last word on somebody's ticket, when it is one they wait for: by anybody else while the ticket waits for its
/// requester or a vendor, by the requester at any time. `me` are the names of that somebody; `thread` is in the order
/// of time.
pub fn reply<'a>(ticket: &Ticket, me: &[String], thread: &'a [Said]) -> Option<&'a Said> {
    let is_word = |said: &&Said| matches!(said.kind, EntryKind::Comment | EntryKind::Note) && !said.automatic;
    let last = thread.iter().rev().find(is_word)?;
    let mine = me.iter().any(|me| me.eq_ignore_ascii_case(&last.by)) || last.by.starts_with("machine@");
    let by_requester = last.by.eq_ignore_ascii_case(&ticket.requester) && last.kind == EntryKind::Comment;
    let waits =
        ticket.status == Status::Waiting && matches!(ticket.waiting_on, Some(WaitingOn::Requester | WaitingOn::Vendor));
    (ticket.status.is_open() && !mine && (waits || by_requester)).then_some(last)
}

/// Whether these facts end a ticket that was open.
pub fn ends(facts: &[Fact]) -> bool {
    turns(facts, |from, to| !from.is_done() && to.is_done())
}

/// Whether these facts open a ticket again that had ended.
pub fn reopens(facts: &[Fact]) -> bool {
    turns(facts, |from, to| from.is_done() && !to.is_done())
}

fn turns(facts: &[Fact], is_it: impl Fn(Status, Status) -> bool) -> bool {
    let status = |value: &serde_json::Value| value.as_str().and_then(Status::parse);
    facts.iter().filter(|fact| fact.field == "status").any(|fact| match (status(&fact.from), status(&fact.to)) {
        (Some(from), Some(to)) => is_it(from, to),
        _ => false,
    })
}

/// What a failing job is called: the name in the key that `run` makes, `run/HOST/USER/NAME`, else the key.
pub fn job(key: &str) -> (&str, Option<&str>) {
    match key.splitn(4, '/').collect::<Vec<_>>().as_slice() {
        ["run", host, _, name] if !host.is_empty() && !name.is_empty() => (name, Some(host)),
        _ => (key, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_507_200 + minute * 60).unwrap()
    }

    fn ticket(id: &str, priority: Priority, opened: i64, due: Option<i64>) -> Ticket {
        let id = TicketId::parse(&format!("261124-{id}")).unwrap();
        Ticket { priority, due: due.map(at), requester: "bob@x".into(), ..Ticket::new(id, "t", at(opened)) }
    }

    #[test]
    fn what_presses_comes_first_then_priority_then_the_promise_then_the_older() {
        let mut all = [
            ticket("aaaa0001", Priority::P2, -9, None),
            ticket("aaaa0002", Priority::P1, -1, None),
            ticket("aaaa0003", Priority::P4, -5, Some(60)),
            ticket("aaaa0004", Priority::P2, -3, Some(61)),
            ticket("aaaa0005", Priority::P2, -20, None),
            ticket("aaaa0006", Priority::P5, -5, Some(-60)),
        ];
        let deadline = |ticket: &Ticket| Deadline::of(ticket, &[], at(0));
        all.sort_by_key(|ticket| urgency(ticket, deadline(ticket), at(0)));
        let order: Vec<&str> = all.iter().map(|ticket| &ticket.id.as_str()[14..]).collect();
        assert_eq!(order, ["3", "6", "2", "4", "5", "1"]);
        let why: Vec<Why> = all.iter().map(|ticket| why_now(deadline(ticket), at(0))).collect();
        assert_eq!(why, [Why::Due, Why::Late, Why::Open, Why::Due, Why::Open, Why::Open]);
    }

    fn said(minute: i64, by: &str, kind: EntryKind) -> Said {
        Said { at: at(minute), by: by.into(), kind, automatic: false }
    }

    #[test]
    fn a_reply_is_the_last_word_of_somebody_it_was_waited_for() {
        let me = ["ana".to_owned(), "ana@x".to_owned()];
        let open = ticket("aaaa0001", Priority::P3, 0, None);
        let waits = |on| Ticket { status: Status::Waiting, waiting_on: Some(on), ..open.clone() };
        let by = |ticket: &Ticket, thread: &[Said]| reply(ticket, &me, thread).map(|said| said.by.clone());
        let bob = [said(1, "ana", EntryKind::Comment), said(2, "Bob@X", EntryKind::Comment)];
        let eve = [said(1, "ana", EntryKind::Comment), said(2, "eve", EntryKind::Note)];
        let mine = [said(1, "bob@x", EntryKind::Comment), said(2, "ana@x", EntryKind::Note)];
        assert_eq!(by(&open, &bob).as_deref(), Some("Bob@X"));
        assert_eq!(by(&open, &eve), None, "nobody waits for a colleague's note");
        assert_eq!(by(&waits(WaitingOn::Vendor), &eve).as_deref(), Some("eve"));
        assert_eq!(by(&waits(WaitingOn::Schedule), &eve), None);
        assert_eq!(by(&waits(WaitingOn::Requester), &mine), None);
        let automatic = [Said { automatic: true, ..said(3, "bob@x", EntryKind::Comment) }];
        assert_eq!(by(&open, &automatic), None);
        assert_eq!(by(&waits(WaitingOn::Vendor), &[said(1, "machine@db1", EntryKind::Note)]), None);
        let later = [bob[1].clone(), said(3, "bob@x", EntryKind::Work)];
        assert_eq!(by(&open, &later).as_deref(), Some("Bob@X"), "time spent is no word");
        assert_eq!(by(&Ticket { status: Status::Closed, ..open.clone() }, &bob), None);
    }

    #[test]
    fn a_promise_is_kept_until_its_day_and_a_ticket_wakes_at_its_time() {
        let today: Date = "2026-11-24".parse().unwrap();
        let open = ticket("aaaa0001", Priority::P3, 0, None);
        let call = |day: &str| Ticket { follow_up: Some(day.parse().unwrap()), ..open.clone() };
        assert_eq!(promise(&call("2026-11-23"), at(0), today), Some(Why::CallBack));
        assert_eq!(promise(&call("2026-11-24"), at(0), today), Some(Why::CallBack));
        assert_eq!(promise(&call("2026-11-25"), at(0), today), None);
        let wakes = |minute| Ticket { status: Status::Waiting, wake: Some(at(minute)), ..open.clone() };
        assert_eq!(promise(&wakes(0), at(0), today), Some(Why::Wakes));
        assert_eq!(promise(&wakes(1), at(0), today), None);
        assert_eq!(promise(&Ticket { status: Status::Active, ..wakes(0) }, at(0), today), None);
    }

    #[test]
    fn a_turn_of_the_status_is_told_from_its_facts() {
        let status = |from: &str, to: &str| vec![Fact { field: "status".into(), from: json!(from), to: json!(to) }];
        assert!(ends(&status("active", "resolved")) && !ends(&status("resolved", "closed")));
        assert!(reopens(&status("closed", "active")) && !reopens(&status("new", "active")));
        let begun = [Fact { field: "status".into(), from: serde_json::Value::Null, to: json!("closed") }];
        assert!(!ends(&begun), "it was never open");
    }

    #[test]
    fn a_job_is_called_by_its_name_and_host() {
        assert_eq!(job("run/db1/root/backup/full"), ("backup/full", Some("db1")));
        assert_eq!(job("disk/web7"), ("disk/web7", None));
        assert_eq!(job("run/db1/root"), ("run/db1/root", None));
        assert_eq!(job("run//root/x"), ("run//root/x", None));
    }
}
