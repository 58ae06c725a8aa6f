//! Every pair of everyday acts by two people on one ticket, merged as every forge merges: by plain git, without a driver.

use std::fs;

use crate::support::{TestDesk, ticket_path};

/// What somebody does; the fields that it changes in the ticket's file; the same thing meant otherwise by somebody else.
struct Act {
    name: &'static str,
    fields: &'static [&'static str],
    ours: &'static [&'static str],
    theirs: &'static [&'static str],
    /// What of each is to be found in the merged ticket.
    says: &'static [&'static str],
    says_too: &'static [&'static str],
}

const ACTS: [Act; 11] = [
    Act {
        name: "assign",
        fields: &["assignee"],
        ours: &["assign", "ID", "--to", "ana"],
        theirs: &["assign", "ID", "--to", "ben"],
        says: &["\"ana\""],
        says_too: &["\"ben\""],
    },
    Act {
        name: "escalate",
        fields: &["queue", "assignee"],
        ours: &["escalate", "ID", "-m", "too hard"],
        theirs: &["escalate", "ID", "--to", "l3", "-m", "much too hard"],
        says: &["\"l2\"", "too hard"],
        says_too: &["\"l3\"", "much too hard"],
    },
    Act {
        name: "comment",
        fields: &[],
        ours: &["comment", "ID", "from ana"],
        theirs: &["comment", "ID", "from ben"],
        says: &["from ana"],
        says_too: &["from ben"],
    },
    Act {
        name: "tag",
        fields: &["tags"],
        ours: &["tag", "ID", "--add", "urgent"],
        theirs: &["tag", "ID", "--add", "vip"],
        says: &["urgent"],
        says_too: &["vip"],
    },
    Act {
        name: "set category",
        fields: &["category"],
        ours: &["set", "ID", "category=network/vpn"],
        theirs: &["set", "ID", "category=network/wifi"],
        says: &["network/vpn"],
        says_too: &["network/wifi"],
    },
    Act {
        name: "set due",
        fields: &["due"],
        ours: &["set", "ID", "due=2026-11-25T12:00:00Z"],
        theirs: &["set", "ID", "due=2026-11-26T12:00:00Z"],
        says: &["2026-11-25T12"],
        says_too: &["2026-11-26T12"],
    },
    Act {
        name: "close with solution",
        fields: &["status", "resolution", "solution"],
        ours: &["close", "ID", "--resolution", "fixed", "-m", "new cable"],
        theirs: &["close", "ID", "--resolution", "workaround", "-m", "use the other port"],
        says: &["\"closed\"", "\"fixed\"", "new cable"],
        says_too: &["\"closed\"", "\"workaround\"", "use the other port"],
    },
    Act {
        name: "wait",
        fields: &["status", "waiting_on"],
        ours: &["wait", "ID", "--on", "vendor"],
        theirs: &["wait", "ID", "--on", "requester"],
        says: &["\"waiting\"", "\"vendor\""],
        says_too: &["\"waiting\"", "\"requester\""],
    },
    Act {
        name: "work",
        fields: &[],
        ours: &["work", "ID", "30m"],
        theirs: &["work", "ID", "45m"],
        says: &["30"],
        says_too: &["45"],
    },
    Act {
        name: "link",
        fields: &["links"],
        ours: &["link", "ID", "related", "ONE"],
        theirs: &["link", "ID", "related", "OTHER"],
        says: &["router"],
        says_too: &["switch"],
    },
    Act {
        name: "attach",
        fields: &[],
        ours: &["comment", "ID", "see this", "--attach", "../one.txt"],
        theirs: &["comment", "ID", "and this", "--attach", "../other.txt"],
        says: &["one.txt"],
        says_too: &["other.txt"],
    },
];

/// A desk with a ticket that is being worked, and two others to link to; ben is an agent too.
pub struct World {
    pub desk: TestDesk,
    pub id: String,
    one: String,
    other: String,
}

impl World {
    pub fn new() -> World {
        let desk = TestDesk::new();
        desk.run(&["agent", "add", "ben", "--email", "ben@example.com"]).ok();
        let [id, one, other] = ["VPN drops", "router", "switch"].map(|title| desk.open(title, &["--tag", "net"]));
        desk.run(&["assign", &id, "--to", "ana"]).ok();
        desk.run(&["assign", &id, "--to", "none"]).ok();
        fs::write(desk.outside().join("one.txt"), "one").unwrap();
        fs::write(desk.outside().join("other.txt"), "other").unwrap();
        World { desk, id, one, other }
    }

