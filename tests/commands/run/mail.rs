//! What comes out of `run` when the job's own output is not wanted.

use snapbox::{assert_data_eq, str};

use super::job;
use crate::support::{Ran, TestDesk};

/// Ids are the same each time; what follows from the machine's own clock is not.
fn said(run: &Ran) -> String {
    run.to_string()
}

#[test]
fn news_is_a_mail_and_everything_else_is_silence() {
    let desk = TestDesk::bare();
    let mail = ["--mail", "changes"];
    assert_eq!(job(&desk, &mail, "echo fine; echo hm >&2").to_string(), "");
    assert_data_eq!(
        said(&job(&desk, &mail, "echo sent 184G; sleep 0.1; echo no space left >&2; exit 12")),
        str![[r#"
backup FAILED on testhost: exit 12 after 0s
ticket 261124-f31aj1bw, 1st failure since Tue 24 Nov 08:03, p3, queue l1, nobody has it

  started    Tue 24 Nov 2026 08:03:00 UTC
  ended      Tue 24 Nov 2026 08:03:00 UTC
  command    sh -c 'echo sent 184G; sleep 0.1; echo no space left >&2; exit 12'          (cwd [WORLD]/desk, user ana)
  last good  Tue 24 Nov 08:02, took 0s

its output (all of it is in the ticket):

   | sent 184G
  2| no space left

recorded at 08:03:00     git desk show 261124-f31aj1bw
next mail at failure 2, after a day, when it fails differently, or when it works again
exit: 12

"#]]
    );
    assert_data_eq!(
        said(&job(&desk, &mail, "echo sent 184G; exit 23")),
        str![[r#"
backup FAILED on testhost: exit 23 after 0s
ticket 261124-f31aj1bw, 2nd failure since Tue 24 Nov 08:03, p3, queue l1, nobody has it
new since last time: exit 23, it was exit 12

  started    Tue 24 Nov 2026 08:04:00 UTC
  ended      Tue 24 Nov 2026 08:04:00 UTC
  command    sh -c 'echo sent 184G; exit 23'          (cwd [WORLD]/desk, user ana)
  last good  Tue 24 Nov 08:02, took 0s

its output (all of it is in the ticket):

   | sent 184G

recorded at 08:04:00     git desk show 261124-f31aj1bw
next mail at failure 4, after a day, when it fails differently, or when it works again
exit: 23

"#]]
    );
    assert_eq!(job(&desk, &mail, "echo sent 184G; exit 23").to_string(), "exit: 23\n");
    assert_data_eq!(
        said(&job(&desk, &mail, "true")),
        str![[r#"
backup WORKS AGAIN on testhost after 3 failures, down 3m 00s; ticket 261124-f31aj1bw resolved

"#]]
    );
}

#[test]
fn what_is_not_yet_a_ticket_is_told_even_when_nothing_was_to_be() {
    let desk = TestDesk::nowhere().with("GIT_DESK_REPO", "/no/such/desk");
    assert_data_eq!(
        said(&job(&desk, &["--mail", "never"], "exit 1")),
        str![[r#"
backup FAILED on testhost: exit 1 after 0s
NOT YET A TICKET: the desk is not there; kept in [WORLD]/home/state/git-desk/spool (1 kept)
  delivered by the next `git-desk flush`; cron line for it: git desk setup cron

  started    Tue 24 Nov 2026 08:01:00 UTC
  ended      Tue 24 Nov 2026 08:01:00 UTC
  command    sh -c 'exit 1'          (cwd [WORLD]/desk, user ana)
next mail at failure 2, after a day, when it fails differently, or when it works again
exit: 1

"#]]
    );
}

#[test]
fn where_somebody_else_delivers_nothing_is_amiss() {
    let desk = TestDesk::nowhere();
    assert_eq!(job(&desk, &["--mail", "never"], "exit 1").to_string(), "exit: 1\n");
    assert_data_eq!(
        said(&job(&desk, &["--mail", "changes"], "exit 1")),
        str![[r#"
backup FAILED on testhost: exit 1 after 0s
a ticket with the next `git-desk flush`: kept in [WORLD]/home/state/git-desk/spool (2 kept, oldest 1m 00s)

  started    Tue 24 Nov 2026 08:02:00 UTC
  ended      Tue 24 Nov 2026 08:02:00 UTC
  command    sh -c 'exit 1'          (cwd [WORLD]/desk, user ana)
next mail at failure 4, after a day, when it fails differently, or when it works again
exit: 1

"#]]
    );
}

#[test]
fn of_a_long_output_the_last_lines_are_shown() {
    let desk = TestDesk::bare();
    let text = said(&job(&desk, &["--mail", "changes"], "seq 1 100000; exit 1"));
    assert!(
        text.contains("\nlast lines of 100,000 (its first and last lines are in the ticket):\n\n   | 99991\n"),
        "{text}"
    );
    assert!(text.contains("   | 100000\n\nrecorded at "), "{text}");
}
