//! Articles that tickets name: `kb link`, `--article`, `kb top`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["kb", "new", "vpn/reset-token", "--title", "Reset a token", "-m", "1. do"]).ok();
    desk
}

#[test]
fn an_article_is_added_to_several_tickets_in_one_commit() {
    let desk = desk();
    let (one, two) = (desk.open("one", &[]), desk.open("two", &[]));
    let before = desk.commits();
    assert_eq!(desk.run(&["kb", "link", "vpn/reset-token", &one, &two]).ok(), format!("{one}\n{two}\n"));
    assert_eq!(desk.run(&["kb", "link", "vpn/reset-token", &one, &two]).ok(), format!("{one}\n{two}\n"));
    assert_eq!(desk.commits(), before + 1);
    assert_eq!(desk.run(&["list", "article:vpn/reset-token", "--count"]).ok(), "2\n");
    assert_data_eq!(
        desk.run(&["kb", "link", "vpn/reset-tokn", &one]).fails(3),
        str![[r#"
git-desk: no article `vpn/reset-tokn`
  did you mean `vpn/reset-token`?

"#]]
    );
    desk.is_sound();
}

#[test]
fn a_link_is_an_act_that_batch_and_propose_take() {
    let desk = desk();
    let id = desk.open("one", &[]);
    let line = format!("{{\"op\": \"kb link\", \"name\": \"vpn/reset-token\", \"id\": \"{id}\"}}\n");
    let said = desk.feed(
        line + "{\"op\": \"kb fly\", \"id\": \"x\"}\n{\"op\": \"kb show\", \"names\": \"x/y\"}\n",
        &["batch", "-"],
    );
    assert_data_eq!(
        said.to_string().replace(&id, "ID"),
        str![[r#"
{"changed":true,"error":null,"id":"ID","op":"kb link","title":"one"}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 2: no act `kb fly`"},"id":"x","op":"kb fly","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 3: `kb show` is no act on tickets"},"id":null,"op":"kb show","title":null}
stderr: git-desk: line 2: no act `kb fly`
stderr:   git desk help kb
exit: 2

"#]]
    );
    assert_eq!(desk.ticket(&id)["articles"], serde_json::json!(["vpn/reset-token"]));
    let words =
        ["propose", "--branch", "desk/kb", "--no-pr", "--", "kb", "edit", "vpn/reset-token", "--language", "nl"];
    assert_eq!(desk.run(&words).code, 0, "{}", desk.run(&words));
    assert!(desk.git(&["show", "desk/kb:kb/vpn/reset-token.toml"]).contains("language = \"nl\""));
}

#[test]
fn a_name_of_no_article_is_refused_where_the_desk_keeps_articles() {
    let desk = TestDesk::new();
    let id = desk.open("one", &["--article", "any-word"]);
    desk.run(&["kb", "new", "vpn/reset-token", "--title", "Reset a token"]).ok();
    let before = desk.commits();
    let words = ["--resolution", "fixed", "--article", "reset-token"];
    assert_data_eq!(
        desk.run(&[&["resolve", &id], &words[..]].concat()).fails(3),
        str![[r#"
git-desk: no article `reset-token`
  did you mean `vpn/reset-token`?

"#]]
    );
    assert_eq!(desk.run(&[&["close", &id], &words[..]].concat()).code, 3);
    assert_data_eq!(
        desk.run(&["open", "two", "--article", "printing/x"]).fails(3),
        str![[r#"
git-desk: no article `printing/x`
  all of them: git desk kb list

"#]]
    );
    assert_eq!(desk.commits(), before);
    desk.run(&["resolve", &id, "--resolution", "fixed", "--article", "vpn/reset-token"]).ok();
    assert_eq!(
        desk.ticket(&id)["articles"],
        serde_json::json!(["any-word", "vpn/reset-token"]),
        "what was there stays"
    );
}

#[test]
fn the_most_used_come_first() {
    let desk = desk();
    desk.run(&["kb", "new", "mail/quota", "--title", "Quota", "-m", "1. do"]).ok();
    let solve = |article: &str| {
        let id = desk.open("it fails", &[]);
        desk.run(&["resolve", &id, "--resolution", "fixed", "--article", article]).ok();
        id
    };
    solve("mail/quota");
    desk.later(40 * 86_400);
    let ids: Vec<String> = (0..3).map(|_| solve("vpn/reset-token")).collect();
    desk.run(&["reopen", &ids[0], "-m", "again"]).ok();
    assert_data_eq!(
        desk.run(&["kb", "top"]).to_string(),
        str![[r#"
vpn/reset-token	3	2	66.7	1	Reset a token
mail/quota	1	1	100.0	0	Quota

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["kb", "top"]).to_string(),
        str![[r#"
 ARTICLE          TITLE          TICKETS  SOLVED  REOPENED
[1m vpn/reset-token  [0mReset a token        3    67 %         1
[1m mail/quota       [0mQuota                1   100 %         0

"#]]
    );
    assert_eq!(desk.run(&["kb", "top", "--since", "30d", "-o", "ids"]).ok(), "vpn/reset-token\n");
    assert_eq!(desk.run(&["kb", "top", "-n", "1", "-o", "ids"]).ok(), "vpn/reset-token\n");
    let rows: serde_json::Value = serde_json::from_str(&desk.run(&["kb", "top", "--json"]).ok()).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&desk.run(&["schema", "article-use"]).ok()).unwrap();
    let valid = jsonschema::validator_for(&schema).unwrap();
    assert!(rows.as_array().unwrap().iter().all(|row| valid.is_valid(row)), "{rows:#}");
    assert_eq!((&rows[0]["name"], rows[0].get("article")), (&"vpn/reset-token".into(), None));
    let report: serde_json::Value = serde_json::from_str(&desk.run(&["report", "knowledge", "--json"]).ok()).unwrap();
    assert_eq!(report["top"][0]["tickets"], 3, "the same as the report's figure");
}

#[test]
fn the_shell_completes_names_of_articles() {
    let desk = desk();
    desk.run(&["kb", "new", "vpn/old", "--title", "Old"]).ok();
    desk.run(&["kb", "retire", "vpn/old", "-m", "gone"]).ok();
    let desk = desk.with("COMPLETE", "fish");
    let said = desk.run(&["--", "git-desk", "kb", "show", "vpn/"]).ok();
    assert_data_eq!(
        said,
        str![[r#"
vpn/reset-token	Reset a token

"#]]
    );
    let said = desk.run(&["--", "git-desk", "resolve", "x", "--article", "v"]).ok();
    assert_data_eq!(
        said,
        str![[r#"
vpn/reset-token	Reset a token

"#]]
    );
}
