//! What is named by its file: `customers/acme.toml` is the customer `acme`.

use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::name::{is_findable, is_name};
use crate::model::near::{nearest, nearest_of};
use crate::model::{catalogue, customer};

/// What the files of a folder are.
pub struct Named {
    what: &'static str,
    /// With a `/` behind it.
    folder: &'static str,
    code: &'static str,
    /// What is said where there is none at all.
    example: &'static str,
}

pub const CUSTOMER: Named = Named {
    what: "customer",
    folder: customer::FOLDER,
    code: "no_customer",
    example: "a customer is a file: customers/acme.toml is acme",
};

pub const SERVICE: Named = Named {
    what: "service",
    folder: catalogue::FOLDER,
    code: "no_service",
    example: "a service is a file: services/new-laptop.toml",
};

/// So many names are told to somebody who typed one that is not there.
const TOLD: usize = 10;

/// The names that the files of a folder are.
pub fn of(files: Vec<String>) -> Vec<String> {
    files.iter().filter_map(|file| file.strip_suffix(".toml")).filter(|name| is_name(name)).map(str::to_owned).collect()
}

impl Named {
    /// There is none of that name: exit code 3, with those that come nearest.
    pub fn unknown(&self, name: &str, have: &[String]) -> Problem {
        let all: Vec<&str> = have.iter().map(String::as_str).filter(|name| is_findable(name)).collect();
        let told = nearest_of(name, &all, TOLD);
        let there = match all.len() - told.len() {
            _ if all.is_empty() => "none".to_owned(),
            0 => told.join(", "),
            more => format!("{} and {more} more", told.join(", ")),
        };
        let what = self.what;
        let problem = Problem::not_found(format!("no {what} `{name}`; this desk has {there}")).code(self.code);
        let problem = match nearest(name, all.iter().copied()) {
            _ if is_name(name) && !is_findable(name) => {
                problem.hint(format!("in queries `{name}` is a word of its own, so it is no name of a {what}"))
            }
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None if all.is_empty() => problem.hint(self.example),
            None => problem,
        };
        problem.candidates(told)
    }
}

impl Room<'_, '_> {
    /// Refuses, with exit code 3, a customer or service without a file where the desk keeps such files. What machines say
    /// is kept as it is: nothing of theirs is lost.
    pub fn must_have(&self, named: &Named, name: &str) -> Result<()> {
        let folder = named.folder.trim_end_matches('/');
        if name.is_empty() || self.machine || !self.tx.exists(folder)? {
            return Ok(());
        }
        let have = of(self.tx.names_in(folder)?);
        let is_there = is_findable(name) && have.iter().any(|known| known == name);
        if is_there { Ok(()) } else { Err(named.unknown(name, &have).into()) }
    }
}
