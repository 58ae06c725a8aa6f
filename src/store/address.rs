//! Where a desk can be cloned from, and what it is shared through: what git takes, but nothing that names a program to
//! run.

use std::path::{Path, PathBuf};

use crate::error::{Problem, Result};

/// Ways that run no program of the address's choice. Others (`ext::`, `fd::`, helpers called `NAME::`) are not taken.
pub const SCHEMES: &[&str] = &["https", "ssh", "file", "http", "git"];

/// A URL, or the absolute path of a repository on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Exit code 2 says why one is not taken.
    pub fn parse(typed: &str, cwd: &Path) -> Result<Address> {
        let refuse = |why: &str| {
            Problem::usage(format!("`{}` is no address of a desk: {why}", shown(typed)))
                .code("bad_url")
                .hint("like these: https://HOST/PATH, ssh://HOST/PATH, HOST:PATH, file:///PATH, ../PATH")
        };
        if typed.trim().is_empty() {
            return Err(refuse("it is empty").into());
        }
        if typed.starts_with('-') {
            return Err(refuse("it begins with a dash, as options do").into());
        }
        if typed.chars().any(|c| c.is_control()) {
            return Err(refuse("it has control characters").into());
        }
        if let Some((before, _)) = typed.split_once("::")
            && before.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_'))
        {
            return Err(refuse(&format!("`{before}::` would run a program")).into());
        }
        if let Some((scheme, rest)) = typed.split_once("://") {
            if !SCHEMES.contains(&scheme) {
                return Err(refuse(&format!("there is no way `{scheme}://`")).into());
            }
            let host = rest.split('/').next().unwrap_or_default();
            return match is_option(host) {
                true => Err(refuse("its host begins with a dash, as options do").into()),
                false => Ok(Address(typed.to_owned())),
            };
        }
        match host_of(typed) {
            Some(host) if is_option(host) => Err(refuse("its host begins with a dash, as options do").into()),
            Some(_) => Ok(Address(typed.to_owned())),
            None => match absolute(typed, cwd).to_str() {
                Some(path) => Ok(Address(path.to_owned())),
                None => Err(refuse("it is not UTF-8").into()),
            },
        }
    }

    /// For git.
    pub fn url(&self) -> &str {
        &self.0
    }

    /// For people: without a password.
    pub fn shown(&self) -> String {
        shown(&self.0)
    }

    /// Who is asked: the host without user and password, or the path on this machine.
    pub fn host(&self) -> &str {
        let rest = match self.0.split_once("://") {
            Some(("file", path)) => return path,
            Some((_, rest)) => rest,
            None if host_of(&self.0).is_none() => return &self.0,
            None => &self.0,
        };
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
            Some((host, _)) => host,
            None => host.split(':').next().unwrap_or_default(),
        }
    }

    /// How it is reached: `ssh`, `https`, `file` and so on.
    pub fn way(&self) -> &str {
        match self.0.split_once("://") {
            Some((scheme, _)) => scheme,
            None if host_of(&self.0).is_some() => "ssh",
            None => "file",
        }
    }

    /// The user who is named in a URL.
    pub fn user(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        let (user, _) = rest.split('/').next()?.rsplit_once('@')?;
        user.split(':').next().filter(|user| !user.is_empty())
    }

    /// The last part of the path, without `.git`.
    pub fn last_part(&self) -> String {
        let path = self.0.trim_end_matches('/');
        let path = path.strip_suffix("/.git").unwrap_or(path);
        let last = path.rsplit(['/', ':']).next().unwrap_or_default();
        last.strip_suffix(".git").unwrap_or(last).to_owned()
    }
}

/// `HOST` of `HOST:PATH` or `USER@HOST:PATH`, as git tells it from a path: there is a colon, and no slash before it.
fn host_of(typed: &str) -> Option<&str> {
    let (host, _) = typed.split_once(':')?;
    (!host.contains('/')).then_some(host)
}

/// Whether ssh would take a host for an option.
fn is_option(host: &str) -> bool {
    host.starts_with('-') || host.rsplit('@').next().is_some_and(|host| host.starts_with('-'))
}

