//! The switch by which libgit2 syncs what it writes to the git folder (refs, reflogs). It is one for the whole process.

use std::ffi::c_int;

/// Turns syncing on or off for repositories opened from now on.
#[expect(unsafe_code, reason = "git2 has no safe call for this option")]
pub fn set(durable: bool) {
    // SAFETY: the option takes one int, and libgit2 guards its options with a lock of its own. `git2` has
    // initialised the library before: every caller comes from opening a repository.
    unsafe {
        libgit2_sys::git_libgit2_opts(libgit2_sys::GIT_OPT_ENABLE_FSYNC_GITDIR as c_int, c_int::from(durable));
    }
}
