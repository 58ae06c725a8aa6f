use snapbox::{IntoData, assert_data_eq, str};

use super::*;

#[test]
fn units_of_systemd_fail_and_run() {
    assert_data_eq!(
        told(Source::Systemd, &fixture("systemd-list.json")),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: Certbot

    - State: failed (failed)
group: systemd/certbot.service
key: systemd/web1/certbot.service
title: certbot.service failed on web1

ask: resolve
asset: web1
at: 2026-11-24T09:00:00Z
group: systemd/nginx.service
key: systemd/web1/nginx.service
note: active (running)
title: nginx.service works on web1

remark: line 1, `[3]`: has no `unit` or no `active`

"#]]
        .raw()
    );
    assert_data_eq!(
        told(Source::Systemd, &fixture("systemd-show.txt")),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T08:15:02Z
body: Nightly backup

    - State: failed (failed)
    - Result: exit-code
    - Exit code: 75
    - Invocation: 3c0e2f5a9b7d4e61a8f0c1d2e3f4a5b6
exit_code: 75
group: systemd/backup.service
key: systemd/web1/backup.service
title: backup.service failed on web1 (exit-code)

ask: resolve
asset: web1
at: 2026-11-24T09:00:00Z
group: systemd/report.service
key: systemd/web1/report.service
note: inactive (dead)
title: report.service works on web1

ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: - State: failed (failed)
    - Result: signal
    - Exit code: 137
    - Restarts: 5
exit_code: 137
group: systemd/worker@2.service
key: systemd/web1/worker@2.service
title: worker@2.service failed on web1 (signal)

remark: line 22: a block has no `Id=` or no `ActiveState=`

"#]]
        .raw()
    );
}

#[test]
fn a_unit_by_its_name_fails_unless_it_says_otherwise() {
    let told = |show: &str| {
        let journal = "Nov 24 08:15:01 web1 feed[7]: cannot reach hub\nNov 24 08:15:02 web1 systemd[1]: failed\n";
        shown(&unit(&Unit { host: "web1", name: "feed.service", show, journal }, now()))
    };
    assert_data_eq!(
        told(""),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: Nov 24 08:15:01 web1 feed[7]: cannot reach hub
    Nov 24 08:15:02 web1 systemd[1]: failed
group: systemd/feed.service
key: systemd/web1/feed.service
title: feed.service failed on web1

"#]]
        .raw()
    );
    assert_data_eq!(
        told(
            "Id=x\nDescription=Feed\nActiveState=activating\nSubState=auto-restart\nResult=timeout\nExecMainStatus=0\n"
        ),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: Feed

    - State: activating (auto-restart)
    - Result: timeout

    Nov 24 08:15:01 web1 feed[7]: cannot reach hub
    Nov 24 08:15:02 web1 systemd[1]: failed
group: systemd/feed.service
key: systemd/web1/feed.service
title: feed.service failed on web1 (timeout)

"#]]
        .raw()
    );
    assert_data_eq!(
        told("ActiveState=inactive\nSubState=dead\nResult=success\n"),
        str![[r#"
ask: resolve
asset: web1
at: 2026-11-24T09:00:00Z
group: systemd/feed.service
key: systemd/web1/feed.service
note: inactive (dead)
title: feed.service works on web1

"#]]
        .raw()
    );
}

#[test]
fn a_long_journal_keeps_its_end_from_a_line_on() {
    let journal = format!("{}\nlast line\n", "é line\n".repeat(20_000));
    let event = unit(&Unit { host: "h", name: "u", show: "", journal: &journal }, now());
    assert!(event.body.starts_with("é line\né line\n") && event.body.ends_with("\nlast line"));
    assert!(event.body.len() <= 48 * 1024);
}
