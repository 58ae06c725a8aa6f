//! The text of each unit.

use crate::commands::setup::machine::{Job, Login, Machine};
use crate::commands::setup::quote::{for_exec, for_systemd};

/// Whose systemd runs them.
pub enum Whose {
    /// The system's, as this user.
    System(Login),
    /// The user's own.
    Own,
}

pub struct Units<'a> {
    pub machine: &'a Machine,
    pub whose: &'a Whose,
    /// What the services may write to; a dash in front: if it is there.
    pub writable: Vec<String>,
}

impl Units<'_> {
    /// Every unit by the name of its file.
    pub fn all(&self) -> Vec<(String, String)> {
        let mut units = Vec::new();
        for job in &self.machine.jobs {
            units.push((format!("git-desk-{}.service", job.name), self.service(job)));
            units.push((format!("git-desk-{}.timer", job.name), timer(job)));
        }
        if matches!(self.whose, Whose::System(_)) {
            units.push(("desk-failure@.service".to_owned(), self.failure()));
        }
        units
    }

    fn service(&self, job: &Job) -> String {
        let on_failure = match self.whose {
            Whose::System(_) => "OnFailure=desk-failure@%n.service\n",
            Whose::Own => "",
        };
        format!(
            "[Unit]\nDescription=git-desk: {}\n{on_failure}\n\
             [Service]\nType=oneshot\n{}ExecStart={}\nTimeoutStartSec={}\n{}",
            job.why,
            self.user(""),
            exec(&job.words),
            job.limit,
            self.walls(),
        )
    }

    /// What `OnFailure=` of any unit starts. The journal, whose end is in the ticket, is read by a group.
    fn failure(&self) -> String {
        let command = exec(&self.machine.words(&["event", "trigger"], &["--from", "systemd"]));
        format!(
            "# OnFailure=desk-failure@%n.service in [Unit] of any unit files a ticket when it fails.\n\
             [Unit]\nDescription=git-desk: a ticket for failed unit %i\n\n\
             [Service]\nType=oneshot\n{}ExecStart={command} --unit %i\nTimeoutStartSec=30s\n{}",
            self.user("SupplementaryGroups=systemd-journal\n"),
            self.walls(),
        )
    }

    fn user(&self, groups: &str) -> String {
        let user = match self.whose {
            Whose::System(user) => format!("User={}\n{groups}", user.name),
            Whose::Own => String::new(),
        };
        let variables = self.machine.variables.iter();
        let set = variables.map(|(name, value)| format!("Environment={}\n", for_systemd(&format!("{name}={value}"))));
        format!("{user}{}", set.collect::<String>())
    }

    /// What a service cannot do. A desk that several users share needs files with the group's bit, so
    /// `RestrictSUIDSGID=` is not among it, and events may wait in /tmp, so `PrivateTmp=` is not either.
    fn walls(&self) -> String {
        if self.writable.is_empty() {
            return "NoNewPrivileges=yes\n".to_owned();
        }
        let writable: Vec<String> = self.writable.iter().map(|path| for_systemd(path)).collect();
        format!(
            "NoNewPrivileges=yes\nProtectSystem=strict\nProtectHome=read-only\nReadWritePaths={}\nPrivateDevices=yes\n\
             ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectControlGroups=yes\nLockPersonality=yes\n",
            writable.join(" ")
        )
    }
}

fn exec(words: &[String]) -> String {
    words.iter().map(|word| for_exec(word)).collect::<Vec<_>>().join(" ")
}

fn timer(job: &Job) -> String {
    let when = match job.every {
        1 => "*:*".to_owned(),
        every => format!("*:0/{every}"),
    };
    format!(
        "[Unit]\nDescription=git-desk: {}\n\n[Timer]\nOnCalendar={when}\nAccuracySec=10s\n\n\
         [Install]\nWantedBy=timers.target\n",
        job.why
    )
}
