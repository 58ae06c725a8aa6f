//! The desk's own rules: what an act needs (`[[require]]`), and who may do what (`[[permit]]`).

use std::collections::BTreeSet;

use crate::model::act::{Act, Change};
use crate::model::policy::{Permit, Policy, Require};
use crate::model::query::{Context, Query, Subject};
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::Role;

/// The rules of one policy, their queries read once. A rule whose query cannot be read holds for no ticket; `check` of the
/// policy says so.
pub struct Rules<'p> {
    policy: &'p Policy,
    require: Vec<(&'p Require, Query)>,
    permit: Vec<(&'p Permit, Query)>,
    context: Context,
}

/// Whoever did something.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// An agent's handle, else the address.
    pub name: &'a str,
    /// Their commit carries a signature; whether it is theirs is the caller's affair.
    pub signed: bool,
}

/// An act that the author may not do, with the rules that leave it to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Denied<'p> {
    pub act: Act,
    /// None where it is an admin's affair unless a rule says otherwise.
    pub rules: Vec<&'p Permit>,
}

/// An act that lacks a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Lacking<'p> {
    pub act: Act,
    pub field: &'p str,
    pub rule: &'p Require,
}

impl<'p> Rules<'p> {
    /// `context` says when it is; what its `me` means is set by whoever acts.
    pub fn new(policy: &'p Policy, context: Context) -> Rules<'p> {
        let read = |text: &str| Query::parse(text, context.now, &context.zone).ok();
        let require = policy.require.iter().filter_map(|rule| Some((rule, read(&rule.query)?))).collect();
        let permit = policy.permit.iter().filter_map(|rule| Some((rule, read(&rule.on)?))).collect();
        Rules { policy, require, permit, context }
    }

    /// Whether anything is left to somebody.
    pub fn restrict(&self) -> bool {
        !self.permit.is_empty()
    }

    /// The fields that acts on a ticket need and it has not, as it is after them.
    pub fn lacking(&self, acts: &BTreeSet<Act>, after: &Ticket) -> Vec<Lacking<'p>> {
        let record = after.record();
        let is_unset = |field: &str| match field.strip_prefix("fields.") {
            Some(own) => !after.fields.contains_key(own),
            None => record.get(field).is_none(),
        };
        let mut lacking = Vec::new();
        for (rule, query) in &self.require {
            let act = acts.iter().find(|act| rule.on.iter().any(|on| on == act.as_str()));
            let Some(act) = act.copied().filter(|_| self.fits(query, after, &[])) else { continue };
            let unset = rule.fields.iter().filter(|field| is_unset(field));
            lacking.extend(unset.map(|field| Lacking { act, field, rule }));
        }
        lacking
    }

    /// The acts of a change that its author may not do. An act on a ticket is for those whom the rules name that speak of
    /// that act and of that ticket, as it was before; where none does, it is for everybody.
    pub fn denied(&self, change: &Change<'_>, author: Author<'_>) -> Vec<Denied<'p>> {
        let Some(ticket) = change.before.or(change.after) else { return Vec::new() };
        let mut denied = Vec::new();
        for act in change.acts(self.policy) {
            let speaks = |(rule, query): &&(&'p Permit, Query)| {
                names(rule, act) && self.fits(query, ticket, &[author.name.to_owned()])
            };
            let rules: Vec<&Permit> = self.permit.iter().filter(speaks).map(|(rule, _)| *rule).collect();
            if !rules.is_empty() && !rules.iter().any(|rule| self.allows(rule, author, Some(ticket))) {
                denied.push(Denied { act, rules });
            }
        }
        denied
    }

    /// Whether the author may not change `desk.toml`. Where rules leave anything to anybody, they are the admins' to
    /// change, unless a rule speaks of `policy`: else whoever is kept from something would take out the rule first.
    pub fn denied_policy(&self, author: Author<'_>) -> Option<Denied<'p>> {
        let rules: Vec<&Permit> =
            self.permit.iter().map(|(rule, _)| *rule).filter(|rule| names(rule, Act::Policy)).collect();
        let allowed = match rules.is_empty() {
            true => !self.restrict() || self.has_role(author.name, Role::Admin),
            false => rules.iter().any(|rule| self.allows(rule, author, None)),
        };
        (!allowed).then_some(Denied { act: Act::Policy, rules })
    }

    fn fits(&self, query: &Query, ticket: &Ticket, me: &[String]) -> bool {
        let context = Context { me: me.to_vec(), ..self.context.clone() };
        let mut subject = Subject::new(ticket, &Vec::new, Times::default());
        subject.level = self.policy.level(&ticket.queue);
        query.matches(&subject, &context)
    }

    /// Whether a rule names the author. `signed` is no name: with it, only what is signed counts.
    fn allows(&self, rule: &Permit, author: Author<'_>, ticket: Option<&Ticket>) -> bool {
        let mut names = rule.who.iter().filter(|who| *who != "signed").peekable();
        let must_sign = rule.who.iter().any(|who| who == "signed");
        let is_named = names.peek().is_none() || names.any(|who| self.is(author.name, who, ticket));
        is_named && (author.signed || !must_sign)
    }

    /// Whether somebody is whom a word means: a role or a higher one, a member of a queue, an agent, an address, the
    /// ticket's requester. A retired agent is nobody but their address.
    fn is(&self, name: &str, who: &str, ticket: Option<&Ticket>) -> bool {
        let policy = self.policy;
        let is_active = policy.agents.get(name).is_some_and(|agent| agent.active);
        let is_member =
            || policy.queues.get(who).is_some_and(|queue| queue.members.iter().any(|member| member == name));
        let is_role = Role::parse(who).is_some_and(|role| self.has_role(name, role));
        let is_requester = || ticket.is_some_and(|ticket| policy.is_same(&ticket.requester, name));
        is_role
            || is_active && (who == name || is_member())
            || who == "requester" && is_requester()
            || who.contains('@') && policy.is_same(who, name)
    }

    fn has_role(&self, name: &str, least: Role) -> bool {
        let rank = |role: Role| match role {
            Role::Admin => 2,
            Role::Lead => 1,
            Role::Agent => 0,
        };
        self.policy.agents.get(name).is_some_and(|agent| agent.active && rank(agent.role) >= rank(least))
    }
}

