use super::*;
use crate::model::policy::Span;
use proptest::prelude::*;

fn parse(text: &str) -> (Customer, Vec<Remark>) {
    Customer::parse("customers/acme.toml", text)
}

/// Remarks, one line each.
fn told(text: &str) -> Vec<String> {
    let one = |r: Remark| {
        let fix = r.fix.map(|fix| format!(" → {fix}")).unwrap_or_default();
        format!("{}:{}:{} {} {}: {}{fix}", r.file, r.line, r.column, r.severity.as_str(), r.key, r.message)
    };
    parse(text).1.into_iter().map(one).collect()
}

#[test]
fn the_contract_that_began_last_holds() {
    let text = "name = \"Acme\"\n[[contract]]\nvalid_from = 2026-01-01\ncurrency = \"EUR\"\nhourly_rate = 90\n\
                [[contract]]\nvalid_from = \"2026-07-01\"\ncurrency = \"EUR\"\nhourly_rate = 95.5\n";
    let (customer, remarks) = parse(text);
    assert_eq!(remarks, []);
    let rate =
        |day: &str| Contract::valid_on(&customer.contracts, day.parse().unwrap()).and_then(|one| one.hourly_rate);
    assert_eq!([rate("2025-12-31"), rate("2026-06-30"), rate("2026-07-01")], [None, Some(90.0), Some(95.5)]);
}

#[test]
fn every_key_is_read_and_has_its_line() {
    let (customer, remarks) = parse(
        "name = \"Acme\"\ndomains = [\"Acme.example\"]\ncontacts = \"Jan <j@acme.example>\"\nactive = false\n\n\
         [[contract]]\nvalid_from = 2026-01-01\n\n[[contract]]\nvalid_from = 2026-07-01\nname = \"gold\"\n\
         calendar = \"office\"\nincluded_hours = 20\n\n[contract.targets.p1]\nrespond = \"30m\"\nresolve = \"1bd\"\n\
         promise = 95\n",
    );
    assert_eq!(remarks, []);
    assert_eq!((customer.domains, customer.active), (vec!["acme.example".to_owned()], false));
    let [first, gold] = customer.contracts.as_slice() else { panic!() };
    assert_eq!((first.line, gold.line, gold.name.as_str()), (6, 9, "gold"));
    assert_eq!((gold.calendar.as_str(), gold.included_hours), ("office", Some(20.0)));
    assert_eq!(gold.targets[&Priority::P1].resolve, Some(Span::WorkingDays(1)));
    let lines = ["calendar", "targets.p1", "targets.p1.resolve", "targets.p2"].map(|key| gold.line_of(key));
    assert_eq!(lines, [Some(12), Some(15), Some(17), None]);
    assert_eq!(first.line_of("calendar"), None);
}

#[test]
fn what_is_wrong_names_file_line_and_remedy() {
    assert_eq!(
        told(
            "nmae = \"Acme\"\ndomains = [\"jan@acme.example\"]\n[[contract]]\ncalender = \"office\"\n\
             hourly_rate = -1\n[contract.targets.p9]\n[contract.targets.p1]\nresolve = \"-4h\"\nrespond = \"2d\"\n"
        ),
        [
            "customers/acme.toml:1:1 warning nmae: `nmae` is not known → did you mean `name`?",
            "customers/acme.toml:2:11 error domains: \"jan@acme.example\" is no domain → domains = [\"acme.example\"]",
            "customers/acme.toml:3:1 warning contract[0].valid_from: the contract says no first day, so it holds from the beginning → valid_from = 2026-01-01",
            "customers/acme.toml:4:1 warning contract[0].calender: `calender` is not known → did you mean `calendar`?",
            "customers/acme.toml:5:15 error contract[0].hourly_rate: -1 is out of bounds → hourly_rate = 95.0",
            "customers/acme.toml:6:19 warning contract[0].targets.p9: `p9` is not known → did you mean `p1`?",
            "customers/acme.toml:8:11 error contract[0].targets.p1.resolve: a target cannot be negative, as \"-4h\" is → resolve = \"4h\"",
            "customers/acme.toml:9:11 warning contract[0].targets.p1.respond: a target is working time, so \"2d\" is 48 working hours → \"2bd\" for working days, or \"48h\"",
        ]
    );
}

#[test]
fn two_contracts_of_one_day_are_an_error() {
    let of = |first: &str, second: &str| told(&format!("[[contract]]\n{first}\n[[contract]]\n{second}\n"));
    let fix = "valid_from = the day from which it holds";
    assert_eq!(
        of("valid_from = 2026-01-01", "valid_from = \"2026-01-01\""),
        [format!(
            "customers/acme.toml:4:14 error contract[1].valid_from: the contract in line 1 begins on 2026-01-01, too → {fix}"
        )]
    );
    assert_eq!(
        of("", "name = \"x\"").last().unwrap(),
        &format!("customers/acme.toml:3:1 error contract[1]: the contract in line 1 has no first day either → {fix}")
    );
    assert_eq!(of("valid_from = 2026-01-01", "valid_from = 2026-01-02"), [""; 0]);
}

#[test]
fn what_is_no_customer_is_read_as_far_as_it_goes() {
    for text in ["= no TOML", "contract = 1", "[[contract]]\nhourly_rate = \"x\"", "[[contract]]\nhourly_rate = -1"] {
        let (customer, remarks) = parse(text);
        assert!(customer.contracts.iter().all(|one| one.hourly_rate.is_none()), "{text}");
        assert!(!remarks.is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in "([a-z\\[\\]{}=\".,0-9 \n]|contract|valid_from|targets|p1|name|= )*") {
        let _ = parse(&text);
    }
}
