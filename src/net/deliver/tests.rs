use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use serde_json::json;

use super::*;

const NOW: &str = "2026-11-24T08:15:02Z";

fn policy() -> Policy {
    Policy { timeout: Duration::from_secs(5), ..Policy::new(true, NOW.parse().unwrap()) }
}

fn short() -> Policy {
    Policy { timeout: Duration::from_millis(300), ..policy() }
}

fn request(url: &str) -> Request {
    Request::post(url, &json!({"a": "b"})).header("x-key", "hunter2hunter2")
}

/// Reads a request's head and body, and gives back both.
fn heard(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut text).unwrap() > 0, "{text}");
    }
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).map(|n| n.parse().unwrap());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

/// A service that takes one request and then does as it is told. `localhost` in the address has it resolved.
fn stub<T: Send + 'static>(answer: impl FnOnce(TcpStream) -> T + Send + 'static) -> (String, JoinHandle<(String, T)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}/hook/T0PSECRET", listener.local_addr().unwrap().port());
    let thread = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let heard = heard(&stream);
        (heard, answer(stream))
    });
    (url, thread)
}

fn answered(text: &'static str) -> Outcome {
    let (url, _) = stub(move |mut stream| stream.write_all(text.as_bytes()).unwrap());
    send(&request(&url), &policy())
}

fn again(seconds: Option<u64>, why: &str) -> Outcome {
    Outcome::Again { after: seconds.map(Duration::from_secs), why: why.to_owned() }
}

#[test]
fn a_request_goes_out_as_it_is_and_2xx_is_delivered() {
    let (url, thread) = stub(|mut stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap());
    assert_eq!(send(&request(&url), &policy()), Outcome::Delivered);
    let (heard, ()) = thread.join().unwrap();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"a":"b"}"#);
    let mut head: Vec<&str> = head.lines().filter(|line| !line.starts_with("host: ")).collect();
    head.sort_unstable();
    let agent = concat!("user-agent: git-desk/", env!("CARGO_PKG_VERSION"));
    let expected = [
        "POST /hook/T0PSECRET HTTP/1.1",
        "accept: */*",
        "content-length: 9",
        "content-type: application/json",
        agent,
        "x-key: hunter2hunter2",
    ];
    assert_eq!(head, expected);
    assert_eq!(answered("HTTP/1.1 204 No Content\r\n\r\n"), Outcome::Delivered);
}

#[test]
fn a_redirect_is_not_followed() {
    let text = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
    let why = "localhost redirects (302), which is never followed: put the final address into the target's `url`";
    assert_eq!(answered(text), Outcome::Never { why: why.to_owned() });
}

#[test]
fn the_service_says_when_to_come_again() {
    let seconds = "HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nslow";
    assert_eq!(answered(seconds), again(Some(7), "localhost asks to wait (429): slow"));
    let date = "HTTP/1.1 429 Too Many\r\nretry-after: Tue, 24 Nov 2026 08:16:02 GMT\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(answered(date), again(Some(60), "localhost asks to wait (429)"));
    let fault = "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(answered(fault), again(None, "localhost has a fault of its own (500)"));
}

#[test]
fn words_of_a_service_that_repeat_a_secret_are_not_kept() {
    let why = |why: &str| Outcome::Never { why: why.to_owned() };
    let plain = "HTTP/1.1 400 Bad\r\ncontent-length: 7\r\n\r\nno room";
    assert_eq!(answered(plain), why("localhost refuses it (400): no room"));
    let key = "HTTP/1.1 400 Bad\r\ncontent-length: 19\r\n\r\nkey: hunter2hunter2";
    assert_eq!(answered(key), why("localhost refuses it (400)"));
    let path = "HTTP/1.1 400 Bad\r\ncontent-length: 18\r\n\r\nno /hook/T0PSECRET";
    assert_eq!(answered(path), why("localhost refuses it (400)"));
}