fn names(rule: &Permit, act: Act) -> bool {
    rule.may.iter().any(|may| may == act.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TicketId;
    use crate::model::word::Status;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    const AGENTS: &str = "[desk]\nschema = 1\n[queues.l1]\nmembers = [\"bob\"]\n\
        [agents.ana]\nemails = [\"ana@x\"]\nrole = \"admin\"\n[agents.lea]\nemails = [\"lea@x\"]\nrole = \"lead\"\n\
        [agents.bob]\nemails = [\"bob@x\"]\n[agents.old]\nemails = [\"old@x\"]\nrole = \"admin\"\nactive = false\n";

    fn ticket(status: Status) -> Ticket {
        let mut ticket = Ticket::new(TicketId::parse("261124-k7m3x9pd").unwrap(), "t", Timestamp::UNIX_EPOCH);
        ticket.requester = "rita@y".into();
        ticket.queue = "l1".into();
        ticket.status = status;
        ticket
    }

    fn with<T>(rules: &str, ask: impl FnOnce(&Rules<'_>) -> T) -> T {
        let (policy, remarks) = Policy::parse(&format!("{AGENTS}{rules}"));
        let errors: Vec<_> = remarks.iter().filter(|remark| remark.key.starts_with("permit")).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let context = Context { now: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, me: Vec::new(), oncall: Vec::new() };
        ask(&Rules::new(&policy, context))
    }

    /// Whether somebody may close an active ticket.
    fn may_close(rules: &str, name: &str, signed: bool) -> bool {
        let (before, after) = (ticket(Status::Active), ticket(Status::Closed));
        let change = Change { before: Some(&before), after: Some(&after), added: &[], by: name };
        with(rules, |rules| rules.denied(&change, Author { name, signed }).is_empty())
    }

    #[test]
    fn an_act_is_for_those_whom_its_rules_name() {
        let who = |who: &str| format!("[[permit]]\nwho = {who}\nmay = [\"close\"]\n");
        for (rule, may, may_not) in [
            ("\"lead\"", vec!["ana", "lea"], vec!["bob", "old", "rita@y"]),
            ("\"agent\"", vec!["ana", "bob"], vec!["old", "x@y"]),
            ("[\"l1\", \"lea\"]", vec!["bob", "lea"], vec!["ana"]),
            ("\"requester\"", vec!["rita@y"], vec!["ana", "bob"]),
            ("\"machine@hub\"", vec!["machine@hub"], vec!["ana"]),
        ] {
            for name in may {
                assert!(may_close(&who(rule), name, false), "{rule} {name}");
            }
            for name in may_not {
                assert!(!may_close(&who(rule), name, true), "{rule} {name}");
            }
        }
        assert!(may_close("", "x@y", false), "no rule, no limit");
        assert!(may_close("[[permit]]\nwho = \"lead\"\nmay = [\"open\"]\n", "bob", false), "another act");
        assert!(may_close("[[permit]]\nwho = \"lead\"\nmay = [\"close\"]\non = \"queue:l2\"\n", "bob", false));
        let signed = who("[\"agent\", \"signed\"]");
        assert_eq!([may_close(&signed, "bob", true), may_close(&signed, "bob", false)], [true, false]);
    }

    #[test]
    fn the_rules_are_changed_by_admins_alone_unless_a_rule_says_who() {
        let may = |rules: &str, name: &str| {
            with(rules, |rules| rules.denied_policy(Author { name, signed: false }).is_none())
        };
        let close = "[[permit]]\nwho = \"lead\"\nmay = [\"close\"]\n";
        assert_eq!(["ana", "lea", "old"].map(|name| may(close, name)), [true, false, false]);
        let policy = "[[permit]]\nwho = \"lea\"\nmay = [\"policy\"]\n";
        assert_eq!(["ana", "lea"].map(|name| may(policy, name)), [false, true]);
        assert!(may("", "x@y"));
    }

    #[test]
    fn an_act_needs_the_fields_that_a_rule_names() {
        let rules = "[[require]]\non = [\"resolve\", \"close\"]\nmatch = \"queue:l1\"\nfields = [\"category\", \"fields.serial\"]\n";
        let mut after = ticket(Status::Closed);
        let close = BTreeSet::from([Act::Close]);
        let lacking = |after: &Ticket, acts: &BTreeSet<Act>| {
            with(rules, |rules| rules.lacking(acts, after).iter().map(|one| one.field.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(lacking(&after, &close), ["category", "fields.serial"]);
        assert_eq!(lacking(&after, &BTreeSet::from([Act::Tag])), [""; 0]);
        after.category = "net".into();
        after.fields.insert("serial".into(), "x".into());
        assert_eq!(lacking(&after, &close), [""; 0]);
    }
}
