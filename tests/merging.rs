//! Two people change one desk, each in a clone of their own.

mod across;
mod files;
mod history;
mod matrix;
mod places;
mod policy;

use serde_json::Value;

use crate::support::{TestDesk, ticket_path};

/// A bare hub, and two people with a clone each.
pub struct Team {
    pub hub: TestDesk,
    pub ana: TestDesk,
    pub bob: TestDesk,
    /// Keeps the folder of all.
    pub world: TestDesk,
}

impl Team {
    pub fn new() -> Team {
        Team::with_seeds("ana", "bob")
    }

    /// With the same seed both draw the same random numbers, as cloned machines may.
    pub fn with_seeds(ana: &str, bob: &str) -> Team {
        let world = TestDesk::nowhere();
        let hub = world.at("hub.git");
        hub.run(&["init", "--bare"]).ok();
        hub.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
        for name in ["ana", "bob"] {
            world.git(&["clone", "-q", "../hub.git", &format!("../{name}")]);
        }
        let ana = world.at("ana").with("GIT_DESK_SEED", ana);
        let bob = world.at("bob").with("GIT_DESK_SEED", bob).by("Bob <bob@example.com>");
        Team { hub, ana, bob, world }
    }

    /// A ticket that both have.
    pub fn open(&self, title: &str, options: &[&str]) -> String {
        let id = self.ana.open(title, options);
        self.share();
        id
    }

    /// Ana publishes, Bob merges and publishes, Ana follows: both have the same.
    pub fn share(&self) {
        self.ana.run(&["sync"]).ok();
        self.bob.run(&["sync"]).ok();
        self.ana.run(&["sync"]).ok();
        assert_eq!(tree(&self.ana), tree(&self.bob));
        assert_eq!(tree(&self.ana), tree(&self.hub));
        self.ana.run(&["check", "--all"]).ok();
        self.ana.is_sound();
        self.bob.is_sound();
    }
}

pub fn tree(desk: &TestDesk) -> String {
    desk.git(&["rev-parse", "main^{tree}"])
}

pub fn json(desk: &TestDesk, words: &[&str]) -> Value {
    serde_json::from_str(&desk.run(words).ok()).unwrap()
}

/// What `sync` says of what was settled.
pub fn synced(desk: &TestDesk) -> Value {
    let said = json(desk, &["sync", "--json"]);
    let keys = ["conflicted", "renamed", "closed", "notes"];
    Value::Object(keys.into_iter().map(|key| (key.to_owned(), said[key].clone())).collect())
}

/// A ticket's file in a clone.
pub fn text(desk: &TestDesk, id: &str) -> String {
    std::fs::read_to_string(desk.path().join(ticket_path(id))).unwrap()
}
