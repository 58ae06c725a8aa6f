//! What a job or a monitor says of the ticket that it may open. None of it is a reason not to run: words that the desk
//! does not know are kept in the ticket.

use serde_json::Value;

use super::args;
use crate::ui::Ui;
use crate::view::event::Event;

#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "What the ticket gets")]
pub struct Labels {
    /// Queue; one that the desk does not know becomes the default one
    #[arg(long, value_name = "NAME", overrides_with = "queue")]
    pub queue: Option<String>,
    /// p1 to p5
    #[arg(long, value_name = "P", overrides_with = "priority")]
    pub priority: Option<String>,
    /// A monitor's word for it: critical, error, warning, info, or the desk's own
    #[arg(long, value_name = "WORD", overrides_with = "severity")]
    pub severity: Option<String>,
    /// Tags
    #[arg(long, value_name = "TAG,…", value_delimiter = ',')]
    pub tag: Vec<String>,
    #[arg(long, value_name = "PATH", overrides_with = "category")]
    pub category: Option<String>,
    #[arg(long, value_name = "NAME", overrides_with = "service")]
    pub service: Option<String>,
    /// What it is about; else the host
    #[arg(long, value_name = "NAME", overrides_with = "asset")]
    pub asset: Option<String>,
    /// An agent, `oncall` or `next`
    #[arg(long, value_name = "WHO", overrides_with = "assign")]
    pub assign: Option<String>,
    /// Who has the problem; else whoever runs it, at this host
    #[arg(short = 'r', long, value_name = "WHO", overrides_with = "requester")]
    pub requester: Option<String>,
    /// Failures of one group at once become one storm
    #[arg(long, value_name = "NAME", overrides_with = "group")]
    pub group: Option<String>,
    /// A field of your own
    #[arg(long, value_name = "NAME=VALUE")]
    pub field: Vec<String>,
}

/// Where what was said as a field and is none is kept.
const ASKED: &str = "asked-field";

impl Labels {
    /// Puts what was said into an event; what was not stays as it is.
    pub fn onto(&self, event: &mut Event) {
        let pairs = [
            (&self.queue, &mut event.queue),
            (&self.priority, &mut event.priority),
            (&self.severity, &mut event.severity),
            (&self.category, &mut event.category),
            (&self.service, &mut event.service),
            (&self.asset, &mut event.asset),
            (&self.assign, &mut event.assignee),
            (&self.requester, &mut event.requester),
            (&self.group, &mut event.group),
        ];
        for (said, to) in pairs {
            if let Some(said) = said {
                to.clone_from(said);
            }
        }
        event.tags.extend(self.tag.iter().cloned());
        event.fields.extend(self.field.iter().filter_map(|text| args::field(text).ok()));
        let no_fields: Vec<&str> = self.no_fields().map(|(text, _)| text).collect();
        if !no_fields.is_empty() {
            event.fields.insert(ASKED.to_owned(), Value::from(no_fields.join(", ")));
        }
    }

    /// Says what cannot be read of what was said.
    pub fn warn(&self, ui: &Ui) {
        for (text, why) in self.no_fields() {
            ui.warning(&format!("`--field {}` is no field: {why}; it is kept as {ASKED}", ui.shown(text)));
        }
    }

    fn no_fields(&self) -> impl Iterator<Item = (&str, String)> {
        self.field.iter().filter_map(|text| Some((text.as_str(), args::field(text).err()?)))
    }
}
