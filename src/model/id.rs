//! Ids of tickets and entries, the paths that follow from them, and what people type instead of them.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Crockford's base 32, lower case: no `i l o u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The letters of it; the random part begins with one, so that it never looks like a date.
const LETTERS: &[u8; 22] = b"abcdefghjkmnpqrstvwxyz";

/// `YYMMDD-` (UTC, the day of writing) and eight random characters: `261124-k7m3x9pd`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId([u8; 15]);

impl TicketId {
    /// The id that `random` gives on the day of `now`. The caller draws again when the path is taken.
    pub fn draw(now: Timestamp, random: u64) -> TicketId {
        let day = now.to_zoned_datetime(TimeZone::UTC).date();
        let mut bytes = [b'-'; 15];
        for (at, number) in
            [i64::from(day.year()) % 100, i64::from(day.month()), i64::from(day.day())].into_iter().enumerate()
        {
            bytes[at * 2] = b'0' + (number / 10) as u8;
            bytes[at * 2 + 1] = b'0' + (number % 10) as u8;
        }
        bytes[7] = LETTERS[(random % 22) as usize];
        for (shift, byte) in bytes[8..].iter_mut().enumerate() {
            *byte = ALPHABET[(random >> (8 + 5 * shift)) as usize & 31];
        }
        TicketId(bytes)
    }

