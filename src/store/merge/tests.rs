use proptest::prelude::*;
use serde_json::{Value, json};

use super::file::{File, Form, Versions, kept_as, merge};
use crate::model::field::FileKind;
use crate::model::merge::{Side, records, tables};
use crate::model::record::Record;
use crate::store::document::{canonical, parse, parse_tables};

fn word() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["", "a", "b", "''' \u{7}", "# no comment"]).prop_map(Value::from)
}

fn ticket() -> impl Strategy<Value = Record> {
    let keys = ["queue", "assignee", "asset", "wake", "solution", "x_site", "location", "priority_reason"];
    let texts = prop::collection::vec(prop::sample::select(vec!["first", "second", "[fields]", "asset = \"z\""]), 0..4);
    let tags = prop::collection::btree_set("[a-c]", 0..3);
    let fields = prop::collection::btree_map("[ab]|a b", "[xy]", 0..3);
    (prop::collection::vec(word(), keys.len()), texts, tags, fields).prop_map(move |(words, texts, tags, fields)| {
        let mut record = Record::default();
        record.set("title", "t");
        record.set("status", "active");
        keys.iter().zip(words).for_each(|(key, word)| record.set(*key, word));
        record.set("body", texts.join("\n"));
        record.set("tags", tags.into_iter().collect::<Vec<_>>());
        record.set("fields", json!(fields));
        record
    })
}

/// The file of a record as somebody might keep it: comments, blanks, other line breaks.
fn dressed(record: &Record, style: u8) -> Vec<u8> {
    let text = canonical(FileKind::Ticket, record);
    let text = if style & 1 == 0 { text } else { text.replacen("status = ", "# mine\nstatus   =   ", 1) };
    let text = if style & 2 == 0 { text } else { text.replace('\n', "\r\n") };
    if style & 4 == 0 { text.into_bytes() } else { format!("\u{feff}{text}").into_bytes() }
}

proptest! {
    #[test]
    fn whatever_is_merged_can_be_read_and_says_what_the_rules_say(
        base in ticket(), one in ticket(), other in ticket(), styles in (0..8_u8, 0..8_u8, 0..8_u8), ours_is_later: bool,
    ) {
        let side = if ours_is_later { Side::Ours } else { Side::Theirs };
        let (first, ours, theirs) = (dressed(&base, styles.0), dressed(&one, styles.1), dressed(&other, styles.2));
        let versions = Versions { base: Some(&first), ours: &ours, theirs: &theirs };
        // What reads back is what was written, tidied.
        let read = |bytes: &[u8]| parse(FileKind::Ticket, bytes).unwrap();
        let expected = records(FileKind::Ticket, &read(&first), &read(&ours), &read(&theirs), &|_| Some(side)).value;
        let File::One { bytes, .. } = merge(Form::Fields(FileKind::Ticket), versions, &|_| Some(side)) else {
            return Err(TestCaseError::fail("two files"));
        };
        prop_assert_eq!(read(&bytes), expected);
        let text = String::from_utf8(bytes).unwrap();
        let comments = [&ours, &theirs].iter().any(|side| side.windows(6).any(|six| six == b"# mine"));
        prop_assert!(!comments || text.contains("# mine") || styles.0 & 1 == 1, "{text}");
    }

    #[test]
    fn no_bytes_make_a_merge_panic(base: Vec<u8>, ours: Vec<u8>, theirs: Vec<u8>) {
        for form in [Form::Fields(FileKind::Ticket), Form::Fields(FileKind::Entry), Form::Tables, Form::Lines, Form::Whole] {
            let versions = Versions { base: Some(&base), ours: &ours, theirs: &theirs };
            merge(form, versions, &|_| None);
            super::markers::mark(form, versions, &[], 7);
        }
    }
}

#[test]
fn a_key_that_both_added_at_different_places_is_there_once() {
    let versions = Versions {
        base: Some(b"[a]\nx = 1\n\n[b]\ny = 2\n"),
        ours: b"[a]\nx = 1\n\n[c]\nz = 3\n\n[b]\ny = 2\n",
        theirs: b"[a]\nx = 1\n\n[b]\ny = 2\n\n[c]\nz = 4\n",
    };
    let File::One { bytes, clashes } = merge(Form::Tables, versions, &|_| Some(Side::Theirs)) else {
        panic!("two files")
    };
    assert_eq!(String::from_utf8(bytes).unwrap(), "[a]\nx = 1\n\n[c]\nz = 4\n\n[b]\ny = 2\n");
    assert_eq!(clashes[0].unit, "c.z");
}

#[test]
fn rules_of_a_policy_are_merged_one_by_one_with_their_comments() {
    let base = "[[sla]]\nname = \"a\"\nmatch = \"\"\n\n[[sla]]\nname = \"b\"\nmatch = \"x\"\n";
    let ours = base.replace("match = \"\"", "match = \"queue:l1\" # first line");
    let theirs = base.replace("match = \"\"", "match = \"queue:l2\"").replace("match = \"x\"", "match = \"y\" # why");
    let versions = Versions { base: Some(base.as_bytes()), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    let File::One { bytes, .. } = merge(Form::Tables, versions, &|_| Some(Side::Ours)) else { panic!("two files") };
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(text, ours.replace("match = \"x\"", "match = \"y\" # why"));
    let read = |bytes: &[u8]| parse_tables(bytes).unwrap();
    let said = tables(&read(base.as_bytes()), &read(ours.as_bytes()), &read(theirs.as_bytes()), &|_| Some(Side::Ours));
    assert_eq!(read(&bytes), said.value);
}

#[test]
fn the_other_version_of_a_file_stands_beside_it() {
    let blob = "0123456789012345678901234567890123456789".parse().unwrap();
    let names = [
        "tickets/2026/11/24/261124-k7m3x9pd.toml",
        "tickets/2026/11/24/261124-k7m3x9pd/files/abc123-photo.jpg",
        "desk.toml",
        "docs/README.md",
        "NOTES",
    ];
    assert_eq!(
        names.map(|name| kept_as(name, blob)),
        [
            "tickets/2026/11/24/261124-k7m3x9pd/files/012345-261124-k7m3x9pd.toml",
            "tickets/2026/11/24/261124-k7m3x9pd/files/012345-photo.jpg",
            "desk.012345.kept",
            "docs/README.012345.md",
            "NOTES.012345",
        ]
    );
}

#[test]
fn markers_go_round_keys_that_are_one_thing_and_stand_apart() {
    let file = |resolution: &str, category: &str| {
        format!("title = \"t\"\nstatus = \"closed\"\ncategory = \"{category}\"\nresolution = \"{resolution}\"\n")
    };
    let (base, ours, theirs) = (file("", ""), file("fixed", "net"), file("workaround", "vpn"));
    let versions = Versions { base: Some(base.as_bytes()), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    let form = Form::Fields(FileKind::Ticket);
    let File::One { clashes, .. } = merge(form, versions, &|_| None) else { panic!("two files") };
    let marked = String::from_utf8(super::markers::mark(form, versions, &clashes, 7).unwrap()).unwrap();
    let part = |text: &str| text.split_once("title = \"t\"\n").unwrap().1.to_owned();
    let expected = format!("title = \"t\"\n<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n", part(&ours), part(&theirs));
    assert_eq!(marked, expected);
}
