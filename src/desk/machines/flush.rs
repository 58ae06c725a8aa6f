//! `flush`, `intake`, `receive`: what waits in a spool or in a hub's inbox is applied to a desk, or handed to a hub.

use std::collections::{HashMap, HashSet};

use crate::desk::Desk;
use crate::desk::machines::deliver::held::Held;
use crate::desk::machines::deliver::{Applied, Delivered};
use crate::error::Result;
use crate::jobs::redact::Redactor;
use crate::jobs::spool::shared::names_of;
use crate::jobs::spool::{Spool, Waiting, short};
use crate::model::name::producer_of;
use crate::store::inbox::{FILES_AT_ONCE, INBOX, Letter, Part};
use crate::view::event::Event;

/// What became of events.
#[derive(Debug, Default)]
pub struct Flushed {
    pub applied: Vec<Applied>,
    /// Events that no desk takes: where they are now, and why.
    pub failed: Vec<(String, String)>,
    /// Files that are no events and could not be put aside: where they stay, and why.
    pub stay: Vec<(String, String)>,
    /// Events that stay where they are until a file of the desk is mended.
    pub held: Held,
    /// References of the inbox that could not be taken away after what they held was applied, and why: the first.
    pub left: Option<(usize, String)>,
}

/// Events of one commit.
const AT_ONCE: usize = FILES_AT_ONCE;

