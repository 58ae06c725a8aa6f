//! The service catalogue: reading it, and asking for something of it.

pub mod request;

use crate::desk::named;
use crate::error::{Problem, Result};
use crate::model::catalogue::{FOLDER, Service, path};
use crate::model::name::is_findable;
use crate::model::policy::{Remark, Severity};
use crate::store::Snapshot;
use crate::store::document::MAX_SIZE;
use crate::store::snapshot::Damaged;

/// A service by its name; `None` without a file of it. Exit code 6 with the place for a file that cannot be read, or
/// does not say whom it asks; what else is wrong in it is as if it were not there.
pub fn intact(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Service>> {
    // A ticket may say anything; only a name is a path.
    if !is_findable(name) {
        return Ok(None);
    }
    let file = path(name);
    snapshot.file(&file, MAX_SIZE)?.map(|bytes| read(&file, bytes)).transpose()
}

/// A service from what was read of its file. Exit codes as for [`intact`].
pub fn read(file: &str, bytes: Result<Vec<u8>, Damaged>) -> Result<Service> {
    let damaged = |line: usize, column: usize, message: &str| {
        Problem::invalid(format!("{file}:{line}:{column}: {message}")).code("damaged").hint("git desk check")
    };
    let text =
        String::from_utf8(bytes.map_err(Problem::from)?).map_err(|_| damaged(1, 1, "this is no text in UTF-8"))?;
    let (service, remarks) = Service::parse(file, &text);
    let is_fatal =
        |one: &&Remark| one.severity == Severity::Error && (one.key.is_empty() || one.key.starts_with("approval"));
    match remarks.iter().find(is_fatal) {
        Some(one) => Err(damaged(one.line, one.column, &one.message).into()),
        None => Ok(service),
    }
}

/// A service as far as it can be read, for screens; `None` where there is nothing that can. What is wrong in it is as if
/// it were not there.
pub fn service(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Service>> {
    // A ticket may say anything; only a name is a path.
    if !is_findable(name) {
        return Ok(None);
    }
    let file = path(name);
    let Some(Ok(bytes)) = snapshot.file(&file, MAX_SIZE)? else { return Ok(None) };
    Ok(String::from_utf8(bytes).ok().map(|text| Service::parse(&file, &text).0))
}

/// What keeps the files of services from being read, one sentence each with the place.
pub fn damaged(snapshot: &Snapshot<'_>) -> Result<Vec<String>> {
    let files = snapshot.names_in(FOLDER.trim_end_matches('/'))?;
    let names = files.iter().filter_map(|file| file.strip_suffix(".toml"));
    Ok(names.filter_map(|name| Some(intact(snapshot, name).err()?.to_string())).collect())
}

/// All services with their names, in the order of these.
pub fn services(snapshot: &Snapshot<'_>) -> Result<Vec<(String, Service)>> {
    let mut services = Vec::new();
    for file in snapshot.names_in(FOLDER.trim_end_matches('/'))? {
        let Some(name) = file.strip_suffix(".toml") else { continue };
        services.extend(service(snapshot, name)?.map(|service| (name.to_owned(), service)));
    }
    Ok(services)
}

/// A service that somebody names. Exit code 3 names the nearest, 6 is for a file that is damaged.
pub fn known(snapshot: &Snapshot<'_>, name: &str) -> Result<Service> {
    if let Some(service) = intact(snapshot, name)? {
        return Ok(service);
    }
    let have = named::of(snapshot.names_in(FOLDER.trim_end_matches('/'))?);
    Err(named::SERVICE.unknown(name, &have).into())
}
