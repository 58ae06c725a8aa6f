//! `service`

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

const LAPTOP: &str = r#"title = "New laptop"
description = """
A laptop with the usual set: dock, bag, token.

Ready five working days after it was approved."""
audience = "public"
queue = "l2"
category = "hardware/laptop"
impact = "low"
urgency = "medium"
sla = "requests"
approval = ["lea", "bob"]
clock_start = "approved"

[form.model]
label = "Which model?"
type = "choice"
choices = ["13 inch", "16 inch"]
required = true
help = "The 16 inch one is for drawing."

[form.start]
label = "From when on?"
type = "date"
required = true

[form.ram]
label = "Memory in GB"
type = "number"

[form.bag]
label = "A bag?"
type = "bool"

[form.mail]
label = "Who signs for it"
type = "email"
"#;

const PASSWORD: &str = "title = \"Password reset\"\nqueue = \"l1\"\n\n[form.system]\n";

const PROMISED: &str = "[[sla]]\nname = \"requests\"\nmatch = \"tag:never\"\ncalendar = \"office\"\npause = []\n[sla.targets.p4]\nresolve = \"2h\"\n\n\
    [[sla]]\nname = \"default\"\ncalendar = \"office\"\n[sla.targets.p4]\nresolve = \"1h\"\n";

/// Puts files into a desk, as one commit.
pub fn put(desk: &TestDesk, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = desk.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "files"]);
}

/// Ana, an admin, Lea, a lead, Bob and Zoe, agents; a laptop that Lea and Bob must approve, a password that nobody must.
pub fn catalogue() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "lea", "--email", "lea@example.com", "--role", "lead"]).ok();
    for agent in ["bob", "zoe"] {
        desk.run(&["agent", "add", agent, "--email", &format!("{agent}@example.com")]).ok();
    }
    desk.promise(PROMISED);
    put(&desk, &[("services/new-laptop.toml", LAPTOP), ("services/password.toml", PASSWORD)]);
    desk
}

/// Asks for a laptop, and gives the request's id.
pub fn laptop(desk: &TestDesk) -> String {
    let words = ["service", "request", "new-laptop", "--field", "model=13 inch", "--field", "start=2026-12-01"];
    desk.run(&[&words[..], &["-r", "fatima@acme.example"]].concat()).ok().trim_end().to_owned()
}

