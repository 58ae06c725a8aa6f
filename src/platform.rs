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

/// A signal that was meant for whatever runs, and whether a process sent it, rather than the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub signal: i32,
    pub by_process: bool,
}

impl Heard {
    /// Whether it asks to end; the others say what each program has agreed on.
    pub fn asks_to_end(self) -> bool {
        asks_to_end(self.signal)
    }
}

fn asks_to_end(signal: i32) -> bool {
    [HANG_UP, INTERRUPT, QUIT, KILL, TERMINATE].contains(&signal)
}

/// What a user is called of whom only the number is known.
pub fn nameless(user: u32) -> String {
    format!("uid{user}")
}

/// The signals of POSIX.1 whose numbers are the same everywhere.
pub const HANG_UP: i32 = 1;
pub const INTERRUPT: i32 = 2;
pub const QUIT: i32 = 3;
pub const KILL: i32 = 9;
pub const TERMINATE: i32 = 15;

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::os::unix::net::UnixDatagram;
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::path::Path;
    use std::process::{Command, ExitStatus};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize};

    use rustix::event::{PollFd, PollFlags};
    use rustix::fs::{Mode, OFlags};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, umask};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;

    use super::{FileFacts, Heard};

    /// The machine's name.
    pub fn host_name() -> Option<String> {
        Some(rustix::system::uname().nodename().to_string_lossy().into_owned())
    }

    /// Somebody whose name the environment does not say.
    pub fn nameless_user() -> String {
        super::nameless(user_number())
    }

    /// Columns of the terminal on stdout, else on stderr.
    pub fn terminal_width() -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(io::stdout())
            .or_else(|_| rustix::termios::tcgetwinsize(io::stderr()))
            .ok()?;
        (size.ws_col > 0).then_some(usize::from(size.ws_col))
    }

    /// Whether nobody is left of a group of processes.
    pub fn is_group_gone(head: u32) -> bool {
        let head = i32::try_from(head).ok().and_then(Pid::from_raw);
        head.is_none_or(|head| rustix::process::test_kill_process_group(head) == Err(rustix::io::Errno::SRCH))
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

    /// Whether everybody may put files into a folder.
    pub fn is_shared(folder: &Path) -> bool {
        fs::metadata(folder).is_ok_and(|data| data.permissions().mode() & 0o002 != 0)
    }

    /// Makes a folder, with what is missing above it; `mode` holds whatever the umask is.
    pub fn make_folder(path: &Path, mode: u32) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o755).create(above)?;
        }
        match DirBuilder::new().mode(mode).create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
            Ok(()) => fs::set_permissions(path, Permissions::from_mode(mode)),
        }
    }

    /// Whether a path is a folder, and no link, that is ours alone.
    pub fn is_own_folder(path: &Path) -> bool {
        let own = |data: &Metadata| data.uid() == rustix::process::getuid().as_raw() && data.mode() & 0o022 == 0;
        fs::symlink_metadata(path).is_ok_and(|data| data.is_dir() && own(&data))
    }

    /// The number of the user, for folders that several users share.
    pub fn user_number() -> u32 {
        rustix::process::getuid().as_raw()
    }

    pub fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    /// Opens a file for reading; no link is followed, and no pipe is waited for.
    pub fn open_plain(path: &Path) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Whether an error says that there is no room: the disk or the user's share of it is full.
    pub fn is_full(error: &io::Error) -> bool {
        let code = rustix::io::Errno::from_io_error(error);
        matches!(code, Some(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT))
    }

    /// Our own stdout and stderr, without a buffer between. Nothing that we start has them: what it leaves running would
    /// hold up whoever reads us.
    pub fn raw_outputs() -> io::Result<(File, File)> {
        // Above stdin, stdout and stderr.
        let own = |stream| rustix::io::fcntl_dupfd_cloexec(stream, 3).map(File::from);
        Ok((own(rustix::stdio::stdout())?, own(rustix::stdio::stderr())?))
    }

    /// Our end of a pipe to a program, as a file.
    pub fn pipe_of(end: impl Into<OwnedFd>) -> File {
        File::from(end.into())
    }

    /// From now on a read from a pipe that holds nothing is an error.
    pub fn unblock(pipe: &File) -> io::Result<()> {
        let flags = rustix::fs::fcntl_getfl(pipe)?;
        Ok(rustix::fs::fcntl_setfl(pipe, flags | OFlags::NONBLOCK)?)
    }

    /// Waits until a stream takes more.
    pub fn await_room(stream: &File) -> io::Result<()> {
        let mut ready = [PollFd::new(stream, PollFlags::OUT)];
        match rustix::event::poll(&mut ready, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether an error says that a file is to be run that no system can run.
    pub fn is_no_program(error: &io::Error) -> bool {
        rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::NOEXEC)
    }

    /// The program becomes the head of a group of processes of its own.
    pub fn apart(command: &mut Command) {
        command.process_group(0);
    }

    /// Sends a signal to a process, or to the group that it heads.
    pub fn send(pid: u32, whole_group: bool, signal: i32) {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let (Some(pid), Some(signal)) = (pid, Signal::from_named_raw(signal)) else { return };
        // One that is stopped hears it once it goes on; one that has gone needs none.
        let goes_on = super::asks_to_end(signal.as_raw()).then_some(Signal::CONT);
        for signal in [signal].into_iter().chain(goes_on) {
            let _ = match whole_group {
                true => rustix::process::kill_process_group(pid, signal),
                false => rustix::process::kill_process(pid, signal),
            };
        }
    }

    /// Waits until a child has ended, and leaves it to be reaped: its number stays its own until then.
    pub fn await_end(pid: u32) {
        let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), options) {}
    }

    /// The signal that ended a program.
    pub fn signal_of(status: ExitStatus) -> Option<i32> {
        status.signal()
    }

    /// The signals that were ignored when we were started, a bit each from signal 1 on; none where the system does not
    /// tell.
    fn ignored_signals() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }

    /// Whether there is a terminal that our processes belong to, whatever stdin is.
    pub fn has_terminal() -> bool {
        OpenOptions::new().read(true).open("/dev/tty").is_ok()
    }

    /// What programs agree on by themselves. Where it is not heard it ends who gets it; a new size is no end.
    const AGREED: [i32; 7] = {
        use signal_hook::consts::{SIGALRM, SIGIO, SIGPROF, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH};
        [SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGWINCH]
    };

    /// Those of some signals that whoever started us does not ignore (`nohup`).
    fn not_ignored(signals: impl Iterator<Item = i32>) -> impl Iterator<Item = i32> {
        let ignored = ignored_signals();
        signals.filter(move |signal| ignored & (1 << (signal - 1)) == 0)
    }

    /// From now on a signal that asks us to end is noted in `told`; while `ends_us`, it ends us, as it does any program.
    pub fn note_ends(told: &'static AtomicUsize, ends_us: &'static AtomicBool) -> io::Result<()> {
        for signal in not_ignored([super::INTERRUPT, super::TERMINATE, super::HANG_UP].into_iter()) {
            signal_hook::flag::register_conditional_default(signal, ends_us)?;
            signal_hook::flag::register_usize(signal, told, usize::try_from(signal).unwrap_or(0))?;
        }
        Ok(())
    }

    /// Ends us as a signal does that nobody hears.
    pub fn end_by(signal: i32) {
        if let Err(error) = signal_hook::low_level::emulate_default_handler(signal) {
            log::debug!("signal {signal}: {error}");
        }
    }

    /// Calls `hear` for each signal that asks us to end or says what programs agree on, instead of ending; from a thread
    /// of its own.
    pub fn hear_signals(hear: impl Fn(Heard) + Send + 'static) -> io::Result<()> {
        // One that ignores its children's ends is never told of them; a job begins with the usual.
        signal_hook::flag::register(signal_hook::consts::SIGCHLD, Arc::default())?;
        // What is ignored, the job ignores, too.
        let signals = [super::INTERRUPT, super::TERMINATE, super::HANG_UP, super::QUIT];
        let mut heard = SignalsInfo::<WithOrigin>::new(not_ignored(signals.into_iter().chain(AGREED)))?;
        std::thread::spawn(move || {
            for origin in heard.forever() {
                hear(Heard { signal: origin.signal, by_process: origin.process.is_some() });
            }
        });
        Ok(())
    }

    /// One line to the system's log, at once or not at all.
    pub fn system_log(line: &str) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        // Facility user, severity error (RFC 3164).
        let message: String = format!("<11>git-desk: {line}").chars().take(1_800).collect();
        socket.send_to(message.as_bytes(), "/dev/log").map(|_| ())
    }

    /// Everybody may read and run it, and its owner write.
    pub fn make_runnable(file: &File) -> io::Result<()> {
        let mut permissions = file.metadata()?.permissions();
        permissions.set_mode(0o755);
        file.set_permissions(permissions)
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
    use std::os::windows::io::OwnedHandle;
    use std::path::Path;
    use std::process::{Command, ExitStatus};
    use std::sync::atomic::{AtomicBool, AtomicUsize};
    use std::time::SystemTime;

    use super::{FileFacts, Heard};

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

    pub fn is_shared(_: &Path) -> bool {
        false
    }

    pub fn make_folder(path: &Path, _: u32) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    /// Nothing is known of owners, so no folder that others can reach is taken for our own.
    pub fn is_own_folder(_: &Path) -> bool {
        false
    }

    pub fn user_number() -> u32 {
        0
    }

    pub fn is_root() -> bool {
        false
    }

    pub fn is_full(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::StorageFull
    }

    pub fn open_plain(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    /// There is no way to two handles of one stream; the devices' names lead to them.
    pub fn raw_outputs() -> io::Result<(File, File)> {
        let open = |name: &str| OpenOptions::new().write(true).open(name);
        Ok((open("CONOUT$")?, open("CONOUT$")?))
    }

    pub fn has_terminal() -> bool {
        false
    }

    pub fn pipe_of(end: impl Into<OwnedHandle>) -> File {
        File::from(end.into())
    }

    pub fn unblock(_: &File) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// It is asked again after a while.
    pub fn await_room(_: &File) -> io::Result<()> {
        std::thread::sleep(std::time::Duration::from_millis(5));
        Ok(())
    }

    pub fn is_no_program(_: &io::Error) -> bool {
        false
    }

    pub fn apart(_: &mut Command) {}

    pub fn send(_: u32, _: bool, _: i32) {}

    pub fn is_group_gone(_: u32) -> bool {
        true
    }

    pub fn await_end(_: u32) {}

    pub fn signal_of(_: ExitStatus) -> Option<i32> {
        None
    }

    pub fn hear_signals(_: impl Fn(Heard) + Send + 'static) -> io::Result<()> {
        Ok(())
    }

    pub fn note_ends(_: &'static AtomicUsize, _: &'static AtomicBool) -> io::Result<()> {
        Ok(())
    }

    pub fn end_by(_: i32) {}

    pub fn system_log(_: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn make_runnable(_: &File) -> io::Result<()> {
        Ok(())
    }

    pub fn make_readable(_: &File) -> io::Result<()> {
        Ok(())
    }
}
