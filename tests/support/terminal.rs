//! A pseudo-terminal, so that what people see can be tested as they see it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Starts a command on a terminal of 100 columns that is its own; what is typed goes to `master`.
fn start(mut command: Command, stdout: Option<Stdio>) -> (Child, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, Winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let side = || OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    command.stdin(side()).stdout(stdout.unwrap_or_else(|| side().into())).stderr(side());
    // The terminal sends its signals to the session that it belongs to.
    let own_it = || {
        rustix::process::setsid()?;
        Ok(rustix::process::ioctl_tiocsctty(std::io::stdin())?)
    };
    // SAFETY: both are system calls that may stand between fork and exec.
    unsafe { command.pre_exec(own_it) };
    let child = command.spawn().unwrap();
    (child, File::from(master))
}

/// The exit code as a shell tells it: 128 and the number for a signal.
fn code_of(mut child: Child) -> i32 {
    let status = child.wait().unwrap();
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Runs a command on a terminal of 100 columns; its exit code and all that it wrote.
pub fn run(command: Command, typed: &str) -> (i32, String) {
    let (child, mut master) = start(command, None);
    master.write_all(typed.as_bytes()).unwrap();
    let mut screen = Vec::new();
    let mut part = [0; 4096];
    // When the last writer has gone, the terminal answers with an error.
    while let Ok(read @ 1..) = master.read(&mut part) {
        screen.extend_from_slice(&part[..read]);
    }
    (code_of(child), String::from_utf8_lossy(&screen).into_owned())
}

/// Runs a command on a terminal and answers: each answer is typed once its question is on the screen. What it wrote to
/// stdout goes to a file of its own where one is given.
pub fn converse(command: Command, stdout: Option<File>, talk: &[(&str, &str)]) -> (i32, String) {
    let (child, mut master) = start(command, stdout.map(Stdio::from));
    let parts = read_along(master.try_clone().unwrap());
    let (mut screen, mut seen) = (Vec::new(), 0);
    for (question, answer) in talk {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let text = String::from_utf8_lossy(&screen[seen..]).into_owned();
            if let Some(at) = text.find(question) {
                seen += at + question.len();
                break;
            }
            match parts.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(part) => screen.extend(part),
                Err(_) => panic!("never asked {question:?}:\n{}", String::from_utf8_lossy(&screen)),
            }
        }
        master.write_all(answer.as_bytes()).unwrap();
    }
    screen.extend(parts.iter().flatten());
    (code_of(child), String::from_utf8_lossy(&screen).into_owned())
}

fn read_along(mut master: File) -> Receiver<Vec<u8>> {
    let (sender, parts) = channel();
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = master.read(&mut part) {
            if sender.send(part[..read].to_vec()).is_err() {
                break;
            }
        }
    });
    parts
}

/// Runs a command on a terminal and types Ctrl-C once it has said something.
pub fn interrupt(command: Command, said: &str) -> (i32, String) {
    converse(command, None, &[(said, "\u{3}")])
}
