//! `export sqlite`

use std::fs;
use std::path::Path;

use crate::support::TestDesk;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, OpenFlags};

fn open(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// The rows of an answer, their cells parted by `|`.
fn rows(db: &Connection, sql: &str) -> Vec<String> {
    let mut select = db.prepare(sql).unwrap();
    let columns = select.column_count();
    let cell = |cell: Cell| match cell {
        Cell::Null => "-".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text,
        Cell::Blob(_) => "blob".to_owned(),
    };
    let row = |row: &rusqlite::Row<'_>| {
        let cells: Vec<String> = (0..columns).map(|at| cell(row.get(at).unwrap())).collect();
        Ok(cells.join("|"))
    };
    select.query_map([], row).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_database_holds_tickets_threads_history_links_and_tags() {
    let desk = TestDesk::new();
    let one = desk.open("-x \u{1b}[31m'; drop table tickets; --", &["--tag", "b", "--tag", "a", "-m", "body"]);
    let two = desk.open("two", &["--link", &format!("blocked-by {one}")]);
    fs::write(desk.outside().join("log.txt"), "hi").unwrap();
    let file = desk.outside().join("log.txt").display().to_string();
    desk.run(&["comment", &one, "see", "--attach", &file]).ok();
    desk.run(&["work", &one, "25m", "-m", "looked"]).ok();
    desk.run(&["set", &one, "fields.site=north", "queue=l2"]).ok();
    desk.run(&["export", "sqlite", "--out", "../desk.db"]).ok();
    let path = desk.outside().join("desk.db");
    let db = open(&path);
    assert_eq!(rows(&db, "pragma integrity_check"), ["ok"]);
    assert_eq!(
        rows(&db, "select id, title, queue, level, body, fields, due, group_key from tickets order by opened"),
        [
            format!("{one}|-x \u{1b}[31m'; drop table tickets; --|l2|2|body|{{\"site\":\"north\"}}|-|-"),
            format!("{two}|two|l1|1||-|-|-"),
        ]
    );
    assert_eq!(rows(&db, "select ticket, tag from tags"), [format!("{one}|a"), format!("{one}|b")]);
    assert_eq!(rows(&db, "select * from links"), [format!("{two}|blocked-by|{one}")]);
    let entries = rows(&db, "select ticket, kind, body, minutes, files is not null from entries order by at, kind");
    assert_eq!(entries, [format!("{one}|comment|see|-|1"), format!("{one}|work|looked|25|0")]);
    // History is that of `log`.
    let log = desk.run(&["log", "-o", "jsonl"]).ok();
    let logged: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|fact| format!("{}|{}|{}", fact["ticket"], fact["field"], fact["at"]).replace('"', ""))
        .collect();
    assert_eq!(rows(&db, "select ticket, field, at from facts order by rowid"), logged);
    assert_eq!(
        rows(
            &db,
            "select was, became from facts where field = 'queue' and ticket = (select min(id) from tickets where title like '-x%')"
        ),
        ["-|l1", "l1|l2"]
    );
    let about = rows(&db, "select * from about order by rowid");
    assert_eq!(about[0], "schema|desk.sqlite/1");
    assert_eq!(about[2], format!("commit|{}", desk.git(&["rev-parse", "main"]).trim()));
}

#[test]
fn the_help_says_every_table_and_column() {
    let desk = TestDesk::new();
    desk.run(&["export", "sqlite", "--out", "../desk.db"]).ok();
    let db = open(&desk.outside().join("desk.db"));
    let help = desk.run(&["export", "sqlite", "--help"]).ok();
    for table in rows(&db, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'") {
        let columns = rows(&db, &format!("select name from pragma_table_info('{table}')"));
        let said = help.split(&format!("\n  {table} ")).nth(1).unwrap_or_else(|| panic!("{table}: {help}"));
        for column in columns {
            assert!(said.contains(&column), "{table}.{column}: {said}");
        }
    }
}

#[test]
fn the_desk_as_it_was_or_some_of_it() {
    let desk = TestDesk::new();
    let one = desk.open("one", &["--tag", "a"]);
    let gone = desk.open("two", &[]);
    desk.git(&["tag", "then"]);
    desk.run(&["close", &one, "--resolution", "fixed", "-m", "done"]).ok();
    desk.git(&["rm", "-q", &crate::support::ticket_path(&gone)]);
    desk.git(&["commit", "-qm", "deleted"]);
    let counts = |words: &[&str]| {
        desk.run(&[&["export", "sqlite", "--force", "--out", "../d.db"], words].concat()).ok();
        let db = open(&desk.outside().join("d.db"));
        rows(&db, "select (select group_concat(status) from tickets), (select count(distinct ticket) from facts)")
            .remove(0)
    };
    assert_eq!(counts(&[]), "closed|2");
    assert_eq!(counts(&["tag:a"]), "closed|1");
    assert_eq!(counts(&["--at", "then"]), "new,new|2");
    assert_eq!(counts(&["--at", "then", "tag:none"]), "-|0");
}

#[test]
fn a_database_is_there_whole_or_not_at_all_and_is_not_written_over() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    let folder = desk.outside().join("out");
    fs::create_dir(&folder).unwrap();
    desk.run(&["export", "sqlite", "--out", "../out/a.db"]).ok();
    let first = fs::read(folder.join("a.db")).unwrap();
    assert!(desk.run(&["export", "sqlite", "--out", "../out/a.db"]).fails(5).contains("--force"));
    desk.run(&["export", "sqlite", "--out", "../out/a.db", "--force"]).ok();
    assert_eq!(fs::read(folder.join("a.db")).unwrap(), first);
    desk.run(&["export", "sqlite", "--out", "../out/b.db", "nosuch:field"]).fails(2);
    desk.run(&["export", "sqlite", "--out", "../out/b.db.gz"]).fails(2);
    desk.run(&["export", "sqlite", "--out", "-"]).fails(2);
    desk.run(&["export", "sqlite"]).fails(2);
    desk.run(&["export", "sqlite", "--out", "../nowhere/b.db"]).fails(3);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}
