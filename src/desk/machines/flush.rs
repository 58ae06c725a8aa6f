//! `flush`, `intake`, `receive`: what waits in a spool or in a hub's inbox is applied to a desk, or handed to a hub.

use std::collections::{HashMap, HashSet};

use crate::desk::Desk;
use crate::desk::machines::deliver::{Applied, Delivered};
use crate::error::Result;
use crate::jobs::redact::Redactor;
use crate::jobs::spool::{Spool, Waiting};
use crate::store::inbox::{INBOX, Letter};
use crate::view::event::Event;

/// What became of events.
#[derive(Debug, Default)]
pub struct Flushed {
    pub applied: Vec<Applied>,
    /// Events that no desk takes: where they are now, and why.
    pub failed: Vec<(String, String)>,
}

/// Events of one commit.
const AT_ONCE: usize = 2_000;

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
                left += self.flush_some(spool, &queue.take(AT_ONCE), &mut flushed)?;
            }
            // What came meanwhile goes along; what cannot be moved is not tried for ever.
            if left == 0 || self.options.dry_run {
                spool.tidy();
                return Ok(flushed);
            }
        }
    }

    /// How many events left the spool.
    fn flush_some(&self, spool: &Spool, waiting: &[Waiting], flushed: &mut Flushed) -> Result<usize> {
        if waiting.is_empty() {
            return Ok(0);
        }
        let redactor = self.redactor()?;
        let mut events = Vec::new();
        let mut had_secrets: HashSet<&str> = HashSet::new();
        for event in waiting.iter().filter_map(|one| one.event.as_ref().ok()) {
            let mut clean = event.clone();
            redactor.event(&mut clean);
            if clean.redacted > event.redacted {
                had_secrets.insert(&event.id);
            }
            events.push(clean);
        }
        let delivered = self.deliver(&events)?;
        let refused = delivered.reasons();
        let mut left = 0;
        for one in waiting {
            let why = match &one.event {
                Err(why) => Some(why.clone()),
                Ok(event) => refused.get(event.id.as_str()).map(|why| (*why).to_owned()),
            };
            let had_secrets = one.event.as_ref().is_ok_and(|event| had_secrets.contains(event.id.as_str()));
            let moved = match &why {
                _ if self.options.dry_run => Ok(()),
                Some(why) => spool.failed(one, why),
                None if had_secrets => spool.forget(one),
                None => spool.done(one),
            };
            // It is on the branch; where it cannot be moved, the next flush sees so.
            match moved {
                Ok(()) => left += 1,
                Err(error) => log::warn!("{}: {error}", one.path.display()),
            }
            flushed.failed.extend(why.map(|why| (one.path.display().to_string(), why)));
        }
        flushed.applied.extend(delivered.applied);
        Ok(left)
    }

    /// Folds the hub's inbox into the branch, and removes its references after that.
    pub fn intake(&self) -> Result<Flushed> {
        let mut flushed = Flushed::default();
        loop {
            let letters = self.store.letters(INBOX, AT_ONCE)?;
            if letters.is_empty() {
                return Ok(flushed);
            }
            let redactor = self.redactor()?;
            let mut events = Vec::new();
            let mut unread: Vec<(&Letter, String)> = Vec::new();
            let mut sender: HashMap<String, &Letter> = HashMap::new();
            for letter in &letters {
                for file in &letter.files {
                    match file.as_ref().map_err(Clone::clone).and_then(|text| Event::read(text)) {
                        Ok(mut event) => {
                            // Whose reference it is says who speaks.
                            event.producer.clone_from(&letter.producer);
                            redactor.event(&mut event);
                            sender.insert(event.id.clone(), letter);
                            events.push(event);
                        }
                        Err(why) => unread.push((letter, why)),
                    }
                }
            }
            let delivered = self.deliver(&events)?;
            let refused = delivered.refused.iter().map(|one| (one.event.clone(), one.problem.message.clone()));
            flushed
                .failed
                .extend(unread.iter().map(|(letter, why)| (letter.reference.clone(), why.clone())).chain(refused));
            flushed.applied.extend(delivered.applied);
            if self.options.dry_run {
                return Ok(flushed);
            }
            // What was not applied, for whatever reason, is not lost.
            let refused = delivered.refused.iter().filter_map(|one| sender.get(&one.event).copied());
            let failed: Vec<&Letter> = unread.iter().map(|(letter, _)| *letter).chain(refused).collect();
            self.store.remove_letters(&letters, &failed)?;
        }
    }

    /// What the site never wants to see in a ticket.
    fn redactor(&self) -> Result<Redactor> {
        let policy = self.store.snapshot()?.rules()?;
        Ok(Redactor::new([], &policy.redact.env, &policy.redact.patterns))
    }
}

impl Delivered {
    /// Why events were refused, by their ids.
    fn reasons(&self) -> HashMap<&str, &str> {
        self.refused.iter().map(|one| (one.event.as_str(), one.problem.message.as_str())).collect()
    }
}
