//! Tokens that are known by their shape alone, as their makers publish them.

/// A shape: the rule's name, a cheap pattern without which none is in a line, and the pattern; what is secret are its
/// groups, or all of it if it has none.
pub struct Shape {
    pub rule: &'static str,
    pub hint: &'static str,
    pub pattern: &'static str,
}

const fn shape(rule: &'static str, hint: &'static str, pattern: &'static str) -> Shape {
    Shape { rule, hint, pattern }
}

/// In the order in which they are tried: the particular before the general.
pub const SHAPES: &[Shape] = &[
    shape(
        "pem",
        "-----BEGIN ",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:.*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|.*)",
    ),
    shape("pem", "-----END ", r"[A-Za-z0-9+/=\\ ]{16,}-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"),
    shape("age", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{30,}"),
    shape(
        "aws",
        "A(?:KIA|SIA)|:aws",
        r#"(?:(?:AKIA|ASIA)[A-Z0-9]{16}|\[REDACTED:aws\])["']?[,:;\s|]+["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
    ),
    shape("aws", "A(?:KIA|SIA|BIA|CCA)", r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})\b"),
    shape("github", "gh[pousr]_", r"gh[pousr]_[A-Za-z0-9]{20,255}"),
    shape("github", "github_pat_", r"github_pat_[A-Za-z0-9_]{20,255}"),
    shape(
        "gitlab",
        "gl[a-z]+-|GR1348941",
        r"\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|soat|imt|agent|oas|ffct)-[A-Za-z0-9_.-]{20,}|GR1348941[A-Za-z0-9_-]{20,}",
    ),
    shape("slack", "xox|xapp-", r"xox[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    shape(
        "slack",
        "hooks\\.slack",
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/_-]{16,})",
    ),
    shape("discord", "/webhooks/", r"discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/([0-9]+/[A-Za-z0-9_-]{20,})"),
    shape(
        "discord",
        r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{20}",
        r"\b([MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,})",
    ),
    shape(
        "teams",
        "office\\.com/webhook",
        r"(?:webhook\.office|outlook\.office(?:365)?)\.com/webhook(?:b2)?/([^\s\x22'`<>]+)",
    ),
    shape("telegram", "[0-9]:[A-Za-z0-9_-]{35}", r"(?:\b|bot)([0-9]{8,10}:[A-Za-z0-9_-]{35})\b"),
    shape("stripe", "[sr]k_|whsec_", r"\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,})"),
    shape(
        "google",
        "AIza|ya29\\.|GOCSPX-|1//0",
        r"AIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_.-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}|\b1//0[A-Za-z0-9_-]{30,}",
    ),
    shape("sendgrid", "SG\\.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    shape("twilio", "SK[0-9a-f]{8}", r"\bSK[0-9a-f]{32}\b"),
    shape("mailgun", "key-[0-9a-f]{8}", r"\bkey-[0-9a-f]{32}\b"),
    shape("mailchimp", "-us[0-9]", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    shape("brevo", "xkeysib-", r"xkeysib-[A-Za-z0-9-]{40,}"),
    shape("npm", "npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    shape("pypi", "pypi-", r"pypi-[A-Za-z0-9_-]{40,}"),
    shape("rubygems", "rubygems_", r"rubygems_[0-9a-f]{40,}"),
    shape("crates", "cio", r"\bcio[A-Za-z0-9]{32}\b"),
    shape("docker", "dckr_", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    shape(
        "azure",
        "(?i:account|access|shared)(?i:access)?(?i:key|signature)",
        r"(?i:AccountKey|SharedAccessKey|SharedAccessSignature)=([A-Za-z0-9+/=%&-]{20,})",
    ),
    shape("azure", "sig=", r"(?:[?&;]|\\u0026)sig=([A-Za-z0-9%+/=_-]{16,})"),
    shape("azure", "[78]Q~", r"\b[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    shape("signature", "-Signature=", r"X-(?:Amz|Goog)-Signature=([0-9a-fA-F]{32,})"),
    shape("jwt", "eyJ", r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,}){1,4}"),
    shape(
        "grafana",
        "eyJrIjoi|glsa_|glc_",
        r"eyJrIjoi[A-Za-z0-9+/=]{30,}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{32,}",
    ),
    shape("vault", "hv[sbr]\\.", r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}"),
    shape("digitalocean", "do[opr]_v1_", r"\bdo[opr]_v1_[0-9a-f]{40,}"),
    shape("heroku", "HRKU-", r"HRKU-[A-Za-z0-9_-]{30,}"),
    shape("openai", "sk-", r"\bsk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{32,}"),
    shape("huggingface", "hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    shape("shopify", "shp", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    shape("square", "sq0", r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,}"),
    shape("newrelic", "NRAK-|NRJS-", r"\bNR(?:AK|JS)-[A-Za-z0-9]{19,}"),
    shape("linear", "lin_", r"\blin_(?:api|oauth)_[A-Za-z0-9]{30,}"),
    shape("databricks", "dapi", r"\bdapi[0-9a-f]{32}"),
    shape("postman", "PMAK-", r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    shape("tailscale", "tskey-", r"\btskey-[a-z]+-[A-Za-z0-9-]{16,}"),
    shape("pulumi", "pul-", r"\bpul-[0-9a-f]{40}"),
    shape("atlassian", "AT[AC]TT3|ATBB", r"\bAT[AC]TT3[A-Za-z0-9_=-]{20,}|\bATBB[A-Za-z0-9]{28,}"),
    shape("sentry", "sntry[su]_", r"\bsntry[su]_[A-Za-z0-9_=+/-]{32,}"),
    shape("doppler", "dp\\.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{30,}"),
    shape("terraform", "\\.atlasv1\\.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}"),
    shape("hash", "\\$(?:[0-9y]|argon)", r"\$(?:1|2[abxy]?|5|6|7|y|gy|argon2id?)\$[A-Za-z0-9./,=+$-]{20,}"),
];
