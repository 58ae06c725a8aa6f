//! Secrets on command lines: `--password x`, and the short options of programs that take one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::rules::in_ascii;
use super::value;

/// A long option whose value is the next word, also as an item of a list: `'--token', 'x'`.
static LONG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = "password|passwd|passphrase|passcode|pass|pwd|secret|token|pat|cookie|(?:api|secret|access|private|auth|account|encryption|master)-?key|credentials?|requirepass|masterauth|authkey";
    Regex::new(&format!(r#"(?i-u)(?:^|[\s"'`\[(,=])--?(?:[a-z0-9]+-)*(?:{name})(?:\\*["'],?\s*|\s+)"#)).ok()
});

/// Programs with what leads to their password.
const PROGRAMS: &[&str] = &[
    r#"\b(?:mysql|maria)[a-z_-]*\b[^|;]*?\s["']?-p"#,
    r"\bsshpass\s+(?:-[a-oq-z]\S*\s+)*-p\s*",
    r"\b(?:ldap[a-z]+|ldbsearch)\b.*?\s-w\s*",
    r"\bredis-cli\b.*?\s-a\s*",
    r"\b(?:docker|podman|nerdctl|buildah|skopeo|crane|helm|oc|az|cf|argocd|harbor)\b.*?\blogin\b.*?\s-p\s*",
    r"\bmongo[a-z]*\b.*?\s-p\s*",
    r"\b(?:sqlcmd|bcp|ipmitool|zip|unzip|rar|isql|tsql|impacket-[a-z]+)\b.*?\s-P\s*",
    r"\b7z[ar]?\b.*?\s-p",
    r"\bopenssl\b.*?\bpass:",
    r"\bx?freerdp[a-z0-9]*\b.*?\s/p:",
    r"\b(?:smbclient|rpcclient|smbget|net|nmblookup)\b.*?\s(?:-U|--user(?:=|\s))\s*[^\s%]+%",
    r#"\b(?:curl|wget|http|https|lftp|nexus-cli)\b.*?\s(?:-u|-U|--user|--proxy-user|-a|--auth)[\s=]*["']?[^\s:"']+:"#,
    r"\bjdbc:oracle:[a-z0-9]+:[^/\s]+/",
    r"\b(?:sqlplus|expdp|impdp|rman)\b.*?\s[a-z0-9_]+/",
    r"\bmachine\s+\S+\s+login\s+\S+\s+password\s+",
    r"\blogin\s+\S+\s+password\s+",
    r"\bhtpasswd\s+-[a-z]*b[a-z]*\s+(?:\S+\s+)?\S+\s+",
    r"\bnet\s+use\s+.*?\s/user:\S+\s+",
    // A community, which is SNMP's password.
    r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|table|test|status|df|delta|netstat|trap|inform)\b[^|;]*?\s-c\s*",
];

static SHORT: LazyLock<Vec<Regex>> =
    LazyLock::new(|| PROGRAMS.iter().filter_map(|lead| Regex::new(&in_ascii(lead)).ok()).collect());

/// Words of a programming language or of SQL around a password in quotes.
const QUOTED: &[&str] = &[
    r"\bidentified\s+(?:with\s+\S+\s+)?by\s+(?:password\s+)?'([^']+)'",
    r"\bpassword(?:\s+|\s*\(\s*)'([^']+)'",
    r"(?:PDO->__construct|mysqli?(?:_p?connect|->__construct|->real_connect|_real_connect)|ldap_bind|ssh2_auth_password|ftp_login|new\s+PDO)\(.*?,\s*'[^']*',\s*(?:Object\(SensitiveParameterValue\)|'([^']+)')",
    r"\becho\s+-?n?\s*[^\s:]+:([^\s|]+)\s*\|\s*(?:sudo\s+)?chpasswd",
    // `passphrase "…"`, a line of a configuration
    r#"^\s*[a-z0-9_.-]*(?:pass-?phrase|psk)\s+"([^"]+)""#,
    r"^\s*[a-z0-9_.-]*(?:pass-?phrase|psk)\s+'([^']+)'",
    r#"\becho\s+(?:-[neE]+\s+)*["']?([^"'|]+?)["']?\s*\|\s*sudo\s+(?:-[a-z]*[ugphrtc]\s+\S+\s+|-[a-z]+\s+)*?-(?-i:[A-Za-z]*S\b)"#,
    r"\b(?:temporary|initial|generated|random|one-time)\s+(?:[a-z]+\s+)?password[^:=]{0,48}[:=]\s*(\S+)",
    r"\b[a-z0-9_.-]+:([^\s@:/]+)@(?:tcp|unix)\(",
    r"\s-b\s+[^=\s]{1,40}=([^\s;]+)",
];

static IN_QUOTES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    QUOTED.iter().filter_map(|pattern| Regex::new(&format!("(?i){}", in_ascii(pattern))).ok()).collect()
});

pub fn long(line: &str) -> Vec<Range<usize>> {
    after(LONG.iter(), line, |value| !value.starts_with(['-', '<', '[', '(', '{', '=', '|', ',']))
}

pub fn programs(line: &str) -> Vec<Range<usize>> {
    let mut found =
        after(SHORT.iter(), line, |value| value.bytes().any(|byte| !byte.is_ascii_digit()) || value.len() > 5);
    let quoted = IN_QUOTES.iter().flat_map(|pattern| pattern.captures_iter(line));
    let values = quoted.filter_map(|found| found.get(1)).filter(|value| !value::is_plain(value.as_str()));
    found.extend(values.map(|value| value.range()));
    found
}

/// The values that follow what leads to them.
fn after<'a>(leads: impl Iterator<Item = &'a Regex>, line: &str, accepts: fn(&str) -> bool) -> Vec<Range<usize>> {
    leads
        .flat_map(|lead| lead.find_iter(line))
        .filter_map(|lead| value::at(line, lead.end()))
        .map(|value| value.range)
        .filter(|range| {
            let text = line.get(range.clone()).unwrap_or_default();
            accepts(text) && !value::is_plain(text) && !value::is_path(text)
        })
        .collect()
}

#[cfg(test)]
pub fn compiles() -> bool {
    LONG.is_some() && SHORT.len() == PROGRAMS.len() && IN_QUOTES.len() == QUOTED.len()
}
