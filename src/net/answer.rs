//! What a service's answer means: it is delivered, it may be tried again, or somebody has to mend something first.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::deliver::Outcome;
use super::retry::LONGEST;
use super::text;

/// What is kept of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The pause that the service asks for.
    pub after: Option<Duration>,
    /// The beginning of what it says.
    pub said: String,
}

/// An answer that is wanted whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub status: u16,
    /// The pause that the service asks for.
    pub after: Option<Duration>,
    /// Whether it says that it takes no more requests for now.
    pub exhausted: bool,
    /// The body, as text.
    pub said: String,
}

impl Answer {
    /// `host` is named in the words.
    pub fn outcome(self, host: &str) -> Outcome {
        let Answer { status, after, said } = self;
        let said = text::cut(&text::line(&said), 200);
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        match status {
            200..=299 => Outcome::Delivered,
            408 | 425 | 429 => Outcome::Again { after, why: format!("{host} asks to wait ({status}){said}") },
            500..=599 => Outcome::Again { after, why: format!("{host} has a fault of its own ({status}){said}") },
            _ => Outcome::Never { why: format!("{host} {}{said}", remedy(status)) },
        }
    }
}

fn remedy(status: u16) -> String {
    let words = match status {
        300..=399 => {
            return format!(
                "redirects ({status}), which is never followed: put the final address into the target's `url`"
            );
        }
        401 => "does not know the key (401): renew the target's token or key",
        403 => "forbids it (403): give the target's account the right to write there, or renew its `url`",
        404 => "has nothing at that address (404): check the target's `url`",
        410 => "has taken that address away (410): make a new webhook and put its `url` into the target",
        413 => "finds it too long (413)",
        _ => return format!("refuses it ({status})"),
    };
    words.to_owned()
}

/// `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3), at most [`LONGEST`]. What is neither is as absent.
pub fn pause(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    let pause = match header.parse::<f64>() {
        // Some say fractions of a second.
        Ok(seconds) => Duration::try_from_secs_f64(seconds.ceil()).ok()?,
        Err(_) => {
            let until = rfc2822::parse(header).ok()?.timestamp();
            Duration::try_from(until.duration_since(now)).unwrap_or_default()
        }
    };
    Some(pause.min(LONGEST))
}

/// The pause until a moment in seconds since 1970, as services say when their limit is lifted; at most [`LONGEST`].
pub fn until(header: &str, now: Timestamp) -> Option<Duration> {
    let seconds = header.trim().parse::<i64>().ok()?.saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, said: &str) -> Outcome {
        Answer { status, after: None, said: said.to_owned() }.outcome("a.example")
    }

    fn never(why: &str) -> Outcome {
        Outcome::Never { why: why.to_owned() }
    }

    fn again(why: &str) -> Outcome {
        Outcome::Again { after: None, why: why.to_owned() }
    }

    #[test]
    fn a_status_says_whether_to_come_again_and_what_to_mend() {
        for status in [200, 201, 202, 204] {
            assert_eq!(outcome(status, "ok"), Outcome::Delivered);
        }
        assert_eq!(outcome(408, ""), again("a.example asks to wait (408)"));
        assert_eq!(outcome(425, ""), again("a.example asks to wait (425)"));
        assert_eq!(outcome(503, "down\n<p>"), again("a.example has a fault of its own (503): down <p>"));
        assert_eq!(
            outcome(308, ""),
            never("a.example redirects (308), which is never followed: put the final address into the target's `url`")
        );
        assert_eq!(outcome(401, ""), never("a.example does not know the key (401): renew the target's token or key"));
        assert_eq!(
            outcome(404, "no_team"),
            never("a.example has nothing at that address (404): check the target's `url`: no_team")
        );
        assert_eq!(outcome(400, "invalid_blocks"), never("a.example refuses it (400): invalid_blocks"));
    }

    #[test]
    fn the_pause_asked_for_is_seconds_or_a_date_and_at_most_an_hour() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        for (header, seconds) in [
            ("7", Some(7)),
            (" 0.3 ", Some(1)),
            ("0", Some(0)),
            ("86400", Some(3_600)),
            ("1e300", None),
            ("-5", None),
            ("NaN", None),
            ("soon", None),
            ("", None),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(3_600)),
        ] {
            assert_eq!(pause(header, now), seconds.map(Duration::from_secs), "{header}");
        }
    }
}
