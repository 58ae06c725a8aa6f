//! `calendar`

use serde_json::Value;
use snapbox::{assert_data_eq, str};
use std::fmt::Write as _;

use crate::support::TestDesk;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn desk(calendars: &str) -> TestDesk {
    let desk = TestDesk::new();
    let path = desk.path().join("desk.toml");
    let policy = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{policy}\n{calendars}")).unwrap();
    desk.git(&["commit", "-qam", "calendars"]);
    desk
}

fn office() -> TestDesk {
    desk(
        "[calendars.ams]\ntimezone = \"Europe/Amsterdam\"\nholidays = [\"12-25\", \"2026-12-28\"]\n\
          hours = { mon = [\"08:30-12:30\", \"13:00-17:00\"], tue = [\"08:30-17:00\"], wed = [\"08:30-17:00\"], \
          thu = [\"08:30-17:00\"], fri = [\"08:30-17:00\"] }\n\
          [[calendars.ams.exception]]\ndate = 2026-12-24\nhours = [\"08:30-12:00\"]\n",
    )
}

/// Minutes after midnight of spans like `["09:00", "17:00"]`.
fn spans(value: &Value) -> Vec<(u32, u32)> {
    let minutes = |text: &Value| {
        let (hour, minute) = text.as_str().unwrap().split_once(':').unwrap();
        hour.parse::<u32>().unwrap() * 60 + minute.parse::<u32>().unwrap()
    };
    value.as_array().into_iter().flatten().map(|span| (minutes(&span[0]), minutes(&span[1]))).collect()
}

