//! Whatever is done in whatever order: the laws of statuses hold.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    End(Status, &'static str, Option<char>),
    Reopen(i64),
    Wait(WaitingOn, Option<i64>),
    Resume,
    Wake(i64),
    Answer(i64),
    Assign(&'static str, By),
    Escalate(&'static str, By),
    Lower,
    Block(char),
    Raw(Status, &'static str),
}

fn any_act() -> impl Strategy<Value = Act> {
    let status = || prop::sample::select(Status::ALL);
    let resolution = || prop::sample::select(vec!["", "fixed", "moved", "duplicate", "cancelled", "nonsense"]);
    let other = || prop::sample::select(vec!['a', 'b', 'c', 'd', 'x']);
    let by = || prop::sample::select(vec![By::Person, By::Machine]);
    prop_oneof![
        (status(), resolution(), prop::option::of(other())).prop_map(|(s, r, o)| Act::End(s, r, o)),
        (0_i64..40).prop_map(Act::Reopen),
        (prop::sample::select(WaitingOn::ALL), prop::option::of(0_i64..40))
            .prop_map(|(on, until)| Act::Wait(on, until)),
        Just(Act::Resume),
        (0_i64..40).prop_map(Act::Wake),
        (0_i64..40).prop_map(Act::Answer),
        (prop::sample::select(vec!["", "ana", "ben", "zoe", "x"]), by()).prop_map(|(to, by)| Act::Assign(to, by)),
        (prop::sample::select(vec!["next", "lead", "l1", "l3", "ben", "x"]), by())
            .prop_map(|(to, by)| Act::Escalate(to, by)),
        Just(Act::Lower),
        prop::sample::select(vec!['b', 'c']).prop_map(Act::Block),
        (status(), resolution()).prop_map(|(s, r)| Act::Raw(s, r)),
    ]
}

/// Does it, and says whether it was refused.
fn perform(act: &Act, t: &mut Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    let (closed, until) = (Some(at(10)), Some(at(20)));
    match act {
        Act::End(status, resolution, other) => {
            let ending = Ending { resolution, solution: "s", duplicate_of: other.map(id) };
            if *status == Status::Closed { t.close(&ending, around) } else { t.resolve(&ending, around) }.map(drop)
        }
        Act::Reopen(now) => t.reopen(at(*now), closed, until, around).map(drop),
        Act::Wait(on, wake) => t.wait(*on, wake.map(at), at(15), around).map(drop),
        Act::Resume => t.resume(around).map(drop),
        Act::Wake(now) => t.wake_up(at(*now), around).map(drop),
        Act::Answer(now) => t.answer(at(*now), closed, until, around).map(drop),
        Act::Assign(to, by) => t.assign(to, *by, around).map(drop),
        Act::Escalate("next", by) => t.escalate(Upward::Next, *by, around).map(drop),
        Act::Escalate("lead", by) => t.escalate(Upward::Lead, *by, around).map(drop),
        Act::Escalate(to, by) => t.escalate(Upward::To(to), *by, around).map(drop),
        Act::Lower => t.lower(By::Person, around).map(drop),
        Act::Block(by) => t.edit(around, |t| t.links.push(Link { kind: LinkType::BlockedBy, to: id(*by) })).map(drop),
        Act::Raw(status, resolution) => {
            let set = |t: &mut Ticket| {
                t.status = *status;
                if status.is_done() {
                    (*resolution).clone_into(&mut t.resolution);
                }
            };
            t.set(By::Person, around, set).map(drop)
        }
    }
}

proptest! {
    #[test]
    fn no_sequence_of_acts_gives_a_ticket_that_breaks_a_rule(acts in prop::collection::vec(any_act(), 0..24)) {
        let world = World::new();
        let mut t = ticket(Status::New);
        for act in acts {
            let before = t.clone();
            let done = world.with(|around| perform(&act, &mut t, around));
            if done.is_err() {
                prop_assert_eq!(&t, &before);
            }
            let flaws = world.with(|around| validate(&t, around));
            prop_assert_eq!(flaws, [], "after {:?}", act);
            prop_assert!(t.status != Status::New || before.status == Status::New);
        }
    }
}
