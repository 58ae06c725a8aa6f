//! What `join` takes for an address.

use snapbox::{assert_data_eq, str};

use super::world;

#[test]
fn an_address_that_could_run_a_program_is_refused() {
    let world = world();
    let mark = world.outside().join("ran");
    let touch = format!("touch {}", mark.display());
    for url in [
        format!("ext::sh -c {}", touch.replace(' ', "% ")),
        format!("--upload-pack={touch}"),
        format!("ssh://-oProxyCommand={}/x", touch.replace('/', "%2f")),
        format!("-oProxyCommand={touch}:x"),
        "fd::0".to_owned(),
        "gopher://host/x".to_owned(),
        "\u{1b}]0;title\u{7}".to_owned(),
        String::new(),
    ] {
        let refused = world.run(&["join", &url]).fails(2);
        assert!(!refused.contains('\u{1b}'), "{refused:?}");
        world.run(&["join", "--", &url]).fails(2);
    }
    assert_data_eq!(
        world.run(&["join", "ext::sh -c id"]).fails(2),
        str![[r#"
git-desk: `ext::sh -c id` is no address of a desk: `ext::` would run a program
  like these: https://HOST/PATH, ssh://HOST/PATH, HOST:PATH, file:///PATH, ../PATH

"#]]
    );
    // A person's own rewriting does not lead there either.
    world.git(&[
        "config",
        "--global",
        &format!("url.ext::sh -c {} #.insteadOf", touch.replace(' ', "% ")),
        "https://x/",
    ]);
    world.git(&["config", "--global", "protocol.ext.allow", "always"]);
    world.run(&["join", "https://x/desk"]).fails(8);
    assert!(!mark.exists());
}
