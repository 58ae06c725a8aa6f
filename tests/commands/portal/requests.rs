//! Where requests go to.

use super::page::{Site, tags};
use super::{commit, lively, service, site_of};

#[test]
fn a_mail_is_begun_with_scripts_and_without() {
    let desk = lively();
    desk.run(&["portal", "build", "../site", "--request-to", "mailto:help@example.com"]).ok();
    let site = Site::read(&site_of(&desk));
    let page = tags(&site.files["services/laptop.html"]);
    let form = page.iter().find(|tag| tag.attribute("id") == Some("request")).unwrap();
    assert_eq!(form.attribute("data-mail"), Some("help@example.com"));
    assert!(form.attribute("hidden").is_some() && form.attribute("action").is_none(), "{form:?}");
    let link = page.iter().filter_map(|tag| tag.attribute("href")).find(|href| href.starts_with("mailto:")).unwrap();
    assert_eq!(
        link,
        "mailto:help@example.com?subject=Request%3A%20New%20laptop&body=For%20whom%3F%3A%20%0D%0AWhich%3F%3A%20%0D%0AA%20dock%3F%3A%20%0D%0A"
    );
    let article = tags(&site.files["kb/vpn/hourly-drop.html"]);
    let link = article.iter().filter_map(|tag| tag.attribute("href")).find(|href| href.starts_with("mailto:")).unwrap();
    assert_eq!(link, "mailto:help@example.com?subject=Question%20about%3A%20It%20drops%20every%20hour");
}

#[test]
fn an_issue_is_begun_with_scripts_and_without() {
    let desk = lively();
    let to = "https://gitlab.example.com/acme/it/-/issues/new?issuable_template=request";
    desk.run(&["portal", "build", "../site", "--request-to", to]).ok();
    let site = Site::read(&site_of(&desk));
    let text = &site.files["services/laptop.html"];
    assert!(text.contains("form-action 'self' https://gitlab.example.com;"), "{text}");
    let page = tags(text);
    let form = page.iter().find(|tag| tag.attribute("id") == Some("request")).unwrap();
    assert_eq!(form.attribute("action"), Some("https://gitlab.example.com/acme/it/-/issues/new"));
    assert_eq!(form.attribute("method"), Some("get"));
    let sent: Vec<(&str, &str)> = page
        .iter()
        .filter_map(|tag| Some((tag.attribute("name")?, tag.attribute("value").unwrap_or_default())))
        .filter(|(name, _)| !["viewport", "color-scheme", "referrer"].contains(name))
        .collect();
    assert_eq!(
        sent,
        [("issuable_template", "request"), ("issue[title]", "Request: New laptop"), ("issue[description]", "")]
    );
    assert!(text.contains("rows=\"8\">\nFor whom?: \nWhich?: \nA dock?: \n</textarea>"), "{text}");
    // Fields that nobody sees must not hold the form back.
    assert!(text.contains("<fieldset id=\"fields\" disabled hidden>"), "{text}");
}

#[test]
fn without_an_address_a_page_says_what_to_tell() {
    let desk = lively();
    desk.run(&["portal", "build", "../site"]).ok();
    let site = Site::read(&site_of(&desk));
    let text = &site.files["services/laptop.html"];
    assert!(
        !site.files.contains_key("request.js") && !text.contains("<textarea") && !text.contains("mailto:"),
        "{text}"
    );
    assert!(text.contains("<strong>For whom?</strong> <em>(required)</em>"), "{text}");
    assert!(text.contains("one of: small, large"), "{text}");
    assert!(site.files["kb/vpn/hourly-drop.html"].contains("<p>Ask your help desk, and name this article.</p>"));
    service(&desk, "phone", "title = \"A phone\"\naudience = \"public\"\n");
    commit(&desk);
    desk.run(&["portal", "build", "../site", "--language", "nl"]).ok();
    let site = Site::read(&site_of(&desk));
    assert!(site.files["services/phone.html"].contains("<p>Vraag het uw helpdesk onder deze naam aan.</p>"));
    assert!(site.files["kb/vpn/hourly-drop.html"].contains("<p>Vraag het uw helpdesk en noem dit artikel.</p>"));
    assert!(text.contains("Somebody has to approve it") && !text.contains("ana"), "{text}");
}

#[test]
fn an_address_that_requests_cannot_go_to_is_refused_before_anything_is_written() {
    let desk = lively();
    for to in ["help@example.com", "javascript:alert(1)", "https://forge.example/acme", "mailto:a@b.c?cc=d@e.f", ""] {
        let said = desk.run(&["portal", "build", "../site", "--request-to", to]).fails(2);
        assert!(said.contains("--request-to mailto:"), "{said}");
    }
    assert!(!site_of(&desk).exists());
}

#[test]
fn a_form_whose_words_are_hostile_is_a_form() {
    let desk = lively();
    let text = "title = \"<script>alert(1)</script>\"\ndescription = \"[x](javascript:alert(1))\"\naudience = \"public\"\n\
        [form.\"x\\\"><script>\"]\nlabel = \"\\\"><script>alert(1)</script>\"\nhelp = \"</textarea><script>\"\n\
        [form.pick]\ntype = \"choice\"\nchoices = [\"</option></select><script>\"]\n";
    service(&desk, "hostile", text);
    commit(&desk);
    for to in ["mailto:help@example.com", "https://forge.example/acme/it/issues/new"] {
        desk.run(&["portal", "build", "../site", "--request-to", to]).ok();
        let site = Site::read(&site_of(&desk));
        for page in ["services/hostile.html", "services.html", "index.html"] {
            let scripts = tags(&site.files[page]).into_iter().filter(|tag| tag.name == "script");
            assert!(scripts.into_iter().all(|tag| tag.attribute("src").is_some()), "{page}");
        }
        assert_eq!(site.faults(), Vec::<String>::new());
    }
}
