//! Whose people somebody belongs to, by their address.

use std::collections::BTreeMap;

use super::Customer;
use crate::model::name::address_of;

/// The addresses and domains of all customers.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Addresses of contacts, in lower case.
    contacts: BTreeMap<String, Member>,
    domains: BTreeMap<String, Member>,
}

/// The customer that somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub customer: String,
    pub active: bool,
}

impl Directory {
    /// Where two claim one domain or contact, an active one has it, then the first by name.
    pub fn of(customers: impl IntoIterator<Item = (String, Customer)>) -> Directory {
        let mut directory = Directory::default();
        for (name, customer) in customers {
            let member = Member { customer: name, active: customer.active };
            for contact in &customer.contacts {
                claim(&mut directory.contacts, address_of(contact).to_lowercase(), &member);
            }
            for domain in customer.domains {
                claim(&mut directory.domains, domain, &member);
            }
        }
        directory
    }

    /// The customer of somebody: whose contact they are, else whose domain they have an address in, the longest that
    /// fits first. One that is retired only where no active one fits.
    pub fn member(&self, who: &str) -> Option<&Member> {
        let who = address_of(who).to_lowercase();
        let host = who.rsplit_once('@').map_or("", |(_, host)| host.trim_end_matches('.'));
        let parents = std::iter::successors(Some(host), |domain| domain.split_once('.').map(|(_, parent)| parent));
        let by_domain = parents.filter_map(|domain| self.domains.get(domain));
        let mut all = self.contacts.get(&who).into_iter().chain(by_domain).peekable();
        let first = all.peek().copied();
        all.find(|member| member.active).or(first)
    }
}

fn claim(all: &mut BTreeMap<String, Member>, key: String, member: &Member) {
    match all.get(&key) {
        Some(other) if (!other.active, &other.customer) <= (!member.active, &member.customer) => {}
        Some(_) | None => drop(all.insert(key, member.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let read = |(name, text): (&str, &str)| (name.to_owned(), Customer::parse(name, text).0);
        Directory::of(
            [
                ("acme", "domains = [\"acme.example\", \"ACME.test\"]\ncontacts = [\"J <jdv@private.example>\"]\n"),
                ("gone", "domains = [\"gone.example\", \"shared.example\"]\nactive = false\n"),
                ("lab", "domains = [\"lab.acme.example\", \"acme.test\", \"lab.test.\"]\n"),
                ("new", "domains = [\"shared.example\"]\n"),
            ]
            .map(read),
        )
    }

    #[test]
    fn people_belong_to_whom_their_address_belongs() {
        let directory = directory();
        let of = |who: &str| directory.member(who).map(|member| (member.customer.as_str(), member.active));
        assert_eq!(of("bob@acme.example"), Some(("acme", true)));
        assert_eq!(of("Bob <BOB@Acme.Example>"), Some(("acme", true)));
        assert_eq!(of("bob@mail.acme.example"), Some(("acme", true)), "a domain below");
        assert_eq!(of("bob@lab.acme.example"), Some(("lab", true)), "the longest first");
        assert_eq!(of("bob@acme.example."), Some(("acme", true)), "a full name");
        assert_eq!(of("bob@lab.test"), Some(("lab", true)), "a full name in the file");
        assert_eq!(of("bob@notacme.test"), None);
        assert_eq!(of("bob@acme.test"), Some(("acme", true)), "claimed twice");
        assert_eq!(of("JDV@private.example"), Some(("acme", true)), "a contact with an address elsewhere");
        assert_eq!(of("bob@shared.example"), Some(("new", true)), "an active one before one that is retired");
        assert_eq!(of("bob"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn one_that_is_retired_is_named_only_where_no_other_fits() {
        let text = "domains = [\"gone.example\"]\nactive = false\n";
        let directory = Directory::of([("gone".to_owned(), Customer::parse("gone", text).0)]);
        assert_eq!(directory.member("x@gone.example").map(|member| member.active), Some(false));
    }
}
