//! Outside formats: what monitors send, what chat and paging services take, pull requests on forges.
//!
//! To tell somebody: a [`notice::Notice`] says what happened, a [`target::Target`] where to say it, [`payload::request`]
//! makes the service's own form of it, [`deliver::send`] sends that once, and [`retry::next_try`] says when to try again.
//! Nothing here reads a ticket, a file or the clock, and nothing is ever sent where a repository says so: addresses
//! come from the person's own configuration, and a forge is where the person's remote is.

mod address;
mod answer;
pub mod deliver;
pub mod forge;
pub mod monitors;
pub mod notice;
pub mod payload;
pub mod request;
pub mod retry;
pub mod target;
mod text;
