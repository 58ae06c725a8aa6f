//! `propose`

mod built;
mod forges;
mod refused;
mod trouble;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::TestDesk;
use crate::support::forge::{Forge, Kind, TOKEN};

/// A bare hub, a clone of it in `work`, and the forge that the hub is on. The clone is what commands run in.
struct World {
    /// Keeps the folder, the home and the configuration.
    around: TestDesk,
    hub: TestDesk,
    desk: TestDesk,
    forge: Forge,
    /// An open ticket.
    id: String,
}

impl World {
    fn new(kind: Kind) -> World {
        let world = World::without_token(kind);
        let tokens = world.around.outside().join("tokens");
        fs::write(&tokens, format!("http://bot:{TOKEN}@{}\n", world.forge.host())).unwrap();
        world.around.git(&["config", "--global", "credential.helper", &format!("store --file={}", tokens.display())]);
        world
    }

    fn without_token(kind: Kind) -> World {
        let around = TestDesk::nowhere();
        let hub = around.at("acme/desk.git");
        hub.run(&["init", "--bare"]).ok();
        let id = hub.open("VPN drops every hour", &[]);
        let forge = Forge::start(kind);
        around.git(&["config", "--global", "desk.forge", kind.name()]);
        around.git(&["config", "--global", "desk.forge-api", &forge.api()]);
        let path = |name: &str| around.outside().join(name).display().to_string();
        around.git(&["clone", "-q", &path("acme/desk.git"), &path("work")]);
        let desk = around.at("work");
        desk.later(3_600);
        World { around, hub, desk, forge, id }
    }

    /// What is proposed in most tests.
    fn close(&self) -> Vec<&str> {
        vec!["propose", "--", "close", &self.id, "--resolution", "fixed", "-m", "new tunnel"]
    }

    fn branch(&self) -> String {
        format!("desk/close-{}", self.id)
    }

    /// The commit of a branch of the hub; empty where there is none.
    fn there(&self, branch: &str) -> String {
        self.hub.git(&["for-each-ref", "--format=%(objectname)", &format!("refs/heads/{branch}")]).trim().to_owned()
    }

    fn tokens(&self) -> String {
        fs::read_to_string(self.around.outside().join("tokens")).unwrap()
    }

    /// Somebody else changes the desk.
    fn moves_on(&self) {
        self.hub.later(60);
        self.hub.run(&["open", "Printer HP-4 prints blank pages"]).ok();
    }
}

/// Every file of a worktree with its bytes, and what git's folder has of index, HEAD and branch.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            match (path.is_dir(), name.strip_prefix(".git/")) {
                (true, None) if name != ".git" => folders.push(path),
                (true, _) => {}
                (false, _) => drop(found.insert(name, fs::read(&path).unwrap())),
            }
        }
    }
    for name in ["index", "HEAD", "config", "refs/heads/main", "logs/HEAD", "logs/refs/heads/main"] {
        found.insert(name.to_owned(), fs::read(folder.join(".git").join(name)).unwrap());
    }
    found
}
