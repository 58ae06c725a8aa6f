//! Where the commits of an import go.

use super::Plan;
use super::event::Step;
use crate::desk::Desk;
use crate::error::Result;
use crate::store::Oid;
use crate::store::bulk::Bulk;

/// Path and text of the files of a sample.
pub type Samples = Vec<(String, String)>;

/// Where the commits go: into the desk, among the samples, or nowhere.
pub enum Sink<'s> {
    Desk(Box<Bulk<'s>>),
    Samples(Samples),
    Nowhere,
}

impl<'s> Sink<'s> {
    pub fn open(desk: &'s Desk<'_>, plan: &Plan<'_>) -> Result<Sink<'s>> {
        Ok(match (plan.sample, plan.dry_run) {
            (Some(_), _) => Sink::Samples(Vec::new()),
            (None, true) => Sink::Nowhere,
            (None, false) => Sink::Desk(Box::new(Bulk::begin(&desk.store, desk.options.lock_timeout)?)),
        })
    }

    pub fn is_dry(&self) -> bool {
        !matches!(self, Sink::Desk(_))
    }

    pub fn put(&mut self, step: Option<Step>) -> Result<()> {
        match (self, step) {
            (Sink::Desk(bulk), Some(step)) => {
                bulk.commit(&step.author, step.when, &step.message, &step.files, &step.gone)?;
            }
            (Sink::Samples(samples), Some(step)) => keep_sample(samples, step),
            (Sink::Nowhere, Some(_)) | (_, None) => {}
        }
        Ok(())
    }

    /// The new tip, and the samples.
    pub fn finish(self) -> Result<(Option<Oid>, Samples)> {
        Ok(match self {
            Sink::Desk(bulk) => (bulk.finish()?, Vec::new()),
            Sink::Samples(samples) => (None, samples),
            Sink::Nowhere => (None, Vec::new()),
        })
    }
}

/// The last state of each file of a sample.
fn keep_sample(samples: &mut Samples, step: Step) {
    let texts = |(path, _): &(String, Vec<u8>)| path != "desk.toml" && !path.contains("/files/");
    for (path, bytes) in step.files.into_iter().filter(texts) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match samples.iter_mut().find(|(have, _)| *have == path) {
            Some(sample) => sample.1 = text,
            None => samples.push((path, text)),
        }
    }
}
