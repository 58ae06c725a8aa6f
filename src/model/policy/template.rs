//! The `desk.toml` that `init` writes: what a desk needs, with words that explain it, and examples to uncomment.

mod sample;

use crate::model::word::words;

/// What a template is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// The desk's name.
    pub name: &'a str,
    /// An IANA time zone.
    pub zone: &'a str,
    /// The first agent: a name ([`is_name`](crate::model::name::is_name)), what people call them, their address.
    pub handle: &'a str,
    pub agent: &'a str,
    pub email: &'a str,
}

words! {
    /// What kind of desk is begun.
    Template {
        /// Three lines of support.
        Helpdesk = "helpdesk",
        /// Teams that run systems, with one behind them.
        Ops = "ops",
        /// As a helpdesk, for several customers with contracts.
        Msp = "msp",
    }
}

/// The `desk.toml` of a template: office hours, a service level for each priority, queues of its kind.
/// A line `# like this` is explanation; one `#like = "this"` is an example that works when the `#` is taken away.
pub fn policy(template: Template, filling: Filling<'_>) -> String {
    let (queues, [first, second]) = match template {
        Template::Helpdesk | Template::Msp => (LINES, ["l1", "l2"]),
        Template::Ops => (TEAMS, ["infra", "network"]),
    };
    POLICY
        .replace("{queues}", queues)
        .replace("{first}", first)
        .replace("{second}", second)
        .replace("{name}", &quoted(filling.name))
        .replace("{zone}", &quoted(filling.zone))
        .replace("{handle}", filling.handle)
        .replace("{agent}", &quoted(filling.agent))
        .replace("{email}", &quoted(filling.email))
}

/// The classic one.
pub fn helpdesk(filling: Filling<'_>) -> String {
    policy(Template::Helpdesk, filling)
}

