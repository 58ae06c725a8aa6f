use proptest::prelude::*;
use serde_json::{Value, json};

use super::policy_edit::{append_table, set_key};
use super::*;
use crate::model::field::{FileKind, Shape, TICKET};
use crate::model::record::Record;

/// Text with everything that could break a writer.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,12}",
        "\\PC{0,6}",
        Just("'''".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("\\".to_owned()),
        Just("\n".to_owned()),
        Just("\t".to_owned()),
        Just("\u{0}\u{7}\u{1b}[31m\u{7f}\u{85}".to_owned()),
        Just("\u{202e}\u{200b}\u{feff}".to_owned()),
        Just("# [fields]\nx = 1".to_owned()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| write::tidy_text(&pieces.concat()))
}

fn value(shape: Shape) -> BoxedStrategy<Value> {
    match shape {
        Shape::Line => hostile().prop_map(|text| json!(text.replace('\n', " ").trim_end())).boxed(),
        Shape::Text => hostile().prop_map(|text| json!(text)).boxed(),
        Shape::Time => (0..4_000_000_000_i64)
            .prop_map(|second| json!(jiff::Timestamp::from_second(second).unwrap().to_string()))
            .boxed(),
        Shape::Date => Just(json!("2026-11-24")).boxed(),
        Shape::Integer => any::<i64>().prop_map(|number| json!(number)).boxed(),
        Shape::Boolean => any::<bool>().prop_map(|truth| json!(truth)).boxed(),
        Shape::List => prop::collection::btree_set("[a-z]{1,4}|\"\\\\", 0..5)
            .prop_map(|words| json!(words.into_iter().collect::<Vec<_>>()))
            .boxed(),
        Shape::Table => {
            prop::collection::btree_map("[a-z ]{1,4}", "[a-z'\"]{1,4}", 0..4).prop_map(|table| json!(table)).boxed()
        }
    }
}

fn record() -> impl Strategy<Value = Record> {
    let fields: Vec<_> = TICKET
        .iter()
        .map(|field| {
            prop::option::of(value(field.shape)).prop_map(|value| (field.name.to_owned(), value.unwrap_or_default()))
        })
        .collect();
    (fields, prop::option::of("[a-z]{3}")).prop_map(|(fields, unknown)| {
        let unknown = unknown.map(|text| ("x_site".to_owned(), json!(text)));
        fields.into_iter().chain(unknown).collect()
    })
}

/// The same file as somebody else would have written it.
fn dress(text: &str, style: u8) -> String {
    let text = match style % 3 {
        0 => text.to_owned(),
        1 => format!("# a file\n\n{}", text.replacen("\n\n", "\n\n# about this\n", 2)),
        _ => text.replacen("status = ", "status    =   ", 1),
    };
    let text = if style & 4 == 0 { text } else { text.replace('\n', "\r\n") };
    if style & 8 == 0 { text } else { format!("\u{feff}{text}") }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(record in record()) {
        let text = canonical(FileKind::Ticket, &record);
        prop_assert_eq!(parse(FileKind::Ticket, text.as_bytes()), Ok(record));
    }

    #[test]
    fn canonical_form_is_a_fixed_point(record in record()) {
        let text = canonical(FileKind::Ticket, &record);
        prop_assert_eq!(format(FileKind::Ticket, text.as_bytes()).map(|b| String::from_utf8(b).unwrap()), Ok(text));
    }

    #[test]
    fn an_edit_gives_the_record_asked_for(before in record(), after in record(), style in 0..16_u8) {
        let file = dress(&canonical(FileKind::Ticket, &before), style);
        let edited = edit(FileKind::Ticket, file.as_bytes(), &after).unwrap();
        prop_assert_eq!(parse(FileKind::Ticket, &edited), Ok(after));
    }

    #[test]
    fn an_edit_without_a_change_changes_no_byte(record in record(), style in 0..16_u8) {
        let file = dress(&canonical(FileKind::Ticket, &record), style);
        let record = parse(FileKind::Ticket, file.as_bytes()).unwrap();
        prop_assert_eq!(edit(FileKind::Ticket, file.as_bytes(), &record), Ok(file.into_bytes()));
    }

    #[test]
    fn there_and_back_gives_the_same_bytes(record in record(), title in "[a-z]{1,9}", style in 0..16_u8) {
        let mut record = record;
        record.set("title", "before");
        let file = dress(&canonical(FileKind::Ticket, &record), style);
        let record = parse(FileKind::Ticket, file.as_bytes()).unwrap();
        let mut other = record.clone();
        other.set("title", title);
        let there = edit(FileKind::Ticket, file.as_bytes(), &other).unwrap();
        prop_assert_eq!(edit(FileKind::Ticket, &there, &record), Ok(file.into_bytes()));
    }

    #[test]
    fn no_input_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(FileKind::Ticket, &bytes);
        let _ = format(FileKind::Ticket, &bytes);
    }
}

fn faults(bytes: &[u8]) -> (usize, usize, String) {
    let mistake = parse(FileKind::Ticket, bytes).unwrap_err();
    (mistake.line, mistake.column, mistake.message)
}

