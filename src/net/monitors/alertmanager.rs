//! Alerts of Prometheus' Alertmanager and of Grafana: an event each.
//!
//! Read are the webhook (version 4, <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>), the
//! same of Grafana's unified alerting with its few keys more, and the answer to `GET /api/v2/alerts`. The latter lists
//! what fires and is silent of what has ended; what is silenced or inhibited in it is left out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::documents::{self, Document, text};
use super::{Reading, first, list, paragraphs, shown};
use crate::view::event::{Ask, Event};

/// Labels that become fields of the ticket.
const FIELDS: &[&str] = &["cluster", "namespace"];

/// Links of an alert, as they are named in its body.
const LINKS: &[(&str, &str)] =
    &[("Source", "generatorURL"), ("Dashboard", "dashboardURL"), ("Panel", "panelURL"), ("Silence", "silenceURL")];

pub fn read(text: &str, now: Timestamp, reading: &mut Reading) {
    documents::each(text, reading, |document, reading| one(document, now, reading));
}

fn one(document: &Document, now: Timestamp, reading: &mut Reading) {
    let value = &document.value;
    match &value["alerts"] {
        Value::Array(alerts) => {
            reading.understood = true;
            for (index, alert) in alerts.iter().enumerate() {
                take(alert, value, &|| document.place(&format!(".alerts[{index}]")), now, reading);
            }
            if let Some(truncated) = value["truncatedAlerts"].as_u64().filter(|number| *number > 0) {
                reading
                    .remark(|| format!("{}: {truncated} more were not sent: `max_alerts`", document.place(".alerts")));
            }
        }
        Value::Null if value["labels"].is_object() => take(value, &Value::Null, &|| document.place(""), now, reading),
        Value::Null => reading.remark(|| format!("{}: has neither `alerts` nor `labels`", document.place(""))),
        _ => reading.remark(|| format!("{}: is no array", document.place(".alerts"))),
    }
}

fn take(alert: &Value, group: &Value, place: &dyn Fn() -> String, now: Timestamp, reading: &mut Reading) {
    if !alert["labels"].is_object() {
        return reading.remark(|| format!("{}: has no `labels`", place()));
    }
    let mut time = |name: &str| {
        time(alert, name).unwrap_or_else(|wrong| {
            reading.remark(|| format!("{}: `{name}` is {}, which is no time", place(), shown(&wrong)));
            None
        })
    };
    let (began, ended) = (time("startsAt"), time("endsAt"));
    match ask(alert, group, ended.is_some_and(|ended| ended <= now)) {
        Ok(Some(ask)) => {
            let at = match ask {
                Ask::Resolve => ended,
                Ask::Trigger | Ask::Ack => began,
            };
            reading.event(Event { at: at.unwrap_or(now), ..event(alert, ask, &text(group, "groupKey")) });
        }
        Ok(None) => reading.understood = true,
        Err(status) => reading
            .remark(|| format!("{}: `status` is {}, and neither \"firing\" nor \"resolved\"", place(), shown(&status))),
    }
}

/// None for what somebody silenced. An alert that says nothing stands as its group does, and at last as its end says.
fn ask(alert: &Value, group: &Value, over: bool) -> Result<Option<Ask>, String> {
    let own = match &alert["status"] {
        Value::Object(_) => text(&alert["status"], "state"),
        _ => text(alert, "status"),
    };
    match first([own.as_str(), &text(group, "status")]) {
        "firing" | "active" | "unprocessed" => Ok(Some(Ask::Trigger)),
        "resolved" => Ok(Some(Ask::Resolve)),
        "suppressed" => Ok(None),
        "" if over => Ok(Some(Ask::Resolve)),
        "" => Ok(Some(Ask::Trigger)),
        other => Err(other.to_owned()),
    }
}

/// None where there is none: Go writes the year 1 for "never". The error is the text that is no time.
fn time(alert: &Value, name: &str) -> Result<Option<Timestamp>, String> {
    let text = text(alert, name);
    if text.is_empty() {
        return Ok(None);
    }
    let time: Timestamp = text.parse().map_err(|_| text)?;
    Ok((time.as_second() > 0).then_some(time))
}

