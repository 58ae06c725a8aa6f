//! Where to say it: one `[targets.NAME]` of the person's own configuration. Never of a repository, because the
//! addresses are secrets and because a repository must not say where this machine sends to.

mod read;

use std::fmt;

use toml::Value;

use crate::error::Problem;
use crate::model::word::words;

words! {
    /// The services that are spoken to in their own form.
    Kind {
        Slack = "slack",
        Teams = "teams",
        Mattermost = "mattermost",
        Discord = "discord",
        Matrix = "matrix",
        Ntfy = "ntfy",
        Pagerduty = "pagerduty",
        Opsgenie = "opsgenie",
        /// Anything that takes Standard Webhooks.
        Webhook = "webhook",
    }
}

/// A target that was checked. Its secrets leave it only in a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    pub name: String,
    /// Whether its address may be this machine or its network, and plain http.
    pub allow_private: bool,
    /// An address that was parsed once.
    pub(super) url: String,
    pub(super) service: Service,
    /// What else goes with each request; names in lower case.
    pub(super) headers: Vec<(String, String)>,
}

/// A service with what it needs beside an address.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Service {
    Slack,
    Teams,
    Mattermost,
    Discord,
    Matrix { room: String, token: String },
    Ntfy { topic: String, token: Option<String> },
    Pagerduty { routing_key: String },
    Opsgenie { api_key: String },
    Webhook { secret: Vec<u8> },
}

impl Target {
    /// Reads the value of `[targets.NAME]`. The error names the key and what to write there, and no secret.
    pub fn read(name: &str, value: &Value) -> Result<Target, Problem> {
        read::target(name, value)
    }

    pub fn kind(&self) -> Kind {
        match self.service {
            Service::Slack => Kind::Slack,
            Service::Teams => Kind::Teams,
            Service::Mattermost => Kind::Mattermost,
            Service::Discord => Kind::Discord,
            Service::Matrix { .. } => Kind::Matrix,
            Service::Ntfy { .. } => Kind::Ntfy,
            Service::Pagerduty { .. } => Kind::Pagerduty,
            Service::Opsgenie { .. } => Kind::Opsgenie,
            Service::Webhook { .. } => Kind::Webhook,
        }
    }

    /// The host it is at: all of the address that may be shown.
    pub fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .field("kind", &self.kind().as_str())
            .field("host", &self.host())
            .field("allow_private", &self.allow_private)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
