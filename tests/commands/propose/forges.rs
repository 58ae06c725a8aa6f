//! Each forge as it documents itself.

use serde_json::{Value, json};

use super::World;
use crate::support::forge::{Kind, TOKEN};
use crate::support::http::Answer;

fn url(kind: Kind) -> String {
    match kind {
        Kind::Gitlab => "https://gitlab.example/acme/desk/-/merge_requests/1\n".to_owned(),
        Kind::Github | Kind::Gitea => format!("https://{}.example/acme/desk/pull/1\n", kind.name()),
    }
}

#[test]
fn a_write_command_becomes_a_pull_request_and_prints_its_url() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        assert_eq!(world.desk.run(&world.close()).to_string(), url(kind));
        let (branch, title) = (world.branch(), format!("close {}: VPN drops every hour", world.id));
        let body = format!(
            "| ticket | title | change | from | to |\n|---|---|---|---|---|\n\
             | {id} | VPN drops every hour | status | new | closed |\n\
             | {id} | VPN drops every hour | resolution |  | fixed |\n\
             | {id} | VPN drops every hour | solution |  | new tunnel |\n",
            id = world.id
        );
        let asked = world.forge.requests();
        let expected = match kind {
            Kind::Github => json!({"title": title, "head": branch, "base": "main", "body": body, "draft": false}),
            Kind::Gitea => json!({"title": title, "head": branch, "base": "main", "body": body}),
            Kind::Gitlab => {
                json!({"title": title, "source_branch": branch, "target_branch": "main", "description": body})
            }
        };
        assert_eq!(asked[0].json(), expected);
        assert_eq!(world.forge.asked(0), ["POST /pulls"]);
        let commit = world.there(&branch);
        assert_eq!(world.hub.git(&["rev-list", "--count", &format!("main..{commit}")]), "1\n");
        assert_eq!(world.hub.git(&["rev-parse", &format!("{commit}^")]), world.hub.git(&["rev-parse", "main"]));
        assert_eq!(world.desk.git(&["rev-parse", &branch]).trim(), commit);
        let version = asked[0].header("x-github-api-version");
        assert_eq!(version, if kind == Kind::Github { "2022-11-28" } else { "" });
        assert!(world.tokens().contains(TOKEN), "what was good is kept");
    }
}

#[test]
fn the_same_words_again_push_nothing_and_give_the_same_url() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        world.desk.run(&world.close()).ok();
        let commit = world.there(&world.branch());
        world.desk.later(86_400);
        assert_eq!(world.desk.run(&world.close()).to_string(), url(kind));
        assert_eq!(world.there(&world.branch()), commit);
        assert_eq!(world.forge.asked(1), ["GET /pulls"], "it is looked up, and nothing is changed");
        assert_eq!(world.forge.pulls().len(), 1);
    }
}

#[test]
fn another_clone_finds_the_same_pull_request() {
    let world = World::new(Kind::Github);
    world.desk.run(&world.close()).ok();
    let commit = world.there(&world.branch());
    let path = |name: &str| world.around.outside().join(name).display().to_string();
    world.around.git(&["clone", "-q", &path("acme/desk.git"), &path("other")]);
    assert_eq!(world.around.at("other").run(&world.close()).to_string(), url(Kind::Github));
    assert_eq!((world.there(&world.branch()), world.forge.pulls().len()), (commit, 1));
}

#[test]
fn other_words_for_the_same_ticket_update_the_pull_request() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        world.desk.run(&world.close()).ok();
        let commit = world.there(&world.branch());
        let words = ["propose", "--title", "No fault of ours", "--", "close", &world.id, "--resolution", "no-fault"];
        assert_eq!(world.desk.run(&words).to_string(), url(kind));
        assert_ne!(world.there(&world.branch()), commit);
        let pulls = world.forge.pulls();
        let text = if kind == Kind::Gitlab { "description" } else { "body" };
        assert_eq!((pulls.len(), pulls[0]["title"].as_str()), (1, Some("No fault of ours")));
        assert!(pulls[0][text].as_str().unwrap().contains("| resolution |  | no-fault |"), "{}", pulls[0][text]);
    }
}