#[test]
fn connection_trouble_may_pass() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Outcome::Again { after: None, why } = send(&request(&format!("http://127.0.0.1:{port}/")), &policy()) else {
        panic!("a closed port is not for ever");
    };
    assert!(why.starts_with("cannot connect to 127.0.0.1: ") && why.contains("refused"), "{why}");
    let (url, _) = stub(drop);
    let Outcome::Again { after: None, why } = send(&request(&url), &policy()) else {
        panic!("a closed connection is not for ever");
    };
    assert!(why.starts_with("localhost broke off: "), "{why}");
    // No name has so long a part, so no name server is asked.
    let nobody = format!("{}.example", "x".repeat(70));
    let Outcome::Again { why, .. } = send(&request(&format!("https://{nobody}/T0PSECRET")), &policy()) else {
        panic!("an unknown name may be known later");
    };
    assert!(why.starts_with(&format!("{nobody} has no address")) && !why.contains("SECRET"), "{why}");
}

#[test]
fn a_service_that_hangs_is_left_in_time() {
    let (url, _) = stub(|stream| {
        thread::sleep(Duration::from_secs(3));
        drop(stream);
    });
    let begun = Instant::now();
    assert_eq!(send(&request(&url), &short()), again(None, "localhost did not answer within 0.3 s"));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_service_that_drips_its_words_is_left_in_time_and_its_status_counts() {
    let (url, _) = stub(|mut stream| {
        stream.write_all(b"HTTP/1.1 404 No\r\ncontent-length: 1000\r\n\r\n").unwrap();
        for _ in 0..30 {
            thread::sleep(Duration::from_millis(100));
            if stream.write_all(b"x").is_err() {
                return;
            }
        }
    });
    let begun = Instant::now();
    let Outcome::Never { why } = send(&request(&url), &short()) else { panic!("404 is for ever") };
    assert!(why.starts_with("localhost has nothing at that address (404)"), "{why}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn of_an_endless_answer_only_the_beginning_is_read() {
    let (url, thread) = stub(|mut stream| {
        stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").unwrap();
        let mut written = 0_u64;
        while written < 1 << 30 && stream.write_all(&[b'x'; 8192]).is_ok() {
            written += 8192;
        }
        written
    });
    let Outcome::Never { why } = send(&request(&url), &policy()) else { panic!("400 is for ever") };
    assert_eq!(why, format!("localhost refuses it (400): {}…", "x".repeat(199)));
    // The rest is what the system's own buffers hold.
    let (_, written) = thread.join().unwrap();
    assert!(written < 64 << 20, "{written} bytes were taken");
}

#[test]
fn a_private_address_is_for_targets_that_allow_it() {
    let strict = Policy { allow_private: false, ..policy() };
    let never = |url: &str, policy: &Policy| {
        let Outcome::Never { why } = send(&request(url), policy) else { panic!("{url} was tried") };
        why
    };
    assert_eq!(
        never("https://127.0.0.1:1/", &strict),
        "127.0.0.1 is at 127.0.0.1, in a private network: add `allow_private = true` to the target if that is meant"
    );
    assert!(never("https://localhost:1/", &strict).starts_with("localhost is at "));
    assert!(never("https://[::ffff:10.0.0.1]/", &strict).contains("in a private network"));
    // Other ways to write 127.0.0.1.
    assert!(never("https://2130706433/", &strict).contains("in a private network"));
    assert!(never("https://0x7f.1/", &strict).contains("in a private network"));
    assert_eq!(
        never("http://example.com/", &strict),
        "example.com would be spoken to without encryption: use https in the target's `url`"
    );
    assert_eq!(
        never("http://169.254.169.254/latest/", &policy()),
        "169.254.169.254 is at 169.254.169.254, which is nobody's service"
    );
    assert_eq!(
        never("ftp://a.example/", &policy()),
        "a.example would be spoken to without encryption: use https in the target's `url`"
    );
}

#[test]
fn a_header_that_is_none_is_never_sent() {
    let request = request("http://127.0.0.1:1/").header("x-bad", "a\nb");
    let why = "the headers of the target at 127.0.0.1 are no headers".to_owned();
    assert_eq!(send(&request, &policy()), Outcome::Never { why });
}

#[test]
fn a_service_that_cannot_speak_tls_is_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut begun = [0; 5];
        stream.read_exact(&mut begun).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        begun
    });
    let Outcome::Again { why, .. } = send(&request(&format!("https://localhost:{port}/hook")), &policy()) else {
        panic!("without TLS nothing is delivered");
    };
    assert!(why.starts_with("cannot connect to localhost: "), "{why}");
    // A handshake record, and no request.
    assert_eq!(thread.join().unwrap()[..2], [22, 3]);
}
