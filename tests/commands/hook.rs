//! `hook`: real pushes to a server that holds to its policy.

mod approvals;
mod attacks;
mod unborn;
mod words;

use std::fs;
use std::process::Output;

use crate::signing::has;
use crate::support::{TestDesk, ticket_path};

/// Who may do what on the server: leads close, admins change the policy, producers of events have their inbox.
const RULES: &str = "\n[agents.lea]\nname = \"Lea Lead\"\nemails = [\"lea@example.com\"]\nrole = \"lead\"\nactive = true\n\
    \n[agents.bob]\nname = \"Bob\"\nemails = [\"bob@example.com\"]\nrole = \"agent\"\nactive = true\nforge = \"bobby\"\n\
    \n[[permit]]\nwho = [\"lead\"]\nmay = [\"close\"]\n\
    \n[[permit]]\nwho = [\"signed\", \"agent\"]\nmay = [\"reopen\"]\n\
    \n[[require]]\non = [\"resolve\"]\nmatch = \"\"\nfields = [\"category\"]\n";

/// A server with its hook, a clone of it, and a ticket in both.
struct Server {
    clone: TestDesk,
    hub: String,
    id: String,
}

impl Server {
    fn new() -> Server {
        let clone = TestDesk::new();
        let policy = clone.path().join("desk.toml");
        let text = fs::read_to_string(&policy).unwrap() + RULES;
        fs::write(&policy, text).unwrap();
        clone.git(&["commit", "-qam", "who may do what"]);
        let id = clone.open("VPN drops every hour", &[]);
        let hub = clone.outside().join("hub.git").display().to_string();
        clone.git(&["clone", "-q", "--bare", ".", &hub]);
        clone.git(&["remote", "add", "origin", &hub]);
        clone.at("hub.git").run(&["setup", "hooks"]).ok();
        Server { clone, hub, id }
    }

    /// A commit by hand, by `who`.
    fn commit(&self, who: &str) {
        let author = format!("{who} <{who}@example.com>");
        self.clone.git(&["add", "-A"]);
        self.clone.git(&["commit", "-q", "--author", &author, "-m", "by hand"]);
    }

    fn edit(&self, from: &str, to: &str) {
        self.clone.change(&self.clone.path().join(ticket_path(&self.id)), from, to);
    }

    fn push(&self, who: &str, words: &[&str]) -> Output {
        let mut git = self.clone.program("git", &[&["push", "-q", "origin"], words].concat());
        if !who.is_empty() {
            git.env("GIT_DESK_PUSHER", who);
        }
        git.output().unwrap()
    }

    /// Pushes `main` as `who`; what the server says of it, empty when it is taken.
    fn answer(&self, who: &str) -> String {
        self.told(&self.push(who, &["main"]))
    }

    fn told(&self, output: &Output) -> String {
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return String::new();
        }
        let lines = text.lines().filter_map(|line| line.strip_prefix("remote: ")).map(str::trim_end);
        let told: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        assert!(!told.is_empty(), "the pusher is told why: {text}");
        told.join("\n").replace(&self.id, "ID").replace(&self.clone.outside().display().to_string(), "[WORLD]")
    }

    /// Back to what the server has.
    fn reset(&self) {
        self.clone.git(&["fetch", "-q", "origin", "main"]);
        self.clone.git(&["reset", "-q", "--hard", "FETCH_HEAD"]);
        self.clone.git(&["clean", "-qfd"]);
    }

    fn refuses(&self, who: &str, words: &str) {
        let told = self.answer(who);
        assert!(told.contains(words), "{words:?} is not in {told:?}");
        assert!(told.starts_with("git-desk: "), "{told}");
        self.reset();
    }

    fn takes(&self, who: &str) {
        assert_eq!(self.answer(who), "");
    }
}

