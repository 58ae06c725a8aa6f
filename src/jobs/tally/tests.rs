use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Records outcomes one after the other, `x` and `.`; what was told of each.
fn told(tally: &mut Tally, outcomes: &str, after: u64) -> Vec<Option<News>> {
    let all = outcomes.chars().enumerate().map(|(second, outcome)| {
        let outcome = if outcome == '.' { Outcome::Good } else { Outcome::Bad(outcome.to_string()) };
        let news = tally.record(&outcome, at(second as i64), after);
        news.iter().for_each(|news| tally.told(news, at(second as i64)));
        news
    });
    all.collect()
}

fn counts(news: &[Option<News>]) -> Vec<(usize, &str, u64)> {
    let counted = |(place, news): (usize, &Option<News>)| match &news.as_ref()?.what {
        What::Failure { count, .. } => Some((place + 1, "fails", *count)),
        What::Recovery { count, .. } => Some((place + 1, "works", *count)),
    };
    news.iter().enumerate().filter_map(counted).collect()
}

#[test]
fn failures_are_told_at_powers_of_two_and_the_recovery_knows_them_all() {
    let mut tally = Tally::new("k");
    let news = told(&mut tally, "..xxxxxxxxxx..x", 1);
    let expected =
        [(3, "fails", 1), (4, "fails", 2), (6, "fails", 4), (10, "fails", 8), (13, "works", 10), (15, "fails", 1)];
    assert_eq!(counts(&news), expected);
    let Some(News { what: What::Recovery { first, .. }, .. }) = news[12] else { panic!("no recovery") };
    assert_eq!(first, at(2));
}

#[test]
fn ten_thousand_failures_are_told_fewer_than_twenty_times() {
    let mut tally = Tally::new("k");
    let mut news = 0;
    for n in 0..10_000 {
        if let Some(told) = tally.record(&Outcome::Bad(format!("never the same {n}")), at(n), 1) {
            tally.told(&told, at(n));
            news += 1;
        }
    }
    // 14 powers of two, and of the first five kinds those two that are at none.
    assert_eq!((tally.count, news), (10_000, 16));
}

#[test]
fn another_kind_of_failure_is_told_at_once_and_the_old_one_not_again() {
    let news = told(&mut Tally::new("k"), "xxxxxyx", 1);
    assert_eq!(counts(&news), [(1, "fails", 1), (2, "fails", 2), (4, "fails", 4), (6, "fails", 6)]);
    let Some(News { what: What::Failure { instead_of, .. }, .. }) = &news[5] else { panic!("not told") };
    assert_eq!(instead_of.as_deref(), Some("x"));
}

#[test]
fn what_goes_on_is_told_again_after_a_day_for_its_ticket_may_have_ended() {
    let (mut tally, mut told) = (Tally::new("k"), Vec::new());
    // Each minute, for a week.
    for minute in 0..7 * 1_440 {
        let now = at(minute * 60);
        if let Some(news) = tally.record(&Outcome::Bad("x".to_owned()), now, 1) {
            tally.told(&news, now);
            told.push(minute + 1);
        }
    }
    let powers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048];
    assert_eq!(told, [&powers[..], &[3_488, 4_096, 5_536, 6_976, 8_192, 9_632]].concat());
}

#[test]
fn fewer_failures_than_asked_for_are_told_neither_when_they_come_nor_when_they_go() {
    let news = told(&mut Tally::new("k"), "xx.xxxx.", 3);
    assert_eq!(counts(&news), [(6, "fails", 3), (7, "fails", 4), (8, "works", 4)]);
}

#[test]
fn news_that_reached_nobody_is_told_the_next_time() {
    let mut tally = Tally::new("k");
    for n in 0..3 {
        assert!(tally.record(&Outcome::Bad("x".to_owned()), at(n), 1).is_some());
    }
    assert_eq!((tally.count, tally.told), (3, 0));
}

#[test]
fn what_comes_and_goes_is_told_when_that_begins_and_ends() {
    let mut tally = Tally::new("k");
    // Eight changes of twenty: the newest weigh more than one, so it is past 40 %.
    let news = told(&mut tally, "x.x.x.x.x.x.x.x.", 1);
    let begun = news.iter().position(|news| news.as_ref().is_some_and(|news| news.flapping == Some(true)));
    assert_eq!(begun, Some(8), "{news:?}");
    assert!(tally.flapping);
    assert!(news[8..].iter().flatten().all(|news| matches!(news.what, What::Failure { .. })), "{news:?}");
    let news = told(&mut tally, "...................", 1);
    let ended: Vec<&News> = news.iter().flatten().collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(ended[0].flapping, Some(false));
    assert!(matches!(ended[0].what, What::Recovery { .. }));
    assert!(!tally.flapping && tally.count == 0);
}

#[test]
fn the_share_of_changes_is_nagioss() {
    let results = |text: &str| {
        let mut results = Results::default();
        text.chars().for_each(|c| results.push(c == 'x'));
        (results.share() * 1_000.0).round() / 1_000.0
    };
    assert_eq!(results("xxxxxxxxxxxxxxxxxxxxx"), 0.0);
    assert_eq!(results("x.x.x.x.x.x.x.x.x.x.x"), 1.0);
    // The newest change weighs 1.2 and the oldest 0.8, of 20.
    assert_eq!(results("xxxxxxxxxxxxxxxxxxxx."), 0.06);
    assert_eq!(results("x...................."), 0.04);
    // Of two results the change is the newest of twenty.
    assert_eq!(results("x."), 0.06);
}

#[test]
fn a_kind_is_the_same_whatever_numbers_it_names() {
    let kind = |line: &str| kind_of("exit 23", line);
    assert_eq!(
        kind("rsync error (code 23) at main.c(1338)"),
        "exit # rsync error (code #) at main.c(#)".replace("exit #", "exit 23")
    );
    assert_eq!(kind("lock /tmp/tmp.a1b2c3 of 12:03:44"), kind("lock /tmp/tmp.f9e8d7 of 12:04:45"));
    assert_ne!(kind("no space left"), kind("connection refused"));
    assert_eq!(kind(""), "exit 23");
}
