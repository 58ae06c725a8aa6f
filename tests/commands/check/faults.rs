//! Faults that are planted one by one: each is found with its code, its level, its place and, where there is one, a fix.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{TestDesk, ticket_path};

const BODY: &[&str] = &["-m", "It smells.\nSince Monday."];

/// An article that nothing is wrong with.
const ARTICLE: &str = "title = \"Rekey\"\n\nstate = \"draft\"\n\naudience = \"internal\"\n\nlanguage = \"\"\n\n\
    symptoms = [\n  \"it drops\",\n]\n\ncause = '''\n'''\n\nservices = [\n]\n\ncategories = [\n]\n\ntags = [\n]\n\n\
    owner = \"\"\n\ntested = \"\"\n\ntested_by = \"\"\n\nreview_by = \"\"\n\nbody = '''\n1. do it\n'''\n";

/// A desk with a bit of everything, all of it in order.
struct World {
    desk: TestDesk,
    /// An open ticket with a key and a number of another system.
    first: String,
    /// Another one, with an entry and an attachment.
    second: String,
    entry: String,
    attachment: String,
}

impl World {
    fn new() -> World {
        let desk = TestDesk::new();
        // Of two that have the same, the first in order is in its right.
        let mut ids = [desk.open("Printer", BODY), desk.open("Printer", BODY)];
        ids.sort();
        let [first, second] = ids;
        desk.change(&desk.file(&first), "opened = ", "external_id = \"T1\"\n\nkey = \"k/1\"\n\nopened = ");
        desk.git(&["commit", "-qam", "a key"]);
        fs::write(desk.outside().join("log.txt"), "smoke\n").unwrap();
        desk.run(&["comment", &second, "see the log", "--attach", "../log.txt"]).ok();
        for (path, text) in [
            ("customers/acme.toml", "name = \"Acme\"\n"),
            ("kb/vpn/rekey.toml", ARTICLE),
            ("services/laptop.toml", "title = \"Laptop\"\n"),
        ] {
            let path = desk.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        desk.git(&["add", "."]);
        desk.git(&["commit", "-qm", "all of it"]);
        let listed = |pattern: &str| desk.git(&["ls-files", pattern]).trim().to_owned();
        let (entry, attachment) = (listed("tickets/*/*/*/*/*Z-*.toml"), listed("tickets/**/files/*"));
        World { first, second, entry, attachment, desk }
    }

    fn path(&self, place: &Place) -> String {
        match place {
            Place::Ticket => ticket_path(&self.second),
            Place::Entry => self.entry.clone(),
            Place::Attachment => self.attachment.clone(),
            Place::Beside(name) => format!("tickets/2026/11/24/{}", name.replace("SELF", &self.second)),
            Place::Thread(name) => format!("{}/{name}", ticket_path(&self.second).trim_end_matches(".toml")),
            Place::At(path) => path.replace("SELF", &self.second),
        }
    }

    /// Plants a fault and gives the text of its file.
    fn plant(&self, fault: &Fault) -> (String, String) {
        let path = self.path(&fault.place);
        let file = self.desk.path().join(&path);
        let names = |text: &str| text.replace("SELF", &self.second).replace("FIRST", &self.first);
        match &fault.how {
            How::Change(from, to) => self.desk.change(&file, from, &names(to)),
            How::Bytes(bytes) => {
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(&file, bytes).unwrap();
            }
            How::Copy => {
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::copy(self.desk.file(&self.second), &file).map(drop).unwrap();
            }
            How::Link => {
                fs::remove_file(&file).unwrap();
                std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
            }
            How::Remove => fs::remove_file(&file).unwrap(),
        }
        let text = fs::read(&file).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned());
        (path, text)
    }

    fn put_back(&self) {
        self.desk.git(&["checkout", "-q", "--", "."]);
        self.desk.git(&["clean", "-qfd"]);
    }
}

