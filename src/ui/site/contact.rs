//! Where requests go to: a mailbox, or the issues of a forge.

use super::text::percent;

/// Checked by [`Contact::parse`]: nothing of it can end an attribute or add to what a page may load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// An address.
    Mail(String),
    Forge(Forge),
}

/// The page of a forge on which an issue is begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    /// Without what comes after `?`.
    pub page: String,
    /// `https://forge.example`
    pub origin: String,
    /// What came after `?`: labels, a template.
    pub given: Vec<(String, String)>,
    /// What the forge calls title and text.
    pub names: [&'static str; 2],
}

impl Contact {
    /// `mailto:help@example.com`, or a forge's `https://…/issues/new`; else what is wrong with it.
    pub fn parse(text: &str) -> Result<Contact, &'static str> {
        if let Some(address) = text.strip_prefix("mailto:") {
            return match is_address(address) {
                true => Ok(Contact::Mail(address.to_owned())),
                false => Err("that is no address"),
            };
        }
        let (page, given) = text.split_once('?').unwrap_or((text, ""));
        let (scheme, rest) = page.split_once("://").ok_or("that is neither mailto: nor https://")?;
        let (host, path) = rest.split_once('/').ok_or("that is no page on which an issue is begun")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:%+@".contains(c);
        let of_host = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        if !matches!(scheme, "https" | "http") || host.is_empty() || !host.chars().all(of_host) {
            return Err("that is neither mailto: nor https://");
        }
        if !path.chars().all(plain) || !path.ends_with("issues/new") {
            return Err("that is no page on which an issue is begun");
        }
        let names =
            if path.ends_with("/-/issues/new") { ["issue[title]", "issue[description]"] } else { ["title", "body"] };
        let pairs = given.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        };
        Ok(Contact::Forge(Forge {
            page: page.to_owned(),
            origin: format!("{scheme}://{host}"),
            given: pairs.map(pair).collect(),
            names,
        }))
    }
}

/// A plain address, whose every character may stand in a link.
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._+".contains(c);
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && name.chars().all(plain) && host.contains('.') && host.chars().all(|c| plain(c) && c != '+')
    })
}

/// A part of what comes after `?`, as it was meant.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                let number = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                out.extend(number);
            }
            byte => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A link that opens a mail.
pub fn mailto(address: &str, subject: &str, body: &str) -> String {
    // Mail ends its lines as it always did.
    let body = body.replace('\n', "\r\n");
    let body = body.split("\r\n").map(percent).collect::<Vec<_>>().join("%0D%0A");
    let body = if body.is_empty() { String::new() } else { format!("&body={body}") };
    format!("mailto:{address}?subject={}{body}", percent(subject))
}

impl Forge {
    /// A link that begins an issue.
    pub fn link(&self, title: &str, body: &str) -> String {
        let given = self.given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let ours = self.names.into_iter().zip([title, body]).filter(|(_, value)| !value.is_empty());
        let pairs = given.chain(ours).map(|(name, value)| format!("{}={}", percent(name), percent(value)));
        format!("{}?{}", self.page, pairs.collect::<Vec<_>>().join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forges_name_things_as_they_do() {
        let Contact::Forge(forge) = Contact::parse("https://git.example:8443/acme/it/-/issues/new?a=b%20c").unwrap()
        else {
            panic!("no forge")
        };
        assert_eq!(forge.origin, "https://git.example:8443");
        assert_eq!(forge.names, ["issue[title]", "issue[description]"]);
        assert_eq!(
            forge.link("x & y", ""),
            "https://git.example:8443/acme/it/-/issues/new?a=b%20c&issue%5Btitle%5D=x%20%26%20y"
        );
        assert_eq!(Contact::parse("mailto:help@example.com"), Ok(Contact::Mail("help@example.com".to_owned())));
    }

    #[test]
    fn an_address_that_could_do_more_is_refused() {
        for text in [
            "help@example.com",
            "mailto:help@example.com?bcc=eve@example.com",
            "mailto:a\"onclick=x@example.com",
            "mailto:a,b@example.com",
            "javascript:alert(1)",
            "javascript://x/issues/new",
            "https://evil.example; script-src */issues/new",
            "https://forge.example/acme\" onload=\"x/issues/new",
            "https://user@forge.example/issues/new",
            "https://forge.example/acme/it",
            "https:///issues/new",
            "",
        ] {
            assert!(Contact::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mail_keeps_its_lines() {
        assert_eq!(
            mailto("a@example.com", "Søk & find", "x\ny"),
            "mailto:a@example.com?subject=S%C3%B8k%20%26%20find&body=x%0D%0Ay"
        );
    }
}
