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
a desk with 60 tickets over 8 weeks is in [WORLD]/desk/../demo

  cd [WORLD]/desk/../demo
  git desk list                       what is open
  git desk show 260929-zvrrnqme       one ticket, whole
  git desk log 260929-zvrrnqme        who did what, when
  git desk take 261117-f8fd79np       make one yours
  git desk search printer
  git desk list --at 2w               as it was two weeks ago
  git log --oneline | head            the same in git's words

demo     week 2026-W47     against the week before

                      week   before             8 weeks
opened                   7        8      −1     ▇▇█▇█▇█▇
resolved                 7        7       0     ▅▇▅▆▇▆██
reopened                 0        1      −1     ▁██▁▁██▁
cancelled                0        1      −1     ▁▅█▅█▁▅▁
open at the end         12       12       0     ▃▃▅▆▆▇██

to resolve        median 1d 6h, p90 2d 10h  (n = 7) *

AGE OF WHAT IS OPEN
< 1 day          1  ███▍
1–3 days         0  
3–7 days         1  ███▍
7–30 days        5  ████████████████▋
> 30 days        6  ████████████████████

OLDEST
260930-a10j6s0j   Laptop for new colleague                               54d
261006-pj6w229x   Shared drive is read-only                              48d
261012-tnwxft68   Laptop for new colleague                               42d
261013-yjzra9sr   Two-factor token lost                                  41d
261014-xwjpndcv   nightly-backup failed on db1 (exit 23)                 40d

WORKLOAD                    open    resolved
l1                            13           5
l2                             0           2

As many open as a week ago: 7 opened and 0 reopened, 7 resolved and 0 cancelled.

"#]]
    );
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