fn written(spans: &[(u32, u32)]) -> String {
    let one = |(from, to): &(u32, u32)| format!("\"{:02}:{:02}-{:02}:{:02}\"", from / 60, from % 60, to / 60, to % 60);
    spans.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Hours without the breaks in them.
fn without(hours: &[(u32, u32)], breaks: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut left = hours.to_vec();
    for (from, to) in breaks {
        left = left
            .into_iter()
            .flat_map(|(start, end)| [(start, end.min(*from)), (start.max(*to), end)])
            .filter(|(start, end)| start < end)
            .collect();
    }
    left
}

/// A `[calendars.NAME]` for each calendar of the cases; breaks become exceptions of their days.
fn policy(calendars: &Value) -> String {
    let mut text = String::new();
    for (name, calendar) in calendars.as_object().unwrap() {
        let name = name.to_lowercase();
        let hours = DAYS.map(|day| format!("{day} = [{}]", written(&spans(&calendar["hours"][day]))));
        writeln!(text, "[calendars.{name}]\ntimezone = {}\nhours = {{ {} }}", calendar["tz"], hours.join(", "))
            .unwrap();
        writeln!(text, "holidays = {}", calendar.get("holidays").unwrap_or(&Value::Array(vec![]))).unwrap();
        for (date, breaks) in calendar["breaks"].as_object().into_iter().flatten() {
            let weekday = date.parse::<jiff::civil::Date>().unwrap().weekday().to_monday_zero_offset();
            let usual = spans(&calendar["hours"][DAYS[weekday as usize]]);
            let hours = written(&without(&usual, &spans(breaks)));
            writeln!(text, "[[calendars.{name}.exception]]\ndate = {date}\nhours = [{hours}]").unwrap();
        }
    }
    text
}

/// A time as the cases write it: without a zone it is one of the calendar's.
fn expected(text: &str, zone: &str) -> jiff::Timestamp {
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    text.parse().unwrap_or_else(|_| zone.to_timestamp(text.parse().unwrap()).unwrap())
}

#[test]
fn the_cases_of_other_systems_come_out_as_they_should() {
    let cases: Value = serde_json::from_str(include_str!("../fixtures/sla-cases.json")).unwrap();
    let desk = desk(&policy(&cases["calendars"]));
    assert_eq!(desk.run(&["check", "--json"]).ok(), "[]\n");
    let cases_of = cases["cases"].as_array().unwrap();
    assert_eq!(cases_of.len(), 94);
    let mut wrong = Vec::new();
    for case in cases_of {
        let text = |key: &str| case[key].as_str().unwrap();
        let calendar = text("cal").to_lowercase();
        let target = match text("kind") {
            "due" => Some(format!("{}s", case["target_s"])),
            "days" if text("mode") == "end_of_day" => Some(format!("{}bd end", case["n"])),
            "days" => Some(format!("{}bd", case["n"])),
            _ => None,
        };
        let mut words = match &target {
            Some(target) => vec!["calendar", "due", &calendar, "--start", text("start"), "--target", target],
            None => vec!["calendar", "elapsed", &calendar, "--start", text("start"), "--end", text("end")],
        };
        let pauses = case["pauses"].as_array().unwrap().iter();
        let pauses: Vec<String> = pauses
            .map(|pause| format!("--pause={}..{}", pause[0].as_str().unwrap(), pause[1].as_str().unwrap()))
            .collect();
        words.extend(pauses.iter().map(String::as_str));
        let said = desk.run(&words).ok().trim_end().to_owned();
        let zone = cases["calendars"][text("cal")]["tz"].as_str().unwrap();
        let right = match &target {
            Some(_) => expected(text("expect"), zone).to_string(),
            None => case["expect_s"].to_string(),
        };
        if said != right {
            wrong.push(format!("{}: {said}, not {right}", text("id")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn people_read_times_of_the_calendar() {
    let desk = office();
    let due = ["calendar", "due", "ams", "--start", "2026-11-27 15:00", "--target", "4h"];
    assert_data_eq!(
        desk.run(&due).to_string(),
        str![[r#"
2026-11-30T09:30:00Z

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &due).to_string(),
        str![[r#"
Mon 30 Nov 2026 10:30  Europe/Amsterdam

"#]]
    );
    let elapsed = ["calendar", "elapsed", "ams", "--start", "2026-11-27", "--end", "2026-11-30 10:30:05"];
    assert_data_eq!(
        desk.run(&elapsed).to_string(),
        str![[r#"
37805

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &elapsed).to_string(),
        str![[r#"
10h 30m 05s

"#]]
    );
    let json = desk.run(&[&due[..], &["--pause", "2026-11-30 09:00..", "--json"]].concat());
    assert_data_eq!(
        json.to_string(),
        str![[r#"
stderr: {"error":{"candidates":[],"code":"never","exit":1,"hint":null,"message":"4h of `ams` is never used up","try":[]}}
exit: 1

"#]]
    );
    let json = desk.run(&[&due[..], &["--pause", "2026-11-30 09:00..2026-11-30 09:15", "--json"]].concat());
    assert_data_eq!(
        json.to_string(),
        str![[r#"
{
  "calendar": "ams",
  "due": "2026-11-30T09:45:00Z",
  "pauses": [
    {
      "from": "2026-11-30T08:00:00Z",
      "to": "2026-11-30T08:15:00Z"
    }
  ],
  "schema": "desk.due/1",
  "start": "2026-11-27T14:00:00Z",
  "target": "4h",
  "target_seconds": 14400
}

"#]]
    );
}

#[test]
fn a_month_is_drawn_with_its_hours_and_holidays() {
    let desk = office();
    let show = ["calendar", "show", "ams", "--month", "2026-12"];
    assert_data_eq!(
        desk.on_terminal("", &show).to_string(),
        str![[r#"
December 2026           ams, Europe/Amsterdam

 Mon  Tue  Wed  Thu  Fri  Sat  Sun
       1    2    3    4    5·   6·
  7    8    9   10   11   12·  13·
 14   15   16   17   18   19·  20·
 21   22   23   24*  25x  26·  27·
 28x  29   30   31

Mon       08:30-12:30 13:00-17:00
Tue–Fri   08:30-17:00
Thu 24    08:30-12:00  exception
Fri 25    closed  holiday
Mon 28    closed  holiday

21 working days, 172h

"#]]
    );
    let rows = desk.run(&show).ok();
    let of_interest: Vec<&str> = rows.lines().filter(|line| line.starts_with("2026-12-2")).collect();
    assert_data_eq!(
        of_interest.join("\n"),
        str![[r#"
2026-12-20	Sun		0	
2026-12-21	Mon	08:30-12:30,13:00-17:00	28800	
2026-12-22	Tue	08:30-17:00	30600	
2026-12-23	Wed	08:30-17:00	30600	
2026-12-24	Thu	08:30-12:00	12600	exception
2026-12-25	Fri		0	holiday
2026-12-26	Sat		0	
2026-12-27	Sun		0	
2026-12-28	Mon		0	holiday
2026-12-29	Tue	08:30-17:00	30600	
"#]]
    );
}

#[test]
fn what_cannot_be_is_said() {
    let desk = office();
    let fails = |words: &[&str], code: i32| desk.run(&[&["calendar"][..], words].concat()).fails(code);
    let said = [
        fails(&["due", "amz", "--start", "now", "--target", "4h"], 3),
        fails(&["due", "ams", "--start", "now", "--target", "-4h"], 2),
        fails(&["due", "ams", "--start", "now", "--target", "four"], 2),
        fails(&["due", "ams", "--start", "soon", "--target", "4h"], 2),
        fails(&["elapsed", "ams", "--start", "2026-11-20", "--end", "2026-11-27", "--pause", "2026-11-21"], 2),
        fails(&["show", "ams", "--month", "2026-13"], 2),
    ];
    assert_data_eq!(
        said.concat(),
        str![[r#"
git-desk: no calendar `amz`
  did you mean `ams`?
git-desk: a target cannot be negative: `-4h`
  like these: 45m, 4h, '1h 30m', 5bd, '5bd end'
git-desk: `four` is no length of time
  like these: 45m, 4h, '1h 30m', 5bd, '5bd end'
git-desk: `soon` is no time
  like these: 2026-11-24T10:00:00Z, '2026-11-24 10:00', 2026-11-24, yesterday, now
git-desk: `2026-11-21` is no span: it lacks the two dots
  --pause '2026-11-24 10:00..2026-11-24 12:00'
git-desk: `2026-13` is no month
  like these: 2026-12, this-month

"#]]
    );
}
