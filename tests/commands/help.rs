//! `help`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

const TOPICS: [&str; 8] =
    ["query", "formats", "exit-codes", "environment", "desks", "times", "check-codes", "scripting"];

const COMMANDS: &[&str] = &[
    "open",
    "take",
    "assign",
    "escalate",
    "comment",
    "note",
    "wait",
    "resume",
    "resolve",
    "close",
    "reopen",
    "set",
    "follow-up",
    "tag",
    "link",
    "merge",
    "split",
    "watch",
    "work",
    "rate",
    "approve",
    "refuse",
    "list",
    "show",
    "search",
    "kb",
    "remind",
    "log",
    "blame",
    "report",
    "problem",
    "sla",
    "calendar",
    "run",
    "event",
    "flush",
    "intake",
    "receive",
    "sweep",
    "notify",
    "edit",
    "undo",
    "batch",
    "queue",
    "agent",
    "service",
    "customer",
    "sync",
    "init",
    "join",
    "demo",
    "import",
    "export",
    "portal",
    "check",
    "diff",
    "propose",
    "fmt",
    "merge-driver",
    "textconv",
    "doctor",
    "backup",
    "hook",
    "path",
    "schema",
    "config",
    "setup",
    "completions",
    "help",
];

#[test]
fn the_first_screen_shows_everyday_commands() {
    let desk = TestDesk::nowhere();
    let screen = desk.run(&["-h"]).ok();
    assert!(screen.lines().all(|line| line.chars().count() <= 100), "{screen}");
    assert_eq!(desk.run(&["--help"]).ok(), screen);
    assert_eq!(desk.run(&["help"]).ok(), screen);
    assert_data_eq!(
        screen,
        str![[r#"
git desk: a helpdesk in a git repository

  open TITLE          report something          list [QUERY]    what is open
  take / assign ID    whose it is               show ID         one ticket, whole
  reply / note ID     to the caller / to us     search TEXT     tickets and articles
  wait / resume ID    somebody else's turn      sla             who is late, who will be
  escalate ID         to the next queue         report NAME     summary, customer, ageing …
  resolve / close ID  how it ended              log ID          who did what, when
  run -- COMMAND      a ticket if it fails      undo            take back your last act
  sync                share with the others

start: git desk demo · git desk init · git desk join URL     your day: git desk
all commands: git desk help --all     a command: git desk help open     queries: git desk help query

"#]]
    );
}

#[test]
fn all_of_it_lists_every_command_and_topic() {
    let desk = TestDesk::nowhere();
    let shown = desk.run(&["help", "--all"]).ok();
    let first: Vec<&str> =
        shown.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    assert_eq!(first, COMMANDS.iter().chain(&TOPICS).copied().collect::<Vec<_>>());
    assert_data_eq!(
        shown,
        str![[r#"
commands
  open          Report something: opens a ticket and prints its id
  take          Make a ticket yours; exit 5 when somebody was faster
  assign        Say whose a ticket is
  escalate      Send a ticket up: to the next queue, to whom you name, or to the lead
  comment       Say something to the requester
  note          Say something that only agents see
  wait          It is somebody else's turn: the clocks stop
  resume        Our turn again: a waiting ticket becomes active
  resolve       Say how a ticket was solved; the requester may still object
  close         End a ticket for good
  reopen        It was not solved after all
  set           Change fields of a ticket
  follow-up     The day on which the requester is called back; `git desk remind` says when it has come
  tag           Add and remove tags
  link          Say how two tickets belong together
  merge         Make several tickets one: close them as duplicates of another
  split         Make a second matter of a ticket a ticket of its own; prints the new id
  watch         Follow tickets: you, or whom you name, become a watcher
  work          Note time spent on a ticket
  rate          Say how well a ticket was solved, from 1 (badly) to 5 (very well)
  approve       Grant what a request asks for
  refuse        Deny what a request asks for; that ends it
  list          What is open, or whatever a query means
  show          One ticket, whole: what it is, what was said, what changed
  search        Tickets and articles by words, the best first
  kb            Knowledge articles: how the problems are solved that come most
  remind        Who is to be called back: open tickets whose follow-up day has come
  log           Who changed what, when, from and to: of one ticket or of the desk, oldest first
  blame         Every field of a ticket, with who set it and when
  report        Figures for a lead: summary, flow, ageing, response, pareto, workload and more
  problem       Problems: what keeps causing incidents, what that costs, and how to get along meanwhile
  sla           Who is late, who will be, and why
  calendar      Working time: when a target is due, how much of it is used, and the days of a month
  run           Run a job: a ticket when it fails, resolved when it works again
  event         What monitors have to say: something fails, somebody has seen it, it works again
  flush         Deliver what waits in the spool: to the desk, or to a hub without a clone
  intake        On a hub: fold what producers pushed to its inbox into the branch
  receive       On a hub, as a forced command of ssh: take events from a producer
  sweep         What has come due: tickets wake and are closed, escalation rules fire, jobs that did not run
  notify        Tell chat and paging services what `[[notify]]` rules ask for
  edit          Change a ticket's file in your editor
  undo          Take back one commit by a new one; your last act when none is named
  batch         Many acts from JSON Lines, as one commit
  queue         Queues: who works on what
  agent         Agents: the people of the desk
  service       The service catalogue: what people may ask for
  customer      Customers: for whom the desk works, and by which contract
  sync          Share with the others: fetches what they did, merges, pushes what was done here
  init          Begin a desk: a new repository, or a folder of one that is there
  join          Get a desk that others have: clones it, gives it a name, builds its index; prints where it is
  demo          A small lively desk to try things on, in a fresh folder; prints what to try next
  import        Bring tickets from another system: each thing that happened becomes a commit of its own time and author
  export        Everything that the desk holds, for other programs and for another desk
  portal        A site for those who ask: articles, services, what is down
  check         What is wrong with the desk's files; exit 1 when something is
  diff          What changes, in words: which ticket, what, by whom, and what that does to its clocks
  propose       Propose a change: any write command, as a pull request
  fmt           Bring files into canonical form: order of keys, blank lines, text blocks
  merge-driver  Merge one file of a desk, as git asks for it
  textconv      A file of a desk as text, for `git diff` and `git log -p`
  doctor        What is wrong with this clone: history, locks, index, identity, damaged files
  backup        The whole desk in one file, or a desk from such a file
  hook          What git asks before it takes a push
  path          The file of a ticket, from the top of the repository
  schema        The JSON Schema of what `--json` prints; without a name, which there are
  config        Preferences: what is set, and where
  setup         Prepare what is around the desk: this user's shell, git, hooks, cron, systemd, ssh keys of producers, a forge
  completions   What a shell must read to complete `git-desk` and `git desk`
  help          Help on a command or a topic; `--all` lists every command

topics
  query         the query language of list, --where, views and rules
  formats       table, tsv, json and the others
  exit-codes    what each exit code means
  environment   variables, preferences, identity
  desks         several desks: by name, from anywhere, together
  times         times, durations and --at
  check-codes   the codes of what `check` finds
  scripting     promises to scripts and cron jobs

one of them: git desk help NAME

"#]]
    );
}

#[test]
fn every_command_explains_itself_the_same_way_twice() {
    let desk = TestDesk::nowhere();
    for command in COMMANDS {
        let text = desk.run(&["help", command]).ok();
        assert!(text.contains(&format!("Usage: git-desk {command}")), "{command}: {text}");
        assert_eq!(desk.run(&[command, "--help"]).ok(), text, "{command}");
    }
    let reply = desk.run(&["help", "reply"]).ok();
    assert_eq!(reply, desk.run(&["help", "comment"]).ok(), "an alias is the command");
    assert!(desk.run(&["help", "queue", "add"]).ok().contains("git-desk queue add"));
}

#[test]
fn what_is_wrapped_is_wrapped_once() {
    let desk = TestDesk::nowhere();
    for command in COMMANDS {
        let text = desk.run(&["help", command]).ok();
        let about: Vec<&str> = text.lines().take_while(|line| !line.starts_with("Examples:")).collect();
        let paragraphs = about.split(|line| line.is_empty() || line.starts_with("Usage"));
        for paragraph in paragraphs {
            // But for the last line of a paragraph, a line that could have taken the next word was broken twice.
            for pair in paragraph.windows(2) {
                let next = pair[1].split_whitespace().next().unwrap_or_default();
                let room = 90_usize.saturating_sub(pair[0].chars().count());
                assert!(pair[1].starts_with(' ') || next.chars().count() + 1 > room, "{command}: {pair:?}");
            }
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{command}: {text}");
    }
}

#[test]
fn every_topic_prints_and_fits_a_screen() {
    let desk = TestDesk::nowhere();
    for topic in TOPICS {
        let text = desk.run(&["help", topic]).ok();
        assert!(text.lines().count() > 5, "{topic}: {text}");
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{topic}: {text}");
    }
}

#[test]
fn what_is_unknown_names_the_nearest() {
    let desk = TestDesk::nowhere();
    assert_data_eq!(
        desk.run(&["help", "qurey"]).fails(3),
        str![[r#"
git-desk: no command or topic `qurey`
  git desk help query

"#]]
    );
    assert_data_eq!(
        desk.run(&["help", "zeppelin"]).fails(3),
        str![[r#"
git-desk: no command or topic `zeppelin`
  all commands: git desk help --all

"#]]
    );
    assert_data_eq!(
        desk.run(&["lsit"]).fails(2),
        str![[r#"
git-desk: no command `lsit`
  git desk list
  all commands: git desk help --all

"#]]
    );
    assert_data_eq!(
        desk.run(&["create", "x"]).fails(2),
        str![[r#"
git-desk: no command `create`
  git desk open
  all commands: git desk help --all

"#]]
    );
}
