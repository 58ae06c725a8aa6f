//! libgit2's switches, which are one set for the whole process.

use std::ffi::c_int;

/// Bytes of a pack that are mapped at once, and of all packs together: a large history is read in windows, so that
/// memory does not follow its size.
const WINDOW: usize = 32 << 20;
const MAPPED: usize = 192 << 20;

/// Sets them for repositories opened from now on; `durable` is whether libgit2 syncs what it writes to the git folder
/// (refs, reflogs).
///
/// Objects are read as git reads them, without hashing each again: what we write we read back and hash ourselves.
#[expect(unsafe_code, reason = "git2 has no safe call for these options")]
pub fn set(durable: bool) {
    git2::opts::strict_hash_verification(false);
    // SAFETY: each option takes one int or one size, and libgit2 guards its options with a lock of its own. `git2` has
    // initialised the library before: the line above sees to it.
    unsafe {
        libgit2_sys::git_libgit2_opts(libgit2_sys::GIT_OPT_ENABLE_FSYNC_GITDIR as c_int, c_int::from(durable));
        libgit2_sys::git_libgit2_opts(libgit2_sys::GIT_OPT_SET_MWINDOW_SIZE as c_int, WINDOW);
        libgit2_sys::git_libgit2_opts(libgit2_sys::GIT_OPT_SET_MWINDOW_MAPPED_LIMIT as c_int, MAPPED);
    }
}

/// For work that reads each object once: what is kept of objects that have been read would only fill memory.
pub fn keep_nothing() {
    git2::opts::enable_caching(false);
}
