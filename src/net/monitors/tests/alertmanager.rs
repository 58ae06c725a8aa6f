use snapbox::{IntoData, assert_data_eq, str};

use super::*;

#[test]
fn a_webhook_of_alertmanager_is_an_event_for_each_alert() {
    assert_data_eq!(
        told(Source::Alertmanager, &fixture("alertmanager-webhook.json")),
        str![[r#"
ask: trigger
asset: db1.example.org
at: 2026-11-24T08:15:02.157Z
body: At this rate /var on db1 is full in less than 4 hours.

    - alertname: DiskWillFill
    - cluster: ops-1
    - instance: db1.example.org:9100
    - job: node
    - mountpoint: /var
    - queue: infra
    - severity: critical

    - Source: http://prometheus.example.org:9090/graph?g0.expr=predict_linear&g0.tab=1
    - Runbook: https://wiki.example.org/runbooks/disk
fields: {"cluster":"ops-1"}
group: alertmanager/{}:{alertname="DiskWillFill"}
key: alertmanager/c6eadffa33fcdf37
queue: infra
service: node
severity: critical
title: /var on db1 fills up

ask: resolve
asset: shop.example.org
at: 2026-11-24T08:10:00Z
body: - alertname: ProbeFailure
    - instance: https://shop.example.org/login
    - severity: warning
group: alertmanager/{}:{alertname="DiskWillFill"}
key: alertmanager/bc97ff14869b13e3
note: no longer firing
severity: warning
title: ProbeFailure on shop.example.org

remark: line 1, `.alerts[2]`: has no `labels`
remark: line 1, `.alerts`: 2 more were not sent: `max_alerts`

"#]]
        .raw()
    );
}

#[test]
fn the_list_of_alerts_leaves_out_what_is_silenced() {
    assert_data_eq!(
        told(Source::Alertmanager, &fixture("alertmanager-api.json")),
        str![[r#"
ask: trigger
asset: fe80::2
at: 2026-11-24T08:15:02.157Z
body: - alertname: ReplicationLag
    - instance: [fe80::2]:9187
    - namespace: billing
    - severity: warning

    - Source: http://prometheus.example.org:9090/graph?g0.expr=lag
fields: {"namespace":"billing"}
group: alertmanager/ReplicationLag
key: alertmanager/1d2f3a4b5c6d7e8f
severity: warning
title: replication of db2 lags


"#]]
        .raw()
    );
}

#[test]
fn a_webhook_of_grafana_brings_its_links_and_values() {
    assert_data_eq!(
        told(Source::Alertmanager, &fixture("grafana-webhook.json")),
        str![[r#"
ask: trigger
asset: web3
at: 2026-11-24T07:51:03.157076Z
body: Memory of web3 is nearly used up.

    - alertname: High memory usage
    - env: production
    - grafana_folder: hosts
    - host: web3

    - Source: https://grafana.example.org/alerting/grafana/abc/view?orgId=1
    - Panel: https://grafana.example.org/d/abc?viewPanel=2
    - Silence: https://grafana.example.org/alerting/silence/new?matcher=host%3Dweb3
    - Values: B=94.25, C=1
environment: production
group: alertmanager/{}:{alertname="High memory usage"}
key: alertmanager/9a1f2b3c4d5e6f70
title: web3 is short of memory


"#]]
        .raw()
    );
}

#[test]
fn alerts_behind_one_another_are_read_up_to_what_is_no_json() {
    let text = "{\"labels\": {\"alertname\": \"A\"}, \"endsAt\": \"2026-11-24T08:00:00Z\"}\n\
        [{\"labels\": {\"alertname\": \"B\"}, \"startsAt\": \"soon\"},\n{\"alerts\": 1}, {\"status\": \"pending\", \"labels\": {}}, 7]\n\
        {\"labels\": {\"alertname\": \"C\"}} {\"labels\": nil}";
    assert_data_eq!(
        told(Source::Alertmanager, text),
        str![[r#"
ask: resolve
at: 2026-11-24T08:00:00Z
body: - alertname: A
group: alertmanager/A
key: alertmanager/d2c6efc389df0927
note: no longer firing
title: A

ask: trigger
at: 2026-11-24T09:00:00Z
body: - alertname: B
group: alertmanager/B
key: alertmanager/d2c2efc389db2050
title: B

ask: trigger
at: 2026-11-24T09:00:00Z
body: - alertname: C
group: alertmanager/C
key: alertmanager/d2beefc389d73779
title: C

remark: line 2, `[0]`: `startsAt` is "soon", which is no time
remark: line 3, `[1].alerts`: is no array
remark: line 3, `[2]`: `status` is "pending", and neither "firing" nor "resolved"
remark: line 3, `[3]`: has neither `alerts` nor `labels`
remark: line 4: no JSON, expected ident

"#]]
        .raw()
    );
}
