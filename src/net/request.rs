//! A request that is ready to go: plain values, secrets included, so its `Debug` shows none of them.

use std::fmt;

use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub url: String,
    /// Names in lower case, each once.
    pub headers: Vec<(String, String)>,
    /// JSON, or nothing; exactly these bytes go out, because a signature may be on them.
    pub body: String,
}

impl Request {
    pub(super) fn get(url: impl Into<String>) -> Request {
        Request { method: Method::Get, url: url.into(), headers: Vec::new(), body: String::new() }
    }

    pub(super) fn post(url: impl Into<String>, body: &Value) -> Request {
        Request::sending(Method::Post, url, body)
    }

    pub(super) fn sending(method: Method, url: impl Into<String>, body: &Value) -> Request {
        Request { method, url: url.into(), headers: Vec::new(), body: body.to_string() }
            .header("content-type", "application/json")
    }

    /// Sets a header that is not there yet.
    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Request {
        if !self.headers.iter().any(|(there, _)| there == name) {
            self.headers.push((name.to_owned(), value.into()));
        }
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}
