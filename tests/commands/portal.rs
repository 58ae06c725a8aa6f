//! `portal`

mod folder;
mod page;
mod requests;
mod safety;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;
use page::{Site, files, tags};

/// Writes an article, published unless `more` says otherwise.
fn article(desk: &TestDesk, name: &str, title: &str, body: &str, more: &str) {
    let path = desk.path().join(format!("kb/{name}.toml"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let state = if more.contains("state =") { "" } else { "state = \"validated\"\n" };
    let audience = if more.contains("audience =") { "" } else { "audience = \"public\"\n" };
    let [title, body] = [title, body].map(|text| serde_json::to_string(text).unwrap());
    std::fs::write(path, format!("title = {title}\n{state}{audience}{more}\nbody = {body}\n")).unwrap();
}

fn service(desk: &TestDesk, name: &str, text: &str) {
    let folder = desk.path().join("services");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}

fn commit(desk: &TestDesk) {
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "articles"]);
}

const LAPTOP: &str = "title = \"New laptop\"\ndescription = \"One of our standard.\\n\\nMore.\"\naudience = \"public\"\n\
    approval = [\"ana\"]\n\
    [form.who]\nlabel = \"For whom?\"\ntype = \"email\"\nrequired = true\nhelp = \"Who will use it\"\n\
    [form.model]\nlabel = \"Which?\"\ntype = \"choice\"\nchoices = [\"small\", \"large\"]\n\
    [form.dock]\nlabel = \"A dock?\"\ntype = \"bool\"\n";

/// A desk with something of everything.
fn lively() -> TestDesk {
    let desk = TestDesk::new();
    article(
        &desk,
        "vpn/reset-token",
        "Reset your token",
        "# Steps\n\n1. Open [the page](https://token.example.com).\n2. See [the other](hourly-drop), [mail](mail/quota), [this](#steps).\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n",
        "language = \"en\"\nsymptoms = [\"token expired\"]\ncause = \"Tokens live a year.\"\nservices = [\"laptop\"]\ntested = 2026-10-12\nreview_by = 2026-11-01\nowner = \"ana\"\ntested_by = \"ana\"\n",
    );
    article(&desk, "vpn/reset-token-nl", "Vernieuw uw token", "Kies *Instellingen*.", "language = \"nl\"\n");
    article(&desk, "vpn/hourly-drop", "It drops every hour", "Switch it off.", "language = \"en\"\n");
    article(&desk, "mail/quota", "Éverything is full", "Delete some.", "language = \"en\"\n");
    service(&desk, "laptop", LAPTOP);
    commit(&desk);
    desk.open("VPN is down", &["--priority", "p1", "--tag", "status-page", "--opened", "2026-11-24T06:30:00Z"]);
    let id = desk.open("full", &[]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "--article", "mail/quota"]).ok();
    desk
}

