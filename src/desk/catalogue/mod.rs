//! The service catalogue: reading it, and asking for something of it.

pub mod request;

use crate::error::{Problem, Result};
use crate::model::catalogue::{FOLDER, Service, path};
use crate::model::name::is_name;
use crate::model::near::nearest;
use crate::store::Snapshot;
use crate::store::document::MAX_SIZE;

/// A service by its name; `None` where there is no file of it that can be read. What is wrong in it is as if it were not
/// there.
pub fn service(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Service>> {
    // A ticket may say anything; only a name is a path.
    if !is_name(name) {
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
    let have: Vec<String> = services(snapshot)?.into_iter().map(|(name, _)| name).collect();
    let there = if have.is_empty() { "none".to_owned() } else { have.join(", ") };
    let mut problem = Problem::not_found(format!("no service `{name}`; this desk has {there}")).code("no_service");
    if let Some(near) = nearest(name, have.iter().map(String::as_str)) {
        problem = problem.hint(format!("did you mean `{near}`?"));
    }
    if have.is_empty() {
        problem = problem.hint("a service is a file: services/new-laptop.toml");
    }
    Err(problem.candidates(have).into())
}
