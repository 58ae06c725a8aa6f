//! `sla --would-fire`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{GOLD, desk};
use crate::support::TestDesk;

#[test]
fn rules_whose_time_has_come_are_told() {
    let desk = desk(&format!(
        "{GOLD}\n[[escalation]]\nname = \"warn the lead\"\nclock = \"resolve\"\nat = \"75%\"\nmatch = \"priority:p1\"\n\
         do = [\"notify\", \"escalate\"]\n\n[[escalation]]\nclock = \"acknowledge\"\nat = \"+10m\"\ndo = \"raise\"\n"
    ));
    assert_eq!(desk.run(&["check"]).code, 0);
    let vpn = desk.open("VPN drops", &["--priority", "p1"]);
    let fire = |desk: &TestDesk| {
        let rows: Vec<Value> = serde_json::from_str(&desk.run(&["sla", "--would-fire", "--json"]).ok()).unwrap();
        rows.iter().map(|row| format!("{} {} {}", row["rule"], row["clock"], row["at"])).collect::<Vec<_>>()
    };
    // Each command takes a minute: this one begins a second before the time.
    desk.later(24 * 60 - 1);
    assert_eq!(fire(&desk), [""; 0]);
    desk.later(-60);
    assert_data_eq!(
        desk.on_terminal("", &["sla", "--would-fire"]).to_string(),
        str![[r#"
no rule would fire

"#]]
    );
    desk.later(-59);
    assert_eq!(fire(&desk), ["\"\" \"acknowledge\" \"+10m\""]);
    desk.run(&["take", &vpn]).ok();
    desk.later(155 * 60);
    assert_eq!(fire(&desk), ["\"warn the lead\" \"resolve\" \"75%\""]);
    assert_data_eq!(
        desk.on_terminal("", &["sla", "--would-fire"]).to_string(),
        str![[r#"
 P   ID    TITLE      CLOCK    AT   RULE           WOULD
 p1  [1mw90t  [0mVPN drops  resolve  75%  warn the lead  notify, escalate

"#]]
    );
    // The entry that a rule writes is the proof that it fired.
    let entry = desk
        .path()
        .join(format!("{}/20261124T120000Z-aaaaaa.toml", crate::support::ticket_path(&vpn).trim_end_matches(".toml")));
    std::fs::create_dir_all(entry.parent().unwrap()).unwrap();
    let proof = "kind = \"note\"\n\nby = \"ana\"\n\nat = 2026-11-24T12:00:00Z\n\nfired = \"resolve 1 75% warn the lead\"\n\nbody = \"told eva\"\n";
    std::fs::write(&entry, proof).unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "fired"]);
    assert_eq!(fire(&desk), [""; 0]);
}

#[test]
fn so_many_tickets_are_told_as_were_asked_for() {
    let rules = "\n[[escalation]]\nclock = \"resolve\"\nat = \"+0m\"\ndo = \"notify\"\n\n[[escalation]]\nclock = \"respond\"\nat = \"+0m\"\ndo = \"raise\"\n";
    let desk = desk(&format!("{GOLD}{rules}"));
    // The most urgent has answered nobody yet, and is in time.
    let fire = |words: &[&str]| desk.run(&[&["sla", "--would-fire"], words].concat());
    assert_eq!(fire(&["--exit-code"]).code, 1);
    desk.open("of today", &["--priority", "p2"]);
    let late = [("one", "08"), ("two", "09")]
        .map(|(title, hour)| desk.open(title, &["--priority", "p2", "--opened", &format!("2026-11-20T{hour}:00:00Z")]));
    desk.open("first, and in time", &["--priority", "p1"]);
    assert_eq!(fire(&["-n", "1", "-o", "ids"]).ok(), format!("{}\n", late[0]));
    // Both rules of the one.
    assert_eq!(fire(&["-n", "1"]).ok().lines().count(), 2);
    assert_eq!(fire(&["-o", "ids", "--exit-code"]).ok(), format!("{}\n{}\n", late[0], late[1]));
}