#[test]
fn what_the_policy_permits_is_taken() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    desk.run(&["comment", id, "on its way"]).ok();
    server.takes("ana");
    desk.run(&["set", id, "category=network"]).ok();
    server.takes("ana@example.com");
    let bob = desk.at("desk").by("bob");
    bob.run(&["take", id]).ok();
    bob.run(&["resolve", id, "--resolution", "fixed", "-m", "new cable"]).ok();
    server.takes("bobby");
    let lea = desk.at("desk").by("lea");
    lea.run(&["close", id, "--resolution", "fixed"]).ok();
    server.takes("lea");
    desk.open("another", &[]);
    desk.run(&["queue", "add", "apps"]).ok();
    server.takes("ana");
    assert_eq!(server.told(&server.push("bob", &["main:refs/heads/review"])), "", "other branches are not looked at");
    assert_eq!(server.told(&server.push("bob", &["--force", "main~2:refs/heads/review"])), "");
    assert_eq!(server.told(&server.push("bob", &[":refs/heads/review"])), "");
    server.takes("");
}

#[test]
fn nobody_does_what_only_others_may() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    desk.at("desk").by("bob").run(&["close", id, "--resolution", "fixed"]).ok();
    server.refuses("bob", "bob may not close ID (commit ");
    // By hand it is the same act.
    server.edit("status = \"new\"", "status = \"closed\"");
    server.edit("resolution = \"\"", "resolution = \"fixed\"");
    server.commit("bob");
    server.refuses("bob", "[[permit]] (desk.toml:");
    // Opened and closed in one push, or by a merge: it is closed.
    desk.run(&["set", id, "category=network"]).ok();
    desk.at("desk").by("bob").run(&["resolve", id, "--resolution", "fixed", "-m", "x"]).ok();
    server.takes("");
    desk.at("desk").by("bob").run(&["reopen", id, "-m", "not at all"]).ok();
    server.refuses("bob", "bob may not reopen ID");
}

#[test]
fn the_policy_of_before_counts_and_only_admins_loosen_it() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    let policy = desk.path().join("desk.toml");
    desk.change(&policy, "who = [\"lead\"]", "who = [\"agent\"]");
    server.commit("bob");
    server.refuses("bob", "bob may not change desk.toml");
    desk.change(&policy, "role = \"agent\"", "role = \"admin\"");
    server.commit("bob");
    desk.at("desk").by("bob").run(&["close", id, "--resolution", "fixed"]).ok();
    server.refuses("bob", "bob may not");
    desk.change(&policy, "who = [\"lead\"]", "who = [\"agent\"]");
    server.commit("ana");
    server.takes("ana");
    desk.at("desk").by("bob").run(&["close", id, "--resolution", "fixed"]).ok();
    server.takes("bob");
}

#[test]
fn nobody_is_somebody_else() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    desk.at("desk").by("lea").run(&["close", id, "--resolution", "fixed"]).ok();
    server.refuses("bob", "says it is by lea, and bob pushes it");
    desk.at("desk").by("Rita <rita@customer.example>").run(&["comment", id, "I am Rita"]).ok();
    server.refuses("bob", "says it is by rita@customer.example, and bob pushes it");
    desk.at("desk").by("git-desk <machine@web7>").run(&["comment", id, "checked by a machine"]).ok();
    server.takes("bob");
    // An entry that puts words into another's mouth is told, whoever pushes.
    desk.run(&["comment", id, "mine"]).ok();
    server.takes("ana");
    let folder = desk.path().join(ticket_path(id).trim_end_matches(".toml"));
    let entry = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    desk.change(&entry, "mine", "not what ana said");
    server.commit("bob");
    server.refuses("bob", "an entry of ana was changed; a thread only grows");
}

#[test]
fn history_only_grows() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    desk.run(&["comment", id, "on its way"]).ok();
    server.takes("ana");
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]);
    desk.run(&["comment", id, "instead"]).ok();
    let told = server.told(&server.push("ana", &["--force", "main"]));
    assert!(told.contains("main would lose 1 commit (\"comment "), "{told}");
    let told = server.told(&server.push("ana", &[":main"]));
    assert!(told.contains("main holds the desk; it is not deleted"), "{told}");
    server.reset();
    desk.git(&["rm", "-q", &ticket_path(id)]);
    server.commit("ana");
    server.refuses("ana", "ID was deleted; what was filed is closed, not taken away");
    let folder = ticket_path(id).trim_end_matches(".toml").to_owned();
    desk.git(&["rm", "-rq", &folder]);
    server.commit("bob");
    server.refuses("bob", "an entry of ana was deleted; a thread only grows");
}

