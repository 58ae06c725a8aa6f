//! What a forge or a remote does not take: which exit code, in which words, and that the branch is pushed all the same.

use super::World;
use crate::support::forge::{Kind, TOKEN};
use crate::support::http::Answer;

/// Proposes against this answer; the first line of what is said, without the port.
fn told(kind: Kind, answer: Answer, code: i32) -> String {
    let world = World::new(kind);
    world.forge.answers(vec![answer; 4]);
    let ran = world.desk.run(&world.close());
    let said = ran.fails(code);
    assert!(said.contains(&format!("the branch is pushed: {} on origin", world.branch())), "{said}");
    assert_eq!(world.desk.git(&["rev-parse", &world.branch()]).trim(), world.there(&world.branch()));
    assert!(!said.contains(TOKEN), "{said}");
    said.lines().next().unwrap().replace(&world.forge.host(), "[FORGE]")
}

fn message(status: u16, header: &'static str, words: &str) -> Answer {
    Answer::Json(status, header, serde_json::json!({"message": words}))
}

const NONE: &str = "x-nothing: 1";

#[test]
fn each_refusal_is_told_apart() {
    for kind in Kind::ALL {
        let table = [
            (403, NONE, 9, "git-desk: [FORGE] forbids it (403): no"),
            (404, NONE, 8, "git-desk: [FORGE] has no repository acme/desk for whoever asks (404): no"),
            (422, NONE, 8, "git-desk: [FORGE] refuses it (422): no"),
            (
                429,
                "retry-after: 90",
                8,
                "git-desk: [FORGE] was asked too often and wants to be left alone for 90 s (429): no",
            ),
            (
                301,
                "location: http://127.0.0.1:9/",
                8,
                "git-desk: [FORGE] redirects (301), which is never followed with a token",
            ),
        ];
        for (status, header, code, said) in table {
            assert_eq!(told(kind, message(status, header, "no"), code), said);
        }
    }
    let down = "git-desk: [FORGE] has a fault of its own (503): no";
    assert_eq!(told(Kind::Github, message(503, NONE, "no"), 8), down, "asked four times");
}

#[test]
fn once_it_is_mended_the_same_words_do_what_was_left() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        world.forge.answers([message(404, NONE, "no")]);
        world.desk.run(&world.close()).fails(8);
        let commit = world.there(&world.branch());
        assert_eq!(world.desk.run(&world.close()).code, 0);
        assert_eq!(world.forge.asked(1), ["GET /pulls", "POST /pulls"]);
        assert_eq!(world.there(&world.branch()), commit);
    }
}

#[test]
fn a_limit_on_requests_says_how_long() {
    let waits = |header| told(Kind::Github, message(403, header, "API rate limit exceeded"), 8);
    let words = |pause: &str| {
        format!(
            "git-desk: [FORGE] was asked too often and wants to be left alone for {pause} (403): API rate limit exceeded"
        )
    };
    assert_eq!(waits("retry-after: 60"), words("60 s"));
    assert_eq!(waits("x-ratelimit-remaining: 0"), words("a while"));
    assert_eq!(waits("x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 99999999999"), words("60 min"));
}

#[test]
fn a_token_that_is_not_good_is_forgotten_and_how_to_give_another_is_said() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let bad = world.tokens().replace(TOKEN, "0LDT0KEN");
        std::fs::write(world.around.outside().join("tokens"), bad).unwrap();
        let said = world.desk.run(&world.close()).fails(9).replace(&world.forge.host(), "[FORGE]");
        assert_eq!(
            said,
            format!(
                "git-desk: [FORGE] does not know the token or password (401): Bad credentials\n  \
                 give git another one: printf 'protocol=http\\nhost=[FORGE]\\n' | git credential fill | git credential approve\n  \
                 the branch is pushed: {} on origin; for the pull request run it again\n",
                world.branch()
            )
        );
        assert_eq!(world.tokens(), "");
    }
}