fn event(alert: &Value, ask: Ask, group: &str) -> Event {
    let (labels, notes) = (texts(&alert["labels"]), texts(&alert["annotations"]));
    let label = |name: &str| labels.get(name).map(String::as_str).unwrap_or_default();
    let note = |name: &str| notes.get(name).map(String::as_str).unwrap_or_default();
    let print = first([text(alert, "fingerprint").as_str(), &fingerprint(&labels)]).to_owned();
    let name = first([label("alertname"), "alert"]);
    let asset = first([host(label("instance")), label("host"), label("hostname"), label("node")]);
    let plain = if asset.is_empty() { name.to_owned() } else { format!("{name} on {asset}") };
    let fields = FIELDS.iter().filter(|field| !label(field).is_empty());
    Event {
        ask,
        key: format!("alertmanager/{print}"),
        title: first([note("summary"), &plain]).to_owned(),
        body: body(alert, &labels, &notes),
        note: if ask == Ask::Resolve { "no longer firing".to_owned() } else { String::new() },
        severity: label("severity").to_owned(),
        queue: first([label("queue"), note("queue")]).to_owned(),
        service: first([label("service"), label("job")]).to_owned(),
        asset: asset.to_owned(),
        environment: first([label("environment"), label("env")]).to_owned(),
        group: format!("alertmanager/{}", first([group, name])),
        fields: fields.map(|field| ((*field).to_owned(), Value::from(label(field)))).collect(),
        ..Event::default()
    }
}

fn body(alert: &Value, labels: &BTreeMap<String, String>, notes: &BTreeMap<String, String>) -> String {
    let note = |name: &str| notes.get(name).map(String::as_str).unwrap_or_default();
    let values = texts(&alert["values"]).iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    let links = LINKS.iter().map(|(shown, name)| (*shown, text(alert, name))).collect::<Vec<_>>();
    let links = links.iter().map(|(shown, link)| (*shown, link.as_str()));
    let values = first([values.join(", ").as_str(), &text(alert, "valueString")]).to_owned();
    paragraphs(&[
        first([note("description"), note("message")]),
        &list(labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        &list(links.chain([("Runbook", note("runbook_url")), ("Values", &values)])),
    ])
}

/// The members of an object that are text or number.
fn texts(object: &Value) -> BTreeMap<String, String> {
    let members = object.as_object().into_iter().flatten();
    members.map(|(name, _)| (name.clone(), text(object, name))).collect()
}

/// The host of an `instance`: `db1` of `db1:9100`, `https://db1/health` and `[db1]:9100`.
fn host(instance: &str) -> &str {
    let rest = instance.split_once("://").map_or(instance, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    if let Some((inner, _)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inner;
    }
    match rest.split_once(':') {
        // Several colons are an IPv6 address without a port.
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => rest,
    }
}

/// Alertmanager's own fingerprint of labels, for what comes without: FNV-1a of 64 bits over the sorted names and values,
/// a byte 255 behind each (`labelSetToFingerprint` of prometheus/common). So a key is the same by every way.
fn fingerprint(labels: &BTreeMap<String, String>) -> String {
    let texts = labels.iter().flat_map(|(name, value)| [name, value]);
    let bytes = texts.flat_map(|text| text.bytes().chain([255]));
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_one_that_alertmanager_makes() {
        // A payload that was seen in the field.
        let labels = [
            ("acc_id", "130"),
            ("acn_id", "0007"),
            ("alertname", "V2 Sites offline metric"),
            ("consumer", "axcess"),
            ("severity", "critical"),
            ("team", "hit"),
        ];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fingerprint(&labels.into()), "f0c999b2bd0ee34c");
    }

    #[test]
    fn the_host_of_an_instance_has_no_port_scheme_path_or_login() {
        let told = ["db1:9100", "https://u:p@db1/health?x", "[fe80::1]:9100", "fe80::1", "10.0.0.7", "db1:", "[x", ""];
        assert_eq!(told.map(host), ["db1", "db1", "fe80::1", "fe80::1", "10.0.0.7", "db1:", "[x", ""]);
    }
}
