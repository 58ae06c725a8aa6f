//! A forge as its documentation has it: the pull requests of one repository, acme/desk, a token, and faults when a test
//! wants them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::http::{Answer, Request, Service};

/// The one token that is good.
pub const TOKEN: &str = "T0PSECRETTOKEN";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Github,
    Gitlab,
    Gitea,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Github, Kind::Gitlab, Kind::Gitea];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Github => "github",
            Kind::Gitlab => "gitlab",
            Kind::Gitea => "gitea",
        }
    }

    /// Where the interface is on a host of one's own.
    fn prefix(self) -> &'static str {
        match self {
            Kind::Github => "/api/v3",
            Kind::Gitlab => "/api/v4",
            Kind::Gitea => "/api/v1",
        }
    }

    fn pulls(self) -> &'static str {
        match self {
            Kind::Github | Kind::Gitea => "/repos/acme/desk/pulls",
            Kind::Gitlab => "/projects/acme%2Fdesk/merge_requests",
        }
    }
}

pub struct Forge {
    pub kind: Kind,
    service: Service,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    pulls: Mutex<Vec<Value>>,
    faults: Mutex<VecDeque<Answer>>,
}

impl Forge {
    pub fn start(kind: Kind) -> Forge {
        let state = Arc::new(State::default());
        let kept = Arc::clone(&state);
        let service = Service::reading(0, move |request, _| answer(kind, &kept, request));
        Forge { kind, service, state }
    }

    pub fn api(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.service.port, self.kind.prefix())
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.service.port)
    }

    /// The answers to the next requests, whatever they ask.
    pub fn answers(&self, faults: impl IntoIterator<Item = Answer>) {
        self.state.faults.lock().unwrap().extend(faults);
    }

    /// What was asked since the last time, without what follows the path, as `POST /pulls/1/requested_reviewers`.
    pub fn asked(&self, since: usize) -> Vec<String> {
        let short = |request: &Request| {
            let (method, path) = request.head.split_once(' ').unwrap();
            let path = path.split([' ', '?']).next().unwrap().trim_start_matches(self.kind.prefix());
            format!("{method} {}", path.replacen(self.kind.pulls(), "/pulls", 1))
        };
        self.service.requests().iter().skip(since).map(short).collect()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.service.requests()
    }

    /// Number, title, text, draft and reviewers of each pull request.
    pub fn pulls(&self) -> Vec<Value> {
        self.state.pulls.lock().unwrap().clone()
    }

    /// Somebody else has opened one already.
    pub fn has(&self, head: &str, title: &str) {
        let body = json!({"head": head, "base": "main", "title": title, "body": "",
            "source_branch": head, "target_branch": "main", "description": ""});
        open(self.kind, &self.state, &body);
    }
}

fn answer(kind: Kind, state: &State, request: &Request) -> Answer {
    if let Some(fault) = state.faults.lock().unwrap().pop_front() {
        return fault;
    }
    let basic = format!("Basic {}", "Ym90OlQwUFNFQ1JFVFRPS0VO");
    let good = if kind == Kind::Gitea { basic } else { format!("Bearer {TOKEN}") };
    if request.header("authorization") != good {
        return plain(401, json!({"message": "Bad credentials"}));
    }
    let (method, path) = request.head.split_once(' ').unwrap();
    let (path, query) =
        path.split(' ').next().unwrap().split_once('?').unwrap_or((path.split(' ').next().unwrap(), ""));
    let Some(path) = path.strip_prefix(kind.prefix()) else { return plain(404, json!({"message": "Not Found"})) };
    if (kind, method) == (Kind::Gitlab, "POST") && path == "/projects/bob%2Fdesk/merge_requests" {
        return create(kind, state, &request.json());
    }
    let Some(rest) = path.strip_prefix(kind.pulls()) else { return other(kind, path, query) };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    match (method, parts.as_slice()) {
        ("POST", []) => create(kind, state, &request.json()),
        ("GET", []) => plain(200, search(kind, state, query)),
        ("PATCH" | "PUT", [number]) => change(state, number, &request.json()),
        ("POST", [number, "requested_reviewers"]) => review(kind, state, number, &request.json()),
        _ => plain(404, json!({"message": "Not Found"})),
    }
}

fn plain(status: u16, body: Value) -> Answer {
    Answer::Json(status, "content-type: application/json", body)
}

/// GitLab knows people by numbers, and projects.
fn other(kind: Kind, path: &str, query: &str) -> Answer {
    match (kind, path, query.split_once('=')) {
        (Kind::Gitlab, "/projects/acme%2Fdesk", None) => plain(200, json!({"id": 3})),
        (Kind::Gitlab, "/projects/bob%2Fdesk", None) => plain(200, json!({"id": 4})),
        (Kind::Gitlab, "/users", Some((_, "ghost"))) => plain(200, json!([])),
        (Kind::Gitlab, "/users", Some((_, name))) => plain(200, json!([{"id": name.len(), "username": name}])),
        _ => plain(404, json!({"message": "Not Found"})),
    }
}

