//! Gitea and Forgejo, which speaks as Gitea does: "API Usage" of their documentation, and the operations
//! `repoCreatePullRequest`, `repoListPullRequests`, `repoEditPullRequest` and `repoCreatePullReviewRequests` of the
//! reference that each instance has at `/api/swagger`.

use serde_json::{Value, json};

use super::{Call, Login, Opened, PAGE, Pull, Site, text, unmarked};
use crate::model::base64;
use crate::net::request::Method;

/// What makes a title that of a draft, where nobody has set others ("Pull Request", "Draft pull requests").
const MARKS: &[&str] = &["WIP:", "[WIP]", "Draft:", "[Draft]"];

/// A password and a token of any kind are taken as a password.
pub fn headers(login: &Login) -> Vec<(&'static str, String)> {
    let authorization = match login.user.as_str() {
        "" => format!("token {}", login.secret),
        user => format!("Basic {}", base64::encode(format!("{user}:{}", login.secret).as_bytes())),
    };
    vec![("accept", "application/json".to_owned()), ("authorization", authorization)]
}

fn pulls<'s>(site: &'s Site, more: &[&'s str]) -> Vec<&'s str> {
    let mut path = vec!["repos", site.owner(), site.name(), "pulls"];
    path.extend(more);
    path
}

fn titled(pull: &Pull) -> String {
    if pull.draft { format!("WIP: {}", pull.title) } else { pull.title.clone() }
}

pub fn create(site: &Site, pull: &Pull) -> Call {
    Call::new(Method::Post, &pulls(site, &[])).body(json!({
        "title": titled(pull), "head": pull.head_there(), "base": pull.base, "body": pull.body,
    }))
}

/// All that are open: older instances cannot be asked for those of a branch.
pub fn search(site: &Site, page: usize) -> Call {
    Call::new(Method::Get, &pulls(site, &[]))
        .query("state", "open")
        .query("page", page.to_string())
        .query("limit", PAGE.to_string())
}

/// One from a fork may be of a branch of the same name.
pub fn fits(value: &Value, site: &Site, pull: &Pull) -> bool {
    let (head, base) = (&value["head"], &value["base"]);
    let theirs = pull.is_from(site, text(&head["repo"], "full_name"));
    text(head, "ref") == pull.head && text(base, "ref") == pull.base && theirs
}

pub fn update(site: &Site, number: u64, pull: &Pull) -> Call {
    Call::new(Method::Patch, &pulls(site, &[&number.to_string()]))
        .body(json!({"title": titled(pull), "body": pull.body}))
}

pub fn ask(site: &Site, number: u64, reviewers: &[String]) -> Call {
    Call::new(Method::Post, &pulls(site, &[&number.to_string(), "requested_reviewers"]))
        .body(json!({"reviewers": reviewers}))
}

pub fn read(value: &Value) -> Option<Opened> {
    let (title, draft) = unmarked(text(value, "title"), MARKS);
    Some(Opened {
        number: value.get("number")?.as_u64()?,
        url: text(value, "html_url").to_owned(),
        title: title.to_owned(),
        body: text(value, "body").to_owned(),
        draft,
        reviewers: Vec::new(),
    })
}
