use proptest::prelude::*;
use serde_json::json;

use super::*;

fn site(remote: &str, kind: Option<&str>, api: Option<&str>) -> Result<String, String> {
    let told = |site: Site| {
        let (protocol, host) = site.keeper();
        format!("{} {} {} by {protocol} {host}", site.kind, site.address(&[], &[]), site.whole())
    };
    Site::of(remote, kind, api).map(told).map_err(|error| error.to_string())
}

#[test]
fn the_forge_is_told_from_the_address_of_the_remote() {
    let table = [
        ("https://github.com/acme/desk.git", "github https://api.github.com acme/desk by https github.com"),
        ("git@github.com:acme/desk.git", "github https://api.github.com acme/desk by https github.com"),
        ("ssh://git@ssh.github.com:443/acme/desk", "github https://api.github.com acme/desk by https github.com"),
        ("https://ana:s3cret@GitHub.com/acme/desk/", "github https://api.github.com acme/desk by https github.com"),
        (
            "ssh://git@github.acme.example:2222/acme/desk.git",
            "github https://github.acme.example/api/v3 acme/desk by https github.acme.example",
        ),
        ("git@gitlab.com:acme/it/desk.git", "gitlab https://gitlab.com/api/v4 acme/it/desk by https gitlab.com"),
        (
            "https://gitlab.acme.example:8443/it/desk.git",
            "gitlab https://gitlab.acme.example:8443/api/v4 it/desk by https gitlab.acme.example:8443",
        ),
        ("https://codeberg.org/acme/desk", "forgejo https://codeberg.org/api/v1 acme/desk by https codeberg.org"),
        (
            "git@gitea.acme.example:it/desk",
            "gitea https://gitea.acme.example/api/v1 it/desk by https gitea.acme.example",
        ),
        (
            "https://forgejo.acme.example/it/desk",
            "forgejo https://forgejo.acme.example/api/v1 it/desk by https forgejo.acme.example",
        ),
    ];
    for (remote, told) in table {
        assert_eq!(site(remote, None, None).as_deref(), Ok(told), "{remote}");
    }
}

#[test]
fn what_a_person_says_stands_above_the_address() {
    assert_eq!(
        site("git@code.example:acme/desk.git", Some("gitea"), None).as_deref(),
        Ok("gitea https://code.example/api/v1 acme/desk by https code.example")
    );
    assert_eq!(
        site("/srv/git/acme/desk.git", Some("gitlab"), Some("https://code.example/git/api/v4/")).as_deref(),
        Ok("gitlab https://code.example/git/api/v4 acme/desk by https code.example")
    );
    for (remote, kind, api) in [
        ("git@code.example:acme/desk.git", None, None),
        ("git@code.example:acme/desk.git", Some("svn"), None),
        ("/srv/git/acme/desk.git", Some("gitlab"), None),
        ("git@github.com:desk.git", None, None),
        ("git@github.com:acme/it/desk.git", None, None),
        ("git@github.com:../desk.git", None, None),
        ("git@gitea.example:acme/desk", None, Some("http://gitea.example/api/v1")),
        ("git@gitea.example:acme/desk", None, Some("https://gitea.example/api/v1?token=x")),
        ("git@gitea.example:acme/desk", None, Some("https://a@gitea.example/api/v1")),
        ("git@gitea.example:acme/desk", None, Some("gitea.example")),
    ] {
        assert!(site(remote, kind, api).is_err(), "{remote}");
    }
    for loopback in ["http://127.0.0.1:80/api", "http://localhost:3000/api", "http://[::1]:3000/api"] {
        assert!(site("/a/b", Some("gitea"), Some(loopback)).is_ok(), "{loopback}");
    }
}

#[test]
fn a_fork_is_told_by_its_path_and_not_by_how_it_is_reached() {
    let fork = |url: &str, push: &str| {
        let site = Site::of(url, Some("github"), None).unwrap();
        site.fork(url, push).map(|fork| fork.map(|fork| fork.whole())).map_err(|error| error.to_string())
    };
    let here = "https://github.com/acme/desk.git";
    for same in [here, "git@github.com:acme/desk.git", "ssh://git@ssh.github.com:443/Acme/desk", "git@work:acme/desk"] {
        assert_eq!(fork(here, same), Ok(None), "{same}");
    }
    assert_eq!(fork(here, "git@github.com:bob/desk.git"), Ok(Some("bob/desk".to_owned())));
    assert!(fork(here, "https://gitlab.com/bob/desk").is_err());
}

#[test]
fn a_draft_is_told_from_the_mark_in_the_title() {
    let read = |title: &str| {
        let opened = gitlab::read(&json!({"iid": 1, "web_url": "https://a.example/1", "title": title})).unwrap();
        (opened.title, opened.draft)
    };
    assert_eq!(read("Draft: a"), ("a".to_owned(), true));
    assert_eq!(read("draft:a"), ("a".to_owned(), true));
    assert_eq!(read("Drafty a"), ("Drafty a".to_owned(), false));
    assert_eq!(unmarked("WIP: ä", &["WIP:"]), ("ä", true));
    assert_eq!(unmarked("ä", &["WIP:"]), ("ä", false));
}

#[test]
fn what_a_422_of_github_means_only_its_words_say() {
    let is_there = |answer| github::is_there(422, &answer);
    assert!(is_there(json!({"message": "Validation Failed",
        "errors": [{"code": "custom", "message": "A pull request already exists for acme:x."}]})));
    assert!(!is_there(json!({"message": "Validation Failed",
        "errors": [{"resource": "PullRequest", "field": "head", "code": "invalid"}]})));
    assert!(!is_there(json!(["odd"])));
    assert!(!github::is_there(403, &json!({"message": "A pull request already exists"})));
}

#[test]
fn a_login_shows_no_secret() {
    let login = Login { user: "ana".to_owned(), secret: "hunter2hunter2".to_owned() };
    assert_eq!(format!("{login:?}"), "Login { user: \"ana\", .. }");
}

proptest! {
    #[test]
    fn no_branch_or_name_leaves_its_place_in_an_address(parts in proptest::collection::vec(".{0,12}", 1..4), value: String) {
        let site = Site::of("git@github.com:acme/desk.git", None, None).unwrap();
        let address = site.address(&parts, &[("head", value)]);
        let rest = address.strip_prefix("https://api.github.com/").unwrap();
        let (path, query) = rest.split_once('?').unwrap();
        prop_assert_eq!(path.split('/').count(), parts.len());
        prop_assert!(query.starts_with("head="));
        prop_assert!(address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%:/?=".contains(&byte)));
    }

    #[test]
    fn no_remote_address_makes_it_stumble(remote: String, api: String) {
        let _ = site(&remote, Some("gitlab"), Some(&api));
        let _ = site(&remote, None, None);
    }
}
