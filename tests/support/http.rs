//! A service that takes webhooks: it answers as the test says and keeps what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST /hook/…`
    pub head: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Debug, Clone)]
pub enum Answer {
    Status(u16),
    /// With a header, as a line of it.
    With(u16, &'static str),
    /// With a header, as a line of it, and a body of JSON.
    Json(u16, &'static str, serde_json::Value),
    /// Says nothing for longer than anybody waits.
    Hang,
}

pub struct Service {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Service {
    /// Answers the nth request, from 0, by this rule.
    pub fn start(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Service {
        Service::on(0, answer)
    }

    pub fn good() -> Service {
        Service::start(|_| Answer::Status(200))
    }

    /// On a port that was free.
    pub fn on(port: u16, answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Service {
        Service::reading(port, move |_, number| answer(number))
    }

    /// Answers each request by what it asks.
    pub fn reading(port: u16, answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Service {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &kept, &*answer));
            }
        });
        Service { port, requests }
    }

    /// A port that nobody listens on.
    pub fn closed_port() -> u16 {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook/T0PSECRETPATH", self.port)
    }

    /// What came so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

type Rule = dyn Fn(&Request, usize) -> Answer + Send + Sync;

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Request>>, answer: &Rule) {
    // Whoever was killed may have sent half of a request, which is none.
    let Some(request) = read(&stream) else { return };
    let number = {
        let mut kept = kept.lock().unwrap();
        kept.push(request.clone());
        kept.len() - 1
    };
    let (status, header, body) = match answer(&request, number) {
        Answer::Status(status) => (status, "x-nothing: 1", String::new()),
        Answer::With(status, header) => (status, header, String::new()),
        Answer::Json(status, header, body) => (status, header, body.to_string()),
        Answer::Hang => return thread::sleep(Duration::from_secs(60)),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all((head + &body).as_bytes());
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        let count = reader.read_line(&mut line).ok()?;
        (count > 0).then(|| line.trim_end().to_owned())
    };
    let head = line()?;
    let mut headers = Vec::new();
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut request = Request { head, headers, body: String::new() };
    let length = request.header("content-length").to_owned();
    let mut body = vec![0; if length.is_empty() { 0 } else { length.parse().ok()? }];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
}
