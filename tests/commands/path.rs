//! `path`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

#[test]
fn the_path_leads_to_the_file_by_full_id_or_handle() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let path = desk.run(&["path", &id]).ok();
    assert!(desk.path().join(path.trim_end()).is_file());
    let handle = desk.ticket(&id)["handle"].as_str().unwrap().to_owned();
    assert_eq!(desk.run(&["path", &handle]).ok(), path);
    assert_eq!(desk.run(&["path", &format!("#{}", handle.to_uppercase())]).ok(), path);
    assert_data_eq!(
        path,
        str![[r#"
tickets/2026/11/24/261124-svz5ne2x.toml

"#]]
    );
}

#[test]
fn several_tickets_give_a_line_each() {
    let desk = TestDesk::new();
    let (one, two) = (desk.open("one", &[]), desk.open("two", &[]));
    assert_data_eq!(
        desk.run(&["path", &one, &two]).to_string(),
        str![[r#"
tickets/2026/11/24/261124-svz5ne2x.toml
tickets/2026/11/24/261124-f31aj1bw.toml

"#]]
    );
    assert_data_eq!(
        desk.run(&["path", &one, "--json"]).to_string(),
        str![[r#"
{
  "id": "261124-svz5ne2x",
  "path": "tickets/2026/11/24/261124-svz5ne2x.toml"
}

"#]]
    );
}

#[test]
fn an_unknown_ticket_is_not_found() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    assert_data_eq!(
        desk.run(&["path", "zzzz"]).fails(3),
        str![[r#"
git-desk: no ticket zzzz
  what is open: git desk list     by words: git desk search WORDS

"#]]
    );
    let run = desk.run(&["path", &id, "zzzz"]);
    assert_eq!(run.code, 3, "{run}");
    assert_data_eq!(
        desk.run(&["path"]).fails(2),
        str![[r#"
git-desk: the following required arguments were not provided: <ID>...
  git desk help path

"#]]
    );
}
