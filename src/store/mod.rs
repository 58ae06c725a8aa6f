//! Where a desk is kept: files in commits. The only folder that names git2 and toml_edit.

pub mod address;
pub mod bulk;
pub mod bundle;
pub mod changed;
mod compare;
pub mod document;
pub mod history;
pub mod inbox;
pub mod last_edit;
pub mod lines;
pub mod lock;
pub mod merge;
pub mod message;
pub mod objects;
pub mod policy;
pub mod proposal;
pub mod remote;
pub mod repository;
mod root;
pub mod scratch;
pub mod settings;
mod share;
pub mod sign;
pub mod signature;
pub mod snapshot;
mod swap;
mod switches;
pub mod transaction;
pub mod tree;
mod worktree;

pub use git2::Oid;
pub use repository::{Place, Store};
pub use snapshot::Snapshot;
pub use transaction::Transaction;
pub use worktree::edits;
pub use worktree::fence::{Fence, is_edit};

/// Whether a full name can be that of a reference.
pub fn is_reference(name: &str) -> bool {
    git2::Reference::is_valid_name(name)
}