#[test]
fn a_site_is_written_and_said_in_a_line() {
    let desk = lively();
    assert_data_eq!(
        desk.run(&["portal", "build", "../site"]).to_string(),
        str![[r#"
[WORLD]/site/index.html

"#]]
    );
    let again = desk.on_terminal("", &["portal", "build", "../site"]);
    assert_data_eq!(
        again.to_string(),
        str![[r#"
[WORLD]/site/index.html
12 pages: 4 articles, 1 service, 1 incident on the status page · 0 written, 0 removed
look at it     open [WORLD]/site/index.html

"#]]
    );
    let json: Value = serde_json::from_str(&desk.run(&["portal", "build", "../site", "--json"]).ok()).unwrap();
    assert_eq!(json["written"], Value::Array(Vec::new()));
    assert_eq!(json["language"], "en");
    let there = files(&desk.outside().join("site"));
    let listed: Vec<String> = serde_json::from_value(json["files"].clone()).unwrap();
    assert_eq!(listed, there.keys().filter(|path| !path.starts_with('.')).cloned().collect::<Vec<_>>());
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "portal"]).ok()).unwrap();
    let errors: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn an_article_has_all_that_helps_in_order() {
    let desk = lively();
    desk.run(&["portal", "build", "../site"]).ok();
    let page = std::fs::read_to_string(desk.outside().join("site/kb/vpn/reset-token.html")).unwrap();
    let main = page.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    assert_data_eq!(
        main,
        str![[r##"
 id="main" tabindex="-1">
<nav class="way" aria-label="You are here">
<ol>
<li><a href="../../index.html">Home</a></li>
<li><a href="../vpn.html">VPN</a></li>
<li aria-current="page">Reset your token</li>
</ol>
</nav>
<article>
<h1>Reset your token</h1>
<p class="facts"><span>Tested on <time datetime="2026-10-12">12 October 2026</time></span> <span>Also in <a href="../../kb/vpn/reset-token-nl.html" lang="nl" hreflang="nl">Nederlands</a></span></p>
<p class="note">This article is due for a review: it may be out of date.</p>
<section class="symptoms">
<h2>You notice</h2>
<ul>
<li>token expired</li>
</ul>
</section>
<h2>Why it happens</h2>
<p>Tokens live a year.</p>

<h2 id="a-steps">Steps</h2>
<ol>
<li>Open <a href="https://token.example.com" rel="noopener noreferrer">the page</a>.</li>
<li>See <a href="../../kb/vpn/hourly-drop.html">the other</a>, <a href="../../kb/mail/quota.html">mail</a>, <a href="#a-steps">this</a>.</li>
</ol>
<div class="wide" role="region" tabindex="0" aria-label="Table"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
<tr><td>1</td><td>2</td></tr>
</tbody></table>
</div>
</article>
<aside class="after">
<h2>You can ask for</h2>
<ul>
<li><a href="../../services/laptop.html">New laptop</a></li>
</ul>
<h2>Not solved?</h2>
<p>Ask your help desk, and name this article.</p>
</aside>

"##]]
    );
    assert!(page.contains("<html lang=\"en\">"), "{page}");
    let dutch = std::fs::read_to_string(desk.outside().join("site/kb/vpn/reset-token-nl.html")).unwrap();
    assert!(dutch.contains("<html lang=\"nl\">") && dutch.contains("<header class=\"top\" lang=\"en\">"), "{dutch}");
    assert!(dutch.contains("<h2>Wat u kunt doen</h2>"), "what stands in the article is in its language: {dutch}");
    assert!(dutch.contains(">English</a>"), "{dutch}");
}

#[test]
fn the_same_commit_gives_the_same_bytes_at_any_time() {
    let desk = lively();
    let commit = desk.git(&["rev-parse", "HEAD"]);
    desk.run(&["portal", "build", "../one"]).ok();
    article(&desk, "mail/later", "Later", "x", "");
    self::commit(&desk);
    desk.later(40 * 86_400);
    desk.run(&["portal", "build", "../two", "--at", commit.trim()]).ok();
    desk.run(&["portal", "build", "../now"]).ok();
    let [one, two, now] = ["one", "two", "now"].map(|name| files(&desk.outside().join(name)));
    assert_eq!(one, two);
    assert!(now.contains_key("kb/mail/later.html") && !one.contains_key("kb/mail/later.html"));
    assert!(one["index.html"].contains("24 November 2026"), "the date is that of the commit");
}

#[test]
fn a_forges_runner_can_build_it() {
    let desk = lively();
    desk.run(&["portal", "build", "../one"]).ok();
    let from = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", &from, "../runner"]);
    let runner = desk.at("runner");
    runner.git(&["checkout", "-q", "--detach"]);
    runner.run(&["portal", "build", "../two"]).ok();
    let [one, two] = ["one", "two"].map(|name| files(&desk.outside().join(name)));
    assert_eq!(one, two);
}

#[test]
fn every_link_leads_somewhere_and_every_page_is_reached() {
    let desk = lively();
    for to in ["mailto:help@example.com", "https://forge.example/acme/it/issues/new"] {
        desk.run(&["portal", "build", "../site", "--request-to", to]).ok();
        let site = Site::read(&desk.outside().join("site"));
        assert_eq!(site.faults(), Vec::<String>::new());
        let reached = site.reached("index.html");
        let pages: BTreeSet<String> = site.files.keys().filter(|path| path.ends_with(".html")).cloned().collect();
        assert_eq!(reached, pages);
    }
}

#[test]
fn a_link_checker_that_finds_nothing_would_be_worth_nothing() {
    let desk = lively();
    desk.run(&["portal", "build", "../site"]).ok();
    let index = desk.outside().join("site/index.html");
    let page = std::fs::read_to_string(&index).unwrap();
    let wrong = "<a href=\"gone.html\">x</a><a href=\"all.html#gone\">x</a><img src=\"https://evil.example/x.png\">";
    std::fs::write(&index, page.replace("</main>", &format!("{wrong}</main>"))).unwrap();
    assert_eq!(Site::read(&desk.outside().join("site")).faults().len(), 3);
}

#[test]
fn no_page_loads_anything_or_says_style_or_script_of_its_own() {
    let desk = lively();
    desk.run(&["portal", "build", "../site", "--request-to", "mailto:help@example.com"]).ok();
    for (path, text) in files(&desk.outside().join("site")).iter().filter(|(path, _)| path.ends_with(".html")) {
        let policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'";
        assert!(text.contains(policy), "{path}");
        for tag in tags(text) {
            assert!(!["style", "iframe", "object", "embed", "base"].contains(&tag.name.as_str()), "{path}: {tag:?}");
            assert!(tag.name != "script" || tag.attribute("src").is_some(), "{path}: {tag:?}");
            for (name, _) in &tag.attributes {
                assert!(!name.starts_with("on") && name != "style", "{path}: {tag:?}");
            }
        }
    }
}

#[test]
fn pages_have_landmarks_labels_and_headings_in_order() {
    let desk = lively();
    desk.run(&["portal", "build", "../site", "--request-to", "mailto:help@example.com"]).ok();
    for (path, text) in files(&desk.outside().join("site")).iter().filter(|(path, _)| path.ends_with(".html")) {
        let tags = tags(text);
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        for landmark in ["main", "header", "footer", "title", "h1"] {
            assert_eq!(count(landmark), 1, "{path}: {landmark}");
        }
        let mut level = 0;
        for tag in tags.iter().filter(|tag| tag.name.len() == 2 && tag.name.starts_with('h') && tag.name != "hr") {
            let own: usize = tag.name[1..].parse().unwrap();
            assert!(own <= level + 1, "{path}: a heading is left out above {tag:?}");
            level = own;
        }
        let labelled: Vec<&str> =
            tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.attribute("for")).collect();
        for field in tags.iter().filter(|tag| ["input", "select", "textarea"].contains(&tag.name.as_str())) {
            if field.attribute("type") != Some("hidden") {
                assert!(labelled.contains(&field.attribute("id").unwrap()), "{path}: {field:?}");
            }
        }
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{path}: {ids:?}");
    }
}

#[test]
fn the_site_speaks_dutch_where_it_is_asked_to_or_most_articles_do() {
    let desk = lively();
    desk.run(&["portal", "build", "../site", "--language", "nl", "--title", "Hulp & <uitleg>"]).ok();
    let index = std::fs::read_to_string(desk.outside().join("site/index.html")).unwrap();
    assert!(index.contains("<html lang=\"nl\">") && index.contains("Waarmee kunnen we helpen?"), "{index}");
    assert!(index.contains("<title>Hulp &amp; &lt;uitleg&gt;</title>"), "{index}");
    for name in ["a", "b", "c"] {
        article(&desk, &format!("nl/{name}"), name, "x", "language = \"nl-NL\"\n");
    }
    commit(&desk);
    let json: Value = serde_json::from_str(&desk.run(&["portal", "build", "../site", "--json"]).ok()).unwrap();
    assert_eq!(json["language"], "nl");
    desk.run(&["portal", "build", "../site", "--language", "de"]).fails(2);
    for title in [" ", "a\nb", "a\u{1b}[31mb"] {
        desk.run(&["portal", "build", "../site", "--title", title]).fails(2);
    }
}

#[test]
fn a_desk_that_has_published_nothing_has_a_site_that_says_so() {
    let desk = TestDesk::new();
    desk.run(&["portal", "build", "../site"]).ok();
    let site = Site::read(&desk.outside().join("site"));
    assert_eq!(site.faults(), Vec::<String>::new());
    assert!(site.files["index.html"].contains("There are no articles yet."));
    assert!(!site.files["index.html"].contains("services.html"), "no entry for what is not there");
    assert!(site.files["services.html"].contains("There is nothing to ask for here yet."));
    assert!(site.files["status.html"].contains("No known disruptions"));
}

#[test]
fn many_articles_are_reached_by_topic_and_by_letter() {
    let desk = TestDesk::new();
    (0..31).for_each(|at| {
        article(&desk, &format!("vpn/a{at}"), &format!("{} {at}", ["Token", "Éxit", "1"][at % 3]), "x", "")
    });
    commit(&desk);
    desk.run(&["portal", "build", "../site"]).ok();
    let site = Site::read(&desk.outside().join("site"));
    assert_eq!(site.faults(), Vec::<String>::new());
    let more = "<p><a href=\"kb/vpn.html\" aria-label=\"VPN: all 31\">all 31 →</a></p>";
    assert!(site.files["index.html"].contains(more), "{}", site.files["index.html"]);
    let all = &site.files["all.html"];
    let links: Vec<&str> = all.split("href=\"#letter-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links, ["e", "t", "other"]);
    std::fs::remove_file(desk.path().join("kb/vpn/a0.toml")).unwrap();
    commit(&desk);
    desk.run(&["portal", "build", "../site"]).ok();
    assert!(!Site::read(&desk.outside().join("site")).files["all.html"].contains("#letter-"), "30 are seen at once");
}

fn site_of(desk: &TestDesk) -> PathBuf {
    Path::join(desk.outside(), "site")
}
