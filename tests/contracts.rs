//! What a customer's contract promises stands above the service levels of the desk.

use crate::support::TestDesk;

const ACME: &str = "name = \"Acme\"\n\n\
    [[contract]]\nvalid_from = 2026-01-01\ncalendar = \"office\"\n[contract.targets.p3]\nacknowledge = \"15m\"\n\n\
    [[contract]]\nvalid_from = 2026-11-25\ncalendar = \"office\"\n[contract.targets.p3]\nacknowledge = \"7h\"\n";

/// A contract on money alone.
const NOORD: &str = "name = \"Noord\"\n[[contract]]\nvalid_from = 2026-01-01\nhourly_rate = 90\n";

fn with_customers(desk: TestDesk) -> TestDesk {
    std::fs::create_dir(desk.path().join("customers")).unwrap();
    for (name, text) in [("acme", ACME), ("noord", NOORD)] {
        std::fs::write(desk.path().join(format!("customers/{name}.toml")), text).unwrap();
    }
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "customers"]);
    desk
}

/// Which tickets are late, by their titles, in order.
fn overdue(desk: &TestDesk) -> Vec<String> {
    let run = desk.run(&["list", "sla:overdue", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).unwrap();
    let mut titles: Vec<String> = rows.iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

#[test]
fn the_contract_that_was_valid_when_a_ticket_was_opened_counts() {
    let desk = TestDesk::new();
    // Where customers have no files yet, any word is taken.
    desk.open("unknown", &["--customer", "../../etc"]);
    let desk = with_customers(desk);
    desk.open("acme", &["--customer", "acme"]);
    desk.open("noord", &["--customer", "noord"]);
    desk.open("nobody's", &[]);
    assert_eq!(overdue(&desk), [""; 0], "before nine nobody works");
    desk.later(5_400);
    assert_eq!(overdue(&desk), ["acme"], "at half past nine");
    desk.later(7_200);
    assert_eq!(overdue(&desk), ["acme", "nobody's", "noord", "unknown"], "two hours are the desk's own promise");
    desk.later(86_400 - 9_000);
    desk.open("acme again", &["--customer", "acme"]);
    desk.open("nobody's again", &[]);
    desk.later(14_400);
    let late = overdue(&desk);
    assert!(late.contains(&"nobody's again".to_owned()), "{late:?}");
    assert!(!late.contains(&"acme again".to_owned()), "the newer contract gives seven hours: {late:?}");
}
