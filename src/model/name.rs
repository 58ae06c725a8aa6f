//! Names of queues, agents, calendars, customers, services, topics and producers: they stand in paths, keys and
//! commands of every system, so they are plain.

use super::ticket::slug;

/// `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?` and no device of Windows, where such a file cannot exist.
pub fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let edges = !text.starts_with('-') && !text.ends_with('-');
    plain && edges && (1..=63).contains(&text.len()) && !is_device(text)
}

/// The address of `Name <address>`, or the text as it is; without blanks around it and the dot that a host may end in.
pub fn address_of(text: &str) -> &str {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    inner.unwrap_or(text).trim().trim_end_matches('.')
}

/// A name that a customer or a service may have. Queries read `none` and `me` as words of their own, so that the tickets of
/// one of that name could not be found.
pub fn is_findable(text: &str) -> bool {
    is_name(text) && !matches!(text, "none" | "me")
}

/// The name of the producer that a host is: its own as a slug, `host` where nothing is left of it.
pub fn producer_of(host: &str) -> String {
    Some(slug(host)).filter(|name| !name.is_empty()).unwrap_or_else(|| "host".to_owned())
}

fn is_device(text: &str) -> bool {
    let port =
        |prefix| text.strip_prefix(prefix).is_some_and(|n: &str| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    matches!(text, "con" | "prn" | "aux" | "nul") || port("com") || port("lpt")
}

/// A new handle for a mail address: its local part without `+…`, as a slug; `-2`, `-3`, … while `taken`.
pub fn handle_of(address: &str, taken: impl Fn(&str) -> bool) -> String {
    let local = address.split('@').next().unwrap_or_default();
    let local = local.split('+').next().unwrap_or_default();
    free_name(local, taken)
}

/// The first free name that `text` gives: its slug, or that with `-2`, `-3`, … behind.
pub fn free_name(text: &str, taken: impl Fn(&str) -> bool) -> String {
    let slug = slug(text);
    let base = if slug.is_empty() { "agent" } else { &slug };
    let numbered = |n: u32| {
        let tail = format!("-{n}");
        format!("{}{tail}", base[..base.len().min(63 - tail.len())].trim_end_matches('-'))
    };
    std::iter::once(base.to_owned())
        .chain((2..).map(numbered))
        .find(|name| is_name(name) && !taken(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_plain_and_no_devices() {
        for good in ["a", "l1", "first-line", "com10", "7", "console"] {
            assert!(is_name(good), "{good}");
        }
        let long = "x".repeat(64);
        for bad in ["", "-a", "a-", "A", "a.b", "a b", "é", "con", "nul", "com1", "lpt9", long.as_str()] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_handle_is_the_local_part_and_a_clash_gets_a_number() {
        assert_eq!(handle_of("Ana.Agent+desk@example.com", |_| false), "ana-agent");
        assert_eq!(handle_of("ana@example.com", |name| name == "ana"), "ana-2");
        assert_eq!(handle_of("aux@example.com", |_| false), "aux-2");
        assert_eq!(handle_of("+@example.com", |_| false), "agent");
    }

    proptest! {
        #[test]
        fn every_address_gives_a_name(address: String) {
            prop_assert!(is_name(&handle_of(&address, |name| !name.ends_with("-3"))));
        }
    }
}