    /// A full id, exactly as written in a path.
    pub fn parse(text: &str) -> Option<TicketId> {
        let bytes: [u8; 15] = text.as_bytes().try_into().ok()?;
        let digits = bytes[..6].iter().all(u8::is_ascii_digit) && bytes[6] == b'-';
        let random = LETTERS.contains(&bytes[7]) && bytes[8..].iter().all(|byte| ALPHABET.contains(byte));
        let id = TicketId(bytes);
        (digits && random && id.date().is_some()).then_some(id)
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The id as one number that sorts as its text does: date, then the random part in its lower 40 bits.
    pub fn pack(&self) -> i64 {
        let day = self.0[..6].iter().fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        day << 40 | pack_prefix(self.random_part())
    }

    /// Reads [`pack`](TicketId::pack) back.
    pub fn unpack(packed: i64) -> Option<TicketId> {
        let random: String = (0..8).rev().map(|at| char::from(ALPHABET[(packed >> (5 * at)) as usize & 31])).collect();
        TicketId::parse(&format!("{:06}-{random}", packed >> 40))
    }

    /// The eight random characters; a handle is a prefix of them.
    pub fn random_part(&self) -> &str {
        &self.as_str()[7..]
    }

    /// The day in the id, taken as of this century.
    pub fn date(&self) -> Option<Date> {
        let number = |at: usize| i8::try_from((self.0[at] - b'0') * 10 + (self.0[at + 1] - b'0')).ok();
        Date::new(2000 + i16::from(number(0)?), number(2)?, number(4)?).ok()
    }

    /// `tickets/2026/11/24/261124-k7m3x9pd`: the folder of the thread; with `.toml` the ticket itself.
    pub fn folder(&self) -> String {
        let id = self.as_str();
        format!("tickets/20{}/{}/{}/{id}", &id[..2], &id[2..4], &id[4..6])
    }

    /// `tickets/2026/11/24/261124-k7m3x9pd.toml`, from the desk's root.
    pub fn path(&self) -> String {
        format!("{}.toml", self.folder())
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a thread entry: UTC time and six random characters, `20261124T081502Z-x7k2m9`, or
/// `occurrence-<producer>`. Sorted by name is sorted by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(String);

impl EntryId {
    pub fn draw(at: Timestamp, random: u64) -> EntryId {
        let time = at.to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        EntryId(format!("{time}-{}", suffix(random)))
    }

    /// An id that sorts behind `last`, the newest entry of the same ticket: what is said within one second stays in order.
    pub fn draw_after(at: Timestamp, random: u64, last: Option<&EntryId>) -> EntryId {
        let drawn = EntryId::draw(at, random);
        let Some(last) = last.filter(|last| **last >= drawn && last.0.get(..17) == drawn.0.get(..17)) else {
            return drawn;
        };
        let before = last.0.get(17..).filter(|suffix| suffix.len() == 6).map_or(0, |suffix| {
            let value = |byte: u8| ALPHABET.iter().position(|have| *have == byte).unwrap_or_default() as u64;
            suffix.bytes().fold(0, |number, byte| number << 5 | value(byte))
        });
        // A random step, so that two clones that go on from the same entry do not meet.
        let number = before + 1 + random % STEP;
        let suffix: String = (0..6).rev().map(|at| char::from(ALPHABET[(number >> (5 * at)) as usize & 31])).collect();
        match number >> 30 {
            0 => EntryId(format!("{}{suffix}", &drawn.0[..17])),
            _ => drawn,
        }
    }

    /// The one entry that counts repeats reported by `producer` (a name, see [`slug`](super::ticket::slug)).
    pub fn occurrence(producer: &str) -> EntryId {
        EntryId(format!("occurrence-{producer}"))
    }

    /// A name as it stands in a path: one component of harmless characters.
    pub fn parse(text: &str) -> Option<EntryId> {
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = !text.is_empty() && text.len() <= 100 && text.bytes().all(harmless) && !text.starts_with('-');
        fits.then(|| EntryId(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The largest step from one entry to the next of the same second; a thousandth of what six characters can count.
const STEP: u64 = 1 << 20;

/// Six random characters of the id alphabet.
pub fn suffix(random: u64) -> String {
    (0..6).map(|at| char::from(ALPHABET[(random >> (5 * at)) as usize & 31])).collect()
}

/// A prefix of the random part as the smallest number that begins with it; five bits a character, 40 in all.
fn pack_prefix(prefix: &str) -> i64 {
    let value = |byte: u8| ALPHABET.iter().position(|have| *have == byte).unwrap_or_default() as i64;
    let number = prefix.bytes().fold(0, |sum, byte| sum << 5 | value(byte));
    number << (5 * (8 - prefix.len()))
}

/// What a person types for a ticket: a full id, a date and a prefix, or a prefix of the random part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// `YYMMDD` when it was typed.
    pub date: Option<String>,
    /// At least one character of the random part.
    pub prefix: String,
}

impl Handle {
    /// Reads `k7m3`, `#K7M3`, `261124-k7m3`, `261124k7m3`, a full id. `o` is read as `0`, `i` and `l` as `1`; blanks are ignored.
    pub fn parse(typed: &str) -> Option<Handle> {
        let plain: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let plain = plain.strip_prefix('#').unwrap_or(&plain).to_ascii_lowercase();
        let (date, rest) = match plain.get(..6) {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                (Some(digits.to_owned()), plain[6..].trim_start_matches('-'))
            }
            _ => (None, plain.as_str()),
        };
        let prefix: String = rest
            .chars()
            .map(|c| match c {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let fits = !prefix.is_empty() && prefix.len() <= 8 && prefix.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Handle { date, prefix })
    }

    pub fn fits(&self, id: &TicketId) -> bool {
        self.date.as_deref().is_none_or(|date| id.as_str().starts_with(date))
            && id.random_part().starts_with(&self.prefix)
    }

    /// The random parts that begin so, as a range of the lower 40 bits of [`TicketId::pack`], both ends included.
    pub fn range(&self) -> (i64, i64) {
        let low = pack_prefix(&self.prefix);
        (low, low + (1 << (5 * (8 - self.prefix.len()))) - 1)
    }

    /// The id, when all of it was typed.
    pub fn full(&self) -> Option<TicketId> {
        TicketId::parse(&format!("{}-{}", self.date.as_deref()?, self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_handle_is_read_as_people_type_it() {
        let read = |typed| Handle::parse(typed).map(|h| (h.date, h.prefix));
        assert_eq!(read("k7m3"), Some((None, "k7m3".into())));
        assert_eq!(read("#K7 M3"), Some((None, "k7m3".into())));
        assert_eq!(read("koil"), Some((None, "k011".into())));
        assert_eq!(read("261124-k7m3"), Some((Some("261124".into()), "k7m3".into())));
        assert_eq!(read("../etc"), None);
        assert_eq!(read(""), None);
        assert_eq!(read("261124-"), None);
    }

    #[test]
    fn an_id_that_is_no_date_is_no_id() {
        assert_eq!(TicketId::parse("261324-k7m3x9pd"), None);
        assert_eq!(TicketId::parse("261124-17m3x9pd"), None);
        assert_eq!(TicketId::parse("261124-k7m3x9p/"), None);
    }

    proptest! {
        #[test]
        fn a_drawn_id_reads_back_and_names_its_path(second in 946_684_800_i64..4_102_444_800, random: u64) {
            let now = Timestamp::from_second(second).unwrap();
            let id = TicketId::draw(now, random);
            prop_assert_eq!(TicketId::parse(id.as_str()), Some(id));
            prop_assert_eq!(id.date(), Some(now.to_zoned_datetime(TimeZone::UTC).date()));
            prop_assert_eq!(Handle::parse(id.as_str()).and_then(|h| h.full()), Some(id));
            prop_assert_eq!(TicketId::unpack(id.pack()), Some(id));
            let handle = Handle::parse(&id.random_part()[..4]).unwrap();
            let random = id.pack() & ((1 << 40) - 1);
            prop_assert!((handle.range().0..=handle.range().1).contains(&random));
            let file = format!("{id}.toml");
            prop_assert!(id.path().ends_with(&file));
        }
    }
}
