//! When a job last ran, for whoever looks for those that did not: a small file beside the spool, with no secrets in it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::places::Places;
use super::spool::{shared, short};
use crate::model::name::producer_of;
use crate::platform;

/// A sign of life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Beat {
    /// `desk.beat/1`
    pub schema: String,
    /// Of the job's events.
    pub key: String,
    pub name: String,
    pub host: String,
    /// When it last ended, well or not.
    pub at: Timestamp,
    /// It is expected again within so many seconds.
    pub every: Option<i64>,
    pub queue: String,
}

/// The version that this program writes.
pub const SCHEMA: &str = "desk.beat/1";

/// The signs that a hub is to have now: those of jobs that are expected, at most twice within the time in which each must
/// run again, so that what the hub has is never older than that while the job runs.
pub fn due(places: &Places, now: Timestamp) -> Vec<Beat> {
    let expected = all(&places.beats).into_iter().filter(|beat| beat.every.is_some());
    let expected: Vec<Beat> = expected.map(|beat| beat.until(now)).collect();
    let last = noted(&sent(places), now);
    let is_due = |beat: &Beat| {
        let age = last.map_or(i64::MAX, |last| beat.at.as_second() - last.as_second());
        age >= beat.every.unwrap_or(0) / 2 && age > 0
    };
    if expected.iter().any(is_due) { expected } else { Vec::new() }
}

/// Whether a job may wait for a hub to hear of it: once in a quarter of the time in which it must run again, so that a
/// hub that is away holds it up no more often.
pub fn may_try(places: &Places, now: Timestamp) -> bool {
    let beats = due(places, now);
    let Some(every) = beats.iter().filter_map(|beat| beat.every).min() else { return false };
    let path = places.state.join("beats.tried");
    let last = noted(&path, now);
    if last.is_some_and(|last| now.as_second() - last.as_second() < every / 4) {
        return false;
    }
    // Where that cannot be kept it is tried each time.
    let _ = platform::make_folder(&places.state, 0o700).and_then(|()| fs::write(&path, now.to_string()));
    true
}

/// A hub has them.
pub fn note_sent(places: &Places, beats: &[Beat]) {
    let Some(newest) = beats.iter().map(|beat| beat.at).max() else { return };
    let written =
        platform::make_folder(&places.state, 0o700).and_then(|()| fs::write(sent(places), newest.to_string()));
    if let Err(error) = written {
        log::debug!("{}: {error}", places.state.display());
    }
}

/// A time that was noted; one that has not come is of a clock that was put right since.
fn noted(path: &Path, now: Timestamp) -> Option<Timestamp> {
    let time = fs::read_to_string(path).ok()?.trim().parse::<Timestamp>().ok()?;
    Some(time).filter(|time| *time <= now)
}

fn sent(places: &Places) -> PathBuf {
    places.state.join("beats.sent")
}

/// Largest file that is read.
const LARGEST: u64 = 16 << 10;

impl Beat {
    /// Makes it the sign of the producer that handed it over; `false` when it is about a job of another host, which the
    /// usual key of `run`, `run/{host}/{user}/{name}`, names. A key that somebody chose may be of several hosts.
    pub fn bind(&mut self, producer: &str) -> bool {
        if producer_of(&self.host) != producer {
            producer.clone_into(&mut self.host);
        }
        let host = self.key.strip_prefix("run/").and_then(|rest| rest.split('/').next());
        host.is_none_or(|host| producer_of(host) == producer)
    }

    /// Nothing has run later than now, whatever a clock said.
    pub fn until(self, now: Timestamp) -> Beat {
        Beat { at: self.at.min(now), ..self }
    }

    /// Leaves the sign; what cannot be written is not, and never an error for the job.
    pub fn leave(&self, places: &Places) {
        if let Err(error) = self.write(places) {
            log::debug!("{}: {error}", places.beats.display());
        }
    }

