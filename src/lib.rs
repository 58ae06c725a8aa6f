//! git-desk: an IT helpdesk that lives in a git repository.
//!
//! The layers, from the top down; none looks up:
//!
//! * [`cli`] parses the command line, reads [`mod@env`], runs one of [`commands`] and explains the failure;
//!   they print through [`ui`].
//! * [`desk`] has the use cases: load, apply a rule of the model, save. [`report`] makes figures.
//! * [`jobs`] wraps jobs and keeps what machines say until it is delivered; it knows nothing of git. [`net`] speaks the
//!   formats of other systems.
//! * [`index`] answers questions about many tickets; [`store`] keeps files in commits.
//! * [`model`] says what a ticket means; [`view`] what the outside sees of it. Both are pure.

#![deny(unsafe_code)]

pub mod cli;
pub mod commands;
pub mod config;
pub mod desk;
pub mod env;
pub mod error;
pub mod index;
pub mod jobs;
pub mod model;
pub mod net;
pub mod platform;
pub mod process;
pub mod report;
pub mod store;
pub mod ui;
pub mod view;

pub use cli::main;
