//! `link`

use std::fs;

use crate::support::TestDesk;

fn links(desk: &TestDesk, id: &str) -> Vec<String> {
    let ticket = desk.ticket(id);
    let text =
        |link: &serde_json::Value| format!("{} {}", link["type"].as_str().unwrap(), link["id"].as_str().unwrap());
    ticket["links"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn a_link_is_stored_on_one_side_and_shown_on_both() {
    let desk = TestDesk::new();
    let (child, parent) = (desk.open("x", &[]), desk.open("y", &[]));
    let untouched = fs::read_to_string(desk.file(&parent)).unwrap();
    let before = desk.commits();
    desk.run(&["link", &child, "parent", &parent[7..11]]).ok();
    assert_eq!(desk.commits(), before + 1);
    assert!(fs::read_to_string(desk.file(&child)).unwrap().contains(&format!("  \"parent {parent}\",\n")));
    assert_eq!(fs::read_to_string(desk.file(&parent)).unwrap(), untouched);
    assert_eq!(links(&desk, &child), [format!("parent {parent}")]);
    assert_eq!(links(&desk, &parent), [format!("child {child}")]);
    assert_eq!(desk.run(&["list", &format!("parent:{parent}"), "-o", "ids"]).ok(), format!("{child}\n"));
    desk.is_sound();
}

#[test]
fn child_and_blocks_are_turned_round() {
    let desk = TestDesk::new();
    let (one, other) = (desk.open("x", &[]), desk.open("y", &[]));
    desk.run(&["link", &one, "child", &other]).ok();
    desk.run(&["link", &one, "blocks", &other]).ok();
    let text = fs::read_to_string(desk.file(&other)).unwrap();
    let stored = format!("links = [\n  \"blocked-by {one}\",\n  \"parent {one}\",\n]\n");
    assert!(text.contains(&stored), "{text}");
    let before = desk.commits();
    desk.run(&["link", &other, "parent", &one]).ok();
    desk.run(&["link", &other, "blocked-by", &one, "--strict"]).fails(5);
    assert_eq!(desk.commits(), before, "the same link from either side");
    desk.run(&["link", &other, "parent", &one, "--remove"]).ok();
    desk.run(&["link", &one, "blocks", &other, "--remove"]).ok();
    assert_eq!(links(&desk, &one), Vec::<String>::new());
    desk.run(&["link", &one, "blocks", &other, "--remove", "--strict"]).fails(5);
    assert_eq!(desk.commits(), before + 2);
}