fn branches<'v>(kind: Kind, pull: &'v Value) -> (&'v str, &'v str) {
    let text = |value: &'v Value| value.as_str().unwrap_or_default();
    match kind {
        Kind::Gitlab => (text(&pull["source_branch"]), text(&pull["target_branch"])),
        Kind::Github | Kind::Gitea => (text(&pull["head"]["ref"]), text(&pull["base"]["ref"])),
    }
}

fn create(kind: Kind, state: &State, asked: &Value) -> Answer {
    let pulls = state.pulls.lock().unwrap();
    let wanted = match kind {
        Kind::Gitlab => (asked["source_branch"].as_str().unwrap(), asked["target_branch"].as_str().unwrap()),
        Kind::Github | Kind::Gitea => {
            let head = asked["head"].as_str().unwrap();
            (head.rsplit(':').next().unwrap(), asked["base"].as_str().unwrap())
        }
    };
    if pulls.iter().any(|pull| branches(kind, pull) == wanted) {
        return match kind {
            Kind::Github => plain(
                422,
                json!({"message": "Validation Failed", "errors": [{"resource": "PullRequest",
                "code": "custom", "message": format!("A pull request already exists for acme:{}.", wanted.0)}]}),
            ),
            Kind::Gitlab => {
                plain(409, json!({"message": ["Another open merge request already exists for this source branch: !1"]}))
            }
            Kind::Gitea => plain(409, json!({"message": "pull request already exists for these targets"})),
        };
    }
    drop(pulls);
    plain(201, open(kind, state, asked))
}

fn open(kind: Kind, state: &State, asked: &Value) -> Value {
    let mut pulls = state.pulls.lock().unwrap();
    let number = pulls.len() + 1;
    // GitHub and Gitea are told of a fork by its owner, GitLab by where it is asked.
    let head = asked["head"].as_str().unwrap_or_default();
    let (owner, head) = head.split_once(':').unwrap_or(("acme", head));
    let source = if asked["target_project_id"] == 3 { 4 } else { 3 };
    let pull = match kind {
        Kind::Gitlab => {
            json!({"iid": number, "web_url": format!("https://gitlab.example/acme/desk/-/merge_requests/{number}"),
            "title": asked["title"], "description": asked["description"], "source_branch": asked["source_branch"],
            "target_branch": asked["target_branch"], "source_project_id": source, "target_project_id": 3, "reviewers": []})
        }
        Kind::Github | Kind::Gitea => {
            let host = kind.name();
            json!({"number": number, "html_url": format!("https://{host}.example/acme/desk/pull/{number}"),
                "title": asked["title"], "body": asked["body"], "draft": asked["draft"], "state": "open",
                "head": {"ref": head, "repo": {"full_name": format!("{owner}/desk")}}, "base": {"ref": asked["base"]},
                "requested_reviewers": []})
        }
    };
    pulls.push(pull.clone());
    pull
}

fn search(kind: Kind, state: &State, query: &str) -> Value {
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        pair.map(|value| value.replace("%2F", "/").replace("%3A", ":"))
    };
    let head = match kind {
        Kind::Github => value("head").map(|head| head.split_once(':').unwrap().1.to_owned()),
        Kind::Gitlab => value("source_branch"),
        Kind::Gitea => None,
    };
    let pulls = state.pulls.lock().unwrap();
    let fits = |pull: &&Value| head.as_ref().is_none_or(|head| branches(kind, pull).0 == head);
    let page = value("page").map_or(1, |page| page.parse::<usize>().unwrap());
    // An instance of Gitea may give fewer a page than it is asked for.
    Value::from(pulls.iter().filter(fits).skip((page - 1) * 2).take(2).cloned().collect::<Vec<_>>())
}

fn change(state: &State, number: &str, asked: &Value) -> Answer {
    let mut pulls = state.pulls.lock().unwrap();
    let Some(pull) = number.parse::<usize>().ok().and_then(|number| pulls.get_mut(number - 1)) else {
        return plain(404, json!({"message": "Not Found"}));
    };
    for (name, value) in asked.as_object().unwrap() {
        match name.as_str() {
            "reviewer_ids" => {
                let ids = value.as_array().unwrap().iter().map(|id| json!({"id": id}));
                pull["reviewers"] = Value::from(ids.collect::<Vec<_>>());
            }
            name => pull[name] = value.clone(),
        }
    }
    plain(200, pull.clone())
}

fn review(kind: Kind, state: &State, number: &str, asked: &Value) -> Answer {
    if asked["reviewers"].as_array().unwrap().iter().any(|name| name == "ghost") {
        let words = "Reviews may only be requested from collaborators.";
        return plain(if kind == Kind::Github { 422 } else { 404 }, json!({"message": words}));
    }
    change(state, number, &json!({"requested_reviewers": asked["reviewers"]}));
    plain(201, json!({}))
}
