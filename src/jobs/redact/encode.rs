//! The ways in which a value is written inside other texts.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Characters that a URL writes as they are (RFC 3986, 2.3).
const UNRESERVED: &str = "-._~";

/// A value as it is, in JSON, in URLs and in base64. Some may be equal.
pub fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    forms.extend(json(value));
    // Programs differ in what else they leave alone in a URL, and in the case of hexadecimal digits.
    for kept in ["", "/", "!'()*", "!$&'()*+,;=:@/"] {
        let upper = percent(value, kept);
        forms.push(upper.replace("%20", "+"));
        forms.push(lower_hex(&upper));
        forms.push(upper);
    }
    // `echo` gives an encoder a line, and not a value.
    for bytes in [value.to_owned(), format!("{value}\n")] {
        let encoded = base64(bytes.as_bytes());
        forms.push(encoded.replace('+', "-").replace('/', "_"));
        forms.push(encoded);
    }
    forms
}

/// As JSON has it inside quotes: plainly, and with the escapes of writers that think of HTML and of scripts.
fn json(value: &str) -> [String; 4] {
    let quoted = serde_json::to_string(value).unwrap_or_default();
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let html = |text: &str| text.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    let slashes = |text: &str| text.replace('/', "\\/");
    [html(&inner), slashes(&inner), slashes(&html(&inner)), inner]
}

fn percent(value: &str, kept: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        let char = char::from(byte);
        if char.is_ascii_alphanumeric() || (byte.is_ascii() && (UNRESERVED.contains(char) || kept.contains(char))) {
            text.push(char);
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn lower_hex(percent: &str) -> String {
    let mut parts = percent.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        text.push('%');
        text.push_str(&code.to_ascii_lowercase());
        text.push_str(rest);
    }
    text
}

/// Base64 (RFC 4648, 4) without padding: a reader may leave it out, and it says nothing.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=chunk.len() {
            let sextet = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(ALPHABET[sextet as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_as_urls_json_and_base64_write_it() {
        let forms = forms("p/a ss&\"ö");
        for form in [
            "p/a ss&\"ö",
            "p%2Fa%20ss%26%22%C3%B6",
            "p%2fa%20ss%26%22%c3%b6",
            "p/a+ss%26%22%C3%B6",
            "p/a ss&\\\"ö",
            "p\\/a ss\\u0026\\\"ö",
            "cC9hIHNzJiLDtg",
            "cC9hIHNzJiLDtgo",
        ] {
            assert!(forms.iter().any(|one| one == form), "{form} in {forms:#?}");
        }
    }
}
