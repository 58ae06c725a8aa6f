//! Who is on call, and until when. Pure: a rota, a moment and a time zone in, a name out.
//!
//! A rota is reckoned in wall time: a shift of `7d` that began on a Monday at 08:00 ends on a Monday at 08:00, and one of
//! `12h` changes hands at 08:00 and 20:00, whatever the clocks do in between. So a shift over a change of the clocks is
//! an hour shorter or longer in real time, as it is for the people who do it. Where the wall time of a hand-over does not
//! exist, it is as much later as the clocks jump; where it comes twice, the first one counts.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::policy::{Policy, Rota, Span};

/// Somebody's turn, `[since, until)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub queue: String,
    /// As the rota has it: perhaps an agent who has retired.
    pub agent: String,
    pub since: Timestamp,
    pub until: Timestamp,
}

impl Rota {
    /// Who is on call at a moment, since when and until when; `None` before the first shift.
    pub fn at(&self, now: Timestamp, zone: &TimeZone) -> Option<(&str, Timestamp, Timestamp)> {
        let shift = self.seconds()?;
        let wall = now.to_zoned_datetime(zone.clone()).datetime();
        let mut number = wall.duration_since(self.start).as_secs().div_euclid(shift);
        // In an hour that comes twice, the wall alone does not say on which side of a hand-over it is.
        while self.begins(number, zone)? > now {
            number -= 1;
        }
        while self.begins(number + 1, zone)? <= now {
            number += 1;
        }
        let place = usize::try_from(number).ok()?.checked_rem(self.members.len())?;
        Some((&self.members[place], self.begins(number, zone)?, self.begins(number + 1, zone)?))
    }

    /// The moment a shift begins, the first being number 0.
    fn begins(&self, number: i64, zone: &TimeZone) -> Option<Timestamp> {
        let after = SignedDuration::from_secs(self.seconds()?.checked_mul(number)?);
        let wall: DateTime = self.start.checked_add(after).ok()?;
        Some(zone.to_ambiguous_zoned_datetime(wall).compatible().ok()?.timestamp())
    }

    /// Wall time of a shift, greater than nothing; `None` for what is no length of days, hours and minutes.
    fn seconds(&self) -> Option<i64> {
        match self.shift {
            Span::Seconds(seconds) => (seconds > 0).then_some(seconds),
            Span::WorkingDays(_) | Span::EndOfWorkingDay(_) => None,
        }
    }
}

impl Policy {
    /// Who is on call for a queue. `None` without a rota, and before its first shift. `zone` is the desk's.
    pub fn on_call(&self, queue: &str, now: Timestamp, zone: &TimeZone) -> Option<Duty> {
        let (agent, since, until) = self.rota.get(queue)?.at(now, zone)?;
        Some(Duty { queue: queue.to_owned(), agent: agent.to_owned(), since, until })
    }

    /// Who is on call for any queue: a duty a rota.
    pub fn all_on_call(&self, now: Timestamp, zone: &TimeZone) -> Vec<Duty> {
        self.rota.keys().filter_map(|queue| self.on_call(queue, now, zone)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rota(start: &str, shift: &str, members: &[&str]) -> Rota {
        Rota {
            start: start.parse().unwrap(),
            shift: Span::parse(shift).unwrap(),
            members: members.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn told(rota: &Rota, now: &str, zone: &TimeZone) -> Option<String> {
        let (agent, since, until) = rota.at(now.parse().unwrap(), zone)?;
        Some(format!("{agent} {since} {until}"))
    }

    #[test]
    fn weeks_go_round_and_begin_with_the_first_member() {
        let rota = rota("2026-01-05T08:00:00", "7d", &["ana", "ben", "eve"]);
        let told = |now| told(&rota, now, &TimeZone::UTC);
        assert_eq!(told("2026-01-05T07:59:59Z"), None);
        assert_eq!(told("2026-01-05T08:00:00Z").as_deref(), Some("ana 2026-01-05T08:00:00Z 2026-01-12T08:00:00Z"));
        assert_eq!(told("2026-01-12T07:59:59Z").as_deref(), Some("ana 2026-01-05T08:00:00Z 2026-01-12T08:00:00Z"));
        assert_eq!(told("2026-01-12T08:00:00Z").as_deref(), Some("ben 2026-01-12T08:00:00Z 2026-01-19T08:00:00Z"));
        assert_eq!(told("2026-01-30T00:00:00Z").as_deref(), Some("ana 2026-01-26T08:00:00Z 2026-02-02T08:00:00Z"));
    }

    #[test]
    fn a_change_of_the_clocks_does_not_move_the_hand_over() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        // 08:00 is 07:00 UTC in winter and 06:00 UTC in summer; the clocks change on 29 March and 25 October 2026.
        let weeks = rota("2026-03-23T08:00:00", "7d", &["ana", "ben"]);
        let spring = told(&weeks, "2026-03-30T05:59:59Z", &zone);
        assert_eq!(spring.as_deref(), Some("ana 2026-03-23T07:00:00Z 2026-03-30T06:00:00Z"));
        assert_eq!(told(&weeks, "2026-03-30T06:00:00Z", &zone).unwrap().split(' ').next(), Some("ben"));
        let nights = rota("2026-10-24T08:00:00", "12h", &["ana", "ben"]);
        let autumn = told(&nights, "2026-10-25T06:30:00Z", &zone);
        assert_eq!(autumn.as_deref(), Some("ben 2026-10-24T18:00:00Z 2026-10-25T07:00:00Z"), "a night of 13 hours");
    }

    #[test]
    fn a_hand_over_in_an_hour_that_comes_twice_is_at_the_first() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let rota = rota("2026-10-24T02:30:00", "1d", &["ana", "ben"]);
        // 02:30 is 00:30 UTC, and once more 01:30 UTC.
        let who = |now| told(&rota, now, &zone).unwrap().split(' ').next().unwrap().to_owned();
        assert_eq!(who("2026-10-25T00:29:59Z"), "ana");
        assert_eq!(who("2026-10-25T00:30:00Z"), "ben");
        assert_eq!(who("2026-10-25T01:10:00Z"), "ben", "02:10 for the second time");
    }

    #[test]
    fn what_is_no_rota_has_nobody() {
        let working_days = Rota { shift: Span::WorkingDays(5), ..rota("2026-01-05T08:00:00", "7d", &["ana"]) };
        assert_eq!(told(&working_days, "2026-02-05T08:00:00Z", &TimeZone::UTC), None);
        let nobody = rota("2026-01-05T08:00:00", "7d", &[]);
        assert_eq!(told(&nobody, "2026-02-05T08:00:00Z", &TimeZone::UTC), None);
    }

    proptest! {
        #[test]
        fn every_moment_is_one_turn_and_turns_follow_each_other(
            second in 1_767_600_000_i64..1_999_999_999, shift in 7_200_i64..2_000_000, count in 1_usize..6,
            place in 0_usize..3,
        ) {
            let zone = TimeZone::get(["UTC", "Europe/Amsterdam", "Australia/Lord_Howe"][place]).unwrap();
            let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            let start = "2026-01-01T00:15:00".parse().unwrap();
            let rota = Rota { start, shift: Span::Seconds(shift), members: names };
            let now = Timestamp::from_second(second).unwrap();
            let (agent, since, until) = rota.at(now, &zone).unwrap();
            prop_assert!(since <= now && now < until);
            let (next, after, _) = rota.at(until, &zone).unwrap();
            prop_assert_eq!(after, until);
            prop_assert_eq!((agent.parse::<usize>().unwrap() + 1) % count, next.parse::<usize>().unwrap());
        }
    }
}
