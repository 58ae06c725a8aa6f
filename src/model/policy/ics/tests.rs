use super::*;
use proptest::prelude::*;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

/// A file of these lines; they begin at line 3.
fn file(lines: &str) -> DaysOff {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{lines}\nEND:VCALENDAR\n");
    read(text.as_bytes(), &zone()).unwrap()
}

fn event(lines: &str) -> DaysOff {
    file(&format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT"))
}

fn days(read: &DaysOff) -> Vec<String> {
    read.days.iter().map(|(day, name)| format!("{day} {name}")).collect()
}

fn faults(read: &DaysOff) -> Vec<String> {
    let one = |fault: &Fault| {
        let fix = fault.fix.as_deref().map(|fix| format!(" → {fix}")).unwrap_or_default();
        format!("{}:{} {}{fix}", fault.line, fault.severity.as_str(), fault.message)
    };
    read.faults.iter().map(one).collect()
}

#[test]
fn an_event_is_a_day_off_with_its_name() {
    let read = event("SUMMARY;LANGUAGE=nl:Eerste\n  kerstdag\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226");
    assert_eq!((days(&read), faults(&read)), (vec!["2026-12-25 Eerste kerstdag".to_owned()], vec![]));
    assert_eq!(read.last, Some(jiff::civil::date(2026, 12, 25)));
}

#[test]
fn an_event_of_several_days_ends_before_its_end() {
    let three = ["2026-12-24 ", "2026-12-25 ", "2026-12-26 "];
    for lines in [
        "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227",
        "DTSTART:20261224\nDURATION:P3D",
        "DTSTART:20261224T000000\nDTEND:20261227T000000",
        "DTSTART:20261224T000000\nDTEND:20261226T235959",
        "DTSTART;TZID=Europe/Amsterdam:20261224T000000\nDTEND;TZID=Europe/Amsterdam:20261227T000000",
        "DTSTART:20261223T230000Z\nDTEND:20261226T230000Z",
        "DTSTART:20261224T000000Z\nDTEND:20261227T000000Z",
        "DTSTART;TZID=Europe/Amsterdam:20261224\nDTEND;TZID=Europe/Amsterdam:20261227",
    ] {
        let read = event(lines);
        assert_eq!((days(&read), faults(&read)), (three.map(str::to_owned).to_vec(), vec![]), "{lines}");
    }
    for lines in [
        "DTSTART:20261224",
        "DTSTART:20261224\nDTEND:20261224",
        "DTSTART:20261224T000000",
        "DTSTART:20261224\nDURATION:P0D",
    ] {
        assert_eq!(days(&event(lines)), ["2026-12-24 "], "{lines}");
    }
}

#[test]
fn an_event_comes_back_each_year_but_for_days_that_are_taken_out() {
    let read = event("DTSTART:20261225\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE:20271225\nRDATE:20300101,20310101");
    assert_eq!(days(&read), ["2026-12-25 ", "2028-12-25 ", "2030-01-01 ", "2031-01-01 "]);
    let read = event("DTSTART:20261225\nRRULE:FREQ=YEARLY");
    assert_eq!((read.days.len(), read.last), (75, None), "a file of rules without end does not end");
}

#[test]
fn a_rule_that_is_not_known_is_named_and_the_first_day_kept() {
    let read = event("DTSTART:20260525\nRRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5");
    assert_eq!(days(&read), ["2026-05-25 "]);
    assert_eq!(
        faults(&read),
        [
            "5:warning the rule \"FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5\" is not known here; only 2026-05-25 is taken → an event for each day, or RRULE:FREQ=YEARLY"
        ]
    );
}

#[test]
fn what_is_cancelled_or_belongs_to_a_zone_or_an_alarm_is_no_day_off() {
    let read = file(
        "BEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
         END:VTIMEZONE\nBEGIN:VEVENT\nSTATUS:CANCELLED\nDTSTART:20260101\nEND:VEVENT\nBEGIN:VEVENT\nBEGIN:VALARM\n\
         SUMMARY:alarm\nDURATION:PT1H\nEND:VALARM\nDTSTART:20260102\nSUMMARY:day\nEND:VEVENT",
    );
    assert_eq!((days(&read), faults(&read)), (vec!["2026-01-02 day".to_owned()], vec![]));
}

#[test]
fn faults_name_their_lines_and_the_rest_is_read() {
    let read = file(
        "BEGIN:VEVENT\nDTSTART:20260230\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:none\nEND:VEVENT\n\
         BEGIN:VEVENT\nDTSTART:20260501\nDTEND:20260401\nEND:VEVENT\nno property\n\
         BEGIN:VEVENT\nDTSTART:20260601T120000\nDTEND:20260601T130000\nEND:VEVENT\n\
         BEGIN:VEVENT\nDTSTART:20260701\nDURATION:long\nEND:VEVENT\n\
         BEGIN:VEVENT\nDTSTART:20260801\nDTEND:20280801\nEND:VEVENT\n\
         BEGIN:VEVENT\nDTSTART:20260901\nBEGIN:VEVENT\nDTSTART:20261001",
    );
    assert_eq!(days(&read), ["2026-05-01 ", "2026-06-01 ", "2026-07-01 ", "2026-08-01 ", "2026-09-01 ", "2026-10-01 "]);
    assert_eq!(
        faults(&read),
        [
            "4:error \"20260230\" is no day → DTSTART;VALUE=DATE:20261225",
            "6:error this event has no first day → DTSTART;VALUE=DATE:20261225",
            "10:error this event ends before it begins",
            "13:warning this line is no property: it has no colon",
            "15:warning this event is a part of 2026-06-01; the whole day is taken as off → hours of one day: [[calendars.NAME.exception]] in desk.toml",
            "20:error \"long\" is no length of time → DURATION:P1D",
            "23:error this event has 731 days; only the first is taken → an event for each holiday",
            "26:error this event has no end → END:VEVENT",
            "28:error this event has no end → END:VEVENT",
        ]
    );
}

#[test]
fn a_file_of_too_many_days_or_faults_stops_being_read_in_time() {
    let many = "BEGIN:VEVENT\nDTSTART:20000101\nDURATION:P366D\nRRULE:FREQ=YEARLY\nEND:VEVENT\n".repeat(10_000);
    let read = file(&many);
    assert_eq!((read.days.len() <= MOST_DAYS, read.faults.len()), (true, MOST_FAULTS + 1));
    assert_eq!(read.faults[MOST_FAULTS].message, "and 9980 more of this file");
    assert_eq!(
        faults(&read)[0],
        "3:error more than 10000 days: those from here on are left out → leave out years that are over"
    );
}

#[test]
fn another_file_is_none() {
    for text in ["", "<html>", "BEGIN:VCARD\nEND:VCARD", "\n\n", "\u{0}\u{1}"] {
        assert_eq!(read(text.as_bytes(), &zone()), None, "{text:?}");
    }
    assert!(read(b"\xEF\xBB\xBFbegin:vcalendar\r\nend:vcalendar\r\n", &zone()).unwrap().days.is_empty());
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes: Vec<u8>, text in "((BEGIN|END):(VEVENT|VALARM|X)\n|DTSTART|DTEND|RRULE|EXDATE|DURATION|STATUS|[:;=\"\\\\]|[0-9]{8}(T[0-9]{6}Z?)?|FREQ=YEARLY|;COUNT=[0-9]{1,9}|;INTERVAL=[0-9]{1,5}|;UNTIL=|P[0-9]{1,9}[DWY]|\n ?|é)*") {
        let all = [b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".as_slice(), text.as_bytes(), &bytes].concat();
        let read = read(&all, &zone()).unwrap();
        prop_assert!(read.days.len() <= MOST_DAYS && read.faults.len() <= MOST_FAULTS + 1);
    }

    #[test]
    fn a_list_of_days_reads_back(days in proptest::collection::btree_set(0_i32..20_000, 0..50)) {
        let days: Vec<Date> = days.into_iter().map(|n| jiff::civil::date(2000, 1, 1).checked_add(n.days()).unwrap()).collect();
        let events: Vec<String> = days.iter().map(|day| format!("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{}\r\nEND:VEVENT\r\n", day.strftime("%Y%m%d"))).collect();
        let read = file(&events.concat());
        prop_assert_eq!(read.days.keys().copied().collect::<Vec<_>>(), days.clone());
        prop_assert_eq!(read.last, days.last().copied());
        prop_assert_eq!(read.faults, vec![]);
    }
}