#[test]
fn a_file_that_is_none_is_not_taken() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    server.edit("title = \"VPN", "title = VPN");
    server.commit("ana");
    server.refuses("ana", ".toml:1: ");
    server.edit("status = \"new\"", "status = \"closed\"");
    server.commit("ana");
    server.refuses("ana", "(DSK402)");
    let file = desk.path().join(ticket_path(id));
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
    server.commit("ana");
    server.refuses("ana", "ID.toml:1: ");
    desk.at("desk").by("bob").run(&["resolve", id, "--resolution", "fixed", "-m", "x"]).ok();
    server.refuses("bob", "category");
    fs::write(desk.path().join(ticket_path(id)).with_file_name("notes.toml"), "title = \"x\"\n").unwrap();
    server.commit("ana");
    server.refuses("ana", "is no name of a ticket or an entry");
}

#[test]
fn a_producer_leaves_events_and_overwrites_none() {
    let server = Server::new();
    let producer =
        server.clone.at("web7").with("GIT_DESK_SPOOL", &server.clone.outside().join("s").display().to_string());
    producer.run(&["event", "trigger", "--key", "disk", "--title", "disk full"]).ok();
    producer.run(&["flush", "--hub", &server.hub]).ok();
    let reference = server.clone.at("hub.git").git(&["for-each-ref", "--format=%(refname)", "refs/desk/inbox"]);
    let reference = reference.trim();
    assert!(reference.starts_with("refs/desk/inbox/testhost/"), "{reference}");
    let other = server.clone.git(&["commit-tree", "-m", "x", "HEAD^{tree}"]);
    let told = |words: &[&str]| server.told(&server.push("", words));
    let overwrite = told(&["--force", &format!("{}:{reference}", other.trim())]);
    assert!(overwrite.contains("events that were handed over are not overwritten"), "{overwrite}");
    assert!(told(&[&format!(":{reference}")]).contains("only intake takes it away"));
    assert!(told(&["main:refs/desk/inbox/web7/x"]).contains("a parcel of events has no history"));
    assert!(told(&["main:refs/desk/lost/x"]).contains("this is the server's own"));
    assert!(told(&[&format!("{}:refs/desk/inbox/Web_7/x", other.trim())]).contains("no name of a producer"));
    server.clone.at("hub.git").run(&["intake"]).ok();
    server.reset();
    assert_eq!(server.clone.run(&["list", "-o", "tsv", "--fields", "title"]).ok().lines().count(), 2);
}

