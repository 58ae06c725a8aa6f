//! The proxy that git would ask in place of a forge: `http.proxy` of the user's and the system's configuration
//! (git-config(1)), else the variables that curl heeds (curl(1), "Environment").
//!
//! Git is asked outside of any repository, so that none says where a token goes.

use std::path::Path;
use std::time::Duration;

use crate::env::Env;
use crate::net::deliver::Proxy;
use crate::net::forge::Site;
use crate::process::{self, Patience};

/// How long git may take to read its configuration.
const PATIENCE: Patience = Patience { limit: Duration::from_secs(10), may_ask: false };

/// `None` where the forge is spoken to itself.
pub fn proxy(env: &Env, site: &Site) -> Option<Proxy> {
    let url = match configured(site) {
        Some(url) => url,
        None => of_environment(env, site.keeper().0)?,
    };
    if url.is_empty() {
        return None;
    }
    let url = if url.contains("://") { url } else { format!("http://{url}") };
    let without = env.var("no_proxy").or_else(|| env.var("NO_PROXY")).unwrap_or_default().to_owned();
    Some(Proxy { url, without })
}

/// What git's configuration says for the address; an empty word is that there is none.
fn configured(site: &Site) -> Option<String> {
    let mut command = process::git(Path::new("/"));
    command.args(["config", "--get-urlmatch", "http.proxy", site.interface()]).env("LC_ALL", "C");
    let output = process::converse(&mut command, b"", PATIENCE).ok()?;
    let value = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| value.trim_end_matches('\n').to_owned())
}

/// In large letters it is not heeded for http: a CGI program's caller could set it.
fn of_environment(env: &Env, protocol: &str) -> Option<String> {
    let names: &[&str] = match protocol {
        "http" => &["http_proxy", "all_proxy", "ALL_PROXY"],
        _ => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    };
    names.iter().find_map(|name| env.var(name)).map(str::to_owned)
}
