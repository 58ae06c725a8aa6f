//! A notice in the form that a service documents. Pure: the same notice makes the same request, so that a repeat is
//! known as one.
//!
//! Whoever opened the ticket wrote its words. Nothing in them may call everybody in a channel, make a link that reads
//! as another, or be more than the service takes: each form escapes by its own rules and cuts to its own limits.

mod discord;
mod matrix;
mod mattermost;
mod ntfy;
mod opsgenie;
mod pagerduty;
#[cfg(test)]
pub(super) mod sample;
mod slack;
mod teams;
mod webhook;

use jiff::Timestamp;

use super::notice::Notice;
use super::request::Request;
use super::target::{Service, Target};

/// The request that tells `target` of `notice`, sent at `now`. `None` where the service has nothing to be told: a
/// pager is not rung for a comment.
pub fn request(target: &Target, notice: &Notice, now: Timestamp) -> Option<Request> {
    let url = target.url.as_str();
    let request = match &target.service {
        Service::Slack => Request::post(url, &slack::message(notice)),
        Service::Teams => Request::post(url, &teams::message(notice)),
        Service::Mattermost => Request::post(url, &mattermost::message(notice)),
        Service::Discord => Request::post(url, &discord::message(notice)),
        Service::Matrix { room, token } => matrix::request(url, room, token, notice),
        Service::Ntfy { topic, token } => ntfy::request(url, topic, token.as_deref(), notice),
        Service::Pagerduty { routing_key } => Request::post(url, &pagerduty::event(routing_key, notice)?),
        Service::Opsgenie { api_key } => opsgenie::request(url, api_key, notice),
        Service::Webhook { secret } => webhook::request(url, secret, notice, now),
    };
    // A service's own headers go before those that the configuration adds.
    Some(target.headers.iter().fold(request, |request, (name, value)| request.header(name, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::target::Target;

    #[test]
    fn headers_of_the_configuration_go_along_and_replace_none() {
        let text = "kind = \"opsgenie\"\napi_key = \"k\"\nheaders = { Authorization = \"mine\", x-route = \"a\" }";
        let target = Target::read("x", &toml::Value::Table(toml::from_str(text).unwrap())).unwrap();
        let headers = request(&target, &sample::opened(), Timestamp::UNIX_EPOCH).unwrap().headers;
        let expected = [("content-type", "application/json"), ("authorization", "GenieKey k"), ("x-route", "a")];
        assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