impl Desk<'_> {
    /// Applies what waits in a spool. An event leaves the spool only when it is on the branch; killed between, the next
    /// flush sees that it is.
    ///
    /// Exit code as for any write; then the events still wait.
    pub fn flush(&self, spool: &Spool) -> Result<Flushed> {
        let mut flushed = Flushed::default();
        loop {
            let (mut queue, mut left) = (spool.waiting(), 0);
            while !queue.is_empty() {
                left += self.flush_some(spool, queue.take(AT_ONCE), &mut flushed)?;
            }
            // What came meanwhile goes along; what cannot be moved is not tried for ever.
            if left == 0 || self.options.dry_run {
                spool.tidy();
                return Ok(flushed);
            }
        }
    }

    /// How many events left the spool.
    fn flush_some(&self, spool: &Spool, mut waiting: Vec<Waiting>, flushed: &mut Flushed) -> Result<usize> {
        let is_told = |one: &Waiting| flushed.stay.iter().any(|(path, _)| *path == one.path.display().to_string());
        waiting.retain(|one| one.event.as_ref().map_or_else(|_| !is_told(one), |event| !flushed.held.has(&event.id)));
        if waiting.is_empty() {
            return Ok(0);
        }
        let redactor = self.redactor()?;
        let mut had_secrets: HashSet<String> = HashSet::new();
        for event in waiting.iter_mut().filter_map(|one| one.event.as_mut().ok()) {
            let known = event.redacted;
            redactor.event(event);
            if event.redacted > known {
                had_secrets.insert(event.id.clone());
            }
        }
        if spool.is_shared() {
            bind_to_owners(spool, &mut waiting);
        }
        let events: Vec<&Event> = waiting.iter().filter_map(|one| one.event.as_ref().ok()).collect();
        let delivered = self.deliver(&events, &mut flushed.held)?;
        let refused = delivered.reasons();
        let mut left = 0;
        for one in &waiting {
            let why = match &one.event {
                Err(why) => Some(why.clone()),
                Ok(event) if flushed.held.has(&event.id) => continue,
                Ok(event) => refused.get(event.id.as_str()).map(|why| (*why).to_owned()),
            };
            let had_secrets = one.event.as_ref().is_ok_and(|event| had_secrets.contains(&event.id));
            let moved = match &why {
                _ if self.options.dry_run => Ok(()),
                Some(why) => spool.failed(one, why),
                None if had_secrets => spool.forget(one),
                None => spool.done(one),
            };
            let path = one.path.display().to_string();
            left += usize::from(moved.is_ok());
            match (why, moved) {
                (None, Ok(())) => {}
                // It is on the branch; the next flush sees so.
                (None, Err(error)) => log::warn!("{path}: {error}"),
                (Some(why), Ok(())) => flushed.failed.push((path, why)),
                (Some(why), Err(error)) => flushed.stay.push((path, format!("{why} ({error})"))),
            }
        }
        flushed.applied.extend(delivered.applied);
        Ok(left)
    }

    /// Folds the hub's inbox into the branch, and removes its references after that.
    ///
    /// `may_ack` are the producers whose word it is that an agent has seen something.
    pub fn intake(&self, may_ack: &[String]) -> Result<Flushed> {
        let mut flushed = Flushed::default();
        // Those of which an event waits, or that cannot be taken away.
        let mut stay: HashSet<String> = HashSet::new();
        loop {
            let mut letters = self.store.letters(INBOX)?;
            letters.retain(|letter| !stay.contains(&letter.reference));
            if letters.is_empty() {
                return Ok(flushed);
            }
            let mut reading = self.store.read_letters(letters);
            while let Some(part) = reading.take() {
                self.take_in(part, may_ack, &mut stay, &mut flushed)?;
            }
            // What came meanwhile goes along.
            if self.options.dry_run {
                return Ok(flushed);
            }
        }
    }

    fn take_in(&self, part: Part, may_ack: &[String], stay: &mut HashSet<String>, flushed: &mut Flushed) -> Result<()> {
        let redactor = self.redactor()?;
        let (mut events, mut failed) = (Vec::new(), Vec::new());
        for (letter, texts) in &part.letters {
            for text in texts {
                match text.as_ref().map_err(Clone::clone).and_then(|text| Event::read(text)) {
                    Ok(mut event) => {
                        let speaker = speaker(letter);
                        event.bind(&speaker);
                        if !may_ack.contains(&speaker) {
                            event.by.clear();
                        }
                        redactor.event(&mut event);
                        events.push((event, letter));
                    }
                    Err(why) => failed.push((letter, letter.reference.clone(), why)),
                }
            }
        }
        let delivered = self.deliver(&events.iter().map(|(event, _)| event).collect::<Vec<_>>(), &mut flushed.held)?;
        let refused = delivered.reasons();
        for (event, letter) in &events {
            if flushed.held.has(&event.id) {
                stay.insert(letter.reference.clone());
            } else if let Some(why) = refused.get(event.id.as_str()) {
                failed.push((letter, event.id.clone(), (*why).to_owned()));
            }
        }
        // What was not applied, for whatever reason, is not lost.
        let aside: Vec<Letter> = failed.iter().map(|(letter, ..)| (*letter).clone()).collect();
        flushed.failed.extend(failed.into_iter().map(|(_, what, why)| (what, why)));
        flushed.applied.extend(delivered.applied);
        if self.options.dry_run {
            return Ok(());
        }
        let read = part.letters.len() - usize::from(part.goes_on);
        let read = part.letters.iter().take(read).map(|(letter, _)| letter.clone());
        let read: Vec<Letter> = read.filter(|letter| !stay.contains(&letter.reference)).collect();
        let left = self.store.remove_letters(&read, &aside)?;
        if let Some(first) = left.first() {
            let (count, _) = flushed.left.get_or_insert_with(|| (0, first.why.clone()));
            *count += left.len();
        }
        stay.extend(left.into_iter().map(|one| one.letter.reference));
        Ok(())
    }

    /// What the site never wants to see in a ticket.
    fn redactor(&self) -> Result<Redactor> {
        let policy = self.store.snapshot()?.rules()?;
        Ok(Redactor::new([], &policy.redact.env, &policy.redact.patterns))
    }
}

/// In a spool of several users whose file it is says who speaks: of what is their own, and in nobody else's name.
fn bind_to_owners(spool: &Spool, waiting: &mut [Waiting]) {
    let mut names: HashMap<u32, [String; 2]> = HashMap::new();
    for one in waiting.iter_mut().filter(|one| !spool.is_trusted(one.owner)) {
        let owner = one.owner;
        let [name, number] = names.entry(owner).or_insert_with(|| names_of(owner));
        if let Ok(event) = &mut one.event {
            event.bind_to_user(name, number);
        }
    }
}

/// Whose reference it is says who speaks. One whose name is none of a producer gets a name that nobody else has.
fn speaker(letter: &Letter) -> String {
    let name = producer_of(&letter.producer);
    if name == letter.producer {
        return name;
    }
    let plain: String = name.chars().take(40).collect();
    format!("{plain}-{}", short(&letter.producer))
}

impl Delivered {
    /// Why events were refused, by their ids.
    fn reasons(&self) -> HashMap<&str, &str> {
        self.refused.iter().map(|one| (one.event.as_str(), one.problem.message.as_str())).collect()
    }
}
