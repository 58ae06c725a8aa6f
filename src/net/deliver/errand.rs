//! The errand of the thread that sends: the name, the addresses, the exchange, the words of the answer.

use std::error::Error;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Once, mpsc};
use std::time::Instant;

use reqwest::Url;
use reqwest::blocking::{Client, Response};
use reqwest::header::RETRY_AFTER;
use reqwest::redirect;

use super::{Outcome, Policy, Proxy};
use crate::net::address::{Reach, reach};
use crate::net::answer::{Answer, Whole, pause, until};
use crate::net::request::{Method, Request};

/// The most that is read of an answer.
const ANSWER: u64 = 64 * 1024;

/// The most that is read of an answer that is wanted whole.
const WHOLE: u64 = 8 << 20;

/// Headers in which services say how many more requests they take, and when they take more again.
const LEFT: &[&str] = &["x-ratelimit-remaining", "ratelimit-remaining"];
const RESET: &[&str] = &["x-ratelimit-reset", "ratelimit-reset"];

/// What the sending thread has to say: the answer twice, before and after its words were read.
pub(super) enum Said {
    Answer(Answer),
    Outcome(Outcome),
}

/// One request on its way.
pub(super) struct Errand {
    pub url: Url,
    pub host: String,
    pub request: Request,
    pub policy: Policy,
    pub until: Instant,
    pub proxy: Option<Proxy>,
}