    fn words(&self, act: &[&'static str]) -> Vec<String> {
        let word = |word: &&'static str| match *word {
            "ID" => self.id.clone(),
            "ONE" => self.one.clone(),
            "OTHER" => self.other.clone(),
            other => other.to_owned(),
        };
        act.iter().map(word).collect()
    }

    fn act(&self, act: &[&'static str]) {
        let words = self.words(act);
        self.desk.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    }

    /// Two branches from where `base` is, one with each act.
    fn part(&self, ours: &Act, theirs: &Act) {
        for (branch, act) in [("ours", ours.ours), ("theirs", theirs.theirs)] {
            self.desk.git(&["switch", "-qC", branch, "base"]);
            self.act(act);
        }
        self.desk.git(&["switch", "-q", "ours"]);
    }
}

fn pairs() -> impl Iterator<Item = (&'static Act, &'static Act)> {
    ACTS.iter().enumerate().flat_map(|(at, one)| ACTS[at..].iter().map(move |other| (one, other)))
}

fn share(one: &Act, other: &Act) -> bool {
    one.fields.iter().any(|field| other.fields.contains(field))
}

#[test]
fn plain_git_conflicts_only_where_both_changed_the_same_field() {
    let world = World::new();
    let desk = &world.desk;
    desk.git(&["branch", "base"]);
    let mut avoidable = Vec::new();
    for (one, other) in pairs() {
        world.part(one, other);
        let merged = desk.program("git", &["merge", "-q", "--no-edit", "theirs"]).output().unwrap();
        if merged.status.success() {
            desk.run(&["check", "--all"]).ok();
        } else {
            if !share(one, other) {
                avoidable.push(format!("{} × {}", one.name, other.name));
            }
            desk.git(&["merge", "--abort"]);
        }
    }
    assert_eq!(avoidable, Vec::<String>::new());
}

#[test]
fn the_driver_leaves_open_only_what_both_meant_otherwise_and_no_rule_decides() {
    let world = World::new();
    let desk = &world.desk;
    desk.run(&["setup", "git"]).ok();
    desk.git(&["branch", "base"]);
    let mut open = Vec::new();
    for (one, other) in pairs() {
        world.part(one, other);
        let merged = desk.program("git", &["merge", "-q", "--no-edit", "theirs"]).output().unwrap();
        if merged.status.success() {
            desk.run(&["check", "--all"]).ok();
        } else {
            let text = fs::read_to_string(desk.path().join(ticket_path(&world.id))).unwrap();
            open.push(format!("{} × {}: {}", one.name, other.name, text.matches("<<<<<<< ours").count()));
            desk.git(&["merge", "--abort"]);
        }
    }
    let expected = [
        "assign × assign: 1",
        "assign × escalate: 1",
        "escalate × escalate: 1",
        "set category × set category: 1",
        "set due × set due: 1",
        "close with solution × close with solution: 2",
        "wait × wait: 1",
    ];
    assert_eq!(open, expected);
}

#[test]
fn sync_never_leaves_a_conflict_and_loses_nothing() {
    let world = World::new();
    let desk = &world.desk;
    desk.git(&["branch", "base"]);
    let mut in_doubt = Vec::new();
    for (at, (one, other)) in pairs().enumerate() {
        world.part(one, other);
        // Theirs is what is published, ours what is here.
        let (name, hub) = (format!("hub{at}"), format!("../hub{at}.git"));
        desk.git(&["init", "-q", "--bare", "-b", "ours", &hub]);
        desk.git(&["push", "-q", &hub, "theirs:ours"]);
        desk.git(&["remote", "add", &name, &hub]);
        desk.run(&["sync", "--remote", &name]).ok();
        desk.run(&["check", "--all"]).ok();
        let ticket = desk.ticket(&world.id);
        let merged = ticket.to_string();
        for said in [one.says, other.says_too] {
            assert!(
                said.iter().all(|word| merged.contains(word)),
                "{} × {}: {said:?} not in {merged}",
                one.name,
                other.name
            );
        }
        if ticket["conflicts"] != serde_json::json!({}) {
            in_doubt.push(format!("{} × {}", one.name, other.name));
        }
    }
    let expected: Vec<String> = pairs()
        .filter(|(one, other)| share(one, other) && !one.fields.iter().all(|field| ["tags", "links"].contains(field)))
        .map(|(one, other)| format!("{} × {}", one.name, other.name))
        .collect();
    assert_eq!(in_doubt, expected);
}
