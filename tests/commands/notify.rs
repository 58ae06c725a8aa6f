//! `notify`

mod delivery;
mod example;
mod killed;
mod occasions;
mod state;
mod targets;

use std::collections::BTreeMap;
use std::path::PathBuf;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::support::TestDesk;
use crate::support::http::{Request, Service};

/// 24 bytes of `!`, as Standard Webhooks write them.
const SECRET: &str = "whsec_ISEhISEhISEhISEhISEhISEhISEhISEh";

/// All that happens to all tickets goes to one target.
const ALL: &str = "\
[[notify]]
on = [\"opened\", \"assigned\", \"escalated\", \"resolved\", \"reopened\", \"comment\"]
to = \"hook\"
";

/// A desk with these rules, and this configuration of its person.
fn desk(rules: &str, config: &str) -> TestDesk {
    let desk = TestDesk::new();
    let path = desk.path().join("desk.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n{rules}")).unwrap();
    desk.git(&["commit", "-qam", "rules"]);
    configure(&desk, config);
    desk
}

/// The same, where the first run has been.
fn begun(rules: &str, config: &str) -> TestDesk {
    let desk = desk(rules, config);
    assert_eq!(desk.run(&["notify", "-q"]).to_string(), "");
    desk
}

fn configure(desk: &TestDesk, config: &str) {
    let folder = desk.outside().join("home/config/git-desk");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), config).unwrap();
}

/// A target that takes Standard Webhooks.
fn hook(name: &str, url: &str) -> String {
    format!("[targets.{name}]\nkind = \"webhook\"\nurl = \"{url}\"\nsecret = \"{SECRET}\"\nallow_private = true\n")
}

/// How often each id came, and what of; every request is signed as the published scheme has it.
fn came(service: &Service) -> BTreeMap<String, (usize, String)> {
    let mut came: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for request in service.requests() {
        verify(&request);
        let body = request.json();
        let what = format!("{} {}", body["data"]["occasion"], body["data"]["ticket"]["title"]).replace('"', "");
        came.entry(request.header("webhook-id").to_owned()).or_insert((0, what)).0 += 1;
    }
    came
}

/// What came, in order.
fn told(service: &Service) -> Vec<String> {
    let what = |request: &Request| {
        let data = request.json()["data"].clone();
        format!("{}: {}", data["occasion"].as_str().unwrap(), data["text"].as_str().unwrap())
    };
    service.requests().iter().map(what).collect()
}

/// Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, by the bytes behind `whsec_`.
#[track_caller]
fn verify(request: &Request) {
    let signed = format!("{}.{}.{}", request.header("webhook-id"), request.header("webhook-timestamp"), request.body);
    let mut mac = Hmac::<Sha256>::new_from_slice(&[b'!'; 24]).unwrap();
    mac.update(signed.as_bytes());
    let expected = format!("v1,{}", base64(&mac.finalize().into_bytes()));
    assert_eq!(request.header("webhook-signature"), expected);
}

fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let sextets = bits.as_bytes().chunks(6).map(|six| format!("{:0<6}", std::str::from_utf8(six).unwrap()));
    let mut text: String = sextets.map(|six| char::from(alphabet[usize::from_str_radix(&six, 2).unwrap()])).collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The folder in which all of it is kept.
fn folder(desk: &TestDesk) -> PathBuf {
    let state = std::fs::read_dir(desk.path().join(".git/desk")).unwrap();
    let mut folders = state.map(|entry| entry.unwrap().path());
    folders.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("notify-")).unwrap()
}

fn json(desk: &TestDesk, words: &[&str]) -> Vec<Value> {
    serde_json::from_str(&desk.run(&[words, &["--json"]].concat()).stdout).unwrap()
}
