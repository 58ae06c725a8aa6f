//! GitHub and GitHub Enterprise Server: "REST API endpoints for pull requests" and "… for review requests" of GitHub
//! Docs, version 2022-11-28.

use serde_json::{Value, json};

use super::{Call, Opened, Pull, Site, text};
use crate::net::request::Method;

/// "Getting started with the REST API", "About headers".
pub fn headers(token: &str) -> Vec<(&'static str, String)> {
    vec![
        ("accept", "application/vnd.github+json".to_owned()),
        ("x-github-api-version", "2022-11-28".to_owned()),
        ("authorization", format!("Bearer {token}")),
    ]
}

fn pulls<'s>(site: &'s Site, more: &[&'s str]) -> Vec<&'s str> {
    let mut path = vec!["repos", site.owner(), site.name(), "pulls"];
    path.extend(more);
    path
}

/// "Create a pull request".
pub fn create(site: &Site, pull: &Pull) -> Call {
    Call::new(Method::Post, &pulls(site, &[])).body(json!({
        "title": pull.title, "head": pull.head_there(), "base": pull.base, "body": pull.body, "draft": pull.draft,
    }))
}

/// 422 is for everything that is invalid; which it is, only the words say.
pub fn is_there(status: u16, answer: &Value) -> bool {
    let errors = answer.get("errors").and_then(Value::as_array);
    let said = errors.into_iter().flatten().map(|error| error.as_str().unwrap_or_else(|| text(error, "message")));
    status == 422 && said.chain([text(answer, "message")]).any(|said| said.contains("pull request already exists"))
}

/// "List pull requests".
pub fn search(site: &Site, pull: &Pull) -> Call {
    Call::new(Method::Get, &pulls(site, &[]))
        .query("state", "open")
        .query("head", format!("{}:{}", pull.from.as_ref().unwrap_or(site).owner(), pull.head))
        .query("base", pull.base.clone())
}

/// A filter that GitHub does not understand it leaves out.
pub fn fits(value: &Value, site: &Site, pull: &Pull) -> bool {
    let (head, base) = (&value["head"], &value["base"]);
    text(head, "ref") == pull.head
        && text(base, "ref") == pull.base
        && pull.is_from(site, text(&head["repo"], "full_name"))
}

/// "Update a pull request".
pub fn update(site: &Site, number: u64, pull: &Pull) -> Call {
    Call::new(Method::Patch, &pulls(site, &[&number.to_string()])).body(json!({"title": pull.title, "body": pull.body}))
}

/// "Request reviewers for a pull request".
pub fn ask(site: &Site, number: u64, reviewers: &[String]) -> Call {
    Call::new(Method::Post, &pulls(site, &[&number.to_string(), "requested_reviewers"]))
        .body(json!({"reviewers": reviewers}))
}

pub fn read(value: &Value) -> Option<Opened> {
    Some(Opened {
        number: value.get("number")?.as_u64()?,
        url: text(value, "html_url").to_owned(),
        title: text(value, "title").to_owned(),
        body: text(value, "body").to_owned(),
        draft: value.get("draft").and_then(Value::as_bool).unwrap_or(false),
        reviewers: Vec::new(),
    })
}