/// The path without `.` and `..` where that can be seen from the path alone.
fn absolute(typed: &str, cwd: &Path) -> PathBuf {
    let path = cwd.join(typed);
    path.canonicalize().unwrap_or(path)
}

/// `https://user:secret@host/…` without the secret.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let host = rest.split('/').next().unwrap_or_default();
    match host.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}:***{}", &rest[user.len()..])
        }
        Some(_) | None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(typed: &str) -> Result<String, String> {
        let address = Address::parse(typed, Path::new("/nowhere"));
        address.map(|address| address.0).map_err(|error| error.to_string())
    }

    #[test]
    fn what_git_takes_is_taken() {
        for good in [
            "https://forge.example/acme/desk.git",
            "ssh://git@forge.example:2222/acme/desk",
            "git@forge.example:acme/desk.git",
            "hub:/srv/desk.git",
            "file:///srv/desk.git",
            "/srv/desk.git",
        ] {
            assert_eq!(parsed(good).as_deref(), Ok(good));
        }
        assert_eq!(parsed("hub/desk.git").as_deref(), Ok("/nowhere/hub/desk.git"));
        assert_eq!(parsed("./a:b").as_deref(), Ok("/nowhere/./a:b"), "a path, as git has it");
    }

    #[test]
    fn what_would_run_a_program_is_not() {
        for bad in [
            "",
            " ",
            "-u",
            "--upload-pack=touch /tmp/x",
            "ext::sh -c touch% /tmp/x",
            "fd::17",
            "x::y",
            "::y",
            "ftp://host/x",
            "ext://host/x",
            "ssh://-oProxyCommand=touch/x",
            "ssh://git@-oProxyCommand=touch/x",
            "-oProxyCommand=touch:x",
            "git@-oProxyCommand=touch:x",
            "https://host/a\nb",
            "a\u{1b}[31m",
        ] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_not_shown_and_the_last_part_is_the_name() {
        let address = |url: &str| Address::parse(url, Path::new("/")).unwrap();
        assert_eq!(address("https://ana:s3cret@host/acme.git").shown(), "https://ana:***@host/acme.git");
        assert_eq!(address("https://ana@host/acme.git").shown(), "https://ana@host/acme.git");
        for (url, name) in [
            ("https://host/team/acme.git", "acme"),
            ("https://host/team/acme/", "acme"),
            ("host:acme", "acme"),
            ("/srv/acme/.git", "acme"),
            ("/", ""),
        ] {
            assert_eq!(address(url).last_part(), name, "{url}");
        }
    }

    #[test]
    fn who_is_asked_and_how_is_told_without_user_and_password() {
        for (url, way, host) in [
            ("https://ana:s3cret@host.example:8443/acme.git", "https", "host.example"),
            ("https://token@host.example/acme.git", "https", "host.example"),
            ("ssh://git@host.example:2222/acme", "ssh", "host.example"),
            ("ssh://git@[2001:db8::1]:22/acme", "ssh", "2001:db8::1"),
            ("git@host.example:acme.git", "ssh", "host.example"),
            ("hub:acme", "ssh", "hub"),
            ("git://host.example/acme", "git", "host.example"),
            ("file:///srv/acme.git", "file", "/srv/acme.git"),
            ("/srv/acme.git", "file", "/srv/acme.git"),
        ] {
            let address = Address::parse(url, Path::new("/")).unwrap();
            assert_eq!((address.way(), address.host()), (way, host), "{url}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_taken_looks_like_an_option_or_names_a_helper(typed in "(-|ext::|[a-z]{1,3}::|ssh://)?[-a-z@:/.]{0,16}") {
            if let Ok(address) = Address::parse(&typed, Path::new("/")) {
                prop_assert!(!address.url().starts_with('-'));
                let helper = address.url().split_once("::").map(|(before, _)| before);
                prop_assert!(helper.is_none_or(|before| before.contains(['/', ':', '@'])), "{}", address.url());
            }
        }
    }
}
