//! A notice that says it is a test: whether a target is configured as its service wants it.

use serde_json::Value;

use super::outbox::Waiting;
use super::state::hex;
use super::{Report, State, Told, Wish};
use crate::desk::Desk;
use crate::error::{Kind, Problem, Result};
use crate::model::policy::Occasion;
use crate::model::word::{Priority, Status};
use crate::net::deliver::{Outcome, PATIENCE, Policy, send};
use crate::net::notice::{Notice, Ticket};
use crate::net::payload;

impl Desk<'_> {
    /// Sends one notice that says it is a test, past the outbox. Exit code 3 for an unknown target, 6 for one that cannot
    /// be used.
    pub fn test_target(&self, name: &str, wish: &Wish) -> Result<Report> {
        let target = wish.targets.find(name)?;
        let mut one = Waiting::new(name, self.test_notice(name)?, self.env.now);
        let Some(request) = payload::request(target, &one.notice, self.env.now).filter(|_| !self.options.dry_run)
        else {
            return Ok(Report { told: vec![Told::of(&one, State::Would)], ..Report::default() });
        };
        one.tries = 1;
        let timeout = wish.timeout.min(PATIENCE);
        let policy = Policy { timeout, ..Policy::new(target.allow_private, self.env.now) };
        let (state, why) = match send(&request, &policy) {
            Outcome::Delivered => (State::Sent, None),
            Outcome::Again { why, .. } | Outcome::Never { why } => (State::Failed, Some(why)),
        };
        let problem = |why: &String| Problem::new(Kind::Remote, format!("{name}: {why}")).code("undelivered");
        let problems = why.iter().map(problem).collect();
        one.error = why;
        Ok(Report { told: vec![Told::of(&one, state)], problems, ..Report::default() })
    }

    fn test_notice(&self, target: &str) -> Result<Notice> {
        let (policy, _) = self.policy()?;
        let by = self.person(&policy)?.name;
        let ticket = Ticket {
            id: "test".to_owned(),
            handle: "test".to_owned(),
            title: "This is a test of git desk notify; nothing has happened".to_owned(),
            status: Status::New,
            priority: Priority::P5,
            queue: String::new(),
            assignee: String::new(),
            requester: String::new(),
            customer: String::new(),
            key: String::new(),
            group: String::new(),
            url: None,
        };
        Ok(Notice {
            id: hex(&["test", target, &self.env.random().to_string(), &self.env.now.to_string()]),
            occasion: Occasion::Opened,
            at: self.env.now,
            desk: policy.desk.name,
            ticket,
            text: format!("test sent by {by}"),
            by,
            body: None,
            data: Value::Null,
        })
    }
}
