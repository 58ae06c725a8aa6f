//! `kb`

mod search;
pub mod shelf;
mod suggest;

use std::fs;

use crate::support::TestDesk;

/// Puts articles into the desk, as somebody does with an editor and git: name and file of each.
pub fn shelve(desk: &TestDesk, articles: &[(&str, &str)]) {
    for (name, text) in articles {
        let path = desk.path().join(format!("kb/{name}.toml"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    desk.git(&["add", "-A", "kb"]);
    desk.git(&["commit", "-qm", "articles"]);
}
