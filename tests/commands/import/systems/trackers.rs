//! Trackers: Jira, GitHub issues.

use snapbox::{assert_data_eq, str};

use super::{moved, told};

#[test]
fn jira() {
    let desk = moved("jsonl", "jira.jsonl", "jira");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:30 Bob Builder <bob-builder@jira.invalid> open 240301-w5tnms0a: Disk full on db1
03-01T09:00 Ana Agent <ana@desk.example> change 240301-w5tnms0a: entry
03-01T12:00 Eve <eve@shop.example> open 240301-y4tm0pcd: Renew certificate
03-02T10:00 Ana Agent <ana@desk.example> change 240301-w5tnms0a: resolution none → wontfix, status new → resolved

title "Disk full on db1"
kind "incident"
status "resolved"
resolution "wontfix"
priority "p2"
queue "ops"
assignee "ana-agent"
category "data-bases"
external_id "OPS-7"
tags ["db","disk"]
fields {"jira_status":"Declined","reporter":"Bob Builder"}
body "h1. Disk/n98 % used"
"note" "ana@desk.example" "Old dumps, nobody needs them." null

title "Renew certificate"
kind "task"
status "active"
priority "p3"
queue "ops"
requester "eve@shop.example"
external_id "OPS-8"
fields {"jira_status":"In Progress","reporter":"Eve"}
body ""

"#]]
    );
}

#[test]
fn jira_as_csv() {
    let desk = moved("csv", "jira.csv", "jira-csv");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:30 Bob Builder <bob-builder@jira.invalid> open 240301-w5tnms0a: Disk full on db1
03-01T09:00 ana <ana@jira.invalid> change 240301-w5tnms0a: entry
03-01T12:00 Eve <eve@jira.invalid> open 240301-y4tm0pcd: Renew certificate
03-01T21:30 557058:ab-12 <557058-ab-12@jira.invalid> change 240301-w5tnms0a: entry
03-02T10:00 Ana Agent <ana-agent@jira.invalid> change 240301-w5tnms0a: resolution none → wontfix, status new → resolved

title "Disk full on db1"
kind "incident"
status "resolved"
resolution "wontfix"
priority "p2"
queue "ops"
assignee "ana-agent"
requester "bob-builder"
external_id "OPS-7"
tags ["db","disk"]
fields {}
body "h1. Disk/n98 % used"
"comment" "ana@jira.invalid" "Old dumps; nobody needs them." null
"comment" "557058-ab-12@jira.invalid" "/"Gone/" then" null

title "Renew certificate"
kind "task"
status "waiting"
waiting_on "requester"
priority "p3"
queue "ops"
requester "eve"
external_id "OPS-8"
fields {}
body ""

"#]]
    );
}

#[test]
fn github_issues() {
    let desk = moved("jsonl", "github.jsonl", "github");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T10:00 octo-bob <octo-bob@github.invalid> open 240301-q2wny7y9: Found a bug
03-02T09:00 eve <eve@github.invalid> open 240302-ag5dzk2e: -rf  [31m $(id)
03-02T10:00 ana-dev <ana-dev@github.invalid> change 240301-q2wny7y9: entry
03-03T10:00 ana-dev <ana-dev@github.invalid> change 240301-q2wny7y9: resolution none → wontfix, status new → closed

title "Found a bug"
kind "incident"
status "closed"
resolution "wontfix"
priority "p3"
assignee "ana-dev"
requester "octo-bob"
external_id "1347"
tags ["bug","good-first"]
fields {"milestone":"v1.0","url":"https://github.com/octo/desk/issues/1347"}
body "I'm having a problem with this."
"comment" "ana-dev@github.invalid" "Works as **designed**." null

title "-rf /u001b[31m $(id)"
kind "incident"
status "active"
priority "p3"
requester "eve"
external_id "1348"
fields {"url":"https://github.com/octo/desk/issues/1348"}
body ""

"#]]
    );
}