    fn write(&self, places: &Places) -> io::Result<()> {
        if platform::is_shared(&places.spool) {
            shared::make_folders(&places.spool);
            if !shared::is_its_owners(&places.spool, &places.beats) {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
        }
        platform::make_folder(&places.beats, 0o700)?;
        let path = self.path(&places.beats);
        let draft = path.with_extension(format!("{}", std::process::id()));
        // Nothing that somebody has put there is written through.
        let _ = fs::remove_file(&draft);
        let mut file = File::create_new(&draft)?;
        // Whoever sweeps may be another user.
        platform::make_readable(&file)?;
        file.write_all(serde_json::to_string(self)?.as_bytes())?;
        fs::rename(&draft, path)
    }

    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}-{}.json", platform::user_number(), short(&self.key)))
    }
}

/// All that were left in a folder, each key once: the newest.
pub fn all(folder: &Path) -> Vec<Beat> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut beats: Vec<Beat> = Vec::new();
    for entry in entries.flatten() {
        let small = entry.metadata().is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
        let path = entry.path();
        if !small || path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let read = fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str(&text).ok());
        beats.extend(read.filter(|beat: &Beat| !beat.key.is_empty()));
    }
    newest(beats)
}

/// Each key once, in the order of the keys.
pub fn newest(mut beats: Vec<Beat>) -> Vec<Beat> {
    beats.sort_by(|a, b| (&a.key, b.at).cmp(&(&b.key, a.at)));
    beats.dedup_by(|later, first| later.key == first.key);
    beats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_hears_of_a_job_at_most_twice_in_the_time_within_which_it_must_run() {
        let world = tempfile::tempdir().unwrap();
        let (spool, state) = (world.path().join("spool"), world.path().join("state"));
        let places = Places { beats: spool.join("beat"), spool, state };
        let beat = |key: &str, second: i64, every| Beat {
            key: key.to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            every,
            ..Beat::default()
        };
        beat("free", 1_000, None).leave(&places);
        assert_eq!(due(&places, Timestamp::from_second(1_000).unwrap()), []);
        let mut heard = Vec::new();
        for second in (1_000..2_200).step_by(60) {
            beat("k", second, Some(600)).leave(&places);
            let beats = due(&places, Timestamp::from_second(second).unwrap());
            if !beats.is_empty() {
                note_sent(&places, &beats);
                heard.push(second);
            }
        }
        assert_eq!(heard, [1_000, 1_300, 1_600, 1_900]);
        // A clock that was ahead for a moment keeps nothing from the hub once it is right.
        beat("k", 9_000_000, Some(600)).leave(&places);
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        note_sent(&places, &due(&places, at(9_000_000)));
        beat("k", 2_500, Some(600)).leave(&places);
        assert_eq!(due(&places, at(2_500)), [beat("k", 2_500, Some(600))]);
    }

    #[test]
    fn a_producer_gives_signs_of_its_own_jobs_and_of_keys_that_are_no_hosts() {
        let bound = |key: &str, host: &str| {
            let mut beat = Beat { key: key.to_owned(), host: host.to_owned(), ..Beat::default() };
            (beat.bind("web1-example-org"), beat.host)
        };
        assert_eq!(
            bound("run/web1.example.org/root/backup", "web1.example.org"),
            (true, "web1.example.org".to_owned())
        );
        assert_eq!(bound("backup", "web2"), (true, "web1-example-org".to_owned()));
        assert!(!bound("run/web2/root/backup", "web1.example.org").0);
        assert!(!bound("run/", "web1.example.org").0);
    }

    #[test]
    fn of_each_key_the_newest_sign_is_kept() {
        let world = tempfile::tempdir().unwrap();
        let (spool, state) = (world.path().join("spool"), world.path().join("state"));
        let places = Places { beats: spool.join("beat"), spool, state };
        let beat = |key: &str, second: i64| Beat {
            key: key.to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            ..Beat::default()
        };
        [beat("b", 1), beat("a", 2), beat("b", 3)].iter().for_each(|beat| beat.leave(&places));
        assert_eq!(all(&places.beats), [beat("a", 2), beat("b", 3)]);
        fs::write(places.beats.join("x.json"), "{").unwrap();
        assert_eq!(all(&places.beats).len(), 2);
        assert_eq!(newest(vec![beat("a", 5), beat("a", 9), beat("a", 7)]), [beat("a", 9)]);
    }
}