#[test]
fn without_a_token_the_branch_is_pushed_and_the_remedy_said() {
    for kind in [Kind::Github, Kind::Gitea] {
        let world = World::without_token(kind);
        let said = world.desk.run(&world.close()).fails(9);
        assert!(said.starts_with("git-desk: git knows no token or password for 127.0.0.1:"), "{said}");
        assert_ne!(world.there(&world.branch()), "");
        assert_eq!(world.forge.asked(0), [""; 0]);
    }
}

#[test]
fn a_forge_that_is_not_there_is_exit_8() {
    let world = World::new(Kind::Github);
    let port = crate::support::http::Service::closed_port();
    world.around.git(&["config", "--global", "desk.forge-api", &format!("http://127.0.0.1:{port}/api/v3")]);
    let tokens = format!("http://bot:{TOKEN}@127.0.0.1:{port}\n");
    std::fs::write(world.around.outside().join("tokens"), tokens).unwrap();
    let said = world.desk.run(&world.close()).fails(8);
    assert!(said.starts_with("git-desk: cannot connect to 127.0.0.1: "), "{said}");
    assert_ne!(world.there(&world.branch()), "");
}

#[test]
fn an_answer_that_is_none_of_a_forge_is_said() {
    let world = World::new(Kind::Github);
    world.forge.answers([Answer::Status(200)]);
    let said = world.desk.run(&world.close()).fails(8);
    assert!(said.contains("answers what is no answer of github"), "{said}");
    world.forge.answers([Answer::Json(
        201,
        "x-nothing: 1",
        serde_json::json!({"number": 1, "html_url": "javascript:alert(1)", "title": ""}),
    )]);
    let said = world.desk.run(&["propose", "--branch", "b", "--", "take", &world.id]).fails(8);
    assert!(said.contains("answers what is no answer of github"), "{said}");
}

#[test]
fn no_token_is_in_what_is_said_even_when_the_forge_repeats_it() {
    let world = World::new(Kind::Github);
    world.forge.answers([message(422, NONE, &format!("Bearer {TOKEN} is odd"))]);
    let ran = world.desk.run(&[&["-v"], &world.close()[..]].concat());
    assert_eq!(ran.code, 8);
    assert!(!ran.to_string().contains(TOKEN), "{ran}");
    assert!(ran.stderr.contains("refuses it (422)"), "{ran}");
}

#[test]
fn a_hub_that_refuses_the_push_leaves_the_branch_here() {
    let world = World::new(Kind::Github);
    let hook = world.hub.path().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho 'only on Mondays'\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let said = world.desk.run(&world.close()).fails(8);
    assert!(said.contains("only on Mondays") && said.contains("it is here, on branch desk/close-"), "{said}");
    assert_eq!(world.there(&world.branch()), "");
    let kept = world.desk.git(&["rev-parse", &world.branch()]);
    std::fs::remove_file(hook).unwrap();
    world.desk.later(86_400);
    assert_eq!(world.desk.run(&world.close()).ok(), "https://github.example/acme/desk/pull/1\n");
    assert_eq!(world.there(&world.branch()), kept.trim());
}

#[test]
fn a_remote_that_is_not_there_is_exit_8_and_nothing_is_done() {
    let world = World::new(Kind::Github);
    world.desk.git(&["remote", "set-url", "origin", "/nowhere/acme/desk.git"]);
    let said = world.desk.run(&world.close()).fails(8);
    assert!(said.starts_with("git-desk: origin cannot be asked: "), "{said}");
    assert_eq!(world.desk.git(&["branch", "--list", "desk/*"]), "");
}

#[test]
fn no_password_is_in_what_is_said_in_whatever_form_the_forge_repeats_it() {
    // What `bot` and the token are in the header that Gitea is sent.
    let whole = "Ym90OlQwUFNFQ1JFVFRPS0VO";
    for said in [format!("Basic {whole} is odd"), format!("{} {whole}", "x".repeat(185)), format!("{whole:>210}")] {
        let world = World::new(Kind::Gitea);
        world.forge.answers([message(422, NONE, &said)]);
        let ran = world.desk.run(&[&["-v"], &world.close()[..]].concat());
        assert_eq!(ran.code, 8);
        assert!(!ran.to_string().contains(&whole[..8]), "{ran}");
    }
}