#[derive(Debug)]
enum Place {
    Ticket,
    Entry,
    Attachment,
    /// In the folder of the day.
    Beside(&'static str),
    /// In the ticket's own folder.
    Thread(&'static str),
    At(&'static str),
}

#[derive(Debug)]
enum How {
    Change(&'static str, &'static str),
    Bytes(Vec<u8>),
    /// The ticket again.
    Copy,
    Link,
    Remove,
}

#[derive(Debug)]
struct Fault {
    place: Place,
    how: How,
    code: &'static str,
    level: &'static str,
    /// What the finding points at; empty for the top of the file.
    at: &'static str,
    fix: bool,
}

fn fault(place: Place, how: How, code: &'static str, at: &'static str) -> Fault {
    let level = if matches!(code, "DSK206") { "warning" } else { "error" };
    Fault { place, how, code, level, at, fix: true }
}

impl Fault {
    fn warning(self) -> Fault {
        Fault { level: "warning", ..self }
    }

    fn without_fix(self) -> Fault {
        Fault { fix: false, ..self }
    }
}

fn ticket(from: &'static str, to: &'static str, code: &'static str, at: &'static str) -> Fault {
    fault(Place::Ticket, How::Change(from, to), code, at)
}

fn entry(from: &'static str, to: &'static str, code: &'static str, at: &'static str) -> Fault {
    fault(Place::Entry, How::Change(from, to), code, at)
}

fn policy(from: &'static str, to: &'static str, code: &'static str, at: &'static str) -> Fault {
    fault(Place::At("desk.toml"), How::Change(from, to), code, at)
}

fn file(place: Place, bytes: impl Into<Vec<u8>>, code: &'static str, at: &'static str) -> Fault {
    fault(place, How::Bytes(bytes.into()), code, at)
}

const LONG: &str = concat!(
    "title = \"01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\""
);

fn faults() -> Vec<Fault> {
    let token = "ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2";
    assert_eq!(token.len(), 40);
    vec![
        // Text.
        ticket("title = \"Printer\"", "title = \"Printer", "DSK001", "\n").without_fix(),
        ticket("status = \"new\"", "status = \"new\"\nstatus = \"new\"", "DSK001", "status = \"new\"\n\nresolution")
            .without_fix(),
        ticket("tags = [\n]", "tags = [", "DSK001", "= [\n]\n\nrequester").without_fix(),
        entry("by = ", "by : ", "DSK001", ": \"ana\"").without_fix(),
        file(Place::At("kb/vpn/rekey.toml"), "title = \n", "DSK001", "\n").without_fix(),
        policy("[desk]", "[desk", "DSK001", "\nschema").without_fix(),
        ticket(
            "status = \"new\"",
            "<<<<<<< HEAD\nstatus = \"new\"\n=======\nstatus = \"active\"\n>>>>>>> b",
            "DSK002",
            "<<<<<<<",
        ),
        entry("kind = \"comment\"", "<<<<<<< a\n=======\nkind = \"note\"\n>>>>>>> b", "DSK002", "<<<<<<<"),
        file(Place::At("customers/acme.toml"), "<<<<<<< a\nname = \"A\"\n=======\n>>>>>>> b\n", "DSK002", "<<<<<<<"),
        file(Place::At("services/laptop.toml"), b"title = \"\xff\"\n", "DSK003", "\u{fffd}").without_fix(),
        file(Place::At("customers/acme.toml"), b"# \xc3\nname = \"A\"\n", "DSK003", "\u{fffd}").without_fix(),
        file(Place::At("kb/vpn/rekey.toml"), ARTICLE.replace('\n', "\r\n"), "DSK004", "\r\n\r\nstate").warning(),
        file(Place::At("customers/acme.toml"), "\u{feff}name = \"A\"\n", "DSK005", "").warning(),
        // Types and required fields.
        ticket("title = \"Printer\"", "title = 5", "DSK101", "5\n").without_fix(),
        ticket("title = \"Printer\"", "title = \"\"", "DSK101", "\"\"").without_fix(),
        ticket("status = \"new\"", "status = \"odd\"", "DSK101", "\"odd\""),
        ticket("priority = \"p3\"", "priority = \"p9\"", "DSK101", "\"p9\""),
        ticket("kind = \"incident\"", "kind = \"fire\"", "DSK101", "\"fire\""),
        ticket("due = \"\"", "due = 2026-12-01T09:00:00", "DSK101", "2026-12-01").without_fix(),
        ticket("due = \"\"", "due = \"soon\"", "DSK101", "\"soon\""),
        ticket("follow_up = \"\"", "follow_up = \"2026-13-01\"", "DSK101", "\"2026-13-01\""),
        ticket("tags = [\n]", "tags = \"red\"", "DSK101", "\"red\"").without_fix(),
        ticket("links = [\n]", "links = [\n  \"beside 261124-k7m3x9pd\",\n]", "DSK101", "[\n  \"beside"),
        ticket("channel = \"cli\"", "channel = \"owl\"", "DSK101", "\"owl\""),
        entry("kind = \"comment\"", "kind = \"poem\"", "DSK101", "\"poem\""),
        file(
            Place::Entry,
            "kind = \"note\"

by = \"ana\"

at = \"then\"

body = '''
x
'''
",
            "DSK101",
            "\"then\"",
        ),
        file(
            Place::Thread("20261124T090000Z-aaaaaa.toml"),
            "kind = \"rating\"\n\nby = \"ana\"\n\nat = 2026-11-24T09:00:00Z\n\nscore = 7\n\nbody = '''\n'''\n",
            "DSK101",
            "7\n",
        ),
        policy("close_after = \"5bd\"", "close_after = \"soon\"", "DSK102", "\"soon\""),
        policy("default_queue = \"l1\"", "default_queue = \"l9\"", "DSK102", "\"l9\""),
        policy("timezone = \"UTC\"", "timezone = \"Mars\"", "DSK102", "\"Mars\""),
        ticket("opened = ", "colour = \"red\"\n\nopened = ", "DSK103", "\"red\"").warning(),
        policy("close_after", "close_aftr", "DSK103", "close_aftr").warning(),
        ticket("title = \"Printer\"", LONG, "DSK104", "\"0123"),
        // Ids and paths.
        file(Place::Beside("note.toml"), "x = 1\n", "DSK201", "").without_fix(),
        file(Place::Beside("261124-K7M3X9PD.toml"), "x = 1\n", "DSK201", "").without_fix(),
        file(Place::At("tickets/2026/11/25/261124-k7m3x9pd.toml"), "x = 1\n", "DSK201", ""),
        file(Place::Thread("readme.txt"), "x\n", "DSK201", "").warning().without_fix(),
        file(Place::At("customers/A B.toml"), "name = \"A\"\n", "DSK201", ""),
        ticket("opened = ", "key = \"k/1\"\n\nopened = ", "DSK202", "\"k/1\""),
        ticket("opened = ", "external_id = \"T1\"\n\nopened = ", "DSK203", "\"T1\"").without_fix(),
        fault(Place::At("tickets/2026/SELF.toml"), How::Copy, "DSK204", "").without_fix(),
        file(Place::At("tickets/2026/11/24/261124-k7m3x9pd/files/aaaaaa-x"), "x", "DSK205", "").without_fix(),
        file(
            Place::At("tickets/2026/11/24/261124-k7m3x9pd/20261124T090000Z-aaaaaa.toml"),
            "kind = \"note\"\n\nby = \"ana\"\n\nat = 2026-11-24T09:00:00Z\n\nbody = '''\nx\n'''\n",
            "DSK205",
            "",
        )
        .without_fix(),
        file(Place::Thread("files/aaaaaa-what is it?"), "x", "DSK206", ""),
        // References.
        ticket("queue = \"l1\"", "queue = \"l9\"", "DSK301", "\"l9\""),
        ticket("assignee = \"\"", "assignee = \"zoe\"", "DSK302", "\"zoe\"").without_fix(),
        ticket("links = [\n]", "links = [\n  \"related 261124-x0000000\",\n]", "DSK303", "[\n  \"related")
            .without_fix(),
        ticket("links = [\n]", "links = [\n  \"parent SELF\",\n]", "DSK303", "[\n  \"parent").without_fix(),
        ticket("requester = ", "articles = [\n  \"vpn/rekeys\",\n]\n\nrequester = ", "DSK304", "[\n  \"vpn")
            .without_fix(),
        ticket("service = \"\"", "service = \"laptops\"", "DSK305", "\"laptops\""),
        ticket("service = \"\"", "service = \"../desk\"", "DSK305", "\"../desk\"").without_fix(),
        ticket("channel = ", "customer = \"acne\"\n\nchannel = ", "DSK306", "\"acne\""),
        fault(Place::Attachment, How::Remove, "DSK307", "").without_fix(),
        // Workflow.
        ticket("status = \"new\"", "status = \"closed\"", "DSK402", "\"\"\n\nwaiting_on"),
        ticket(
            "status = \"new\"\n\nresolution = \"\"",
            "status = \"closed\"\n\nresolution = \"magic\"",
            "DSK403",
            "\"magic\"",
        ),
        ticket(
            "status = \"new\"\n\nresolution = \"\"",
            "status = \"closed\"\n\nresolution = \"duplicate\"",
            "DSK404",
            "[\n]\n\nrequester",
        ),
        ticket("status = \"new\"", "status = \"waiting\"", "DSK406", "\"\"\n\nkind"),
        ticket("waiting_on = \"\"", "waiting_on = \"vendor\"", "DSK407", "\"vendor\"").warning(),
        ticket("resolution = \"\"", "resolution = \"fixed\"", "DSK408", "\"fixed\"").warning(),
        ticket("priority = \"p3\"", "impact = \"high\"\n\nurgency = \"high\"\n\npriority = \"p3\"", "DSK410", "")
            .warning(),
        file(
            Place::Thread("20261124T090000Z-aaaaaa.toml"),
            "kind = \"escalation\"\n\nby = \"ana\"\n\nat = 2026-11-24T09:00:00Z\n\nbody = '''\n'''\n",
            "DSK412",
            "'''\n'''",
        ),
        // Secrets and hidden characters.
        ticket("Since Monday.", "token ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2 x", "DSK501", "ghp_"),
        ticket("Since Monday.", "über postgres://u:hunter22@db/x", "DSK501", "hunter22"),
        ticket("Since Monday.", "db_password=hX82kd0sLq", "DSK501", "hX82"),
        ticket(
            "Since Monday.\n'''",
            "Since Monday.\n'''\n\n[fields]\n\nadmin_password = \"hX82kd0sLq\"",
            "DSK501",
            "hX82",
        ),
        entry("see the log", "-----BEGIN RSA PRIVATE KEY-----", "DSK501", "-----BEGIN"),
        policy("[desk]", "# AKIAIOSFODNN7EXAMPLQ\n[desk]", "DSK501", "AKIA"),
        ticket("Since Monday.", "Since\u{1b}[2J Monday.", "DSK502", "\u{1b}"),
        ticket("Since Monday.", "a\u{7f}b", "DSK502", "\u{7f}"),
        policy("[desk]", "# gpj.\u{202e}exe\n[desk]", "DSK503", "\u{202e}"),
        file(Place::At("services/laptop.toml"), "title = \"a\u{200b}b\"\n", "DSK504", "\u{200b}").warning(),
        // Size and kind.
        file(Place::Beside("261124-k7m3x9pd.toml"), "# x\n".repeat(300_000), "DSK601", ""),
        file(Place::At("customers/acme.toml"), "# x\n".repeat(300_000), "DSK601", ""),
        file(Place::Attachment, vec![0; (10 << 20) + 1], "DSK602", ""),
        fault(Place::Attachment, How::Link, "DSK603", ""),
        fault(Place::Ticket, How::Link, "DSK603", ""),
        // Form.
        ticket("status = \"new\"\n\nresolution = \"\"", "status = \"new\"\nresolution = \"\"", "DSK701", "resolution")
            .warning(),
        ticket("Since Monday.", "Since Monday.  ", "DSK701", "  \n'''").warning(),
        entry("kind = \"comment\"", "kind = 'comment'", "DSK701", "'comment'").warning(),
        // The repository.
        file(Place::At(".gitattributes"), "*.toml text eol=lf merge=desk diff=desk\n", "DSK902", "*.toml").warning(),
    ]
}

/// Line and column, from 1, of what is pointed at.
fn position(text: &str, at: &str) -> (u64, u64) {
    let offset = text.find(at).unwrap_or_else(|| panic!("{at:?} is not in {text}"));
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    (text[..offset].matches('\n').count() as u64 + 1, text[line..offset].chars().count() as u64 + 1)
}

#[test]
fn eighty_planted_faults_are_found_each_with_code_and_place() {
    let world = World::new();
    assert_eq!(world.desk.run(&["check", "--json"]).ok(), "[]\n", "the world is in order");
    let faults = faults();
    assert!(faults.len() >= 75, "{}", faults.len());
    let mut wrong = Vec::new();
    for fault in &faults {
        let (path, text) = world.plant(fault);
        let run = world.desk.run(&["check", "--json"]);
        let findings: Vec<Value> = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{fault:?}: {run}"));
        let on: Vec<&Value> = findings.iter().filter(|finding| finding["code"] == fault.code).collect();
        let path = if fault.code == "DSK307" { world.entry.clone() } else { path };
        let (line, column) = match (fault.code, fault.at) {
            ("DSK307", _) => position(&fs::read_to_string(world.desk.path().join(&path)).unwrap(), "[\n  \""),
            (_, "") => (1, 1),
            (_, at) => position(&text, at),
        };
        let expected = (path.as_str(), fault.level, line, column, fault.fix);
        let seen: Vec<_> = on
            .iter()
            .map(|one| {
                let text = |key: &str| one[key].as_str().unwrap();
                let number = |key: &str| one[key].as_u64().unwrap();
                (text("path"), text("level"), number("line"), number("column"), one["fix"].is_string())
            })
            .collect();
        let exit = i32::from(fault.level == "error");
        if seen != [expected] || run.code != exit {
            wrong.push(format!(
                "{:?} {}:\n  {expected:?} exit {exit}, but {}\n  {seen:?}",
                fault.how, fault.code, run.code
            ));
        }
        // A fault is one finding; two of them come with a second that is true as well.
        let others: Vec<&str> =
            findings.iter().filter_map(|one| one["code"].as_str()).filter(|code| *code != fault.code).collect();
        let also = match fault.code {
            "DSK204" => vec!["DSK201"],
            _ => vec![],
        };
        if others != also {
            wrong.push(format!("{:?} {}: also {others:?}", fault.how, fault.code));
        }
        world.put_back();
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), faults.len(), wrong.join("\n"));
}

#[test]
fn what_is_no_regular_file_is_found_in_commits_too() {
    let world = World::new();
    let desk = &world.desk;
    desk.git(&["update-index", "--chmod=+x", &ticket_path(&world.first)]);
    let head = desk.git(&["rev-parse", "HEAD"]);
    let inside = format!("160000,{},tickets/2026/11/24/261124-k7m3x9pd", head.trim());
    desk.git(&["update-index", "--add", "--cacheinfo", &inside]);
    desk.git(&["commit", "-qm", "odd"]);
    desk.git(&["checkout", "-qf", "."]);
    let bare: PathBuf = desk.outside().join("bare.git");
    desk.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let run = desk.run(&["check", "--repo", bare.to_str().unwrap(), "--fields", "code,level"]);
    let findings: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split('\t').collect()).collect();
    let codes: Vec<(&str, &str)> = findings.iter().map(|cells| (cells[0], cells[1])).collect();
    assert_eq!(codes, [("DSK605", "warning"), ("DSK604", "error")], "{run}");
}
