//! A public key of ssh: one line of its type, the key, and words beside it that nobody may put more into.

use std::fmt;
use std::path::Path;

use crate::error::{Problem, Result};
use crate::model::ticket::slug;
use crate::ui::visible::is_hidden;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub kind: String,
    /// In base64, as it stands in the file.
    data: String,
    pub comment: String,
}

/// Types of keys that a producer can have. Certificates are no keys, and DSA is refused by sshd.
const KINDS: &[&str] = &[
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// Longest line of a key that is taken; one of RSA with 16,384 bits has 2,800 characters.
const LONGEST: usize = 8 << 10;

impl Key {
    /// Exit code 2 says what the text is when it is no public key.
    pub fn read(text: &str, file: &Path) -> Result<Key> {
        let refuse = |why: &str| Problem::usage(format!("{}: {why}", file.display())).code("no_key");
        if text.contains("PRIVATE KEY") || text.starts_with("PuTTY-User-Key-File") {
            return Err(refuse("this is the private key, which stays where it is; the public one ends in .pub")
                .hint(format!("on the producer: cat {}.pub", file.display()))
                .into());
        }
        if text.contains("BEGIN SSH2 PUBLIC KEY") {
            return Err(refuse("this is a key in another form")
                .hint(format!("ssh-keygen -i -f {}", file.display()))
                .into());
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let Some(line) = lines.next() else { return Err(refuse("there is no key in it").into()) };
        if lines.next().is_some() {
            return Err(refuse("one line with one key is wanted, and there are more").into());
        }
        if line.len() > LONGEST || line.chars().any(|c| c.is_control() && c != '\t' || is_hidden(c)) {
            return Err(refuse("it has characters that no key has").into());
        }
        Key::of_line(line)
            .ok_or_else(|| refuse("this is no public key of ssh").hint("it begins like this: ssh-ed25519 AAAA…").into())
    }

    /// The host that the words beside it name, as ssh-keygen writes them (`root@web1`), as a producer's name; empty where
    /// they name none.
    pub fn host(&self) -> String {
        let host = self.comment.rsplit('@').next().unwrap_or_default();
        if host.contains(' ') { String::new() } else { slug(host) }
    }

    fn of_line(line: &str) -> Option<Key> {
        let (kind, rest) = line.split_once([' ', '\t'])?;
        let rest = rest.trim_start();
        let (data, comment) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let is_key = KINDS.contains(&kind) && is_base64(data) && names_its_type(data, kind);
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        is_key.then(|| Key { kind: kind.to_owned(), data: data.to_owned(), comment })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [&self.kind, &self.data, &self.comment].map(String::as_str);
        f.write_str(words.join(" ").trim_end())
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len() >= 64 && text.len().is_multiple_of(4) && padding <= 2 && digits.bytes().all(plain)
}

/// A key begins with the length of its type and the type (RFC 4253, 6.6), so its base64 does, too.
fn names_its_type(data: &str, kind: &str) -> bool {
    let length = u32::try_from(kind.len()).unwrap_or(0).to_be_bytes();
    let mut head = length.to_vec();
    head.extend(kind.bytes());
    // Bytes that do not fill three share a digit with what follows.
    head.truncate(head.len() / 3 * 3);
    data.starts_with(&base64(&head))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let of = |three: &[u8]| {
        let number = three.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[(number >> shift & 63) as usize]))
    };
    bytes.chunks_exact(3).flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKv0dMS9WCb1f4dHYkcJk2vXv2Nn6p5n0dYp3o1Yb9aQ";

    fn read(text: &str) -> Result<String, String> {
        Key::read(text, Path::new("k.pub")).map(|key| key.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_one_line_and_what_it_says_it_is() {
        assert_eq!(read(&format!("{KEY} root@web1\r\n")).unwrap(), format!("{KEY} root@web1"));
        assert_eq!(read(&format!("# web1\n\n{KEY}  a\t b\n")).unwrap(), format!("{KEY} a b"));
        assert_eq!(read(KEY).unwrap(), KEY);
        for bad in [
            format!("{KEY} web1\n{KEY} web2\n"),
            format!("{KEY} a\u{1b}[2J\n"),
            format!("{KEY} a\u{202e}b\n"),
            format!("no-pty {KEY}\n"),
            format!("command=\"sh\" {KEY}\n"),
            KEY.replace("ssh-ed25519 ", "ssh-rsa "),
            KEY.replace("AAAAC3", "AAAAB3"),
            KEY[..40].to_owned(),
            "ssh-ed25519".to_owned(),
            String::new(),
        ] {
            assert!(read(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_private_key_is_called_what_it_is() {
        let said = read("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n").unwrap_err();
        assert_eq!(said, "k.pub: this is the private key, which stays where it is; the public one ends in .pub");
    }
}
