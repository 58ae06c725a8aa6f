//! A bar on stderr for long work.

use std::cell::RefCell;
use std::time::Instant;

/// How far long work has come.
pub struct Progress {
    bar: RefCell<Option<indicatif::ProgressBar>>,
    what: &'static str,
    begun: Instant,
    shown: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str, shown: bool) -> Progress {
        Progress { bar: RefCell::new(None), what, begun: Instant::now(), shown }
    }

    /// `total` 0 is unknown.
    pub fn at(&self, done: u64, total: u64) {
        if !self.shown || self.begun.elapsed().as_millis() < 1_000 {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            let bar =
                if total > 0 { indicatif::ProgressBar::new(total) } else { indicatif::ProgressBar::new_spinner() };
            bar.with_message(self.what)
        });
        bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
