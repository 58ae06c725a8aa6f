//! `service request`: a filled-in form becomes a ticket.

use crate::desk::tickets::Acted;
use crate::desk::tickets::comment::Upload;
use crate::desk::tickets::open::{Open, known_queue};
use crate::desk::{Room, zone_of};
use crate::error::{Problem, Result};
use crate::model::catalogue::{Fault, Service, path};
use crate::model::when;
use crate::model::word::{Channel, Kind};

use serde_json::Value;

use super::known;

/// What somebody asks for, and in what words.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The name of the service.
    pub service: String,
    /// Answers as they were given, by the names of the questions.
    pub answers: Vec<(String, String)>,
    /// Whoever acts, where nobody is named.
    pub requester: String,
    pub customer: String,
    /// In place of the service's own.
    pub title: String,
    pub words: String,
    pub channel: Option<Channel>,
    pub uploads: Vec<Upload>,
}

impl Request {
    /// Opens the request; where somebody must approve it, it waits for that.
    ///
    /// Exit code 3 for an unknown service, 2 for a form that is not filled in as it must be.
    pub fn apply(&self, room: &mut Room<'_, '_>) -> Result<Acted> {
        let base = room.tx.base().ok_or_else(|| crate::store::repository::no_desk("the branch has no commit yet"))?;
        let service = known(base, &self.service)?;
        let (now, zone) = (room.now, zone_of(&room.policy));
        let filled = service
            .fill(&self.answers, |text| when::coming_day(text, now, &zone))
            .map_err(|faults| not_filled(&self.service, &faults))?;
        let told = service.told(&filled);
        let words = self.words.trim_end();
        let between = if words.is_empty() || told.is_empty() { "" } else { "\n\n" };
        let mut fields = filled.fields;
        // Whoever asks can do nothing for a queue that is gone.
        let queue = Some(service.queue.as_str()).filter(|queue| !queue.is_empty());
        let gone = queue.filter(|queue| known_queue(&room.policy, queue).is_err());
        fields.extend(gone.map(|queue| ("asked-queue".to_owned(), Value::from(queue))));
        let open = Open {
            title: self.title(room, &service),
            body: format!("{words}{between}{told}"),
            kind: Some(Kind::Request),
            impact: service.impact,
            urgency: service.urgency,
            queue: queue.filter(|_| gone.is_none()).map(str::to_owned),
            requester: self.requester.clone(),
            customer: self.customer.clone(),
            channel: self.channel,
            service: self.service.clone(),
            category: service.category.clone(),
            fields,
            uploads: self.uploads.clone(),
            ..Open::default()
        };
        let mut opened = open.apply(room, None)?;
        opened.warnings.extend(gone.map(|queue| {
            format!("no queue `{queue}`, which {} names: it went to {}", path(&self.service), opened.after.queue)
        }));
        Ok(opened)
    }

    /// What it is and whom it is for.
    fn title(&self, room: &Room<'_, '_>, service: &Service) -> String {
        let whom = if self.requester.is_empty() { &room.actor.name } else { &self.requester };
        match (self.title.trim(), service.title.as_str()) {
            ("", "") => format!("{} for {whom}", self.service),
            ("", title) => format!("{title} for {whom}"),
            (title, _) => title.to_owned(),
        }
    }
}

/// All that is wrong with a form. Exit code 2.
pub fn not_filled(service: &str, faults: &[Fault]) -> Problem {
    let all: Vec<String> = faults.iter().map(Fault::to_string).collect();
    Problem::usage(format!("the form of `{service}` is not filled in: {}", all.join("; ")))
        .code("bad_form")
        .candidates(faults.iter().map(Fault::name))
}
