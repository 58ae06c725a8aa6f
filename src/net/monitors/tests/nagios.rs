use snapbox::{IntoData, assert_data_eq, str};

use super::*;

#[test]
fn a_notification_of_nagios_is_one_event() {
    let problem = fixture("nagios-service.env");
    assert_data_eq!(
        told(Source::Nagios, &problem),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T08:15:02Z
body: DISK CRITICAL - free space: /var 312 MB (3%)

    /var/log 9 GB
    /var/lib 2 GB in C:\new

    - Address: 192.0.2.10
    - Notes: https://wiki.example.org/disk
group: nagios/Disk /var
key: nagios/web1/Disk /var
priority: p1
queue: infra
title: web1/Disk /var is CRITICAL


"#]]
        .raw()
    );
    let ack = problem
        .replace("=PROBLEM", "=ACKNOWLEDGEMENT")
        .replace("AUTHOR=", "AUTHOR=Ada")
        .replace("COMMENT=", "COMMENT=on it");
    assert_data_eq!(
        told(Source::Nagios, &ack),
        str![[r#"
ask: ack
asset: web1
at: 2026-11-24T08:15:02Z
by: Ada
group: nagios/Disk /var
key: nagios/web1/Disk /var
note: on it
queue: infra
title: web1/Disk /var is CRITICAL


"#]]
        .raw()
    );
    let host = "NAGIOS_NOTIFICATIONTYPE=FLAPPINGSTART\0NAGIOS_HOSTNAME=web1\0NAGIOS_HOSTSTATE=UNREACHABLE\0\
        NAGIOS_HOSTOUTPUT=a\nNAGIOS_HOSTNAME=evil\0NAGIOS_SERVICEDESC=\0";
    assert_data_eq!(
        told(Source::Nagios, host),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: a
    NAGIOS_HOSTNAME=evil
flapping: true
group: nagios/HOST
key: nagios/web1/HOST
priority: p1
title: web1/HOST is flapping


"#]]
        .raw()
    );
}

#[test]
fn what_nagios_notifies_of_beside_problems() {
    let well = fixture("nagios-service.env").replace("=CRITICAL", "=OK");
    let kinds = ["RECOVERY", "FLAPPINGSTOP", "DOWNTIMESTART", "CUSTOM", ""];
    let all: String =
        kinds.iter().map(|kind| told(Source::Nagios, &well.replace("=PROBLEM", &format!("={kind}")))).collect();
    assert_data_eq!(
        all,
        str![[r#"
ask: resolve
asset: web1
at: 2026-11-24T08:15:02Z
group: nagios/Disk /var
key: nagios/web1/Disk /var
note: OK
queue: infra
title: web1/Disk /var is OK

ask: resolve
asset: web1
at: 2026-11-24T08:15:02Z
group: nagios/Disk /var
key: nagios/web1/Disk /var
note: OK
queue: infra
title: web1/Disk /var is OK


remark: a notification "DOWNTIMESTART" of "web1" makes no event

remark: a notification "CUSTOM" of "web1" makes no event
problem: there is no `NAGIOS_NOTIFICATIONTYPE`
hint: it takes `NAGIOS_…=` as `env -0` prints them in a notification command, or status.dat

"#]]
        .raw()
    );
}

#[test]
fn a_line_that_is_no_variable_goes_on_the_value_above() {
    let text = "NAGIOS_HOSTNAME=web1\nNAGIOS_NOTIFICATIONTYPE=PROBLEM\nNAGIOS_HOSTSTATE=DOWN\n\
        NAGIOS_HOSTOUTPUT=one\n two = 2\n\nHOME=/root\nnot ours\nNAGIOS_HOSTNAME=evil\n of it";
    assert_data_eq!(
        told(Source::Nagios, text),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: one
     two = 2
group: nagios/HOST
key: nagios/web1/HOST
priority: p1
title: web1/HOST is DOWN

remark: "NAGIOS_HOSTNAME" stands twice and the first is taken: `env -0`

"#]]
        .raw()
    );
}

#[test]
fn status_dat_tells_hard_states_outside_of_downtime() {
    assert_data_eq!(
        told(Source::Nagios, &fixture("nagios-status.dat")),
        str![[r#"
ask: resolve
asset: web1
at: 2026-11-18T11:06:40Z
group: nagios/HOST
key: nagios/web1/HOST
note: UP
title: web1/HOST is UP

ask: ack
asset: web2
at: 2026-11-24T08:15:00Z
by: Ada Lovelace
group: nagios/HOST
key: nagios/web2/HOST
note: the switch is being replaced
title: web2/HOST is DOWN

ask: trigger
asset: web1
at: 2026-11-24T08:13:20Z
body: HTTP WARNING: 200 OK - 4.2 s, a=b

    first
    second
group: nagios/HTTP
key: nagios/web1/HTTP
priority: p3
queue: web
title: web1/HTTP is WARNING

remark: line 121: a block has no end
remark: line 83: `current_state` is "7" and none of OK, WARNING, CRITICAL, UNKNOWN

"#]]
        .raw()
    );
}

#[test]
fn a_foreign_file_of_blocks_is_no_status_dat() {
    let told = told(Source::Nagios, "server {\n\tlisten 80;\n}\n");
    assert!(told.starts_with("problem: line 1: neither `NAGIOS_…=` nor the blocks of status.dat\n"), "{told}");
}
