//! Help desks: ServiceNow, OTRS and Znuny, Zammad, GLPI, RT.

use snapbox::{assert_data_eq, str};

use super::{moved, told};

#[test]
fn servicenow_as_csv() {
    let desk = moved("csv", "servicenow.csv", "servicenow-incident");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 Ivy Intake <ivy-intake@servicenow.invalid> open 240301-hwcfms8y: Printer, second floor, is "on fire"
03-01T09:00 Eve <eve@servicenow.invalid> open 240301-vcyep8z5: Waiting for a part
03-01T10:00 Eve <eve@servicenow.invalid> open 240301-hyyjgdzk: Never mind
03-01T12:00 Ana Agent <ana-agent@servicenow.invalid> change 240301-hwcfms8y: resolution none → workaround, solution none → Moved to prn-03., status new …
03-02T10:00 eve <eve@servicenow.invalid> change 240301-hyyjgdzk: resolution none → fixed, status new → closed
03-06T12:00 system <system@servicenow.invalid> change 240301-hwcfms8y: entry
03-06T12:00 System <system@servicenow.invalid> change 240301-hwcfms8y: status resolved → closed

title "Printer, second floor, is /"on fire/""
kind "incident"
status "closed"
resolution "workaround"
solution "Moved to prn-03."
impact "high"
urgency "medium"
priority "p2"
queue "field-services"
assignee "ana-agent"
requester "bob-builder"
channel "phone"
service "Printing"
category "hardware/printer"
asset "prn-02"
location "Rotterdam"
external_id "INC0010001"
fields {"close_code":"Solved (Work Around)"}
body "Smoke./nNo flames."
"note" "system@servicenow.invalid" "2024-03-01 09:00:00 - Ana Agent (Work notes)/nFuse is gone" null

title "Never mind"
kind "incident"
status "closed"
resolution "fixed"
impact "low"
urgency "low"
priority "p3"
requester "eve"
category "inquiry"
external_id "INC0010003"
fields {}
body ""

title "Waiting for a part"
kind "incident"
status "waiting"
waiting_on "vendor"
impact "low"
urgency "low"
priority "p5"
queue "field-services"
requester "eve"
channel "email"
category "hardware"
external_id "INC0010002"
fields {}
body ""

"#]]
    );
}

#[test]
fn otrs_and_znuny() {
    let desk = moved("jsonl", "otrs.jsonl", "otrs");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 Bob Builder <bob@shop.example> open 240301-ak96fvqf: VPN drops
03-01T08:10 ana <ana@otrs.invalid> change 240301-ak96fvqf: assignee none → ana, status new → active
03-01T08:20 Ana Agent <ana@desk.example> change 240301-ak96fvqf: entry
03-01T09:00 pbx@shop.example <pbx@shop.example> open 240301-czgvbqve: Buzzing
03-01T13:33 Ana Agent <ana@desk.example> change 240301-ak96fvqf: entry
03-02T16:00 ana <ana@otrs.invalid> change 240301-ak96fvqf: resolution none → fixed, status active → closed

title "VPN drops"
kind "incident"
status "closed"
resolution "fixed"
priority "p2"
queue "network-vpn"
assignee "ana"
requester "bob@shop.example"
service "VPN"
external_id "2024030110000015"
fields {"customer_id":"shop"}
body "Every hour./n/n--/nBob"
"comment" "ana@desk.example" "Please try the new profile." ["4vx7hm-profile.ovpn profile.ovpn"]
"note" "ana@desk.example" "MTU was wrong." null

title "Buzzing"
kind "incident"
status "new"
priority "p3"
queue "raw"
external_id "2024030110000024"
fields {}
body "Line 3"

"#]]
    );
}

#[test]
fn zammad() {
    let desk = moved("jsonl", "zammad.jsonl", "zammad");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:30 bob@shop.example <bob@shop.example> open 240301-yf1a8ew8: Scanner saves empty pages
03-01T09:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: status new → active
03-01T09:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: entry
03-01T12:00 eve@shop.example <eve@shop.example> open 240301-qkf1x1pv: New keyboard
03-01T15:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: entry
03-02T10:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: resolution none → fixed, status active → closed

title "New keyboard"
kind "incident"
status "waiting"
waiting_on "schedule"
priority "p3"
queue "first-level"
requester "eve@shop.example"
channel "portal"
external_id "22002"
fields {}
body "Mine lost its E."

title "Scanner saves empty pages"
kind "incident"
status "closed"
resolution "fixed"
priority "p2"
queue "first-level"
assignee "ana-desk-example"
requester "bob@shop.example"
channel "email"
external_id "22001"
tags ["Second Floor","scanner"]
fields {}
body "Hello,/nevery page is white since Monday./n/nBob"
"comment" "ana@desk.example" "Is the glass clean? a < b > c stays." ["ven037-glass-ok.png glass ok.png"]
"note" "ana@desk.example" "Lamp is dead, spare part ordered." null

"#]]
    );
}

#[test]
fn glpi() {
    let desk = moved("jsonl", "glpi.jsonl", "glpi");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 Bob Builder <bob-builder@glpi.invalid> open 240301-f2tta2vw: Screen stays dark
03-01T09:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: status new → active
03-01T09:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: entry
03-01T10:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: entry
03-02T08:00 Eve <eve@glpi.invalid> open 240302-qjas8bv8: Access to archive
03-04T09:30 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: resolution none → fixed, solution none → Cable replaced., status active → r…
03-05T08:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: status resolved → closed

title "Screen stays dark"
kind "incident"
status "closed"
resolution "fixed"
solution "Cable replaced."
priority "p2"
queue "first-line"
assignee "ana-agent"
requester "bob-builder"
channel "portal"
category "Hardware > Screen"
external_id "278"
fields {}
body "The screen in room 4 stays dark."
"comment" "ana-agent@glpi.invalid" "Is it plugged in?" null
"note" "ana-agent@glpi.invalid" "Third one this week & same type." null

title "Access to archive"
kind "request"
status "new"
priority "p3"
requester "eve"
channel "email"
location "North"
external_id "279"
fields {}
body "Please."

"#]]
    );
}

#[test]
fn rt() {
    let desk = moved("jsonl", "rt.jsonl", "rt");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 bob@shop.example <bob@shop.example> open 240301-nrwcpg4t: Mail bounces
03-01T08:30 ana <ana@rt.invalid> change 240301-nrwcpg4t: status new → active
03-01T08:30 ana <ana@rt.invalid> change 240301-nrwcpg4t: entry
03-01T11:00 ana <ana@rt.invalid> change 240301-nrwcpg4t: entry
03-01T12:00 ana <ana@rt.invalid> change 240301-nrwcpg4t: resolution none → fixed, status active → closed
03-02T08:00 eve <eve@rt.invalid> open 240302-yrfg8p6z: Old phone

title "Mail bounces"
kind "incident"
status "closed"
resolution "fixed"
priority "p3"
queue "mail-team"
assignee "ana"
requester "bob@shop.example"
external_id "47"
fields {}
body "550 user unknown"
"comment" "ana@rt.invalid" "Which address?" ["jjba5t-log.txt log.txt"]
"note" "ana@rt.invalid" "Typo in alias" null

title "Old phone"
kind "incident"
status "waiting"
waiting_on "requester"
priority "p4"
queue "general"
external_id "48"
fields {}
body ""

"#]]
    );
}