/// The customers that a template begins with: names with the text of their files. Contracts are valid from a day on,
/// `2026-11-24`.
pub fn customers(template: Template, day: &str) -> Vec<(&'static str, String)> {
    match template {
        Template::Helpdesk | Template::Ops => Vec::new(),
        Template::Msp => [("acme", sample::ACME), ("noord", sample::NOORD)]
            .map(|(name, text)| (name, text.replace("{day}", day)))
            .into(),
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // A brace would be taken for a place to fill; whoever has one in a name gets it escaped.
            c if c.is_control() || c == '{' => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

const POLICY: &str = r##"# The policy of this desk. Change it like code: edit, `git desk check`, commit, review.
# Lengths of time: "45m", "4h", "14d"; "5bd" is five working days.

[desk]
schema = 1
name = {name}
timezone = {zone}
calendar = "office"
default_queue = "{first}"
close_after = "5bd"            # a resolved ticket is closed after this
reopen_window = "14d"          # a closed one may be reopened within this
max_file = "10 MiB"            # the largest attachment
resolutions = []               # beside fixed, workaround, answered, known-error, duplicate, wontfix, rejected, cancelled, no-fault


# Who works here. A person who leaves gets active = false and stays for the history.

[agents.{handle}]
name = {agent}
emails = [{email}]
role = "admin"                 # admin, lead, agent
active = true


# Where work waits. `git desk escalate` moves a ticket to the next queue.

{queues}

# When the desk works. The clocks of a service level stand still outside these hours.

[calendars.office]
timezone = {zone}
hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"], wed = ["09:00-17:00"], thu = ["09:00-17:00"], fri = ["09:00-17:00"] }
holidays = []                  # "12-25" each year, "2026-04-27" once
ics = []                       # files in this repository, as in "holidays/nl.ics"

#[[calendars.office.exception]]
#date = 2026-12-24
#hours = ["09:00-12:00"]


# What the words of monitors mean here.

[severities]
critical = "p1"
error = "p2"
warning = "p3"
info = "p4"


# What is promised. The first rule whose `match` fits a ticket counts; an empty one fits every ticket.
# Targets are working time of the calendar; `promise` is the share of tickets, in percent, that shall meet them.

[[sla]]
name = "default"
match = ""
calendar = "office"
pause = ["requester", "vendor", "change", "problem", "approval", "schedule"]

[sla.targets.p1]
acknowledge = "15m"
respond = "30m"
resolve = "4h"
promise = 90

[sla.targets.p2]
acknowledge = "30m"
respond = "1h"
resolve = "1bd"
promise = 90

[sla.targets.p3]
acknowledge = "2h"
respond = "4h"
resolve = "3bd"
promise = 90

[sla.targets.p4]
acknowledge = "4h"
respond = "1bd"
resolve = "5bd"
promise = 90

[sla.targets.p5]
acknowledge = "1bd"
respond = "2bd"
resolve = "10bd"
promise = 90


# More that can stand here; take away the # to begin.

# `git desk list --view mine`
#[views]
#mine = "is:open assignee:@me"
#unassigned = "is:open no:assignee"

# `git desk open --template new-laptop "for Fatima"`: what a ticket begins with, any field of it.
# A title that ends in a colon stands before the one that is given.
#[templates.new-laptop]
#title = "New laptop:"
#kind = "request"
#queue = "{first}"
#tags = ["hardware"]
#body = "Who needs it:\nBy when:\nWhich model:"

# Where new tickets go that name no queue.
#[[route]]
#match = "category:network"
#queue = "{second}"
#tags = ["network"]

# What `git desk sweep` does when a clock runs out.
#[[escalation]]
#clock = "resolve"
#at = "75%"
#match = "priority:p1..p2"
#do = ["notify", "escalate"]

# Whom to tell; where "chat" is stands in each user's configuration, because it is a secret.
#[[notify]]
#on = ["opened", "breached"]
#match = "priority:p1"
#to = "chat"

# What an act needs.
#[[require]]
#on = "resolve"
#match = "kind:incident"
#fields = ["category"]

# Who is on call: `git desk assign k7m3 --to oncall`, `git desk list assignee:oncall`. The first of `members` begins at
# `start`, in the time of the desk; a shift is of days or hours, and its hour stays when the clocks change.
#[rota.{first}]
#start = 2026-01-05T09:00:00
#shift = "7d"
#members = ["{handle}"]

# A job that must report.
#[[expect]]
#key = "run/db1/root/backup"
#every = "24h"
#grace = "2h"

# With requesters = "known" in [desk], tickets are opened for agents, for contacts of active customers and for people with
# an address in a domain of theirs; whom a machine names and nobody knows goes to the default queue, tagged `triage`.
"##;

const LINES: &str = r##"[queues.l1]
title = "First line"
level = 1
next = "l2"
members = ["{handle}"]
lead = "{handle}"
active = true

[queues.l2]
title = "Second line"
level = 2
next = "l3"
members = ["{handle}"]
lead = "{handle}"
active = true

[queues.l3]
title = "Third line"
level = 3
next = ""
members = ["{handle}"]
lead = "{handle}"
active = true
"##;

const TEAMS: &str = r##"[queues.infra]
title = "Infrastructure"
level = 1
next = "platform"
members = ["{handle}"]
lead = "{handle}"
active = true

[queues.web]
title = "Web"
level = 1
next = "platform"
members = ["{handle}"]
lead = "{handle}"
active = true

[queues.network]
title = "Network"
level = 1
next = "platform"
members = ["{handle}"]
lead = "{handle}"
active = true

[queues.platform]
title = "Platform"
level = 2
next = ""
members = ["{handle}"]
lead = "{handle}"
active = true
"##;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::customer::Customer;
    use crate::model::policy::Policy;
    use proptest::prelude::*;

    const ANA: Filling<'static> = Filling {
        name: "helpdesk",
        zone: "Europe/Amsterdam",
        handle: "ana",
        agent: "Ana Agent",
        email: "ana@example.com",
    };

    #[test]
    fn every_template_gives_a_desk_without_remarks() {
        let queues = |template| {
            let (policy, remarks) = Policy::parse(&policy(template, ANA));
            assert_eq!(remarks, [], "{template}");
            let next = policy.queues.iter().map(|(name, queue)| format!("{name} > {}", queue.next));
            (policy.desk.default_queue.clone(), next.collect::<Vec<_>>().join(", "))
        };
        assert_eq!(queues(Template::Msp), queues(Template::Helpdesk));
        assert_eq!(queues(Template::Helpdesk), ("l1".into(), "l1 > l2, l2 > l3, l3 > ".into()));
        let ops = "infra > platform, network > platform, platform > , web > platform";
        assert_eq!(queues(Template::Ops), ("infra".into(), ops.into()));
    }

    #[test]
    fn the_sample_customers_give_no_remarks_and_say_all_that_a_contract_has() {
        let desk = Policy::parse(&policy(Template::Msp, ANA)).0;
        let customers = customers(Template::Msp, "2026-11-24");
        assert_eq!(customers.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["acme", "noord"]);
        for (name, text) in customers {
            assert!(crate::model::name::is_name(name));
            let (customer, remarks) = Customer::parse(name, &text);
            assert_eq!((remarks, customer.strays(name, &desk)), (vec![], vec![]), "{name}");
            assert!(!customer.name.is_empty() && !customer.domains.is_empty() && customer.active, "{name}");
            let [contract] = customer.contracts.as_slice() else { panic!("{name}") };
            assert_eq!(contract.valid_from, Some(jiff::civil::date(2026, 11, 24)), "{name}");
            assert!(contract.hourly_rate.is_some() && contract.included_hours.is_some(), "{name}");
            assert!(!contract.targets.is_empty() && contract.calendar == "office", "{name}");
        }
    }

    #[test]
    fn the_template_gives_a_desk_without_remarks() {
        let (policy, remarks) = Policy::parse(&helpdesk(ANA));
        assert_eq!(remarks, []);
        assert_eq!(policy.queues.keys().collect::<Vec<_>>(), ["l1", "l2", "l3"]);
        assert_eq!(policy.agent_by_email("Ana@Example.com").map(|(handle, _)| handle), Some("ana"));
        assert_eq!(policy.sla[0].targets.len(), 5);
    }

    #[test]
    fn every_example_of_the_template_works_when_uncommented() {
        let uncomment = |line: &str| match line.strip_prefix('#') {
            Some(example) if !example.starts_with(' ') => example.to_owned(),
            _ => line.to_owned(),
        };
        for template in Template::ALL {
            let filled = policy(*template, ANA);
            let text: String = filled.lines().map(|line| format!("{}\n", uncomment(line))).collect();
            let (policy, remarks) = Policy::parse(&text);
            assert_eq!(remarks, []);
            assert_eq!(policy.templates["new-laptop"].title, "New laptop:");
            assert_eq!((policy.route.len(), policy.rota.len(), policy.expect.len(), policy.views.len()), (1, 1, 1, 2));
        }
    }

    #[test]
    fn the_template_has_no_blanks_at_line_ends_and_one_newline_at_the_end() {
        let policies = Template::ALL.iter().map(|template| policy(*template, ANA));
        for text in policies.chain(customers(Template::Msp, "2026-11-24").into_iter().map(|(_, text)| text)) {
            assert!(text.lines().all(|line| line.trim_end() == line));
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
            let holes = ["name", "zone", "handle", "agent", "email", "queues", "first", "second", "day"];
            assert!(!holes.iter().any(|hole| text.contains(&format!("{{{hole}}}"))));
        }
    }

    proptest! {
        #[test]
        fn any_name_survives_the_template(name in "\\PC{0,20}|[\"\\\\\n{}a-z]{0,12}", agent in "\\PC{0,20}") {
            let text = helpdesk(Filling { name: &name, agent: &agent, ..ANA });
            let (policy, remarks) = Policy::parse(&text);
            if !name.contains('\n') {
                prop_assert_eq!(remarks, []);
                prop_assert_eq!(&policy.desk.name, name.trim());
            }
            prop_assert_eq!(&policy.agents["ana"].name, agent.trim());
        }
    }
}