impl Errand {
    /// To an address that may be spoken to as the policy has it.
    pub fn new(request: &Request, policy: &Policy, until: Instant) -> Result<Errand, Outcome> {
        let Ok(url) = Url::parse(&request.url) else {
            return Err(Outcome::never("the target's `url` is no address"));
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        if url.scheme() != "https" && !(policy.allow_private && url.scheme() == "http") {
            return Err(Outcome::never(format!(
                "{host} would be spoken to without encryption: use https in the target's `url`"
            )));
        }
        Ok(Errand { url, host, request: request.clone(), policy: *policy, until, proxy: None })
    }

    /// The whole answer.
    pub fn ask(self) -> Result<Whole, Outcome> {
        let addresses = if self.proxy.is_some() { Vec::new() } else { self.addresses()? };
        let response = self.exchange(&addresses)?;
        let Answer { status, after, .. } = self.answer(&response);
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let exhausted = LEFT.iter().any(|name| header(name) == Some("0"));
        // Where nothing is left, when there will be more; else no pause is asked for.
        let reset = RESET.iter().find_map(|name| header(name)).filter(|_| exhausted);
        let after = after.or_else(|| reset.and_then(|at| until(at, self.policy.now)));
        Ok(Whole { status, after, exhausted, said: self.all(response)? })
    }

    /// Half of an answer is none.
    fn all(&self, response: Response) -> Result<String, Outcome> {
        let mut bytes = Vec::new();
        let read = response.take(WHOLE + 1).read_to_end(&mut bytes);
        if let Err(error) = read {
            return Err(Outcome::again(format!("{} broke off: {error}", self.host)));
        }
        if bytes.len() as u64 > WHOLE {
            return Err(Outcome::never(format!("{} answers with more than {} MiB", self.host, WHOLE >> 20)));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whoever waits may have left: then nobody hears it, and that is well.
    pub fn run(self, tell: &mpsc::Sender<Said>) {
        let response = match self.addresses().and_then(|addresses| self.exchange(&addresses)) {
            Ok(response) => response,
            Err(outcome) => {
                let _ = tell.send(Said::Outcome(outcome));
                return;
            }
        };
        let mut answer = self.answer(&response);
        let failed = !(200..300).contains(&answer.status);
        let _ = tell.send(Said::Answer(answer.clone()));
        if failed {
            answer.said = self.words(response);
            let _ = tell.send(Said::Answer(answer));
        }
    }

    /// The addresses of the host, each of them one that may be spoken to.
    fn addresses(&self) -> Result<Vec<SocketAddr>, Outcome> {
        let host = &self.host;
        let unknown = |error| Outcome::again(format!("{host} has no address: {error}"));
        let addresses = self.url.socket_addrs(|| None).map_err(unknown)?;
        if addresses.is_empty() {
            return Err(Outcome::again(format!("{host} has no address")));
        }
        for address in &addresses {
            let ip = address.ip();
            match reach(ip) {
                Reach::Public => {}
                Reach::Private if self.policy.allow_private => {}
                Reach::Private => {
                    return Err(Outcome::never(format!(
                        "{host} is at {ip}, in a private network: add `allow_private = true` to the target if that is meant"
                    )));
                }
                Reach::Never => return Err(Outcome::never(format!("{host} is at {ip}, which is nobody's service"))),
            }
        }
        Ok(addresses)
    }

    fn exchange(&self, addresses: &[SocketAddr]) -> Result<Response, Outcome> {
        let host = &self.host;
        let client = self
            .client(addresses)
            .map_err(|error| Outcome::again(format!("cannot set up a connection to {host}: {}", reason(&error))))?;
        let mut builder = match self.request.method {
            Method::Get => client.get(self.url.clone()),
            Method::Post => client.post(self.url.clone()),
            Method::Put => client.put(self.url.clone()),
            Method::Patch => client.patch(self.url.clone()),
        };
        for (name, value) in &self.request.headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(self.request.body.clone()).build();
        let request =
            request.map_err(|_| Outcome::never(format!("the headers of the target at {host} are no headers")))?;
        client.execute(request).map_err(|error| {
            if error.is_timeout() {
                Outcome::again(format!("{host} did not answer within {} s", self.policy.timeout.as_secs_f32()))
            } else if error.is_connect() {
                Outcome::again(format!("cannot connect to {host}: {}", reason(&error)))
            } else {
                Outcome::again(format!("{host} broke off: {}", reason(&error)))
            }
        })
    }

    fn client(&self, addresses: &[SocketAddr]) -> reqwest::Result<Client> {
        static PROVIDER: Once = Once::new();
        // Fails only where another one is there already, which does as well.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let left = self.until.saturating_duration_since(Instant::now());
        let client = Client::builder()
            .user_agent(concat!("git-desk/", env!("CARGO_PKG_VERSION")))
            .https_only(!self.policy.allow_private)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .timeout(left)
            .connect_timeout(left);
        match &self.proxy {
            None => client.resolve_to_addrs(&self.host, addresses).build(),
            Some(Proxy { url, without }) => {
                let proxy = reqwest::Proxy::all(url)?.no_proxy(reqwest::NoProxy::from_string(without));
                client.proxy(proxy).build()
            }
        }
    }

    fn answer(&self, response: &Response) -> Answer {
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        Answer {
            status: response.status().as_u16(),
            after: header.and_then(|header| pause(header, self.policy.now)),
            said: String::new(),
        }
    }

    /// What the service says, as far as it came in time. Nothing of it where it repeats what may be a secret: words
    /// end in a log.
    fn words(&self, response: Response) -> String {
        let mut bytes = Vec::new();
        let mut body = response.take(ANSWER);
        let mut chunk = [0; 4096];
        while Instant::now() < self.until {
            match body.read(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            }
        }
        let said = String::from_utf8_lossy(&bytes).into_owned();
        if self.secrets().any(|secret| said.contains(secret)) { String::new() } else { said }
    }

    /// Parts of the address and of headers that are long enough to be a key.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        let headers = self.request.headers.iter().filter(|(name, _)| name != "content-type");
        let headers = headers.flat_map(|(_, value)| value.split(' '));
        let parts = self.url.path().split('/').chain(self.url.query().unwrap_or_default().split(['&', '=']));
        parts.chain(headers).filter(|part| part.len() >= 8)
    }
}

/// The innermost cause, which says what the ones around it only announce. Never the address.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn Error> = error.source();
    let mut words = None;
    while let Some(inner) = cause {
        words = Some(inner.to_string());
        cause = inner.source();
    }
    words.unwrap_or_else(|| "no reason is known".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_connection_goes_to_the_checked_address_whatever_the_name_says_later() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            let mut chunk = [0; 1024];
            while !heard.ends_with(b"\r\n\r\n{}") {
                let count = stream.read(&mut chunk).unwrap();
                heard.extend_from_slice(&chunk[..count]);
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        });
        // No name server knows this name.
        let url = format!("http://pinned.invalid:{}/", address.port());
        let timeout = Duration::from_secs(5);
        let errand = Errand {
            host: "pinned.invalid".to_owned(),
            request: Request::post(url.as_str(), &serde_json::json!({})),
            url: Url::parse(&url).unwrap(),
            policy: Policy { timeout, ..Policy::new(true, jiff::Timestamp::UNIX_EPOCH) },
            until: Instant::now() + timeout,
            proxy: None,
        };
        assert_eq!(errand.exchange(&[address]).unwrap().status().as_u16(), 204);
    }
}