#[test]
fn one_that_somebody_else_opened_is_found_and_brought_up_to_date() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        world.forge.has("desk/other", "another");
        world.forge.has(&world.branch(), "by hand");
        let second = url(kind).replace("/1\n", "/2\n");
        assert_eq!(world.desk.run(&world.close()).to_string(), second);
        let change = if kind == Kind::Gitlab { "PUT /pulls/2" } else { "PATCH /pulls/2" };
        assert_eq!(world.forge.asked(0), ["POST /pulls", "GET /pulls", change]);
        let titles: Vec<Value> = world.forge.pulls().into_iter().map(|pull| pull["title"].clone()).collect();
        assert_eq!(titles, [json!("another"), json!(format!("close {}: VPN drops every hour", world.id))]);
    }
}

#[test]
fn a_draft_is_one_in_the_words_of_each_forge() {
    for (kind, title, draft) in [
        (Kind::Github, "Look at this", json!(true)),
        (Kind::Gitlab, "Draft: Look at this", Value::Null),
        (Kind::Gitea, "WIP: Look at this", Value::Null),
    ] {
        let world = World::new(kind);
        let mut words = world.close();
        words.splice(1..1, ["--draft", "--title", "Look at this"]);
        world.desk.run(&words).ok();
        let pull = &world.forge.pulls()[0];
        assert_eq!((pull["title"].as_str(), &pull["draft"]), (Some(title), &draft));
        // A person says that it is ready: the same words do not make it a draft again.
        assert_eq!(world.desk.run(&words).to_string(), url(kind));
        assert_eq!(world.forge.asked(1), ["GET /pulls"]);
    }
}

#[test]
fn those_who_lead_the_queue_and_those_who_are_named_are_asked_to_review() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let path = world.desk.path().join("desk.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replacen("lead = \"ana\"", "lead = \"bob\"", 1);
        let bob = "\n[agents.bob]\nname = \"Bob\"\nemails = [\"bob@example.com\"]\nforge = \"bob-forge\"\n";
        std::fs::write(&path, format!("{text}{bob}")).unwrap();
        world.desk.git(&["commit", "-qam", "bob leads"]);
        world.desk.git(&["push", "-q", "origin", "main"]);
        world.desk.run(&world.close()).ok();
        let name = if kind == Kind::Gitlab { "reviewers" } else { "requested_reviewers" };
        let asked = world.forge.pulls()[0][name].clone();
        let expected = if kind == Kind::Gitlab { json!([{"id": "bob-forge".len()}]) } else { json!(["bob-forge"]) };
        assert_eq!(asked, expected);
        // An agent by the name on the forge, anybody else as typed; those who were asked stay asked.
        let mut words = world.close();
        words.splice(1..1, ["--reviewer", "@bob,carla"]);
        world.desk.run(&words).ok();
        let asked = world.forge.pulls()[0][name].clone();
        let expected = match kind {
            Kind::Gitlab => json!([{"id": "carla".len()}, {"id": "bob-forge".len()}]),
            Kind::Github | Kind::Gitea => json!(["bob-forge", "carla"]),
        };
        assert_eq!(asked, expected);
    }
}

#[test]
fn whoever_cannot_be_asked_to_review_is_a_warning() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let mut words = world.close();
        words.splice(1..1, ["--reviewer", "ghost"]);
        let ran = world.desk.run(&words);
        assert_eq!((ran.code, ran.stdout), (0, url(kind)));
        assert!(ran.stderr.starts_with("git-desk: nobody was asked to review: 127.0.0.1:"), "{}", ran.stderr);
    }
}

#[test]
fn a_fault_of_the_forge_that_passes_is_waited_out() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        world.forge.answers([Answer::Status(502), Answer::Status(503)]);
        assert_eq!(world.desk.run(&world.close()).to_string(), url(kind));
        assert_eq!(world.forge.asked(0), ["POST /pulls"; 3]);
    }
}

#[test]
fn a_pull_request_that_was_opened_before_the_answer_was_lost_is_found() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        world.forge.has(&world.branch(), "opened, and nobody heard of it");
        world.forge.answers([Answer::Status(504)]);
        assert_eq!(world.desk.run(&world.close()).to_string(), url(kind));
        assert_eq!(world.forge.pulls().len(), 1);
    }
}

