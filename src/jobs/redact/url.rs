//! Secrets in URLs: `scheme://user:password@host`, and tokens in a user's place.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::value;

/// Up to the last `@` before the path, as browsers read it.
static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i-u:[a-z][a-z0-9+.-]*)://((?:\[REDACTED:[a-z]+\]|[^\s/?#"'`<>:@\\\[])*)(?::([^\s/?#"'`<>]*))?@[^\s@]"#,
    )
    .ok()
});

/// A password that should have been encoded, with a slash or a question mark in it.
static ODD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i-u:[a-z][a-z0-9+.-]*)://(?:\[REDACTED:[a-z]+\]|[^\s/?#"'`<>:@\\\[])*:([^\s"'`<>/?#]*[/?#][^\s"'`<>]*)@[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?\s"'`,;)]|$)"#)
        .ok()
});

/// What is secret in the URLs of a text.
pub fn secrets(text: &str) -> Vec<Range<usize>> {
    if !text.contains("://") || !text.contains('@') {
        return Vec::new();
    }
    let plain = PLAIN.iter().flat_map(|pattern| pattern.captures_iter(text)).filter_map(|found| secret(&found));
    let odd = ODD.iter().flat_map(|pattern| pattern.captures_iter(text)).filter_map(|found| odd(&found));
    plain.chain(odd).collect()
}

/// The password, or the user where that is the secret.
fn secret(found: &Captures) -> Option<Range<usize>> {
    let user = found.get(1)?;
    let password = found.get(2).filter(|password| !password.is_empty() && password.as_str() != "x-oauth-basic");
    match password {
        Some(password) => Some(password.range()).filter(|_| !is_blank(password.as_str())),
        None => Some(user.range()).filter(|_| is_token(user.as_str())),
    }
}

/// Not `http://host:8080/a@b`: there a port stands before the slash.
fn odd(found: &Captures) -> Option<Range<usize>> {
    let password = found.get(1)?;
    let first = password.as_str().split(['/', '?', '#']).next().unwrap_or_default();
    let port = first.len() <= 5 && first.bytes().all(|byte| byte.is_ascii_digit());
    Some(password.range()).filter(|_| !port && !password.as_str().contains("://"))
}

/// `***`, `$PASSWORD`, `<password>`
fn is_blank(password: &str) -> bool {
    password.len() > 1 && value::is_plain(password) && !password.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A user of this kind is no person.
fn is_token(user: &str) -> bool {
    user.len() >= 20 && value::is_random(user) && !user.contains(['.', '%'])
}

#[cfg(test)]
pub fn compiles() -> bool {
    PLAIN.is_some() && ODD.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_secret_and_the_user_and_the_host_are_not() {
        for (text, secret) in [
            ("postgres://u:p@ss:w@db:5432/x", "p@ss:w"),
            ("redis://:q7@cache", "q7"),
            ("mongodb+srv://u:a%2Fb@h/?x", "a%2Fb"),
            ("amqp://u:a/b?c@mq:5672/v", "a/b?c"),
            ("https://0123456789abcdef0123@h/1", "0123456789abcdef0123"),
            ("https://0123456789abcdef0123:x-oauth-basic@h", "0123456789abcdef0123"),
        ] {
            let found: Vec<_> = secrets(text).into_iter().filter_map(|range| text.get(range)).collect();
            assert_eq!(found, [secret], "{text}");
        }
        for text in [
            "http://host:8080/path",
            "http://host:8080/a@b.png",
            "ssh://git@github.com/a",
            "http://[fe80::1]:80/a@b",
            "https://u:***@h",
            "https://u:$PASSWORD@h",
            "see http://a:80 or mail bob@example.org",
            "https://h/a:b@c",
        ] {
            assert_eq!(secrets(text), Vec::<Range<usize>>::new(), "{text}");
        }
    }
}
