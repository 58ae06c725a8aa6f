//! `flush`, `intake`, `receive`: what waits in a spool or in a hub's inbox is applied to a desk, or handed to a hub.

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
            let waiting = spool.waiting(AT_ONCE);
            let Some(done) = self.flush_some(spool, &waiting, &mut flushed)? else { return Ok(flushed) };
            if done == 0 || self.options.dry_run {
                return Ok(flushed);
            }
        }
    }

    /// How many events left the spool; `None` when there were none.
    fn flush_some(&self, spool: &Spool, waiting: &[Waiting], flushed: &mut Flushed) -> Result<Option<usize>> {
        if waiting.is_empty() {
            return Ok(None);
        }
        let redactor = self.redactor()?;
        let mut events = Vec::new();
        for one in waiting {
            if let Ok(event) = &one.event {
                let mut event = event.clone();
                redactor.event(&mut event);
                events.push(event);
            }
        }
        let delivered = self.deliver(&events)?;
        let mut left = 0;
        for one in waiting {
            let why = match &one.event {
                Err(why) => Some(why.clone()),
                Ok(event) => delivered.refused_for(&event.id),
            };
            let had_secrets = one
                .event
                .as_ref()
                .is_ok_and(|event| events.iter().any(|other| other.id == event.id && other.redacted > event.redacted));
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
        Ok(Some(left))
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
            for letter in &letters {
                for file in &letter.files {
                    match file.as_ref().map_err(Clone::clone).and_then(|text| Event::read(text)) {
                        Ok(mut event) => {
                            // Whose reference it is says who speaks.
                            event.producer.clone_from(&letter.producer);
                            redactor.event(&mut event);
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
            let failed: Vec<&Letter> = unread.iter().map(|(letter, _)| *letter).collect();
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
    fn refused_for(&self, event: &str) -> Option<String> {
        let refused = self.refused.iter().find(|one| one.event == event)?;
        Some(refused.problem.message.clone())
    }
}
