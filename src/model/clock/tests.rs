use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::model::fact::Fact;
use crate::model::policy::{Calendar, Hours, Policy, Threshold};
use crate::model::times::Act;

const POLICY: &str = "[desk]\nschema = 1\ndefault_queue = \"l1\"\n[queues.l1]\ntitle = \"First line\"\n\
                      [agents.ana]\nemails = [\"ana@example.com\"]\n";

/// A history told by hand on Tuesday 24 November 2026, reported at ten.
struct Story {
    acts: Vec<Act>,
    words: Vec<Word>,
    known: Known,
    state: BTreeMap<&'static str, Value>,
}

fn at(clock: &str) -> i64 {
    let (day, clock) = clock.split_once(' ').unwrap_or(("24", clock));
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    format!("2026-11-{day}T{clock}Z").parse::<Timestamp>().unwrap().as_second()
}

fn said(second: Option<i64>) -> String {
    second.map_or("-".into(), |at| Timestamp::from_second(at).unwrap().strftime("%d %H:%M:%S").to_string())
}

impl Story {
    fn of(priority: &str) -> Story {
        let mut story = Story { acts: Vec::new(), words: Vec::new(), known: Known::default(), state: BTreeMap::new() };
        story.set("10:00", &[("status", "new"), ("priority", priority), ("requester", "bob@acme.example")]);
        story
    }