/// A hub that takes push options and speaks as GitLab does.
fn by_push_options() -> World {
    let world = World::without_token(Kind::Gitlab);
    world.hub.git(&["config", "receive.advertisePushOptions", "true"]);
    let hook = world.hub.path().join("hooks/post-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let script = "#!/bin/sh\nfor n in $(seq 0 $((GIT_PUSH_OPTION_COUNT - 1))); do eval \"echo \\\"\\$GIT_PUSH_OPTION_$n\\\"\"; done >>options\n\
        printf '\\nView merge request for x:\\n  https://gitlab.example/acme/desk/-/merge_requests/7\\n\\n'\n";
    std::fs::write(&hook, script).unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    world
}

#[test]
fn gitlab_opens_one_without_a_token_for_a_push_that_asks_for_it() {
    let world = by_push_options();
    let expected = "https://gitlab.example/acme/desk/-/merge_requests/7\n";
    let mut words = world.close();
    words.splice(1..1, ["--draft", "--title", "a 'quoted' $(title)"]);
    assert_eq!(world.desk.run(&words).to_string(), expected);
    assert_eq!(world.desk.run(&words).to_string(), expected, "nothing is pushed, and it is remembered");
    assert_eq!(
        std::fs::read_to_string(world.hub.path().join("options")).unwrap(),
        "merge_request.create\nmerge_request.target=main\nmerge_request.title=a 'quoted' $(title)\n\
         merge_request.description=ID status: new → closed; ID resolution: fixed; ID solution: new tunnel\nmerge_request.draft\n"
            .replace("ID", &world.id)
    );
    assert_eq!(world.forge.asked(0), [""; 0]);
}

/// A fork of the hub, which the clone pushes to.
fn with_fork(kind: Kind) -> World {
    let world = World::new(kind);
    let path = |name: &str| world.around.outside().join(name).display().to_string();
    world.around.git(&["clone", "-q", "--bare", &path("acme/desk.git"), &path("bob/desk.git")]);
    world.desk.git(&["remote", "set-url", "--push", "origin", &path("bob/desk.git")]);
    world
}

#[test]
fn from_a_fork_it_leads_to_the_repository_that_is_fetched_from() {
    for kind in Kind::ALL {
        let world = with_fork(kind);
        assert_eq!(world.desk.run(&world.close()).to_string(), url(kind));
        assert_eq!(world.there(&world.branch()), "", "the branch is in the fork alone");
        let asked = world.forge.requests();
        match kind {
            Kind::Github | Kind::Gitea => {
                assert_eq!(asked[0].json()["head"], format!("bob:{}", world.branch()));
            }
            Kind::Gitlab => {
                assert_eq!(asked.last().unwrap().json()["target_project_id"], 3);
                assert!(asked.last().unwrap().head.contains("/projects/bob%2Fdesk/merge_requests"));
            }
        }
        // The same words again, and others: it is one pull request.
        assert_eq!(world.desk.run(&world.close()).to_string(), url(kind));
        let words = ["propose", "--", "close", &world.id, "--resolution", "no-fault"];
        assert_eq!(world.desk.run(&words).to_string(), url(kind));
        assert_eq!(world.forge.pulls().len(), 1);
    }
}

#[test]
fn a_page_that_is_not_full_is_not_the_last_one() {
    let world = World::new(Kind::Gitea);
    for branch in ["desk/a", "desk/b", "desk/c", &world.branch()] {
        world.forge.has(branch, "another");
    }
    assert_eq!(world.desk.run(&world.close()).to_string(), "https://gitea.example/acme/desk/pull/4\n");
    assert_eq!(world.forge.asked(0), ["POST /pulls", "GET /pulls", "GET /pulls", "PATCH /pulls/4"]);
}

#[test]
fn a_forge_is_asked_through_the_proxy_that_git_is_told() {
    let world = World::new(Kind::Github);
    // The forge itself stands in as the proxy: a request through one names the whole address.
    let host = world.forge.host();
    let tokens = format!("http://bot:{}@localhost:1\n", TOKEN);
    std::fs::write(world.around.outside().join("tokens"), tokens).unwrap();
    world.around.git(&["config", "--global", "desk.forge-api", "http://localhost:1/api/v3"]);
    world.around.git(&["config", "--global", "http.http://localhost:1/.proxy", &format!("http://{host}")]);
    world.desk.run(&world.close());
    let asked = world.forge.requests();
    assert!(asked[0].head.starts_with("POST http://localhost:1/api/v3/repos/acme/desk/pulls"), "{}", asked[0].head);
}

#[test]
fn an_address_that_git_is_told_to_write_otherwise_is_the_other() {
    let world = World::new(Kind::Github);
    let folder = world.around.outside().join("acme/").display().to_string();
    world.around.git(&["config", "--global", &format!("url.{folder}.insteadOf"), "hub:"]);
    world.desk.git(&["remote", "set-url", "origin", "hub:desk.git"]);
    assert_eq!(world.desk.run(&world.close()).to_string(), url(Kind::Github));
    assert_ne!(world.there(&world.branch()), "");
}
