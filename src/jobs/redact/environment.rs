//! Which variables of an environment hold secrets, and what finds their values in a text.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};

use super::{encode, label, url, value};

/// A shorter value, and a shorter line of a value of several lines, would hit too much that is none.
const SHORTEST: usize = 6;
const SHORTEST_LINE: usize = 8;

/// So many values are looked for at once.
const AT_ONCE: usize = 256;

/// Words of a name that make its value a secret.
const SECRET: &str = "
    token tokens secret secrets password passwords passwd pwd pass passphrase passcode credential credentials apikey
    auth dsn pgpassword authtoken dbpassword dbpass pat webhook
";

/// Words before `key` that make it a secret.
const KEYS: &str = "
    api access private secret encryption signing master account shared storage deploy ssh host service app
    application
";

/// Last words of names that say something about a secret, but not the secret.
const ABOUT: &str = "
    file path dir sock socket url uri endpoint host port user username name id type ttl expiry expires timeout
    length count algorithm region enabled mode provider arn prefix version namespace email engine backend method
    scope info
";

/// What finds the secret values of an environment, the longest first.
pub fn patterns<'a>(environment: impl IntoIterator<Item = (&'a str, &'a str)>, names: &[String]) -> Vec<Regex> {
    let mut values = BTreeSet::new();
    for (name, value) in environment {
        let told = names.iter().any(|one| one.eq_ignore_ascii_case(name));
        secrets(value, told || is_secret(name), &mut values);
    }
    let mut forms: Vec<String> = values.iter().flat_map(|value| encode::forms(value)).collect();
    forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    forms.dedup();
    forms.chunks(AT_ONCE).filter_map(any_of).collect()
}

fn any_of(forms: &[String]) -> Option<Regex> {
    let forms: Vec<String> = forms.iter().map(|form| regex::escape(form)).collect();
    RegexBuilder::new(&forms.join("|")).size_limit(usize::MAX).build().ok()
}

/// Adds what of a variable's value is secret. Of a URL and of
/// `password=…` it is the password, whatever the variable's name.
fn secrets(value: &str, is_secret: bool, into: &mut BTreeSet<String>) {
    let parts = url::secrets(value);
    let in_url = !parts.is_empty();
    let labelled = label::passwords(value).into_iter().chain(label::secrets(value));
    into.extend(
        parts
            .into_iter()
            .chain(labelled)
            .filter_map(|part| value.get(part))
            .filter(|part| is_telling(part))
            .map(str::to_owned),
    );
    if !is_secret || in_url {
        return;
    }
    let value = value.trim();
    if is_telling(value) {
        into.insert(value.to_owned());
    }
    let lines = value.lines().map(str::trim).filter(|line| value.contains('\n') && line.len() >= SHORTEST_LINE);
    into.extend(lines.filter(|line| !line.starts_with("-----") && is_telling(line)).map(str::to_owned));
}

/// Whether a value is one that nobody writes by chance.
fn is_telling(value: &str) -> bool {
    value.len() >= SHORTEST && !value::is_plain(value) && !value::is_path(value)
}

/// Whether a name is that of a secret: `DB_PASSWORD`, `githubToken`, and not `PWD` or `TOKEN_FILE`.
pub fn is_secret(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["pwd" | "oldpwd"] => false,
        [.., "secret", "id"] | [.., "connection", "string"] => true,
        [.., last] if has(ABOUT, last) => false,
        words => {
            let keys = words.windows(2).any(|pair| matches!(pair, [of, "key"] if has(KEYS, of)));
            keys || words.iter().any(|word| has(SECRET, word))
        }
    }
}

fn has(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|one| one == word)
}

/// The words of a name in small letters, at each `_`, `-`, `.` and at each new capital letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for char in name.chars() {
        if !char.is_alphanumeric() || (small && char.is_uppercase()) {
            words.push(String::new());
        }
        small = char.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| char.is_alphanumeric()) {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    // `PASSWORD2`, `TOKEN_1`
    for word in &mut words {
        word.truncate(word.trim_end_matches(|char: char| char.is_ascii_digit()).len());
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_whether_its_value_is_secret() {
        for name in [
            "DB_PASSWORD",
            "PGPASSWORD",
            "githubToken",
            "AWS_SECRET_ACCESS_KEY",
            "STRIPE_API_KEY",
            "SMTP_PASS",
            "MYSQL_PWD",
            "REDIS_AUTH",
            "SENTRY_DSN",
            "VAULT_SECRET_ID",
            "BORG_PASSPHRASE",
            "DB_PASSWORD_2",
            "SECRET_KEY_BASE",
            "Sql_Connection_String",
            "GOOGLE_CREDENTIALS",
            "ssh-private-key",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "PWD",
            "OLDPWD",
            "SSH_AUTH_SOCK",
            "GPG_AGENT_INFO",
            "XAUTHORITY",
            "TOKEN_FILE",
            "PASSWORD_STORE_DIR",
            "HOME",
            "KEYBOARD",
            "GIT_ASKPASS",
            "AWS_ACCESS_KEY_ID",
            "OAUTH_TOKEN_URL",
            "AUTHOR",
            "COMPASS",
            "SECRET_NAME",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn only_values_that_nobody_writes_by_chance_are_looked_for() {
        let values = |value: &str| {
            let mut values = BTreeSet::new();
            secrets(value, true, &mut values);
            values.into_iter().collect::<Vec<_>>()
        };
        for value in ["", "true", "disabled", "12345", "abc1d", "/run/secrets/db", "~/key", "required"] {
            assert_eq!(values(value), Vec::<String>::new(), "{value}");
        }
        assert_eq!(values("q7Rz/x"), ["q7Rz/x"]);
        assert_eq!(values("https://u:q7Rzx9@h/"), ["q7Rzx9"]);
        assert_eq!(values("k\nline one\nx").len(), 2);
    }
}
