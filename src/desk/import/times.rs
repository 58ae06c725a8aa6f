//! Times as other systems write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// How the times of a source are read.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// A form of its own, as `strftime` has it; other forms are read too.
    pub form: Option<String>,
}

impl Clock {
    /// Reads RFC 3339, ISO 8601 with `+0100` or no offset, a date, seconds or milliseconds since 1970, and the source's
    /// own form. `Ok(None)` is a time that was never set: nothing, zeros, 1970 itself. `Err` is no time, or one that no commit can tell: before 1970.
    pub fn read(&self, text: &str) -> Result<Option<Timestamp>, ()> {
        let text = text.trim();
        if text.is_empty() || text.starts_with("0000-00-00") {
            return Ok(None);
        }
        let time = self.own(text).or_else(|| counted(text)).or_else(|| self.written(text)).ok_or(())?;
        // Git and TOML files know whole seconds.
        let time = Timestamp::from_second(time.as_second()).map_err(|_| ())?;
        if time < Timestamp::UNIX_EPOCH {
            return Err(());
        }
        Ok(Some(time).filter(|time| *time != Timestamp::UNIX_EPOCH))
    }

    fn own(&self, text: &str) -> Option<Timestamp> {
        let parts = strtime::parse(self.form.as_ref()?, text).ok()?;
        parts.to_timestamp().ok().or_else(|| self.local(parts.to_datetime().ok()?))
    }

    fn written(&self, text: &str) -> Option<Timestamp> {
        let zoned = text.parse().ok();
        zoned
            .or_else(|| strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok())
            .or_else(|| self.local(text.parse::<DateTime>().ok()?))
            .or_else(|| self.local(text.parse::<Date>().ok()?.at(0, 0, 0, 0)))
    }

    fn local(&self, time: DateTime) -> Option<Timestamp> {
        self.zone.to_timestamp(time).ok()
    }
}

fn counted(text: &str) -> Option<Timestamp> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = if digits(whole) && digits(part) { whole.parse().ok()? } else { return None };
    if number < 100_000_000_000 {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_systems_write() {
        let clock = Clock { zone: TimeZone::get("Europe/Berlin").unwrap(), form: Some("%d/%b/%y %I:%M %p".into()) };
        let read = |text: &str| clock.read(text).map(|time| time.map(|time| time.to_string()));
        let same = Ok(Some("2024-03-01T08:30:00Z".to_owned()));
        for text in [
            "2024-03-01T08:30:00Z",
            "2024-03-01T08:30:00.759Z",
            "2024-03-01T09:30:00.000+0100",
            "2024-03-01 09:30:00",
            "2024-03-01T09:30",
            "01/Mar/24 9:30 AM",
            "1709281800",
            "1709281800123",
        ] {
            assert_eq!(read(text), same, "{text}");
        }
        assert_eq!(read("2024-03-01"), Ok(Some("2024-02-29T23:00:00Z".to_owned())));
        for unset in ["", " ", "0000-00-00 00:00:00", "1970-01-01T00:00:00Z", "0"] {
            assert_eq!(read(unset), Ok(None), "{unset}");
        }
        for bad in ["yesterday", "1969-12-31 12:00:00", "2024-13-01", "12.3.2024", "\u{1b}[31m"] {
            assert_eq!(read(bad), Err(()), "{bad}");
        }
    }
}
