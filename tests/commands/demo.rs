//! `demo`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

#[test]
fn a_demo_is_a_sound_desk_and_says_what_to_try() {
    let here = TestDesk::nowhere();
    let shown = here.run(&["demo", "../demo"]).ok();
    let demo = here.at("demo");
    demo.is_sound();
    demo.run(&["check", "--fail-level", "warning"]).ok();
    demo.run(&["fmt", "--check"]).ok();
    assert!(demo.run(&["list", "-o", "ids"]).ok().lines().count() >= 5);
    // What it says to type can be typed.
    let typed = shown.lines().filter_map(|line| line.strip_prefix("  git desk "));
    let commands: Vec<&str> = typed.map(|line| line.split("   ").next().unwrap()).collect();
    assert!(commands.len() >= 5, "{shown}");
    for command in commands {
        demo.run(&command.split_whitespace().collect::<Vec<_>>()).ok();
    }
    assert_data_eq!(
        shown,
        str![[r#"
a desk with 73 tickets over 8 weeks is in [WORLD]/desk/../demo

  cd [WORLD]/desk/../demo
  git desk list                       what is open
  git desk show 261118-fvzndw8e       one ticket, whole
  git desk log 261118-fvzndw8e        who did what, when
  git desk take 261120-gy4j06px       make one yours
  git desk search printer
  git desk kb list                    what the team has written down
  git desk service list               what people may ask for
  git desk list --at 2w               as it was two weeks ago
  git log --oneline | head            the same in git's words

demo     week 47: Mon 16 – Sun 22 Nov 2026     against week 46     calendar time

                   week   before          8 weeks     KEPT PROMISES     kept  promised  late
opened                9        9      0   ▇███████    acknowledge     88.9 %*   90.0 %     1
resolved              8       11     −3   ▅▅▄▇▇▅█▆    respond         63.6 %*   90.0 %     4
reopened              1        1      0   ██▁██▁██    resolve         66.7 %*   90.0 %     3
cancelled             1        1      0   ▁▁███▁██
open at the end       9        8     +1   ▃▅▇▇▇█▇▇    TO RESOLVE
                                                      median 23h 39m, p90 22d 12h (n = 8) *

AGE OF WHAT WAS OPEN THEN                             WORKLOAD THEN           open   resolved   late
< 1 day       1  ████                                 l1                         4          5      0
1–3 days      2  ████████                             l3                         3          1      2
3–7 days      1  ████                                 l2                         2          2      1
7–30 days     5  ████████████████████
> 30 days     0

OLDEST THEN
wpfz  Certificate of the shop expires in…     19d
qmbk  Scanner sends empty PDF files           18d
we05  Access to the finance share for Fat…    12d
a17b  Laptop does not wake from sleep          9d
djfp  Web shop answers with 502 now and t…     9d

1 more open than a week ago: 9 opened and 1 reopened, 8 resolved and 1 cancelled.

* from fewer than 20 tickets

"#]]
    );
}

#[test]
fn a_demo_is_lively() {
    let here = TestDesk::nowhere();
    here.run(&["demo", "d"]).ok();
    let demo = here.at("desk/d");
    let all = "status:new,active,waiting,resolved,closed";
    let of = |field: &str, query: &str| -> Vec<String> {
        let list = demo.run(&["list", query, "--fields", field, "-o", "tsv"]).ok();
        list.lines().map(str::to_owned).collect()
    };
    let count = |values: &[String]| -> std::collections::BTreeMap<String, usize> {
        values.iter().fold(Default::default(), |mut counts, value| {
            *counts.entry(value.clone()).or_default() += 1;
            counts
        })
    };
    let titles = count(&of("title", all));
    assert!(titles.len() >= 24 && titles.values().all(|times| *times <= 4), "{titles:?}");
    assert_eq!(count(&of("queue", all)).into_keys().collect::<Vec<_>>(), ["l1", "l2", "l3"]);
    assert!(count(&of("waiting_on", "is:waiting")).len() > 1, "waiting for different reasons");
    let overdue = demo.run(&["list", "is:open", "--json", "--fields", "due"]).ok();
    let overdue: Vec<serde_json::Value> = serde_json::from_str(&overdue).unwrap();
    assert!(overdue.iter().filter(|one| one["due"].as_str().is_some_and(|due| due < "2026-11-24T08")).count() >= 1);
    let quality: serde_json::Value = serde_json::from_str(&demo.run(&["report", "quality", "--json"]).ok()).unwrap();
    assert!(quality["escalated_tickets"].as_u64() > Some(5) && quality["reopen"]["tickets"].as_u64() > Some(3));
}

#[test]
fn a_dry_run_writes_nothing_and_json_is_one_object() {
    let here = TestDesk::nowhere();
    let said = here.run(&["demo", "d", "--dry-run"]).ok();
    assert!(said.contains("would be in") && !here.path().join("d").exists(), "{said}");
    let made: serde_json::Value = serde_json::from_str(&here.run(&["demo", "d", "--json"]).ok()).unwrap();
    let demo = here.at("desk/d");
    demo.run(&["show", made["show"].as_str().unwrap()]).ok();
    assert_eq!(demo.run(&["list", "is:new", "-o", "ids"]).ok().lines().filter(|id| made["free"] == **id).count(), 1);
}

#[test]
fn the_same_moment_and_seed_give_the_same_demo() {
    let (one, two) = (TestDesk::nowhere(), TestDesk::nowhere());
    one.run(&["demo", "d"]).ok();
    two.run(&["demo", "d"]).ok();
    assert_eq!(one.at("desk/d").git(&["rev-parse", "main"]), two.at("desk/d").git(&["rev-parse", "main"]));
}

#[test]
fn a_folder_with_something_in_it_is_refused() {
    let here = TestDesk::nowhere();
    std::fs::create_dir(here.path().join("full")).unwrap();
    std::fs::write(here.path().join("full/file"), "mine").unwrap();
    assert_data_eq!(
        here.run(&["demo", "full"]).fails(5),
        str![[r#"
git-desk: [WORLD]/desk/full is not empty
  git desk demo NEW-FOLDER

"#]]
    );
    assert_eq!(std::fs::read_dir(here.path().join("full")).unwrap().count(), 1);
}
