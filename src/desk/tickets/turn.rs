//! Whose turn it is: who is on call for a queue, and who of its members is next.

use crate::desk::{Room, zone_of};
use crate::error::{Problem, Result};

impl Room<'_, '_> {
    /// Who is on call for a queue. Exit code 5 when it has no rota, its rota has not begun, or that agent has retired.
    pub fn on_call(&self, queue: &str) -> Result<String> {
        let at = format!("[rota.{queue}] of desk.toml");
        if !self.policy.rota.contains_key(queue) {
            let what = match queue {
                "" => "a ticket without a queue has nobody on call".to_owned(),
                queue => format!("{queue} has no rota, so nobody is on call for it"),
            };
            let problem = Problem::refused(what).code("no_rota").hint("in turn instead: --to next");
            return Err(match queue {
                "" => problem,
                queue => problem.hint(format!("in desk.toml: [rota.{queue}], below it start, shift, members")),
            }
            .into());
        }
        let Some(duty) = self.policy.on_call(queue, self.now, &zone_of(&self.policy)) else {
            return Err(Problem::refused(format!("nobody is on call for {queue} yet: its rota has not begun"))
                .code("nobody_on_call")
                .hint(format!("`start` in {at}"))
                .into());
        };
        if self.policy.agents.get(&duty.agent).is_none_or(|agent| !agent.active) {
            return Err(Problem::refused(format!("{} is on call for {queue}, and works here no more", duty.agent))
                .code("nobody_on_call")
                .hint(format!("who takes the turns instead: `members` in {at}"))
                .into());
        }
        Ok(duty.agent)
    }

    /// Who of a queue's active members is next: who got none of its tickets for the longest time, those who never got
    /// one first, in the order of the queue's `members`. Not who has the ticket, where there is somebody else.
    ///
    /// It is reckoned from the commit that the transaction is on and what the transaction has given out, so two at once
    /// never get the same answer. Exit code 5 for a queue without active members.
    pub fn next_in_turn(&self, queue: &str, holder: &str) -> Result<String> {
        let members = self.policy.queues.get(queue).map_or(&[][..], |queue| &queue.members);
        let active = |name: &String| self.policy.agents.get(name).is_some_and(|agent| agent.active);
        let mut waiting: Vec<&String> = members.iter().filter(|name| active(name)).collect();
        if waiting.is_empty() {
            let queue = if queue.is_empty() { "a ticket without a queue" } else { queue };
            return Err(Problem::refused(format!("{queue} has no active members, so nobody is next"))
                .code("no_members")
                .hint("in desk.toml: members = [\"…\"] of the queue     or by name: --to NAME")
                .into());
        }
        if waiting.len() > 1 {
            waiting.retain(|name| *name != holder);
        }
        let given = self.given.borrow();
        let mut first: Option<(Option<usize>, Option<i64>, &String)> = None;
        for name in waiting {
            let here = given.iter().rposition(|(to, agent)| to == queue && agent == name);
            let before = self.index()?.map_or(Ok(None), |index| index.last_turn(queue, name))?;
            // `None` is before all others.
            if first.as_ref().is_none_or(|(least, last, _)| (here, before) < (*least, *last)) {
                first = Some((here, before, name));
            }
        }
        Ok(first.map(|(_, _, name)| name.clone()).unwrap_or_default())
    }

    /// Remembers that the transaction gave a ticket of a queue to an agent.
    pub(super) fn gave(&self, queue: &str, agent: &str) {
        self.given.borrow_mut().push((queue.to_owned(), agent.to_owned()));
    }
}
