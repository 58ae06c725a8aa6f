use super::*;

#[test]
fn codes_are_in_order_and_each_is_there_once() {
    let codes: Vec<&str> = codes::CODES.iter().map(|code| code.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    assert!(codes.iter().all(|code| code.len() == 6 && code.starts_with("DSK")));
}

#[test]
fn the_page_of_help_has_every_code() {
    let page = include_str!("../../commands/topics/check-codes.txt");
    let table = codes::table();
    assert!(page.contains(&table), "src/commands/topics/check-codes.txt should hold\n{table}");
}

fn findings() -> Vec<Finding> {
    let hostile = "50%: \"a\", <b>\r\n::error::x\u{1b}[2J\u{202e} | @team";
    vec![
        Finding::error("DSK402", "tickets/a, b:c%.toml", (5, 14), "closed without a resolution")
            .fix("add `resolution`"),
        Finding { touched: false, ..Finding::warning("DSK701", "x.toml", (1, 1), hostile) },
        Finding::warning("DSK901", "", (1, 1), "shallow"),
    ]
}

#[test]
fn github_reads_each_annotation_on_a_line_of_its_own() {
    assert_eq!(
        github::annotations(&findings()),
        "::error file=tickets/a%2C b%3Ac%25.toml,line=5,col=14,title=DSK402::closed without a resolution; fix: add `resolution`\n\
         ::warning title=DSK901::shallow\n\
         ::warning file=x.toml,line=1,col=1,title=DSK701::50%25: \"a\", <b>%0D%0A::error::x\\u{1b}[2J\\u{202e} | @team\n"
    );
}

#[test]
fn github_shows_ten_of_a_level_and_the_tenth_counts_the_rest() {
    let many = |count: usize| -> Vec<Finding> {
        let one = |at: usize| Finding { touched: at == count, ..Finding::error("DSK101", "x", (at, 1), "wrong") };
        (1..=count).map(one).collect()
    };
    let ten = github::annotations(&many(10));
    assert_eq!(ten.lines().count(), 10);
    assert!(ten.starts_with("::error file=x,line=10,"), "what is on a changed line comes first: {ten}");
    let more = github::annotations(&many(25));
    assert_eq!(more.lines().count(), 10);
    assert_eq!(more.lines().last(), Some("::error title=git-desk::and 16 more; the summary of this step has them all"));
}

#[test]
fn gitlab_tells_equal_findings_apart_and_follows_one_that_moves() {
    let at = |line| Finding::error("DSK101", "x", (line, 1), "wrong");
    let report = |findings: &[Finding]| -> Vec<String> {
        let report = gitlab::report(findings, "desk.toml");
        let all = report.as_array().unwrap().iter();
        all.map(|entry| entry["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let two = report(&[at(1), at(7)]);
    assert_ne!(two[0], two[1]);
    assert_eq!(report(&[at(3)])[0], two[0]);
}

#[test]
fn xml_holds_no_markup_and_no_character_that_xml_has_not() {
    let shown = checkstyle::report(&findings(), "desk.toml");
    assert_eq!(
        shown,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <checkstyle version=\"4.3\">\n  \
           <file name=\"desk.toml\">\n    \
             <error line=\"1\" column=\"1\" severity=\"warning\" message=\"shallow\" source=\"git-desk.DSK901\"/>\n  \
           </file>\n  \
           <file name=\"tickets/a, b:c%.toml\">\n    \
             <error line=\"5\" column=\"14\" severity=\"error\" message=\"closed without a resolution; fix: add `resolution`\" source=\"git-desk.DSK402\"/>\n  \
           </file>\n  \
           <file name=\"x.toml\">\n    \
             <error line=\"1\" column=\"1\" severity=\"warning\" message=\"50%: &quot;a&quot;, &lt;b&gt;&#13;&#10;::error::x\\u{1b}[2J\\u{202e} | @team\" source=\"git-desk.DSK701\"/>\n  \
           </file>\n\
         </checkstyle>\n"
    );
}

#[test]
fn a_table_in_markdown_shows_text_and_does_nothing_else() {
    assert_eq!(
        markdown::page(&findings(), usize::MAX),
        "**git-desk check**: 1 error, 2 warnings\n\n\
         | place | | code | what is wrong | fix |\n|---|---|---|---|---|\n\
         | tickets/a, b:c%.toml:5:14 | error | DSK402 | closed without a resolution | add \\`resolution\\` |\n\
         | x.toml:1:1 | warning | DSK701 | 50%: \"a\", &lt;b&gt;  ::error::x\\\\u{1b}\\[2J\\\\u{202e} \\| &#64;team |  |\n\
         | the repository | warning | DSK901 | shallow |  |\n"
    );
}

#[test]
fn a_page_that_has_no_room_for_all_counts_the_rest() {
    let many: Vec<Finding> =
        (1..=50_000).map(|line| Finding::error("DSK101", "tickets/x.toml", (line, 1), "wrong")).collect();
    let page = markdown::page(&many, markdown::SUMMARY);
    assert!(page.len() <= markdown::SUMMARY, "{}", page.len());
    let rows = page.lines().filter(|line| line.starts_with("| tickets/")).count();
    assert!(page.ends_with(&format!("\nand {} more\n", 50_000 - rows)), "{}", &page[page.len() - 100..]);
}
