//! Commits are signed when git is told to sign: plain git verifies them, and a signer that fails makes no commit.

use std::fs;

use crate::support::TestDesk;

/// Whether a program is there; where everything must be, its absence is a failure.
pub fn has(desk: &TestDesk, program: &str) -> bool {
    let found = desk.program("sh", &["-c", &format!("command -v {program}")]).output().unwrap().status.success();
    #[expect(clippy::disallowed_methods, reason = "where it must be there")]
    let required = std::env::var_os("GIT_DESK_TEST_PROGRAMS").is_some();
    assert!(found || !required, "{program} is required and not there");
    found
}

/// Sets what a person has in their own configuration.
fn configure(desk: &TestDesk, settings: &[(&str, &str)]) {
    for (name, value) in settings {
        desk.git(&["config", "--global", name, value]);
    }
}

#[test]
fn signed_by_ssh_git_verifies_it() {
    let desk = TestDesk::new();
    if !has(&desk, "ssh-keygen") {
        return;
    }
    let key = desk.outside().join("key").display().to_string();
    let made = desk.program("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &key]).output().unwrap();
    assert!(made.status.success());
    let public = fs::read_to_string(format!("{key}.pub")).unwrap();
    let signers = desk.outside().join("signers");
    fs::write(&signers, format!("ana@example.com {public}")).unwrap();
    configure(
        &desk,
        &[
            ("gpg.format", "ssh"),
            ("user.signingkey", &key),
            ("commit.gpgsign", "true"),
            ("gpg.ssh.allowedSignersFile", signers.to_str().unwrap()),
        ],
    );
    desk.open("signed", &[]);
    desk.git(&["verify-commit", "HEAD"]);
    desk.is_sound();
}

#[test]
fn signed_by_gpg_git_verifies_it() {
    let desk = TestDesk::new();
    if !has(&desk, "gpg") {
        return;
    }
    let home = desk.outside().join("gnupg");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let desk = desk.with("GNUPGHOME", home.to_str().unwrap());
    let words =
        ["--batch", "--passphrase", "", "--quick-gen-key", "Ana Agent <ana@example.com>", "ed25519", "sign", "0"];
    let made = desk.program("gpg", &words).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    configure(&desk, &[("commit.gpgsign", "true")]);
    desk.open("signed", &[]);
    desk.git(&["verify-commit", "HEAD"]);
    let _ = desk.program("gpgconf", &["--kill", "all"]).output();
    desk.is_sound();
}

/// A certificate that `gpgsm` makes without asking.
const CERTIFICATE: &str = "Key-Type: RSA
Key-Length: 2048
Key-Usage: sign, cert
Serial: random
Name-DN: CN=Ana Agent
Name-Email: ana@example.com
Not-After: 2040-01-01 00:00:00
Hash-Algo: SHA256
";

#[test]
fn signed_by_a_certificate_git_verifies_it() {
    let desk = TestDesk::new();
    if !has(&desk, "gpgsm") {
        return;
    }
    let home = desk.outside().join("gnupg");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    fs::write(home.join("gpgsm.conf"), "disable-crl-checks\n").unwrap();
    fs::write(home.join("wanted"), CERTIFICATE).unwrap();
    let desk = desk.with("GNUPGHOME", home.to_str().unwrap());
    let script = "cd \"$GNUPGHOME\" && \
        gpgsm --batch --pinentry-mode loopback --passphrase-fd 0 --generate-key --output made wanted </dev/null && \
        gpgsm --import made && gpgsm --with-colons -K | awk -F: '/^fpr/ {print $10, \"S relax\"}' > trustlist.txt && \
        gpgconf --kill all";
    let made = desk.program("sh", &["-c", script]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    configure(&desk, &[("gpg.format", "x509"), ("user.signingkey", "ana@example.com"), ("commit.gpgsign", "true")]);
    desk.open("signed", &[]);
    desk.git(&["verify-commit", "HEAD"]);
    let _ = desk.program("gpgconf", &["--kill", "all"]).output();
    desk.is_sound();
}

#[test]
fn a_name_without_a_value_asks_for_a_signature_as_it_does_in_git() {
    let desk = TestDesk::new();
    configure(&desk, &[("gpg.program", "false")]);
    let config = desk.outside().join("gitconfig");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}[commit]\n\tgpgsign\n")).unwrap();
    desk.run(&["open", "unsigned"]).fails(7);
}

#[test]
fn a_signer_that_fails_makes_no_commit() {
    let desk = TestDesk::new();
    configure(&desk, &[("commit.gpgsign", "true"), ("gpg.program", "false")]);
    let commits = desk.commits();
    let said = desk.run(&["open", "unsigned"]).fails(7);
    assert!(said.contains("did not sign"), "{said}");
    assert_eq!(desk.commits(), commits);
    desk.is_sound();
}

#[test]
fn a_repository_names_no_signer() {
    let desk = TestDesk::new();
    configure(&desk, &[("commit.gpgsign", "true"), ("gpg.program", "false")]);
    let pwned = desk.outside().join("pwned");
    let script = desk.outside().join("signer");
    fs::write(&script, format!("#!/bin/sh\ntouch {}\n", pwned.display())).unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    desk.git(&["config", "gpg.program", script.to_str().unwrap()]);
    desk.run(&["open", "unsigned"]).fails(7);
    assert!(!pwned.exists());
}