#[test]
fn where_signatures_are_required_they_must_be_the_authors() {
    let server = Server::new();
    let (desk, id) = (&server.clone, server.id.as_str());
    if !has(desk, "ssh-keygen") {
        return;
    }
    for name in ["bob", "eve"] {
        let key = desk.outside().join(name);
        let words = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key.to_str().unwrap()];
        assert!(desk.program("ssh-keygen", &words).status().unwrap().success());
    }
    let public = fs::read_to_string(desk.outside().join("bob.pub")).unwrap();
    let allowed = desk.outside().join("allowed");
    fs::write(&allowed, format!("bob@example.com {public}")).unwrap();
    desk.at("hub.git").git(&["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()]);
    desk.run(&["set", id, "category=network"]).ok();
    desk.run(&["resolve", id, "--resolution", "fixed", "-m", "x"]).ok();
    server.takes("");
    let reopen = |key: &str| {
        for (name, value) in [("gpg.format", "ssh"), ("commit.gpgsign", "true"), ("user.signingkey", key)] {
            desk.git(&["config", name, value]);
        }
        desk.at("desk").by("bob").run(&["reopen", id, "-m", "not at all"]).ok();
    };
    reopen(desk.outside().join("eve").to_str().unwrap());
    server.refuses("bob", "is by bob, and its signature is not known here as theirs");
    reopen(desk.outside().join("bob").to_str().unwrap());
    // Signed by its author, so whoever pushes it.
    server.takes("lea");
}

#[test]
fn an_empty_server_takes_a_desk_that_is_in_order() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    let hub = desk.outside().join("hub.git");
    desk.git(&["init", "-q", "--bare", "-b", "main", hub.to_str().unwrap()]);
    let hook = desk.run(&["setup", "hooks", "--print"]).ok().replace("check --staged", "hook pre-receive");
    fs::create_dir_all(hub.join("hooks")).unwrap();
    fs::write(hub.join("hooks/pre-receive"), hook.replace("[WORLD]", desk.outside().to_str().unwrap())).unwrap();
    fs::set_permissions(hub.join("hooks/pre-receive"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    desk.git(&["remote", "add", "origin", hub.to_str().unwrap()]);
    let push = |words: &[&str]| desk.program("git", &[&["push", "-q", "origin"], words].concat()).output().unwrap();
    fs::write(desk.path().join("desk.toml"), "[desk\n").unwrap();
    desk.git(&["commit", "-qam", "broken"]);
    let output = push(&["main"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("remote: git-desk: not taken: desk.toml:1: "));
    assert!(push(&["main~1:refs/heads/main"]).status.success());
    assert!(!push(&["main"]).status.success());
}

#[test]
fn a_hook_that_git_did_not_start_says_what_it_is() {
    let desk = TestDesk::new();
    assert_eq!(desk.feed("nonsense\n", &["hook", "pre-receive"]).code, 2);
    desk.feed("", &["hook", "pre-receive"]).ok();
}

#[test]
fn nothing_is_put_in_the_place_of_a_signed_commit() {
    let server = Server::new();
    let told = |words: &[&str]| server.told(&server.push("bob", words));
    let commit = server.clone.git(&["rev-parse", "HEAD"]);
    let said = told(&[&format!("HEAD~1:refs/replace/{}", commit.trim())]);
    assert!(said.contains("an object is what it is"), "{said}");
    // One that is there already is not heeded: git would show the other, with its signature.
    let clone = &server.clone;
    if !has(clone, "ssh-keygen") {
        return;
    }
    let key = clone.outside().join("lea");
    let words = ["-q", "-t", "ed25519", "-N", "", "-C", "lea", "-f", key.to_str().unwrap()];
    assert!(clone.program("ssh-keygen", &words).status().unwrap().success());
    let public = fs::read_to_string(clone.outside().join("lea.pub")).unwrap();
    let allowed = clone.outside().join("allowed");
    fs::write(&allowed, format!("lea@example.com {public}")).unwrap();
    let hub = clone.at("hub.git");
    hub.git(&["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()]);
    let signing = [("gpg.format", "ssh"), ("commit.gpgsign", "true"), ("user.signingkey", key.to_str().unwrap())];
    signing.iter().for_each(|(name, value)| drop(clone.git(&["config", name, value])));
    clone.at("desk").by("lea").run(&["comment", &server.id, "signed by lea"]).ok();
    server.takes("lea");
    let good = clone.git(&["rev-parse", "HEAD"]);
    let other = clone.outside().join("bob");
    let words = ["-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", other.to_str().unwrap()];
    assert!(clone.program("ssh-keygen", &words).status().unwrap().success());
    clone.git(&["config", "user.signingkey", other.to_str().unwrap()]);
    clone.at("desk").by("lea").run(&["close", &server.id, "--resolution", "fixed"]).ok();
    let forged = clone.git(&["rev-parse", "HEAD"]);
    hub.git(&["update-ref", &format!("refs/replace/{}", forged.trim()), good.trim()]);
    server.refuses("bob", "its signature is not known here as theirs");
}

#[test]
fn what_is_told_of_a_file_is_one_line_whatever_it_is_called() {
    let server = Server::new();
    let folder = server.clone.path().join("tickets/2026");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("x\ngit-desk: all is well\n.toml"), "").unwrap();
    server.commit("ana");
    let told = server.answer("ana");
    assert!(!told.is_empty() && !told.lines().any(|line| line.starts_with("git-desk: all is well")), "{told}");
}

#[test]
fn what_is_no_commit_is_no_parcel() {
    let server = Server::new();
    let blob = server.clone.git(&["rev-parse", "HEAD:desk.toml"]);
    server.clone.git(&["tag", "-a", "-m", "x", "marked"]);
    let marked = server.clone.git(&["rev-parse", "marked"]);
    for object in [blob.trim(), marked.trim()] {
        let said = server.told(&server.push("", &[&format!("{object}:refs/desk/inbox/web7/x")]));
        assert!(said.contains("refs/desk/inbox/web7/x: a parcel of events is a commit"), "{said}");
    }
}