#[test]
fn what_cannot_be_read_says_where() {
    assert_eq!(faults(b"title = \"a\"\nstatus = \"\xff\"\n"), (2, 11, "this byte is no UTF-8".into()));
    let marked = b"title = \"a\"\n<<<<<<< HEAD\nstatus = \"new\"\n=======\nstatus = \"active\"\n>>>>>>> other\n";
    assert_eq!(faults(marked), (2, 1, "a merge left its conflict markers here".into()));
    let local = faults(b"opened = 2026-11-24T08:15:02\n");
    assert_eq!(
        local,
        (1, 10, "2026-11-24T08:15:02 has no offset; write it with one, as in 2026-11-24T08:15:02Z".into())
    );
    assert!(faults(b"title = \"a\"\ntitle = \"b\"\n").2.contains("duplicate key"));
    assert!(faults(&vec![b'x'; MAX_SIZE + 1]).2.contains("more than 1048576"));
    assert!(faults(format!("a = {}", "[".repeat(100_000)).as_bytes()).2.starts_with("this is no TOML"));
}

#[test]
fn a_change_touches_only_its_own_lines() {
    let file = "# mine\ntitle = \"a\"   # the title\n\nstatus = \"new\"\n\nextra = { x = 1 }\n\ntags = [\n  \"b\",\n  \"d\",\n]\n";
    let mut record = parse(FileKind::Ticket, file.as_bytes()).unwrap();
    record.set("status", "active");
    record.set("tags", json!(["b", "c"]));
    record.set("wake", "2026-11-24T08:00:00Z");
    let edited = edit(FileKind::Ticket, file.as_bytes(), &record).unwrap();
    let expected = "# mine\ntitle = \"a\"   # the title\n\nstatus = \"active\"\n\nwake = 2026-11-24T08:00:00Z\n\nextra = { x = 1 }\n\ntags = [\n  \"b\",\n  \"c\",\n]\n";
    assert_eq!(String::from_utf8(edited).unwrap(), expected);
}

#[test]
fn the_canonical_form_is_the_documented_one() {
    let mut record = Record::default();
    for (name, value) in
        [("title", "t"), ("status", "new"), ("kind", "incident"), ("priority", "p3"), ("body", "one\n\\two")]
    {
        record.set(name, value);
    }
    record.set("opened", "2026-11-24T08:15:02Z");
    record.set("tags", json!(["b", "a"]));
    record.set("fields", json!({"serial": "X1"}));
    let text = canonical(FileKind::Ticket, &record);
    let expected = "title = \"t\"\n\nstatus = \"new\"\n\nresolution = \"\"\n\nwaiting_on = \"\"\n\nkind = \"incident\"\n\npriority = \"p3\"\n\nqueue = \"\"\n\nassignee = \"\"\n\ncategory = \"\"\n\nservice = \"\"\n\nasset = \"\"\n\ndue = \"\"\n\nfollow_up = \"\"\n\ntags = [\n  \"a\",\n  \"b\",\n]\n\nlinks = [\n]\n\nrequester = \"\"\n\nchannel = \"\"\n\nopened = 2026-11-24T08:15:02Z\n\nbody = '''\none\n\\two\n'''\n\n[fields]\n\nserial = \"X1\"\n";
    assert_eq!(text, expected);
}

#[test]
fn a_table_joins_its_family() {
    let policy = "[desk]\nname = \"x\"\n\n[queues.l1]\ntitle = \"1\"\n\n# people\n[agents.ana]\nname = \"Ana\"\n";
    let edited = append_table(policy.as_bytes(), "queues.web", "queues", "title = \"Web\"\n");
    let expected = "[desk]\nname = \"x\"\n\n[queues.l1]\ntitle = \"1\"\n\n[queues.web]\ntitle = \"Web\"\n\n# people\n[agents.ana]\nname = \"Ana\"\n";
    assert_eq!(String::from_utf8(edited).unwrap(), expected);
    let end = append_table(b"[desk]\n", "rota.l1", "rota", "x = 1");
    assert_eq!(String::from_utf8(end).unwrap(), "[desk]\n\n[rota.l1]\nx = 1\n");
}

#[test]
fn a_key_of_the_policy_is_set_in_place() {
    let policy = b"[queues.l1]\nactive = true  # for now\n\n[queues.l2]\ntitle = \"2\"\n";
    let text = |bytes: Option<Vec<u8>>| bytes.map(|bytes| String::from_utf8(bytes).unwrap());
    let replaced = "[queues.l1]\nactive = false  # for now\n\n[queues.l2]\ntitle = \"2\"\n";
    assert_eq!(text(set_key(policy, "queues.l1", "active", "false")).as_deref(), Some(replaced));
    let added = "[queues.l1]\nactive = true  # for now\n\n[queues.l2]\ntitle = \"2\"\nactive = false\n";
    assert_eq!(text(set_key(policy, "queues.l2", "active", "false")).as_deref(), Some(added));
    assert_eq!(set_key(policy, "queues.l3", "active", "false"), None);
}
