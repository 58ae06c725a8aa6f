//! Where systems differ: what Unix says of files, processes and terminals, and what stands in for it elsewhere.

#[cfg(not(unix))]
pub use elsewhere::*;
#[cfg(unix)]
pub use unix::*;

/// What git's index keeps of a file beside its size, as the system has it; all zero where it has none, as git for
/// Windows writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Seconds and nanoseconds since 1970.
    pub changed: (i64, i64),
    pub modified: (i64, i64),
    pub device: u64,
    pub inode: u64,
    pub user: u32,
    pub group: u32,
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    use rustix::fs::Mode;
    use rustix::process::umask;

    use super::FileFacts;

    /// The machine's name.
    pub fn host_name() -> Option<String> {
        Some(rustix::system::uname().nodename().to_string_lossy().into_owned())
    }

    /// Somebody whose name the environment does not say.
    pub fn nameless_user() -> String {
        format!("uid{}", rustix::process::getuid().as_raw())
    }

    /// Columns of the terminal on stdout, else on stderr.
    pub fn terminal_width() -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(io::stdout())
            .or_else(|_| rustix::termios::tcgetwinsize(io::stderr()))
            .ok()?;
        (size.ws_col > 0).then_some(usize::from(size.ws_col))
    }

    /// Whether no process has this number; one of another user's counts as running.
    pub fn is_gone(pid: u32) -> bool {
        let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
        let runs = |pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH);
        !pid.is_some_and(runs)
    }

    pub fn facts(data: &Metadata) -> FileFacts {
        FileFacts {
            changed: (data.ctime(), data.ctime_nsec()),
            modified: (data.mtime(), data.mtime_nsec()),
            device: data.dev(),
            inode: data.ino(),
            user: data.uid(),
            group: data.gid(),
        }
    }

    /// Files are made with these permissions, less the umask.
    pub fn with_mode(options: &mut OpenOptions, mode: u32) -> &mut OpenOptions {
        options.mode(mode)
    }

    /// Takes bits from the mask of new files, for this process.
    pub fn widen_mask(bits: u32) {
        let mask = umask(Mode::empty());
        umask(mask.difference(Mode::from_bits_truncate(bits)));
    }

    /// Gives a file more permissions.
    pub fn widen_file(path: &Path, bits: u32) -> io::Result<()> {
        let mode = fs::metadata(path)?.permissions().mode();
        fs::set_permissions(path, Permissions::from_mode(mode | bits))
    }

    /// Everybody may read it, and its owner write.
    pub fn make_readable(file: &File) -> io::Result<()> {
        let mut permissions = file.metadata()?.permissions();
        permissions.set_mode(0o644);
        file.set_permissions(permissions)
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;
    use std::time::SystemTime;

    use super::FileFacts;

    /// Said by the environment alone.
    pub fn host_name() -> Option<String> {
        None
    }

    pub fn nameless_user() -> String {
        "user".to_owned()
    }

    pub fn terminal_width() -> Option<usize> {
        None
    }

    /// Asked of whoever held a lock that is ours now: the system gives it up when its holder ends.
    pub fn is_gone(_: u32) -> bool {
        true
    }

    pub fn facts(data: &Metadata) -> FileFacts {
        let since = |time: io::Result<SystemTime>| {
            let since = time.ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).unwrap_or_default();
            (since.as_secs().cast_signed(), i64::from(since.subsec_nanos()))
        };
        FileFacts { changed: since(data.created()), modified: since(data.modified()), ..FileFacts::default() }
    }

    /// There are no such permissions.
    pub fn with_mode(options: &mut OpenOptions, _: u32) -> &mut OpenOptions {
        options
    }

    pub fn widen_mask(_: u32) {}

    pub fn widen_file(_: &Path, _: u32) -> io::Result<()> {
        Ok(())
    }

    pub fn make_readable(_: &File) -> io::Result<()> {
        Ok(())
    }
}
