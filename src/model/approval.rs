//! Who must approve a request, who has, and who may.
//!
//! Every name of a service's `approval` must approve once. [`MANAGER`], of whom the desk knows nothing, is stood for by
//! any agent who is a lead or an admin and not the one who asks; one who is named beside it approves for both.

use super::catalogue::MANAGER;
use super::entry::{APPROVED, Entry, REFUSED};
use super::policy::Policy;
use super::word::{EntryKind, Role};

/// What is to be approved, and by whom.
#[derive(Clone, Copy)]
pub struct Approval<'a> {
    pub policy: &'a Policy,
    /// As the service names them.
    pub names: &'a [String],
    pub requester: &'a str,
}

/// Where one of those who must approve stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice<'e> {
    /// As the service names them.
    pub name: String,
    /// Their last decision.
    pub decision: Option<&'e Entry>,
}

impl Voice<'_> {
    pub fn has_approved(&self) -> bool {
        self.decision.is_some_and(is_approval)
    }
}

/// Whether an entry approves; one that decides otherwise refuses.
pub fn is_approval(entry: &Entry) -> bool {
    entry.kind == EntryKind::Approval && entry.extra.text("decision") == APPROVED
}

fn is_decision(entry: &&Entry) -> bool {
    entry.kind == EntryKind::Approval && [APPROVED, REFUSED].contains(&entry.extra.text("decision"))
}

impl Approval<'_> {
    /// Whether somebody decides for a name of the service's list.
    ///
    /// One who has retired decides no more, but what they decided before stays.
    fn is_for(&self, who: &str, name: &str) -> bool {
        if name == MANAGER { self.leads(who) } else { self.policy.is_same(name, who) }
    }

    /// Whether somebody decides at all.
    pub fn asks(&self, who: &str) -> bool {
        self.names.iter().any(|name| self.is_for(who, name))
    }

    fn leads(&self, who: &str) -> bool {
        let agent = self.policy.agents.get(self.policy.handle_for(who));
        agent.is_some_and(|agent| match agent.role {
            Role::Admin | Role::Lead => true,
            Role::Agent => false,
        }) && !self.policy.is_same(who, self.requester)
    }

    /// All that must approve, in the order of the service, each with their last decision; `thread` is in the order of
    /// its times.
    pub fn voices<'e>(&self, thread: &'e [Entry]) -> Vec<Voice<'e>> {
        let of = |name: &String| {
            let own = |entry: &&Entry| self.is_for(&entry.by, name);
            Voice { name: name.clone(), decision: thread.iter().rev().filter(is_decision).find(own) }
        };
        self.names.iter().map(of).collect()
    }

    /// Those who have not approved.
    pub fn open(&self, thread: &[Entry]) -> Vec<String> {
        let open = self.voices(thread).into_iter().filter(|voice| !voice.has_approved());
        open.map(|voice| voice.name).collect()
    }

    /// The agents who may decide now.
    pub fn may(&self) -> Vec<&str> {
        let active = self.policy.agents.iter().filter(|(_, agent)| agent.active).map(|(handle, _)| handle.as_str());
        active.filter(|handle| self.asks(handle)).collect()
    }

    /// Whether somebody has approved, and not refused since.
    pub fn has_approved(&self, who: &str, thread: &[Entry]) -> bool {
        let own = |entry: &&Entry| self.policy.is_same(&entry.by, who);
        thread.iter().rev().filter(is_decision).find(own).is_some_and(is_approval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::EntryId;
    use jiff::Timestamp;

    const AGENTS: &str = "[desk]\nschema = 1\n[agents.ana]\nemails = [\"ana@x\"]\nrole = \"admin\"\n\
        [agents.lea]\nemails = [\"lea@x\"]\nrole = \"lead\"\n[agents.bob]\nemails = [\"bob@x\"]\n";

    fn decided(by: &str, decision: &str) -> Entry {
        let id = EntryId::parse("20261124T081502Z-x7k2m9").unwrap();
        Entry::new(id, EntryKind::Approval, by, Timestamp::UNIX_EPOCH, "").with("decision", decision)
    }

    fn open(names: &[&str], requester: &str, thread: &[Entry]) -> Vec<String> {
        let (policy, _) = Policy::parse(AGENTS);
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Approval { policy: &policy, names: &names, requester }.open(thread)
    }

    #[test]
    fn everybody_named_must_approve() {
        let names = ["bob", "lea"];
        assert_eq!(open(&[], "x@y", &[]), [""; 0]);
        assert_eq!(open(&names, "x@y", &[]), names);
        assert_eq!(open(&names, "x@y", &[decided("bob@x", "approved")]), ["lea"]);
        assert_eq!(open(&names, "x@y", &[decided("ana", "approved"), decided("bob", "granted")]), names);
        assert_eq!(open(&names, "x@y", &[decided("lea", "approved"), decided("bob", "approved")]), [""; 0]);
    }

    #[test]
    fn the_last_word_of_each_counts() {
        let (yes, no) = (decided("bob", "approved"), decided("bob", "refused"));
        assert_eq!(open(&["bob"], "x@y", &[yes.clone(), no.clone()]), ["bob"]);
        assert_eq!(open(&["bob"], "x@y", &[no, yes]), [""; 0]);
    }

    #[test]
    fn for_the_manager_stands_a_lead_who_does_not_ask() {
        let by = |who: &str| [decided(who, "approved")];
        assert_eq!(open(&[MANAGER], "x@y", &by("lea")), [""; 0]);
        assert_eq!(open(&[MANAGER], "lea@x", &by("lea")), [MANAGER]);
        assert_eq!(open(&[MANAGER], "x@y", &by("bob")), [MANAGER]);
        assert_eq!(open(&["lea", MANAGER], "x@y", &by("ana")), ["lea"]);
        assert_eq!(open(&["lea", MANAGER], "x@y", &by("lea")), [""; 0], "who is named stands for both");
    }
}
