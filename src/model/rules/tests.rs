mod any_acts;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::model::link::Link;
use crate::model::policy::template::{Filling, helpdesk};
use crate::model::word::{Level, Priority, WaitingOn};

fn id(letter: char) -> TicketId {
    TicketId::parse(&format!("261124-{letter}0000000")).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A helpdesk with ana in every queue, ben in l3 and zoe, retired, whose word for the end is `moved` too.
fn policy() -> Policy {
    let text = helpdesk(Filling { name: "d", zone: "UTC", handle: "ana", agent: "Ana", email: "ana@example.com" });
    let mut policy = Policy::parse(&text).0;
    policy.desk.resolutions = vec!["moved".into()];
    for (handle, active) in [("ben", true), ("zoe", false)] {
        let agent = crate::model::policy::Agent { active, ..policy.agents["ana"].clone() };
        policy.agents.insert(handle.into(), agent);
    }
    policy.queues.get_mut("l3").unwrap().members.push("ben".into());
    policy
}

/// A world of one ticket `a` and its neighbours: `b` open, `c` fixed, `d` closed as a duplicate of `a`.
struct World {
    policy: Policy,
    others: BTreeMap<TicketId, Neighbour>,
}

impl World {
    fn new() -> World {
        let repeats = |id| Link { kind: LinkType::DuplicateOf, to: id };
        let neighbour =
            |status, of: Option<TicketId>| Neighbour { status, links: of.map(repeats).into_iter().collect() };
        let others = BTreeMap::from([
            (id('b'), neighbour(Status::Active, None)),
            (id('c'), neighbour(Status::Resolved, None)),
            (id('d'), neighbour(Status::Closed, Some(id('a')))),
        ]);
        World { policy: policy(), others }
    }

    fn with<T>(&self, act: impl FnOnce(&Around<'_>) -> T) -> T {
        act(&Around::new(&self.policy, &|id| self.others.get(id).cloned()))
    }
}

fn ticket(status: Status) -> Ticket {
    let mut ticket = Ticket::new(id('a'), "printer on fire", at(0));
    ticket.queue = "l1".into();
    ticket.status = status;
    ticket.waiting_on = (status == Status::Waiting).then_some(WaitingOn::Vendor);
    if status.is_done() {
        ticket.resolution = "fixed".into();
    }
    ticket
}

const FIXED: Ending<'static> = Ending { resolution: "fixed", solution: "water", duplicate_of: None };
const NOTHING: Ending<'static> = Ending { resolution: "", solution: "", duplicate_of: None };

#[test]
fn a_status_goes_only_the_ways_of_the_data_model() {
    let world = World::new();
    let mut ways = Vec::new();
    for from in Status::ALL {
        for to in Status::ALL {
            let mut ticket = ticket(*from);
            let set = |t: &mut Ticket| {
                t.status = *to;
                t.waiting_on = Some(WaitingOn::Vendor);
                t.resolution = "fixed".into();
            };
            if from != to && world.with(|around| ticket.edit(around, set)).is_ok() {
                ways.push(format!("{from} {to}"));
            }
        }
    }
    assert_eq!(
        ways,
        [
            "new active",
            "new waiting",
            "new resolved",
            "new closed",
            "active waiting",
            "active resolved",
            "active closed",
            "waiting active",
            "waiting resolved",
            "waiting closed",
            "resolved active",
            "resolved closed",
        ]
    );
}

#[test]
fn an_end_needs_a_resolution_that_the_desk_knows() {
    let world = World::new();
    let end = |resolution| {
        let mut ticket = ticket(Status::Active);
        world.with(|around| ticket.resolve(&Ending { resolution, ..NOTHING }, around))
    };
    assert_eq!(end(""), Err(Refusal::NoResolution));
    assert_eq!(end("moved"), Ok(Effect::Changed));
    let Err(Refusal::UnknownResolution { nearest, known, .. }) = end("fixd") else { panic!() };
    assert_eq!((nearest.as_deref(), known.len()), (Some("fixed"), 10));
}

#[test]
fn resolving_again_is_already_so_and_closing_keeps_the_resolution() {
    let world = World::new();
    let mut t = ticket(Status::New);
    world.with(|around| {
        assert_eq!(t.resolve(&FIXED, around), Ok(Effect::Changed));
        assert_eq!(t.resolve(&FIXED, around), Ok(Effect::AlreadySo));
        assert_eq!(t.close(&NOTHING, around), Ok(Effect::Changed));
        assert_eq!(t.close(&NOTHING, around), Ok(Effect::AlreadySo));
        assert_eq!(t.resolve(&FIXED, around), Ok(Effect::AlreadySo));
        let other = Ending { resolution: "wontfix", ..NOTHING };
        assert_eq!(t.close(&other, around), Err(Refusal::EndedOtherwise { resolution: "fixed".into() }));
    });
    assert_eq!((t.status, t.resolution.as_str(), t.solution.as_str()), (Status::Closed, "fixed", "water"));
}

#[test]
fn a_duplicate_names_a_ticket_that_exists_and_makes_no_circle() {
    let world = World::new();
    let end = |resolution: &'static str, target: Option<char>| {
        let mut ticket = ticket(Status::Active);
        let ending = Ending { resolution, duplicate_of: target.map(id), ..NOTHING };
        world.with(|around| ticket.close(&ending, around)).map(|_| (ticket.resolution, ticket.links.len()))
    };
    assert_eq!(end("", Some('b')), Ok(("duplicate".into(), 1)));
    assert_eq!(end("duplicate", None), Err(Refusal::DuplicateOfNothing));
    assert_eq!(end("", Some('x')), Err(Refusal::DuplicateOfMissing { target: id('x') }));
    assert_eq!(end("", Some('a')), Err(Refusal::DuplicateCircle { through: vec![id('a'), id('a')] }));
    assert_eq!(end("", Some('d')), Err(Refusal::DuplicateCircle { through: vec![id('a'), id('d'), id('a')] }));
}

#[test]
fn a_reopened_duplicate_may_become_the_one_that_is_repeated() {
    let mut a = ticket(Status::Active);
    let world = World::new();
    let ending = Ending { duplicate_of: Some(id('b')), ..NOTHING };
    assert_eq!(world.with(|around| a.close(&ending, around)), Ok(Effect::Changed));
    assert!(a.is_duplicate());
    assert_eq!(world.with(|around| a.reopen(at(9), None, None, around)), Ok(Effect::Changed));
    assert_eq!(Neighbour::of(&a), Neighbour { status: Status::Active, links: Vec::new() });
}

#[test]
fn a_blocked_ticket_is_not_solved_but_may_be_cancelled() {
    let world = World::new();
    let end = |resolution, blocker| {
        let mut ticket = ticket(Status::Active);
        ticket.links.push(Link { kind: LinkType::BlockedBy, to: id(blocker) });
        world.with(|around| ticket.resolve(&Ending { resolution, ..NOTHING }, around))
    };
    assert_eq!(end("fixed", 'b'), Err(Refusal::Blocked { by: vec![id('b')] }));
    assert_eq!(end("fixed", 'c'), Ok(Effect::Changed));
    assert_eq!(end("cancelled", 'b'), Ok(Effect::Changed));
}

#[test]
fn a_request_with_an_open_approval_is_not_resolved() {
    let world = World::new();
    let mut t = ticket(Status::Active);
    let open = |_: &Ticket| vec!["ana".to_owned()];
    let end = |t: &mut Ticket, ending| world.with(|around| t.resolve(&ending, &Around { approvers: &open, ..*around }));
    assert_eq!(end(&mut t, FIXED), Err(Refusal::ApprovalOpen { by: vec!["ana".to_owned()] }));
    assert_eq!(end(&mut t, Ending { resolution: "rejected", ..NOTHING }), Ok(Effect::Changed));
}

#[test]
fn a_closed_ticket_is_reopened_within_the_window_only() {
    let world = World::new();
    let reopen = |status, now| {
        let mut t = ticket(status);
        t.solution = "water".into();
        let effect = world.with(|around| t.reopen(at(now), Some(at(10)), Some(at(20)), around));
        (effect, t.status, t.resolution, t.solution)
    };
    let reopened = (Ok(Effect::Changed), Status::Active, String::new(), "water".to_owned());
    assert_eq!(reopen(Status::Closed, 20), reopened);
    assert_eq!(reopen(Status::Resolved, 99), reopened);
    assert_eq!(reopen(Status::Waiting, 99).0, Ok(Effect::AlreadySo));
    assert_eq!(reopen(Status::Closed, 21).0, Err(Refusal::TooLateToReopen { closed: at(10), until: at(20) }));
}

#[test]
fn leaving_waiting_clears_whom_and_until_when() {
    let world = World::new();
    let mut t = ticket(Status::Active);
    world.with(|around| {
        assert_eq!(t.wait(WaitingOn::Vendor, Some(at(9)), at(9), around), Err(Refusal::WakePassed { wake: at(9) }));
        assert_eq!(t.wait(WaitingOn::Vendor, Some(at(9)), at(8), around), Ok(Effect::Changed));
        assert_eq!(t.wait(WaitingOn::Vendor, None, at(8), around), Ok(Effect::AlreadySo));
        assert_eq!(t.wake_up(at(8), around), Ok(Effect::AlreadySo));
        assert_eq!(t.wake_up(at(9), around), Ok(Effect::Changed));
        assert_eq!(t.resume(around), Ok(Effect::AlreadySo));
    });
    assert_eq!(t, ticket(Status::Active));
}

#[test]
fn waiting_needs_to_know_for_whom() {
    let world = World::new();
    let mut t = ticket(Status::Active);
    let set = |t: &mut Ticket| t.status = Status::Waiting;
    assert_eq!(world.with(|around| t.set(By::Person, around, set)), Err(Refusal::WaitingForNobody));
    assert_eq!(t, ticket(Status::Active));
}

#[test]
fn a_person_makes_a_new_ticket_active_and_a_machine_does_not() {
    let world = World::new();
    let assigned = |by| {
        let mut t = ticket(Status::New);
        assert_eq!(world.with(|around| t.assign("ana", by, around)), Ok(Effect::Changed));
        t.status
    };
    assert_eq!((assigned(By::Person), assigned(By::Machine)), (Status::Active, Status::New));
    let mut t = ticket(Status::New);
    world.with(|around| {
        assert_eq!(t.set(By::Person, around, |t| t.queue = "l1".into()), Ok(Effect::AlreadySo));
        assert_eq!(t.edit(around, |t| t.tags.push("x".into())), Ok(Effect::Changed));
        assert_eq!(t.status, Status::New);
        assert_eq!(t.set(By::Person, around, |t| t.asset = "db1".into()), Ok(Effect::Changed));
    });
    assert_eq!(t.status, Status::Active);
}

#[test]
fn tickets_go_to_agents_who_work_here() {
    let world = World::new();
    let assign = |status, to| world.with(|around| ticket(status).assign(to, By::Person, around));
    assert_eq!(
        assign(Status::Active, "an"),
        Err(Refusal::UnknownAgent { given: "an".into(), nearest: Some("ana".into()) })
    );
    assert_eq!(assign(Status::Active, "zoe"), Err(Refusal::RetiredAgent { name: "zoe".into() }));
    assert_eq!(assign(Status::Active, ""), Ok(Effect::AlreadySo));
    assert_eq!(assign(Status::Closed, "ana"), Err(Refusal::Ended { status: Status::Closed }));
}

#[test]
fn escalation_goes_to_the_next_queue_and_takes_the_assignee_away() {
    let world = World::new();
    let mut t = ticket(Status::New);
    t.assignee = "ana".into();
    let up = |t: &mut Ticket, to| {
        let done = world.with(|around| t.escalate(to, By::Person, around))?;
        Ok::<_, Refusal>(format!("{} > {} ({}, {})", done.from, done.to, done.level, done.kind.as_str()))
    };
    assert_eq!(up(&mut t, Upward::Next), Ok("l1 > l2 (2, functional)".into()));
    assert_eq!((t.status, t.assignee.as_str()), (Status::Active, ""));
    assert_eq!(up(&mut t, Upward::Lead), Ok("l2 > ana (2, hierarchical)".into()));
    assert_eq!((t.queue.as_str(), t.watchers.as_slice()), ("l2", ["ana".to_owned()].as_slice()));
    assert_eq!(up(&mut t, Upward::To("ben")), Ok("l2 > l3 (3, functional)".into()));
    assert_eq!(t.assignee, "ben");
    assert_eq!(up(&mut t, Upward::Next), Err(Refusal::LastLevel { queue: "l3".into() }));
    assert_eq!(
        up(&mut t, Upward::To("l9")),
        Err(Refusal::UnknownTarget { given: "l9".into(), nearest: Some("l1".into()) })
    );
    assert_eq!(world.with(|around| t.lower(By::Person, around)), Ok(Effect::Changed));
    assert_eq!((t.queue.as_str(), t.assignee.as_str()), ("l2", ""));
}

#[test]
fn the_last_level_hints_at_the_lead() {
    let hint = Refusal::LastLevel { queue: "l3".into() }.hint("k7m3");
    assert_eq!(hint.as_deref(), Some("git desk escalate k7m3 --lead -m \"why\""));
}

#[test]
fn an_answer_of_the_requester_brings_the_ticket_back_but_never_a_duplicate() {
    let world = World::new();
    let answer = |mut t: Ticket, now| world.with(|around| t.answer(at(now), Some(at(10)), Some(at(20)), around));
    let mut asked = ticket(Status::Waiting);
    asked.waiting_on = Some(WaitingOn::Requester);
    let mut duplicate = ticket(Status::Resolved);
    duplicate.resolution = "duplicate".into();
    assert_eq!(answer(asked, 11), Ok(Answer::Resumed));
    assert_eq!(answer(ticket(Status::Waiting), 11), Ok(Answer::Nothing));
    assert_eq!(answer(ticket(Status::Closed), 11), Ok(Answer::Reopened));
    assert_eq!(answer(ticket(Status::Closed), 21), Ok(Answer::FollowUp));
    assert_eq!(answer(duplicate, 11), Ok(Answer::Nothing));
}

#[test]
fn a_link_leads_to_another_ticket_that_exists() {
    let world = World::new();
    let link = |to| {
        let to = id(to);
        let add = |t: &mut Ticket| t.links.push(Link { kind: LinkType::Parent, to });
        world.with(|around| ticket(Status::Active).edit(around, add))
    };
    assert_eq!(link('b'), Ok(Effect::Changed));
    assert_eq!(link('a'), Err(Refusal::LinkToItself));
    assert_eq!(link('x'), Err(Refusal::LinkToMissing { target: id('x') }));
}

#[test]
fn setting_a_field_settles_its_conflict() {
    let world = World::new();
    let mut t = ticket(Status::Active);
    t.conflicts = BTreeMap::from([("assignee".into(), "ben".into()), ("asset".into(), "db2".into())]);
    assert_eq!(world.with(|around| t.assign("ana", By::Person, around)), Ok(Effect::Changed));
    assert_eq!(t.conflicts.keys().collect::<Vec<_>>(), ["asset"]);
}

#[test]
fn saying_again_what_is_so_settles_a_conflict_once() {
    let world = World::new();
    let mut t = ticket(Status::Active);
    let lost = ["status", "resolution", "assignee", "assignee (2)", "fields.serial", "fields.model"];
    t.conflicts = lost.into_iter().map(|field| (field.to_owned(), "x".into())).collect();
    let same = t.assignee.clone();
    assert_eq!(world.with(|around| t.assign(&same, By::Person, around)), Ok(Effect::Changed));
    assert_eq!(world.with(|around| t.assign(&same, By::Person, around)), Ok(Effect::AlreadySo));
    assert_eq!(world.with(|around| t.resume(around)), Ok(Effect::Changed));
    let serial = |t: &mut Ticket| drop(t.fields.insert("serial".into(), "7".into()));
    assert_eq!(world.with(|around| t.edit(around, serial)), Ok(Effect::Changed));
    assert_eq!(t.conflicts.keys().collect::<Vec<_>>(), ["fields.model"]);
}

#[test]
fn a_ticket_that_was_broken_before_can_still_be_worked() {
    let world = World::new();
    let mut t = ticket(Status::Resolved);
    t.resolution = "gone".into();
    assert_eq!(world.with(|around| t.edit(around, |t| t.asset = "db1".into())), Ok(Effect::Changed));
}

#[test]
fn a_file_that_breaks_rules_is_told_with_codes() {
    let world = World::new();
    let told = |t: &Ticket| {
        let flaws = world.with(|around| validate(t, around));
        flaws
            .iter()
            .map(|f| format!("{} {} {}: {}", f.code, f.severity.as_str(), f.field, f.message))
            .collect::<Vec<_>>()
    };
    let mut t = ticket(Status::Closed);
    t.resolution.clear();
    t.queue = "gone".into();
    assert_eq!(
        told(&t),
        ["DSK301 warning queue: there is no queue \"gone\"", "DSK402 error resolution: closed without a resolution",]
    );
    let mut t = ticket(Status::Active);
    (t.resolution, t.wake, t.assignee) = ("fixed".into(), Some(at(1)), "zoe".into());
    (t.impact, t.urgency, t.priority) = (Some(Level::High), Some(Level::High), Priority::P3);
    t.links.push(Link { kind: LinkType::Related, to: id('x') });
    assert_eq!(
        told(&t),
        [
            "DSK303 error links: the link \"related 261124-x0000000\" leads nowhere",
            "DSK407 warning wake: `wake` is set although the ticket is active",
            "DSK408 warning resolution: `resolution` is set although the ticket is active",
            "DSK410 warning priority_reason: the priority is p3, but impact high and urgency high make p1",
        ]
    );
    t = ticket(Status::Waiting);
    t.waiting_on = None;
    assert_eq!(
        told(&t),
        ["DSK406 error waiting_on: a waiting ticket says whom it waits for, and `waiting_on` is missing"]
    );
}

#[test]
fn between_versions_nothing_goes_back_to_new() {
    let world = World::new();
    let way = |from, to| world.with(|around| transition(&ticket(from), &ticket(to), around).len());
    assert_eq!((way(Status::Active, Status::New), way(Status::Closed, Status::Waiting)), (1, 0));
}
