use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

#[path = "../../../tests/fixtures/secrets/corpus.rs"]
mod corpus;

use corpus::{Case, harmless, leaks, left, random};

impl Case {
    fn redactor(&self) -> Redactor {
        let environment = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Redactor::new(environment, &["HANDSHAKE".to_owned()], &[r"site-\d{4}-[a-z]{4}".to_owned(), "(".to_owned()])
    }
}

#[test]
fn no_secret_of_forty_outputs_survives() {
    let cases = leaks();
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        assert!(!case.secrets.is_empty(), "{}", case.title);
        let mut count = 0;
        let clean = case.redactor().text(&case.output, &mut count);
        for secret in &case.secrets {
            assert!(case.output.contains(secret.as_str()), "{}: {secret} is not in\n{}", case.title, case.output);
            if let Some(part) = left(secret, &clean) {
                wrong.push(format!("{}: {part} of {secret} is left in\n{clean}", case.title));
            }
        }
        if count == 0 || !clean.contains("[REDACTED:") {
            wrong.push(format!("{}: nothing was taken out", case.title));
        }
        let mut again = 0;
        if case.redactor().text(&clean, &mut again) != clean || again > 0 {
            wrong.push(format!("{}: redacted again", case.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn twenty_harmless_outputs_stay() {
    let cases = harmless();
    assert!(cases.len() >= 20, "{}", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let mut count = 0;
        let clean = case.redactor().text(&case.output, &mut count);
        if clean != case.output || count > 0 {
            let lines = clean.lines().zip(case.output.lines()).filter(|(clean, output)| clean != output);
            wrong += &format!("{}: {:#?}\n", case.title, lines.collect::<Vec<_>>());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn clean(text: &str) -> (String, u64) {
    let mut count = 0;
    let environment = [("DB_PASSWORD", "q7Rz!kP0 x"), ("HOME", "/root"), ("MARK", "REDACTED"), ("X_TOKEN", "REDACTED")];
    let clean = Redactor::new(environment, &[], &["ticket-[0-9]+".to_owned()]).text(text, &mut count);
    (clean, count)
}

#[test]
fn what_is_taken_out_says_by_which_rule_and_the_rest_stays() {
    for (text, expected) in [
        ("got q7Rz!kP0 x here", "got [REDACTED:env] here"),
        ("got q7Rz%21kP0%20x here", "got [REDACTED:env] here"),
        ("got cTdSeiFrUDAgeA== here", "got [REDACTED:env]== here"),
        ("see ticket-77.", "see [REDACTED:site]."),
        ("postgres://u:a0b1@db/x", "postgres://u:[REDACTED:url]@db/x"),
        ("> Authorization: Bearer abc.def-1\r", "> Authorization: Bearer [REDACTED:authorization]\r"),
        ("Set-Cookie: sid=a1b2; Path=/", "Set-Cookie: [REDACTED:cookie]"),
        (
            "\x1b[32mpassword\x1b[0m: \x1b[33mq1w2e3\x1b[0m",
            "\x1b[32mpassword\x1b[0m: \x1b[33m[REDACTED:password]\x1b[0m",
        ),
        ("mysql -uroot -pa7Z db", "mysql -uroot -p[REDACTED:password] db"),
        ("{\"apiKey\": \"a1\", \"n\": 1}", "{\"apiKey\": \"[REDACTED:secret]\", \"n\": 1}"),
        ("tool --token a1b2 --n 3", "tool --token [REDACTED:option] --n 3"),
        ("psk = \"a1b2 c3\"", "psk = \"[REDACTED:password]\""),
        ("\twpa_psk=correcthorse", "\twpa_psk=[REDACTED:password]"),
        ("    passphrase \"a1b2 c3\"", "    passphrase \"[REDACTED:password]\""),
        ("wpa-passphrase 'correct horse'", "wpa-passphrase '[REDACTED:password]'"),
        ("echo a1b2 | sudo -S id", "echo [REDACTED:password] | sudo -S id"),
        ("+ echo 'a1 b2' | sudo -k -S -p '' id", "+ echo '[REDACTED:password]' | sudo -k -S -p '' id"),
        ("snmpget -v2c -c s3cret 10.0.0.1 sysUpTime.0", "snmpget -v2c -c [REDACTED:password] 10.0.0.1 sysUpTime.0"),
        ("snmpwalk -v 2c -c 's3 cret' sw1", "snmpwalk -v 2c -c '[REDACTED:password]' sw1"),
    ] {
        assert_eq!(clean(text), (expected.to_owned(), 1), "{text}");
    }
    for text in [
        "echo yes | sudo apt-get install x1",
        "echo \"$PASS\" | sudo -S id",
        "sudo -S needs a terminal; echo it | cat",
        "snmpget: Timeout: No Response from 10.0.0.1",
        "snmpwalk -v3 -u admin1 -l authPriv sw1",
        "enter the passphrase for key '/root/.ssh/id1': ",
        "the passphrase \"must\" not be empty",
        "psk: required",
        "upsk = 12",
    ] {
        assert_eq!(clean(text), (text.to_owned(), 0), "{text}");
    }
    assert_eq!(clean("password=q7Rz!kP0 xy9"), ("password=[REDACTED:password]".to_owned(), 2));
    assert_eq!(
        clean("password=a1 token=b2c3d4"),
        ("password=[REDACTED:password] token=[REDACTED:secret]".to_owned(), 2)
    );
}

#[test]
fn a_longer_value_goes_before_one_that_it_contains() {
    let environment = [("A_TOKEN", "q7Rz99"), ("B_TOKEN", "q7Rz99-k20x"), ("C_KEY", "q7Rz99-k20x-more")];
    let redactor = Redactor::new(environment, &["c_key".to_owned()], &[]);
    let mut count = 0;
    assert_eq!(
        redactor.text("q7Rz99-k20x q7Rz99 q7Rz99-k20x-more", &mut count),
        "[REDACTED:env] [REDACTED:env] [REDACTED:env]"
    );
    assert_eq!(count, 3);
}

fn begin(kind: &str) -> String {
    format!("-----BEGIN {kind}PRIVATE KEY-----")
}

#[test]
fn a_key_is_one_marker_with_what_stands_around_it() {
    let body = random("b64", 1);
    for kind in ["", "RSA ", "OPENSSH ", "ENCRYPTED "] {
        let end = begin(kind).replace("BEGIN", "END");
        let key = format!("a\nkey: \"{}\n{body}\n{body}\nQ0==\n{end}\", b\nc", begin(kind));
        assert_eq!(clean(&key), ("a\nkey: \"[REDACTED:pem]\", b\nc".to_owned(), 1));
        let one_line = format!("{{\"k\": \"{}\\n{body}\\n{end}\\n\"}}", begin(kind));
        assert_eq!(clean(&one_line).0, "{\"k\": \"[REDACTED:pem]\\n\"}");
        let mut count = 0;
        assert_eq!(Redactor::new([], &[], &[]).line(&one_line, &mut count), "{\"k\": \"[REDACTED:pem]\\n\"}");
        assert_eq!(clean(&format!("a\n{body}\nQ0==\n{end}\nb")), ("a\n[REDACTED:pem]\nb".to_owned(), 1));
    }
    let cut = format!("{}\n{body}\n{body}", begin("EC "));
    assert_eq!(clean(&cut), ("[REDACTED:pem]".to_owned(), 1));
}

#[test]
fn a_mere_mention_of_a_key_takes_few_lines_with_it() {
    let text = format!("no {} found\n{}", begin(""), "a line of the log\n".repeat(20));
    let (clean, count) = clean(&text);
    assert_eq!((clean.matches("a line of the log").count(), count), (12, 1));
}

#[test]
fn a_key_whose_first_line_was_dropped_does_not_survive() {
    let body: Vec<String> = (0..5).map(|number| random(&format!("b64.{number}"), 9)).collect();
    let output = [vec!["start".to_owned(), begin("RSA ")], body.clone(), vec!["done".to_owned()]].concat();
    let mut watch = KeyWatch::new();
    let seen: Vec<_> = output.iter().map(|line| (line.as_str(), watch.sees(line.as_bytes()))).collect();
    assert_eq!(seen.iter().filter(|(_, of_key)| *of_key).count(), 7, "a short line later may still be of the key");
    // The capture kept the end alone.
    let mut count = 0;
    let kept = Redactor::new([], &[], &[]).lines(seen.into_iter().skip(4), &mut count);
    assert_eq!((kept, count), (vec!["[REDACTED:pem]".to_owned()], 1));
}

#[test]
fn the_watch_sees_keys_and_nothing_else() {
    let sees = |line: &str| KeyWatch::new().sees(line.as_bytes());
    assert!(
        sees(&begin("RSA "))
            && sees(&format!("  \"{}\\n", begin("")))
            && sees(&format!("{} BLOCK-----", &begin("PGP ")[..26]))
    );
    assert!(sees(&begin("").replace("BEGIN", "END")));
    for line in
        ["", "----", "----- table -----", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "+-----+-----+"]
    {
        assert!(!sees(line), "{line}");
    }
    for offset in 0..6 {
        assert!(sees(&format!("{}{}", "x".repeat(offset), begin("EC "))), "{offset}");
    }
    assert!(!KeyWatch::new().sees(b"\xff\xfe-----BEGIN \xff-----"));
}

#[test]
fn all_texts_of_an_event_are_redacted_and_counted() {
    let mut event = Event {
        title: "password=a1b2".to_owned(),
        body: "one\ntoken=a1b2c3\n".to_owned(),
        tags: vec!["cron".to_owned()],
        redacted: 1,
        ..Event::default()
    };
    event.fields.insert("url".to_owned(), "https://u:a1b2@h".into());
    Redactor::new([], &[], &[]).event(&mut event);
    assert_eq!((event.title.as_str(), event.redacted), ("password=[REDACTED:password]", 4));
    assert_eq!(event.body, "one\ntoken=[REDACTED:secret]\n");
    assert_eq!(event.fields["url"], "https://u:[REDACTED:url]@h");
}

/// The lines of all harmless outputs.
fn output() -> Vec<String> {
    harmless().iter().flat_map(|case| case.output.lines()).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_large_output_is_redacted_in_no_time() {
    let alike: String = output().into_iter().cycle().take(1200).collect();
    let plain: String = (0..700)
        .map(|n| {
            format!(
                "2026-11-24 08:15:02,{n:03} INFO  [worker-{}] copied /srv/data/batch-{n}.csv, 1284 rows in 0.{n} s\n",
                n % 8
            )
        })
        .collect();
    let long = "password=a1 token=\"b2\" ".repeat(2000);
    for (what, text) in [("look-alikes", alike), ("a plain log", plain), ("one long line", long)] {
        let _ = clean(&text);
        let start = Instant::now();
        let _ = clean(&text);
        let took = start.elapsed();
        eprintln!("{what}: {} bytes in {took:?}", text.len());
        // Far more than it takes: other tests run beside it.
        assert!(took < Duration::from_secs(2), "{what}: {took:?}");
    }
}

proptest! {
    #[test]
    fn what_is_redacted_stays_as_it_is(text in "([a-z0-9 :=@/\"'\\\\\n,;]|password|token=|--secret |://|\u{1b}\\[3?[1R]?m?|Authorization: |Bearer |q7Rz!kP0 x|ticket-1|REDACTED|\\[REDACTED:[a-z]{0,3}\\]|-----(BEGIN|END) PRIVATE KEY-----|Cookie: a=|name: DB_TOKEN\nvalue: |ä|A{40}){0,24}") {
        let (once, _) = clean(&text);
        prop_assert_eq!(clean(&once), (once, 0));
    }

    #[test]
    fn no_text_stops_it(text in any::<String>(), value in any::<String>()) {
        let redactor = Redactor::new([("A_TOKEN", value.as_str())], &[], &[]);
        let mut count = 0;
        let once = redactor.text(&format!("{text}{value}{text}"), &mut count);
        let mut again = 0;
        prop_assert_eq!(redactor.text(&once, &mut again), once);
        prop_assert_eq!(again, 0);
        let _ = KeyWatch::new().sees(text.as_bytes());
    }
}
