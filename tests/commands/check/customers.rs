//! `check` of customers' files.

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// A desk with `customers/acme.toml`.
pub fn with_customer(text: &str) -> TestDesk {
    let desk = TestDesk::new();
    std::fs::create_dir(desk.path().join("customers")).unwrap();
    std::fs::write(desk.path().join("customers/acme.toml"), text).unwrap();
    desk
}

#[test]
fn the_customers_of_the_template_are_in_order() {
    let desk = TestDesk::nowhere();
    desk.run(&["init", "--template", "msp"]).ok();
    assert_eq!(desk.run(&["check", "--fail-level", "warning"]).ok(), "");
}

#[test]
fn mistakes_in_a_customers_file_name_file_and_line() {
    let desk = with_customer(
        "name = \"Acme\"\nphone = \"5\"\n\n[[contract]]\nvalid_from = 2026-01-01\ncalendar = \"ofice\"\n\n\
         [[contract]]\nvalid_from = 2026-01-01\ncalendar = \"night\"\nhourly_rate = \"95\"\n\n[contract.targets.p1]\n\
         resolve = \"-4h\"\nrespond = \"soon\"\nupdate = \"2d\"\n",
    );
    std::fs::write(desk.path().join("customers/README.md"), "what is here\n").unwrap();
    std::fs::write(desk.path().join("customers/Acme Corp.toml"), "name = \"Acme\"\n").unwrap();
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
customers/Acme Corp.toml:1:1  DSK201  "Acme Corp" is no name of a customer, so no ticket can have it
  fix: a to z, 0 to 9 and - between them, at most 63
customers/acme.toml:2:1  DSK103  `phone` is not known (warning)
  fix: known here: name, domains, contacts, active, contract
customers/acme.toml:6:12  DSK102  there is no calendar "ofice" in desk.toml
  fix: did you mean "office"?
customers/acme.toml:9:14  DSK102  the contract in line 4 begins on 2026-01-01, too
  fix: valid_from = the day from which it holds
customers/acme.toml:10:12  DSK102  there is no calendar "night" in desk.toml
  fix: one of office, or add [calendars.night]
customers/acme.toml:11:15  DSK102  `contract[1].hourly_rate` is text, not a number
  fix: hourly_rate = 95.0
customers/acme.toml:14:11  DSK102  a target cannot be negative, as "-4h" is
  fix: resolve = "4h"
customers/acme.toml:15:11  DSK102  "soon" is no length of time
  fix: respond = "45m", "1h 30m" or "5bd" for working days
customers/acme.toml:16:10  DSK103  a target is working time, so "2d" is 48 working hours (warning)
  fix: "2bd" for working days, or "48h"
exit: 1

"#]]
    );
    let named = desk.run(&["check", "customers/acme.toml"]);
    assert_eq!((named.code, named.stdout.lines().count()), (1, 8), "{named}");
    assert_eq!(desk.run(&["check", "desk.toml"]).ok(), "");
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "customers"]);
    assert_eq!(desk.run(&["check", "customers/acme.toml"]).stdout, named.stdout, "committed or not");
}

#[test]
fn a_customers_file_that_is_broken_has_one_finding() {
    let mut shown = String::new();
    for text in ["name = \"Acme\n[[contract]]\ncalender = 1\n", &"#".repeat(1024 * 1024 + 1)] {
        shown += &with_customer(text).on_terminal("", &["check"]).to_string();
    }
    let desk = with_customer("");
    std::fs::write(desk.path().join("customers/acme.toml"), b"name = \"\xFF\"\n").unwrap();
    shown += &desk.on_terminal("", &["check"]).to_string();
    assert_data_eq!(
        shown,
        str![[r#"
customers/acme.toml:1:13  DSK001  this is no TOML: invalid basic string, expected `"`
exit: 1
customers/acme.toml:1:1  DSK601  the file has 1048577 bytes; more than 1048576 are not read
  fix: attach long texts as files
exit: 1
customers/acme.toml:1:9  DSK003  this byte is no UTF-8
exit: 1

"#]]
    );
}
