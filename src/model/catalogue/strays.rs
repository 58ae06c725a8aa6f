//! What a service names that the desk does not have.

use super::{MANAGER, Service};
use crate::model::near::nearest;
use crate::model::policy::refs::remedy;
use crate::model::policy::{Policy, Remark, Severity};

impl Service {
    /// What it names that the policy does not have; `file` is what remarks call it.
    pub fn strays(&self, file: &str, policy: &Policy) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut remark = |severity, key: &str, message: String, fix: String| {
            let (line, column) = self.places.get(key).copied().unwrap_or((1, 1));
            let (file, key) = (file.to_owned(), key.to_owned());
            remarks.push(Remark { severity, file, line, column, key, message, fix: Some(fix) });
        };
        let retired = |what: &str, name: &str| format!("the {what} \"{name}\" is retired");
        match policy.queues.get(&self.queue) {
            _ if self.queue.is_empty() => {}
            Some(queue) if queue.active => {}
            Some(_) => {
                remark(Severity::Warning, "queue", retired("queue", &self.queue), "name one that is active".into())
            }
            None => {
                let known: Vec<&str> = policy.queues.keys().map(String::as_str).collect();
                let message = format!("there is no queue \"{}\" in desk.toml", self.queue);
                remark(Severity::Error, "queue", message, remedy("queue", &self.queue, &known));
            }
        }
        for name in self.approval.iter().filter(|name| *name != MANAGER) {
            match policy.agents.get(name) {
                Some(agent) if agent.active => {}
                Some(_) => {
                    let fix = "name who approves in their place".to_owned();
                    remark(Severity::Warning, "approval", retired("agent", name), fix);
                }
                None => {
                    let known: Vec<&str> = policy.agents.keys().map(String::as_str).chain([MANAGER]).collect();
                    let message = format!("there is no agent \"{name}\" in desk.toml");
                    remark(Severity::Error, "approval", message, remedy("agent", name, &known));
                }
            }
        }
        let known: Vec<&str> =
            policy.sla.iter().map(|rule| rule.name.as_str()).filter(|name| !name.is_empty()).collect();
        if !self.sla.is_empty() && !known.contains(&self.sla.as_str()) {
            let fix = match nearest(&self.sla, known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("name = \"{}\" in an [[sla]] of desk.toml", self.sla),
            };
            remark(Severity::Error, "sla", format!("there is no [[sla]] \"{}\" in desk.toml", self.sla), fix);
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_names_must_be_there() {
        let text = "title = \"Laptop\"\nqueue = \"l9\"\napproval = [\"anna\", \"requester-manager\", \"zoe\"]\nsla = \"gold\"\n";
        let (policy, _) = Policy::parse(
            "[desk]\nschema = 1\n[queues.l1]\n[agents.ana]\n[agents.zoe]\nactive = false\n[[sla]]\nname = \"golden\"\n",
        );
        let found: Vec<(usize, String)> = Service::parse("services/x.toml", text)
            .0
            .strays("services/x.toml", &policy)
            .into_iter()
            .map(|remark| (remark.line, format!("{}: {}", remark.message, remark.fix.unwrap_or_default())))
            .collect();
        let told: Vec<(usize, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(
            told,
            [
                (2, "there is no queue \"l9\" in desk.toml: did you mean \"l1\"?"),
                (3, "there is no agent \"anna\" in desk.toml: did you mean \"ana\"?"),
                (3, "the agent \"zoe\" is retired: name who approves in their place"),
                (4, "there is no [[sla]] \"gold\" in desk.toml: did you mean \"golden\"?"),
            ]
        );
    }
}
