//! What does not depend on what there is to say: the columns that programs read.

use std::collections::HashSet;

use super::{NAMES, asked, desk};
use crate::support::TestDesk;

const ONE_TABLE: &[&str] = &["flow", "pareto", "at-risk", "follow-ups", "early-faults"];

#[test]
fn the_columns_of_a_report_are_the_same_with_and_without_tickets() {
    let (empty, full) = (TestDesk::new(), desk());
    for desk in [&empty, &full] {
        desk.open("of a customer", &["--customer", "acme"]);
    }
    let header = |desk: &TestDesk, name: &str, more: &[&str]| -> String {
        let out = desk.run(&[&asked(name)[..], &["-o", "csv"], more].concat()).ok().to_string();
        out.lines().next().unwrap_or_default().to_owned()
    };
    for name in NAMES {
        let nothing = header(&empty, name, &["--period", "2020-01"]);
        assert_eq!(nothing, header(&full, name, &[]), "{name}");
        assert_eq!(nothing == "sheet,row,column,value", !ONE_TABLE.contains(name), "{name}: {nothing}");
    }
}

#[test]
fn no_two_values_of_a_report_have_the_same_key() {
    let desk = desk();
    for customer in ["acme", "noord"] {
        let words = ["--customer", customer, "--priority", "p1", "--category", "network/vpn"];
        desk.open("same title", &words);
        desk.open("same title", &words);
    }
    for name in NAMES.iter().filter(|name| !ONE_TABLE.contains(name)) {
        let tsv = desk.run(&[&asked(name)[..], &["-o", "tsv"]].concat()).ok().to_string();
        let mut seen = HashSet::new();
        for line in tsv.lines() {
            let key: Vec<&str> = line.split('\t').take(3).collect();
            assert!(seen.insert(key), "{name}: twice: {line}\n{tsv}");
        }
    }
    let sla = desk.run(&["report", "sla", "-o", "csv"]).ok().to_string();
    assert!(sla.contains("\npriorities,p1 respond,"), "{sla}");
}

#[test]
fn a_sheet_that_is_named_is_its_own_table() {
    let desk = desk();
    let header = |words: &[&str]| desk.run(&[words, &["-o", "csv"]].concat()).ok().lines().next().map(str::to_owned);
    assert_eq!(header(&["report", "quality", "--fields", "of_solved"]).as_deref(), Some("figure,tickets,share"));
    let two = header(&["report", "quality", "--fields", "of_solved,seconds_in_status"]);
    assert_eq!(two.as_deref(), Some("sheet,row,column,value"));
    assert_eq!(header(&["report", "pareto", "--fields", "categories"]), header(&["report", "pareto"]));
}
