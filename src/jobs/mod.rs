//! What wraps a job and keeps what it has to say until it is delivered: capture, redaction, spool. Knows nothing of git.

pub mod redact;