    fn set(&mut self, clock: &str, changes: &[(&'static str, &str)]) -> &mut Story {
        let facts = changes.iter().map(|(field, to)| {
            let to = if to.is_empty() { Value::Null } else { json!(to) };
            let from = self.state.insert(field, to.clone()).unwrap_or(Value::Null);
            Fact::new(*field, from, to)
        });
        let facts = facts.collect();
        let at = Timestamp::from_second(at(clock)).unwrap();
        self.acts.push(Act { at, email: "ana@example.com".into(), facts });
        self
    }

    fn status(&mut self, clock: &str, status: &str) -> &mut Story {
        let resolution = if matches!(status, "resolved" | "closed") { "fixed" } else { "" };
        self.set(clock, &[("status", status), ("resolution", resolution)])
    }

    fn wait(&mut self, clock: &str, on: &str) -> &mut Story {
        self.set(clock, &[("status", "waiting"), ("waiting_on", on)])
    }

    fn resume(&mut self, clock: &str) -> &mut Story {
        self.set(clock, &[("status", "active"), ("waiting_on", "")])
    }

    fn word(&mut self, clock: &str, by: &str) -> &mut Story {
        self.words.push(Word { at: at(clock), by: by.into() });
        self
    }

    fn runs(&self, now: &str) -> Vec<Run> {
        self.runs_by(now, WaitingOn::ALL, false)
    }

    fn runs_by(&self, now: &str, pause: &[WaitingOn], from_approval: bool) -> Vec<Run> {
        let (policy, _) = Policy::parse(POLICY);
        let course = Course::of(&self.acts, &self.words, self.known, &policy).unwrap();
        let schedule = Schedule::new(Calendar {
            timezone: "UTC".into(),
            hours: std::array::from_fn(|_| vec![Hours { start: 9 * 60, end: 17 * 60 }]),
            ..Calendar::default()
        });
        let span = |text| Span::parse(text);
        let of = |acknowledge, respond, update, resolve| Targets {
            acknowledge: span(acknowledge),
            respond: span(respond),
            update: span(update),
            resolve: span(resolve),
            promise: None,
        };
        let targets = BTreeMap::from([
            (Priority::P1, of("15m", "30m", "30m", "2h")),
            (Priority::P2, of("30m", "1h", "1h", "3h")),
            (Priority::P3, of("1h", "2h", "2h", "4h")),
        ]);
        Promise { targets: &targets, pause, schedule: &schedule, from_approval }.runs(&course, at(now))
    }

    /// `CLOCK#CYCLE STATE used/target due` of each run.
    fn told(&self, now: &str) -> Vec<String> {
        self.runs(now).iter().map(told).collect()
    }

    fn resolve(&self, now: &str) -> Vec<String> {
        self.runs(now).iter().filter(|run| run.clock == Clock::Resolve).map(told).collect()
    }
}

fn told(run: &Run) -> String {
    let Run { clock, cycle, state, used, target, due, .. } = run;
    format!("{clock}#{cycle} {state} {}/{target} {}", Span::Seconds(*used), said(*due))
}

#[test]
fn a_clock_without_a_target_does_not_run() {
    assert_eq!(Story::of("p5").told("11:00"), [""; 0]);
}

#[test]
fn an_internal_note_is_no_first_response() {
    let mut story = Story::of("p2");
    story.known.acknowledged = Some(at("10:20"));
    let expected = [
        "acknowledge#1 met 20m/30m 24 10:30:00",
        "respond#1 breached 1h 30m/1h 24 11:00:00",
        "resolve#1 running 1h 30m/3h 24 13:00:00",
    ];
    assert_eq!(story.told("11:30"), expected, "notes are not among the words");
}

#[test]
fn two_comments_of_the_requester_do_not_move_the_update_clock() {
    let mut story = Story::of("p2");
    story.word("10:30", "bob@acme.example").word("11:00", "bob@acme.example");
    let update = |story: &Story, now: &str| -> Vec<String> {
        story.runs(now).iter().filter(|run| run.clock == Clock::Update).map(told).collect()
    };
    assert_eq!(update(&story, "11:15"), ["update#1 running 45m/1h 24 11:30:00"]);
    story.word("11:20", "carl@acme.example").word("11:29", "ana").word("12:00", "Bob@acme.example");
    assert_eq!(update(&story, "12:10"), ["update#1 met 59m/1h 24 11:30:00", "update#2 running 10m/1h 24 13:00:00"]);
}

#[test]
fn waiting_before_it_is_acknowledged_moves_only_resolve() {
    let mut story = Story::of("p2");
    story.wait("10:10", "requester").resume("10:40");
    let expected = [
        "acknowledge#1 running 30m/30m 24 10:30:00",
        "respond#1 running 30m/1h 24 11:00:00",
        "resolve#1 paused 10m/3h -",
    ];
    assert_eq!(story.told("10:30"), expected);
    assert_eq!(story.resolve("11:00"), ["resolve#1 running 30m/3h 24 13:30:00"]);
}

#[test]
fn a_pause_outside_hours_moves_nothing() {
    let mut story = Story::of("p3");
    story.wait("17:00", "vendor").resume("25 09:00");
    assert_eq!(story.resolve("16:00"), ["resolve#1 breached 6h/4h 24 14:00:00"]);
    let mut story = Story::of("p3");
    story.wait("13:00", "vendor").resume("25 09:30");
    assert_eq!(story.resolve("25 09:30"), ["resolve#1 running 3h/4h 25 10:30:00"]);
}

#[test]
fn reasons_that_the_rule_does_not_name_do_not_pause() {
    let mut story = Story::of("p2");
    story.wait("10:10", "schedule");
    let runs = story.runs_by("11:00", &[WaitingOn::Requester], false);
    assert_eq!(runs.iter().map(told).next_back().unwrap(), "resolve#1 running 1h/3h 24 13:00:00");
}

#[test]
fn a_change_of_priority_keeps_the_time_that_is_used() {
    let mut story = Story::of("p2");
    assert_eq!(story.resolve("10:59"), ["resolve#1 running 59m/3h 24 13:00:00"]);
    story.set("11:00", &[("priority", "p1")]);
    assert_eq!(story.resolve("11:30"), ["resolve#1 running 1h 30m/2h 24 12:00:00"], "raised");
    let mut story = Story::of("p2");
    story.set("11:00", &[("priority", "p3")]);
    assert_eq!(story.resolve("11:30"), ["resolve#1 running 1h 30m/4h 24 14:00:00"], "lowered");
}

#[test]
fn a_change_that_makes_it_late_counts_from_the_change() {
    let mut story = Story::of("p2");
    story.set("12:30", &[("priority", "p1")]);
    let runs = story.runs("12:45");
    let resolve = runs.last().unwrap();
    assert_eq!(told(resolve), "resolve#1 breached 2h 45m/2h 24 12:30:00");
    assert_eq!(resolve.remaining, -900, "late since the change");
    assert_eq!(story.resolve("12:30:01"), ["resolve#1 breached 2h 30m 1s/2h 24 12:30:00"]);
    // It was late before: the change does not forgive that.
    let mut story = Story::of("p2");
    story.set("14:00", &[("priority", "p1")]);
    assert_eq!(story.resolve("14:30"), ["resolve#1 breached 4h 30m/2h 24 13:00:00"]);
}

#[test]
fn a_change_in_the_second_of_the_stop_comes_after_it() {
    let mut story = Story::of("p2");
    story.set("12:30", &[("priority", "p1"), ("status", "resolved"), ("resolution", "fixed")]);
    assert_eq!(story.resolve("13:00"), ["resolve#1 met 2h 30m/3h 24 13:00:00"]);
}

#[test]
fn each_time_it_was_solved_keeps_its_verdict() {
    let mut story = Story::of("p2");
    story.status("11:00", "resolved").status("11:30", "active");
    story.status("12:00", "closed").status("14:00", "active");
    let expected = [
        "resolve#1 met 1h/3h 24 13:00:00",
        "resolve#2 met 1h 30m/3h 24 13:30:00",
        "resolve#3 running 2h/3h 24 15:30:00",
    ];
    assert_eq!(story.resolve("14:30"), expected);
    story.status("16:00", "resolved").status("16:30", "closed");
    assert_eq!(story.resolve("16:40")[2..], ["resolve#3 breached 3h 30m/3h 24 15:30:00"]);
    let runs = story.runs("16:40");
    assert_eq!(current(&runs).map(|run| run.cycle).collect::<Vec<_>>(), [1, 1, 3]);
}

#[test]
fn exactly_on_time_is_met_and_one_second_later_breached() {
    for (clock, state) in [("13:00:00", "met"), ("13:00:01", "breached")] {
        let mut story = Story::of("p2");
        story.status(clock, "resolved");
        assert_eq!(story.runs("14:00").last().unwrap().state.as_str(), state, "{clock}");
    }
    let story = Story::of("p2");
    assert_eq!(story.runs("13:00:00").last().unwrap().state, State::Running);
    assert_eq!(story.runs("13:00:01").last().unwrap().state, State::Breached);
}

#[test]
fn an_end_that_is_no_work_of_its_own_cancels_all_clocks() {
    for resolution in ["duplicate", "rejected", "cancelled"] {
        let mut story = Story::of("p2");
        story.set("15:00", &[("status", "closed"), ("resolution", resolution)]);
        assert!(story.runs("16:00").iter().all(|run| run.state == State::Cancelled), "{resolution}");
    }
}

#[test]
fn solving_a_ticket_stops_all_its_clocks() {
    let mut story = Story::of("p2");
    story.status("10:20", "resolved");
    let states: Vec<State> = story.runs("12:00").iter().map(|run| run.state).collect();
    assert_eq!(states, [State::Met, State::Met, State::Met]);
    let mut story = Story::of("p2");
    story.status("12:20", "resolved");
    let states: Vec<State> = story.runs("12:30").iter().map(|run| run.state).collect();
    assert_eq!(states, [State::Breached, State::Breached, State::Met]);
}

#[test]
fn a_monitor_is_not_answered() {
    let mut story = Story::of("p2");
    story.set("10:00", &[("channel", "monitor")]);
    assert!(story.runs("16:00").iter().all(|run| run.clock != Clock::Respond));
}

#[test]
fn an_approved_request_begins_with_its_approval() {
    let mut story = Story::of("p2");
    let waits = story.runs_by("12:00", WaitingOn::ALL, true);
    assert_eq!(waits.last().map(told).unwrap(), "resolve#1 none 0/3h -");
    assert!(!waits[2].is_open() && nearest(&waits[2..]).is_none());
    story.known.approved = Some(at("12:00"));
    assert_eq!(
        told(story.runs_by("12:30", WaitingOn::ALL, true).last().unwrap()),
        "resolve#1 running 30m/3h 24 15:00:00"
    );
}

#[test]
fn a_request_that_waits_for_a_second_approval_begins_with_that() {
    let mut story = Story::of("p2");
    story.wait("10:00", "approval");
    story.known.approved = Some(at("11:00"));
    let resolve = |story: &Story, now: &str| told(story.runs_by(now, &[], true).last().unwrap());
    assert_eq!(resolve(&story, "11:30"), "resolve#1 none 0/3h -");
    story.resume("12:00");
    assert_eq!(resolve(&story, "12:30"), "resolve#1 running 30m/3h 24 15:00:00");
    assert_eq!(resolve(&story, "11:30"), "resolve#1 none 0/3h -", "as it was seen before");
}

#[test]
fn between_two_approvals_a_request_may_wait_for_others() {
    let mut story = Story::of("p2");
    story.wait("10:00", "approval").wait("10:30", "vendor");
    story.known.approved = Some(at("11:00"));
    story.wait("11:30", "approval").resume("12:00").status("12:30", "resolved");
    let resolve = |story: &Story, now: &str| told(story.runs_by(now, &[], true).last().unwrap());
    assert_eq!(resolve(&story, "12:20"), "resolve#1 running 20m/3h 24 15:00:00");
}

#[test]
fn thresholds_are_reached_on_the_clocks_own_time() {
    let story = Story::of("p2");
    let reached = |now: &str, text: &str| story.runs(now).last().unwrap().has_reached(Threshold::parse(text).unwrap());
    for (before, after, text) in [
        ("12:14:59", "12:15", "75%"),
        ("12:44:59", "12:45", "-15m"),
        ("12:59:59", "13:00", "100%"),
        ("25 09:59:59", "25 10:00", "+5h"),
        ("16:00", "25 10:00", "250%"),
    ] {
        assert!(!reached(before, text) && reached(after, text), "{text}");
    }
    assert!(!reached("13:00", "+0m") && reached("13:00:01", "+0m"));
}

#[test]
fn the_run_that_presses_most_comes_first() {
    let mut story = Story::of("p2");
    story.known.acknowledged = Some(at("10:20"));
    let clock = |story: &Story, now: &str| nearest(&story.runs(now)).map(|run| run.clock);
    assert_eq!(clock(&story, "10:30"), Some(Clock::Respond));
    assert_eq!(clock(&story, "11:30"), Some(Clock::Respond), "late before due");
    story.known.responded = Some(at("10:40"));
    assert_eq!(clock(&story, "11:30"), Some(Clock::Resolve));
    story.status("12:00", "closed");
    assert_eq!(clock(&story, "12:30"), None);
}

fn of(clock: Clock, story: &Story, now: &str) -> Vec<String> {
    story.runs(now).iter().filter(|run| run.clock == clock).map(told).collect()
}

#[test]
fn a_question_after_the_solution_begins_with_the_reopening() {
    let mut story = Story::of("p2");
    story.word("10:10", "bob@acme.example").status("10:30", "resolved");
    story.word("11:00", "bob@acme.example").status("11:00", "active");
    let expected = ["update#1 met 20m/1h 24 11:10:00", "update#2 running 30m/1h 24 12:00:00"];
    assert_eq!(of(Clock::Update, &story, "11:30"), expected);
    // Reopened by somebody else, later than the word.
    let mut story = Story::of("p2");
    story.status("10:30", "resolved").word("11:00", "bob@acme.example").status("12:00", "active");
    assert_eq!(of(Clock::Update, &story, "12:30"), ["update#1 running 30m/1h 24 13:00:00"]);
    // Answered while it was still solved, and never reopened.
    let mut story = Story::of("p2");
    story.status("10:30", "closed").word("11:00", "bob@acme.example");
    assert_eq!(of(Clock::Update, &story, "16:00"), [""; 0], "thanks need no answer");
    story.word("11:30", "ana").status("12:00", "active");
    assert_eq!(of(Clock::Update, &story, "16:00"), [""; 0]);
}

#[test]
fn a_ticket_that_is_reopened_without_an_answer_still_waits_for_one() {
    let mut story = Story::of("p2");
    story.status("10:10", "resolved").status("12:10", "active");
    assert_eq!(of(Clock::Respond, &story, "12:30"), ["respond#1 running 30m/1h 24 13:00:00"]);
    story.known.responded = Some(at("12:40"));
    assert_eq!(of(Clock::Respond, &story, "16:00"), ["respond#1 met 40m/1h 24 13:00:00"]);
}

#[test]
fn a_change_counts_at_once() {
    let mut story = Story::of("p2");
    story.set("11:00", &[("priority", "p1")]);
    assert_eq!(story.resolve("11:00"), ["resolve#1 running 1h/2h 24 12:00:00"]);
}

#[test]
fn what_comes_after_a_run_does_not_move_its_due_time() {
    let mut story = Story::of("p2");
    story.status("11:00", "resolved").status("11:30", "active");
    let before = story.resolve("11:35")[0].clone();
    story.wait("11:40", "vendor");
    assert_eq!(story.resolve("12:30"), [before, "resolve#2 paused 1h 10m/3h -".to_owned()]);
    let mut story = Story::of("p2");
    story.wait("10:10", "vendor").word("10:40", "bob@acme.example").word("11:00", "ana");
    assert_eq!(of(Clock::Update, &story, "12:00"), ["update#1 met 0/1h 24 12:00:00"]);
    story.resume("11:30");
    assert_eq!(of(Clock::Update, &story, "12:00"), ["update#1 met 0/1h 24 12:00:00"]);
}

#[test]
fn a_requester_is_one_person_by_handle_and_address() {
    let mut story = Story::of("p2");
    story.set("10:00", &[("requester", "ANA@example.com")]);
    story.word("10:30", "ana");
    assert_eq!(of(Clock::Update, &story, "11:00"), ["update#1 running 30m/1h 24 11:30:00"]);
}
