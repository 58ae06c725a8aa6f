//! GitLab: "Merge requests API", "Users API" and "REST API authentication" of GitLab Docs, version 4.

use serde_json::{Value, json};

use super::{Call, Fork, Opened, Pull, Site, text, unmarked};
use crate::net::request::Method;

/// What makes a title that of a draft ("Draft merge requests").
const MARKS: &[&str] = &["Draft:", "[Draft]", "(Draft)"];

/// Takes tokens of every kind that may be had.
pub fn headers(token: &str) -> Vec<(&'static str, String)> {
    vec![("accept", "application/json".to_owned()), ("authorization", format!("Bearer {token}"))]
}

fn titled(pull: &Pull) -> String {
    if pull.draft { format!("Draft: {}", pull.title) } else { pull.title.clone() }
}

/// "Create MR", in the project that has the branch; a project is named by its whole path as one part.
pub fn create(site: &Site, pull: &Pull, fork: Option<Fork>) -> Call {
    let mut body = json!({
        "source_branch": pull.head, "target_branch": pull.base, "title": titled(pull), "description": pull.body,
    });
    if let Some(Fork { target, .. }) = fork {
        body["target_project_id"] = json!(target);
    }
    Call::new(Method::Post, &["projects", &pull.from.as_ref().unwrap_or(site).whole(), "merge_requests"]).body(body)
}

/// "Get a single project" of the "Projects API".
pub fn project(site: &Site) -> Call {
    Call::new(Method::Get, &["projects", &site.whole()])
}

/// "List project merge requests".
pub fn search(site: &Site, pull: &Pull) -> Call {
    Call::new(Method::Get, &["projects", &site.whole(), "merge_requests"])
        .query("state", "opened")
        .query("source_branch", pull.head.clone())
        .query("target_branch", pull.base.clone())
}

/// One from a fork may be of a branch of the same name.
pub fn fits(value: &Value, pull: &Pull, fork: Option<Fork>) -> bool {
    let source = value.get("source_project_id");
    let theirs = match fork {
        Some(fork) => source.and_then(Value::as_u64) == Some(fork.source),
        None => source == value.get("target_project_id"),
    };
    text(value, "source_branch") == pull.head && text(value, "target_branch") == pull.base && theirs
}

/// "Update MR".
pub fn update(site: &Site, number: u64, pull: &Pull) -> Call {
    change(site, number, json!({"title": titled(pull), "description": pull.body}))
}

/// "Update MR": `reviewer_ids` takes the place of those who were asked.
pub fn ask(site: &Site, number: u64, ids: &[u64]) -> Call {
    change(site, number, json!({"reviewer_ids": ids}))
}

fn change(site: &Site, number: u64, what: Value) -> Call {
    Call::new(Method::Put, &["projects", &site.whole(), "merge_requests", &number.to_string()]).body(what)
}

/// "List users", by name.
pub fn user(name: &str) -> Call {
    Call::new(Method::Get, &["users"]).query("username", name)
}

pub fn id_of(users: &Value, name: &str) -> Option<u64> {
    let user = users.as_array()?.iter().find(|user| text(user, "username").eq_ignore_ascii_case(name))?;
    user.get("id")?.as_u64()
}

pub fn read(value: &Value) -> Option<Opened> {
    let (title, draft) = unmarked(text(value, "title"), MARKS);
    let reviewers = value.get("reviewers").and_then(Value::as_array);
    Some(Opened {
        number: value.get("iid")?.as_u64()?,
        url: text(value, "web_url").to_owned(),
        title: title.to_owned(),
        body: text(value, "description").to_owned(),
        draft,
        reviewers: reviewers.into_iter().flatten().filter_map(|one| one.get("id")?.as_u64()).collect(),
    })
}
