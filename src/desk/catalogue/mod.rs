//! The service catalogue: reading it, and asking for something of it.

pub mod request;

use crate::desk::named;
use crate::error::Result;
use crate::model::catalogue::{FOLDER, Service, path};
use crate::model::name::is_findable;
use crate::store::Snapshot;
use crate::store::document::MAX_SIZE;

/// A service by its name; `None` where there is no file of it that can be read. What is wrong in it is as if it were not
/// there.
pub fn service(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Service>> {
    // A ticket may say anything; only a name is a path.
    if !is_findable(name) {
        return Ok(None);
    }
    let file = path(name);
    let Some(Ok(bytes)) = snapshot.file(&file, MAX_SIZE)? else { return Ok(None) };
    Ok(String::from_utf8(bytes).ok().map(|text| Service::parse(&file, &text).0))
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

/// A service that somebody names. Exit code 3 names the nearest.
pub fn known(snapshot: &Snapshot<'_>, name: &str) -> Result<Service> {
    if let Some(service) = service(snapshot, name)? {
        return Ok(service);
    }
    let have = named::of(snapshot.names_in(FOLDER.trim_end_matches('/'))?);
    Err(named::SERVICE.unknown(name, &have).into())
}
