//! What does not get out, and what does nothing once it is out.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::page::{Site, tags};
use super::{article, commit, lively, service, site_of};

#[test]
fn nothing_gets_out_that_nobody_called_public() {
    let desk = lively();
    article(&desk, "vpn/draft", "SECRET draft", "x", "state = \"draft\"\n");
    article(&desk, "vpn/old", "SECRET retired", "x", "state = \"retired\"\n");
    article(&desk, "vpn/inside", "SECRET internal", "x", "audience = \"internal\"\n");
    article(&desk, "secret-topic/inside", "x", "x", "audience = \"internal\"\n");
    article(
        &desk,
        "vpn/links",
        "Links",
        "[a](inside) [b](kb:vpn/draft)",
        "tags = [\"SECRET tag\"]\nowner = \"secret-owner\"\ntested_by = \"secret-tester\"\nservices = [\"secret-service\"]\ncategories = [\"SECRET\"]\n",
    );
    service(&desk, "secret-service", "title = \"SECRET service\"\nqueue = \"l1\"\n");
    service(
        &desk,
        "open",
        "title = \"Open\"\naudience = \"public\"\nqueue = \"l2\"\ncategory = \"SECRET\"\napproval = [\"ana\"]\n",
    );
    commit(&desk);
    let shown = ["--tag", "status-page"];
    let with = |more: &[&'static str]| [&shown[..], more].concat();
    // A priority alone, another kind, what has ended, a customer's: none of them is shown.
    desk.open("SECRET p1", &["--priority", "p1"]);
    desk.open("SECRET request", &with(&["--kind", "request"]));
    desk.open("SECRET problem", &with(&["--kind", "problem"]));
    let ended = desk.open("SECRET ended", &shown);
    desk.run(&["resolve", &ended, "--resolution", "fixed"]).ok();
    let customers = desk.open("SECRET of acme", &with(&["--customer", "acme"]));
    let open = desk.open(
        "Mail is slow",
        &with(&["-r", "secret.person@example.com", "-m", "SECRET body", "--asset", "secret-asset"]),
    );
    desk.run(&["reply", &open, "Dear Mr. SECRET"]).ok();
    desk.run(&["note", &open, "SECRET note"]).ok();
    let ran = desk.run(&["portal", "build", "../site", "--json"]);
    assert_data_eq!(
        ran.stderr.replace(&customers, "[ID]"),
        str![[r#"
git-desk: [ID] is tagged status-page and not shown: it is a customer's
  open one that is nobody's: git desk open --kind incident --tag status-page "…"

"#]]
    );
    let json: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!((&json["troubles"], &json["withheld"][0]), (&Value::from(2), &Value::from(customers)));
    for (path, text) in Site::read(&site_of(&desk)).files {
        let lower = text.to_lowercase();
        assert!(!lower.contains("secret") && !lower.contains("acme"), "{path}: {text}");
        for word in ["ana@", "@example.com", "\"l2\"", "vpn/inside", "vpn/draft", &open] {
            assert!(!lower.contains(word), "{path} has {word}: {text}");
        }
    }
    let status = std::fs::read_to_string(site_of(&desk).join("status.html")).unwrap();
    let main = status.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    assert_data_eq!(
        main,
        str![[r#"
 id="main" tabindex="-1">
<h1>Status</h1>
<p class="lead">As of 24 November 2026, 08:17</p>
<section class="status down">
<h2>2 disruptions</h2>
<ul>
<li><strong>VPN is down</strong>
<span class="less">Since 24 November 2026, 06:30 · reported</span></li>
<li><strong>Mail is slow</strong>
<span class="less">Since 24 November 2026, 08:15 · reported</span></li>
</ul>
</section>

"#]]
    );
}

#[test]
fn an_incident_of_a_customers_people_is_withheld_whatever_the_ticket_says() {
    let desk = lively();
    let shown = ["--tag", "status-page"];
    let open = |title: &str, who: &str| desk.open(title, &[&shown[..], &["-r", who]].concat());
    let theirs = [open("SECRET one", "jan@acme.example"), open("SECRET two", "Piet <piet@private.example>")];
    open("Ours", "ana");
    let customers = desk.path().join("customers");
    std::fs::create_dir_all(&customers).unwrap();
    let acme =
        "name = \"Acme\"\ndomains = [\"acme.example\", \"example.com\"]\ncontacts = [\"piet@private.example\"]\n";
    std::fs::write(customers.join("acme.toml"), acme).unwrap();
    commit(&desk);
    let json: Value = serde_json::from_str(&desk.run(&["portal", "build", "../site", "--json"]).ok()).unwrap();
    assert_eq!(json["withheld"], serde_json::json!(theirs), "neither of them says whose it is");
    let status = std::fs::read_to_string(site_of(&desk).join("status.html")).unwrap();
    assert!(status.contains("Ours") && status.contains("VPN is down") && !status.contains("SECRET"), "{status}");
}

#[test]
fn a_hostile_article_does_nothing() {
    let desk = lively();
    let attack = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) ![b](https://evil.example/p.png)\n\n\
        </article></main></body><meta http-equiv=refresh content=0;url=https://evil.example><base href=//evil.example>\n\n# \"><svg onload=alert(1)>\n";
    let more = "language = \"en\\\" onload=\\\"alert(1)\"\nsymptoms = [\"</li><script>alert(1)</script>\", \"\\u202Egpj\"]\ncause = \"<iframe src=//evil.example>\"\n";
    article(&desk, "evil/one", "</title><script>alert(1)</script>", attack, more);
    commit(&desk);
    let evil = desk.open("</strong><script>alert(1)</script>\u{202e}", &["--tag", "status-page"]);
    desk.run(&["portal", "build", "../site", "--title", "\"><script>alert(1)</script>"]).ok();
    let site = Site::read(&site_of(&desk));
    assert_eq!(site.faults(), Vec::<String>::new());
    for (path, text) in site.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        for tag in tags(text) {
            assert!(!["img", "svg", "iframe", "base", "style"].contains(&tag.name.as_str()), "{path}: {tag:?}");
            assert!(tag.name != "script" || tag.attribute("src").unwrap().ends_with(".js"), "{path}: {tag:?}");
            let hostile = |(name, value): &(String, String)| name.starts_with("on") || value.starts_with("javascript");
            assert!(!tag.attributes.iter().any(hostile), "{path}: {tag:?}");
            assert!(tag.attribute("http-equiv").is_none_or(|name| name == "Content-Security-Policy"), "{path}");
        }
        assert!(!text.contains('\u{202e}') && !text.contains(&evil), "{path}");
        assert_eq!(text.matches("</main>").count(), 1, "{path}");
    }
    let index = &site.files["search-index.js"];
    assert!(!index.contains('<'), "{index}");
    let json = index.split_once("= ").unwrap().1.trim().trim_end_matches(';').replace(",\n]", "\n]");
    let rows: Vec<Vec<String>> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows.len(), 6);
}