#[test]
fn the_catalogue_is_listed() {
    let desk = catalogue();
    assert_data_eq!(
        desk.run(&["service", "list"]).to_string(),
        str![[r#"
new-laptop	New laptop	public	l2	hardware/laptop	lea,bob
password	Password reset	internal	l1		

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["service", "list"]).to_string(),
        str![[r#"
NAME        TITLE           AUDIENCE  QUEUE  CATEGORY         APPROVAL
new-laptop  New laptop      public    l2     hardware/laptop  lea,bob
password    Password reset  internal  l1

"#]]
    );
    assert_eq!(desk.run(&["service", "list", "-o", "ids"]).ok(), "new-laptop\npassword\n");
    assert_data_eq!(
        desk.run(&["service", "list", "--json=name,form"]).ok(),
        str![[r#"
[
  {
    "form": [
      {
        "choices": [
          "13 inch",
          "16 inch"
        ],
        "help": "The 16 inch one is for drawing.",
        "label": "Which model?",
        "name": "model",
        "required": true,
        "type": "choice"
      },
      {
        "choices": [],
        "help": "",
        "label": "From when on?",
        "name": "start",
        "required": true,
        "type": "date"
      },
      {
        "choices": [],
        "help": "",
        "label": "Memory in GB",
        "name": "ram",
        "required": false,
        "type": "number"
      },
      {
        "choices": [],
        "help": "",
        "label": "A bag?",
        "name": "bag",
        "required": false,
        "type": "bool"
      },
      {
        "choices": [],
        "help": "",
        "label": "Who signs for it",
        "name": "mail",
        "required": false,
        "type": "email"
      }
    ],
    "name": "new-laptop"
  },
  {
    "form": [
      {
        "choices": [],
        "help": "",
        "label": "system",
        "name": "system",
        "required": false,
        "type": "text"
      }
    ],
    "name": "password"
  }
]

"#]]
    );
    assert_data_eq!(
        TestDesk::new().on_terminal("", &["service", "list"]).to_string(),
        str![[r#"
no services yet: each is a file, services/new-laptop.toml     what it says: git desk help service
NAME  TITLE  AUDIENCE  QUEUE  CATEGORY  APPROVAL

"#]]
    );
}

#[test]
fn a_service_says_what_it_asks_who_approves_and_what_is_promised() {
    let desk = catalogue();
    assert_data_eq!(
        desk.on_terminal("", &["service", "show", "new-laptop"]).to_string(),
        str![[r#"
New laptop  new-laptop
    public · l2 · hardware/laptop · p4

      A laptop with the usual set: dock, bag, token.

      Ready five working days after it was approved.

    model       Which model? (13 inch, 16 inch; required)
                The 16 inch one is for drawing.
    start       From when on? (a date; required)
    ram         Memory in GB (a number)
    bag         A bag? (yes or no)
    mail        Who signs for it (a mail address)
    approval    lea and bob
    promised    resolve 2h from the approval on (requests, desk.toml:94)

  next       git desk service request new-laptop

"#]]
    );
    assert_data_eq!(
        desk.run(&["service", "show", "password"]).to_string(),
        str![[r#"
audience	internal
clock_start	opened
form	[{"choices":[],"help":"","label":"system","name":"system","required":false,"type":"text"}]
name	password
queue	l1
schema	desk.service/1
title	Password reset

"#]]
    );
    assert_data_eq!(
        desk.run(&["service", "show", "new-labtop"]).to_string(),
        str![[r#"
stderr: git-desk: no service `new-labtop`; this desk has new-laptop, password
stderr:   did you mean `new-laptop`?
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["service", "show", "../desk"]).to_string(),
        str![[r#"
stderr: git-desk: no service `../desk`; this desk has new-laptop, password
exit: 3

"#]]
    );
}

#[test]
fn a_request_from_form_to_approval_to_resolution_in_a_script() {
    let desk = catalogue();
    let words = [
        "service",
        "request",
        "new-laptop",
        "-r",
        "fatima@acme.example",
        "-m",
        "The old one is broken.",
        "--channel",
        "phone",
        "--field",
        "model=13 INCH",
        "--field",
        "start=2026-12-01",
        "--field",
        "ram=16",
        "--field",
        "bag=no",
    ];
    let id = desk.run(&words).ok();
    let id = id.trim_end();
    assert_data_eq!(
        std::fs::read_to_string(desk.file(id)).unwrap(),
        str![[r#"
title = "New laptop for fatima@acme.example"

status = "waiting"

resolution = ""

waiting_on = "approval"

kind = "request"

impact = "low"

urgency = "medium"

priority = "p4"

queue = "l2"

assignee = ""

category = "hardware/laptop"

service = "new-laptop"

asset = ""

due = ""

follow_up = ""

tags = [
]

links = [
]

requester = "fatima@acme.example"

channel = "phone"

opened = 2026-11-24T08:08:00Z

body = '''
The old one is broken.

- Which model? 13 inch
- From when on? 2026-12-01
- Memory in GB: 16
- A bag? no
'''

[fields]

bag = false

model = "13 inch"

ram = 16

start = "2026-12-01"

"#]]
    );
    assert_data_eq!(
        desk.run(&["resolve", id, "--resolution", "fixed"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg: an approval is still open: that of lea and bob
stderr:   git desk approve 261124-hezx7bwg     or: git desk refuse 261124-hezx7bwg --reason "why"
exit: 5

"#]]
    );
    desk.later(3 * 3_600);
    assert_eq!(desk.run(&["sla", "explain", id, "--json"]).ok().matches("\"state\": \"none\"").count(), 1);
    let lea = desk.at("desk").by("lea");
    assert_eq!(lea.run(&["approve", id, "-m", "from the budget of sales"]).to_string(), format!("{id}\n"));
    assert_eq!(desk.ticket(id)["status"], "waiting");
    desk.later(3 * 3_600);
    let bob = desk.at("desk").by("bob");
    bob.run(&["approve", id]).ok();
    assert_eq!(desk.ticket(id)["status"], "active");
    assert_data_eq!(
        desk.on_terminal("", &["show", id]).to_string(),
        str![[r#"
p4  [1mNew laptop for fatima@acme.example[0m                                               261124-hezx7bwg
    active · request · l2 · opened 08:08 by phone

    requester   fatima@acme.example             service     new-laptop
    category    hardware/laptop                 impact      low, urgency medium → p4
    bag         false                           model       13 inch
    ram         16                              start       2026-12-01
    approval    lea approved 11:11, bob approved 14:12

    resolve    ░░░░░░░░░░░░░░░░░░░░░░  1m of 2h         1h 59m left, 16:12

    The old one is broken.

    - Which model? 13 inch
    - From when on? 2026-12-01
    - Memory in GB: 16
    - A bag? no

  11:11      lea          approved
    from the budget of sales
  14:12      bob          approved
  14:12      bob          → active

  next       git desk take hezx

"#]]
    );
    desk.later(3_600);
    desk.run(&["resolve", id, "--resolution", "fixed", "-m", "handed over"]).ok();
    assert_data_eq!(
        desk.on_terminal("", &["sla", "explain", id]).to_string(),
        str![[r#"
261124-hezx7bwg  New laptop for fatima@acme.example
requests (desk.toml:94), hours of office (desk.toml:71, UTC), named by services/new-laptop.toml

resolve    2h for p4 (desk.toml:100)

      Tue 24 Nov 14:12  ┌ approved by bob                                       32341bc89f
                 15:14  └ solved by ana                                         5d42da3b7e

  met · used 1h 02m of 2h

"#]]
    );
    assert_eq!(desk.run(&["check", "--fail-level", "warning"]).ok(), "");
    desk.is_sound();
}

#[test]
fn a_request_from_form_to_approval_to_resolution_at_a_terminal() {
    let desk = catalogue();
    let talk = [
        ("For whom?     ", "fatima@acme.example\n"),
        ("Which model? (13 inch, 16 inch) ", "\n"),
        ("Which model? (13 inch, 16 inch) ", "15\n"),
        ("Which model? (13 inch, 16 inch) ", "16\n"),
        ("From when on? (a date) ", "soon\n"),
        ("From when on? (a date) ", "2026-12-01\n"),
        ("Memory in GB (a number) [none] ", "lots\n"),
        ("Memory in GB (a number) [none] ", "32\n"),
        ("A bag? (yes or no) [none] ", "y\n"),
        ("Who signs for it (a mail address) [none] ", "\n"),
    ];
    let ran = desk.converse(&["service", "request", "new-laptop"], &talk);
    assert_data_eq!(
        ran.to_string(),
        str![[r#"
261124-hezx7bwg
stderr: For whom?     fatima@acme.example
stderr:               has asked for nothing before
stderr:   The 16 inch one is for drawing.
stderr: Which model? (13 inch, 16 inch) 
stderr:   an answer is needed: 13 inch, 16 inch
stderr: Which model? (13 inch, 16 inch) 15
stderr:   "15" is none of its choices: 13 inch, 16 inch
stderr: Which model? (13 inch, 16 inch) 16
stderr: From when on? (a date) soon
stderr:   "soon" is no date
stderr: From when on? (a date) 2026-12-01
stderr: Memory in GB (a number) [none] lots
stderr:   "lots" is no number
stderr: Memory in GB (a number) [none] 32
stderr: A bag? (yes or no) [none] y
stderr: Who signs for it (a mail address) [none] 
stderr: opened hezx for fatima@acme.example; it waits for the approval of lea and bob
stderr: next           git desk approve hezx

"#]]
    );
    let id = ran.stdout.trim_end();
    assert_eq!(
        desk.ticket(id)["fields"],
        serde_json::json!({"bag": true, "model": "16 inch", "ram": 32, "start": "2026-12-01"})
    );
    let by = |who: &str| {
        let desk = desk.at("desk").by(who);
        desk.later(if who == "bob" { 1_200 } else { 600 });
        desk
    };
    assert_data_eq!(
        by("lea").on_terminal("", &[]).to_string(),
        str![[r#"
lea · 1 to approve

  answered  [1mhezx[0m  New laptop for fatima@ac…  [33masked for by fatima@acme.example[0m  git desk approve hezx

"#]]
    );
    assert_data_eq!(
        by("lea").on_terminal("", &["approve", id]).to_string(),
        str![[r#"
261124-hezx7bwg
hezx has your approval; bob has yet to

"#]]
    );
    assert_data_eq!(
        by("bob").on_terminal("", &["approve", id]).to_string(),
        str![[r#"
261124-hezx7bwg
hezx is approved

"#]]
    );
    desk.later(3_600);
    assert_data_eq!(
        desk.on_terminal("", &["resolve", id, "--resolution", "fixed"]).to_string(),
        str![[r#"
261124-hezx7bwg
hezx is resolved as fixed

"#]]
    );
}

#[test]
fn what_is_given_is_not_asked_and_a_form_that_is_full_asks_nothing() {
    let desk = catalogue();
    let full = ["service", "request", "new-laptop", "--field", "model=13 inch", "--field", "start=2026-12-01"];
    assert_data_eq!(
        desk.converse(&full, &[]).to_string(),
        str![[r#"
261124-hezx7bwg
stderr: opened hezx for ana; it waits for the approval of lea and bob
stderr: next           git desk approve hezx

"#]]
    );
    let talk = [
        ("For whom?     ", "me\n"),
        ("From when on? (a date) ", "2026-12-02\n"),
        ("GB", "\n"),
        ("bag?", "\n"),
        ("signs", "\n"),
    ];
    let ran = desk.converse(&full[..5], &talk);
    assert_eq!(desk.ticket(ran.ok().trim_end())["fields"]["start"], "2026-12-02");
}

#[test]
fn all_that_is_missing_or_wrong_is_said_at_once() {
    let desk = catalogue();
    let words =
        ["service", "request", "new-laptop", "--field", "modle=15", "--field", "ram=lots", "--field", "bag=perhaps"];
    let more = ["--field", "mail=bob", "-r", "o'neil@acme.example"];
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&[&words[..], &more].concat()).to_string(),
        str![[r#"
stderr: git-desk: the form of `new-laptop` is not filled in: model is missing; start is missing; ram: "lots" is no number; bag: "perhaps" is neither yes nor no; mail: "bob" is no mail address; it has no modle (did you mean model?)
stderr:   git desk service request new-laptop -r 'o'/''neil@acme.example' --field 'model=13 inch' --field start=2026-12-01 --field ram=1 --field bag=yes --field mail=name@example.com
stderr:   model: 13 inch, 16 inch
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["service", "request", "new-laptop", "--json"]).to_string(),
        str![[r#"
stderr: {"error":{"candidates":["model","start"],"code":"bad_form","exit":2,"hint":"git desk service request new-laptop --field 'model=13 inch' --field start=2026-12-01","message":"the form of `new-laptop` is not filled in: model is missing; start is missing","try":[["git","desk","service","request","new-laptop","--field","model=13 inch","--field","start=2026-12-01"]]}}
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["service", "request", "laptop"]).to_string(),
        str![[r#"
stderr: git-desk: no service `laptop`; this desk has new-laptop, password
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["service", "request", "new-laptop", "--field", "model"]).to_string(),
        str![[r#"
stderr: git-desk: invalid value 'model' for '--field <NAME=ANSWER>': NAME=ANSWER is needed
stderr:   git desk help service
exit: 2

"#]]
    );
    assert_eq!(desk.commits(), before);
}

#[test]
fn hostile_answers_are_text_and_nothing_more() {
    let desk = catalogue();
    let hostile = "x'''\n[fields]\nstatus = \"closed\"\n\u{1b}]0;owned\u{7} \u{202e}txt";
    let answer = format!("system={hostile}");
    let id = desk.run(&["service", "request", "password", "--field", &answer]).ok();
    let id = id.trim_end();
    let ticket = desk.ticket(id);
    assert_eq!((&ticket["status"], &ticket["fields"]["system"]), (&"new".into(), &hostile.into()));
    let screen = desk.on_terminal("", &["show", id]).stdout;
    assert!(!screen.contains("\u{1b}]0") && !screen.contains('\u{202e}'), "{screen:?}");
    let long = format!("system={}", "x".repeat(10_001));
    assert!(desk.run(&["service", "request", "password", "--field", &long]).fails(2).contains("more than 10000"));
    let talk = [("For whom?     ", "me\n"), ("system [none] ", "$(touch owned); \u{1b}[31mred\n")];
    let ran = desk.converse(&["service", "request", "password"], &talk);
    assert!(desk.ticket(ran.stdout.trim_end())["fields"]["system"].as_str().unwrap().starts_with("$(touch"));
    assert!(!desk.path().join("owned").exists());
    desk.is_sound();
}

#[test]
fn a_request_is_an_act_like_others() {
    let desk = catalogue();
    let request = ["service", "request", "password", "--field", "system=ERP"];
    let before = desk.commits();
    assert_eq!(desk.run(&[&request[..], &["--dry-run"]].concat()).code, 0);
    assert_eq!(desk.commits(), before);
    let first = desk.run(&[&request[..], &["--op-id", "r1"]].concat()).ok();
    assert_eq!(desk.run(&[&request[..], &["--op-id", "r1"]].concat()).ok(), first, "done twice it is done once");
    let lines = "{\"op\": \"service request\", \"name\": \"new-laptop\", \"field\": {\"model\": \"16 inch\", \"start\": \"2026-12-03\", \"ram\": 8}}\n\
        {\"op\": \"service request\", \"name\": \"new-laptop\", \"field\": {\"ram\": 8}}\n\
        {\"op\": \"service list\"}\n";
    assert_data_eq!(
        desk.feed(lines, &["batch", "-"]).to_string(),
        str![[r#"
{"changed":true,"error":null,"id":"261124-tsacgzst","op":"service request","title":"New laptop for ana"}
{"changed":false,"error":{"code":"bad_form","exit":2,"message":"line 2: the form of `new-laptop` is not filled in: model is missing; start is missing"},"id":null,"op":"service request","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 3: `service list` is no act on tickets"},"id":null,"op":"service list","title":null}
stderr: git-desk: line 2: the form of `new-laptop` is not filled in: model is missing; start is missing
stderr:   git desk service request new-laptop --field 'model=13 inch' --field start=2026-12-01 --field ram=8
stderr:   model: 13 inch, 16 inch
exit: 2

"#]]
    );
    let made = desk.run(&["list", "service:new-laptop", "-o", "ids"]).ok();
    assert_eq!(desk.ticket(made.trim_end())["fields"]["ram"], 8);
    let json = desk.run(&[&request[..], &["--json=created,status,service,kind"]].concat()).ok();
    assert_data_eq!(
        json,
        str![[r#"
{
  "created": true,
  "kind": "request",
  "service": "password",
  "status": "new"
}

"#]]
    );
    desk.run(&["undo"]).ok();
    assert_eq!(desk.run(&["list", "service:password", "--count"]).ok(), "1\n");
    assert!(desk.run(&["service", "list", "--at", "HEAD~9"]).code == 0);
    assert!(desk.run(&["service", "request", "password", "--at", "HEAD"]).fails(2).contains("--at"));
}

#[test]
fn mistakes_in_a_services_file_name_file_and_line() {
    let desk = catalogue();
    let text = "title = \"X\"\nqueue = \"l9\"\nsla = \"request\"\napproval = [\"leah\", \"requester-manager\"]\naudiance = \"public\"\n\
        [form.size]\ntype = \"choice\"\n[form.\"A b\"]\n";
    std::fs::write(desk.path().join("services/x.toml"), text).unwrap();
    std::fs::write(desk.path().join("services/Bad Name.toml"), "title = \"X\"\n").unwrap();
    std::fs::write(desk.path().join("services/broken.toml"), "title = \"X\nqueue = 1\n").unwrap();
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
services/Bad Name.toml:1:1  DSK201  "Bad Name" is no name of a service, so no ticket can have it
  fix: a to z, 0 to 9 and - between them, at most 63
services/broken.toml:1:11  DSK001  this is no TOML: invalid basic string, expected `"`
services/x.toml:2:9  DSK102  there is no queue "l9" in desk.toml
  fix: did you mean "l1"?
services/x.toml:3:7  DSK102  there is no [[sla]] "request" in desk.toml
  fix: did you mean "requests"?
services/x.toml:4:12  DSK102  there is no agent "leah" in desk.toml
  fix: did you mean "lea"?
services/x.toml:5:1  DSK103  `audiance` is not known (warning)
  fix: did you mean `audience`?
services/x.toml:6:1  DSK102  a choice among nothing
  fix: choices = ["small", "large"]
services/x.toml:8:1  DSK102  "A b" is no name
  fix: a to z, 0 to 9 and - between them, at most 63
exit: 1

"#]]
    );
}

#[test]
fn a_request_for_a_queue_that_is_gone_is_not_lost() {
    let desk = catalogue();
    put(
        &desk,
        &[(
            "services/chair.toml",
            "title = \"Chair\"\nqueue = \"furniture\"\napproval = [\"lea\", \"bob\", \"lea\"]\n",
        )],
    );
    let asked = desk.run(&["service", "request", "chair"]);
    let id = asked.stdout.trim_end();
    assert_eq!(asked.code, 0, "{asked}");
    let ticket = desk.ticket(id);
    assert_eq!(format!("{} {}", ticket["queue"], ticket["fields"]["asked-queue"]), "\"l1\" \"furniture\"");
    assert_data_eq!(
        asked.stderr,
        str![[r#"
git-desk: no queue `furniture`, which services/chair.toml names: it went to l1

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
services/chair.toml:2:9  DSK102  there is no queue "furniture" in desk.toml
  fix: one of l1, l2, l3, or add [queues.furniture]
services/chair.toml:3:12  DSK103  "lea" is named twice (warning)
  fix: each of them once
exit: 1

"#]]
    );
}
