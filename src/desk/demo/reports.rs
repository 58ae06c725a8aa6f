//! What people report in the demo.

use crate::model::word::{Kind, Priority};

pub struct Report {
    pub title: &'static str,
    pub body: &'static str,
    pub category: &'static str,
    /// Where it goes: what a category is about decides.
    pub queue: &'static str,
    pub priority: Priority,
    pub kind: Kind,
    pub asset: &'static str,
}

const fn incident(
    (title, body): (&'static str, &'static str),
    category: &'static str,
    queue: &'static str,
    priority: Priority,
    asset: &'static str,
) -> Report {
    Report { title, body, category, queue, priority, kind: Kind::Incident, asset }
}

const fn request((title, body): (&'static str, &'static str), category: &'static str, priority: Priority) -> Report {
    Report { title, body, category, queue: "l1", priority, kind: Kind::Request, asset: "" }
}

use Priority::{P1, P2, P3, P4};

pub const REPORTS: &[Report] = &[
    incident(("Printer HP-4 prints blank pages", "Since Monday; the toner is new."), "printing", "l1", P3, "hp-4"),
    incident(
        ("VPN drops every hour", "At :00 sharp all sessions of the site are gone."),
        "network/vpn",
        "l2",
        P2,
        "fw-rtm-01",
    ),
    request(("Laptop for new colleague", "Starts on Monday, needs the usual set."), "hardware/laptop", P4),
    incident(("Mailbox over quota, mail bounces", "It says 552 to everybody who writes."), "mail", "l1", P3, ""),
    incident(("Cannot print from Citrix", "The printer is there, the job vanishes."), "printing/citrix", "l1", P3, ""),
    incident(("ERP: no listener, nobody can work", "ORA-12541 at every login."), "erp", "l3", P1, "erp-db"),
    request(("Please add meeting room 4.12 to the calendar", "For bookings from December on."), "mail/calendar", P4),
    incident(
        ("Headset not seen since the dock was updated", "Windows shows it, Teams does not."),
        "hardware/audio",
        "l1",
        P3,
        "",
    ),
    incident(("Shared drive is read-only", "Whole team; files from yesterday open."), "files", "l2", P2, "nas1"),
    request(("Two-factor token lost", "New phone, old one is wiped."), "accounts", P3),
    incident(("Certificate of the shop expires in 9 days", "notAfter=Dec  3 09:00:00"), "web", "l3", P3, "web7"),
    incident(
        ("nightly-backup failed (exit 23)", "rsync error: some files could not be transferred"),
        "backup",
        "l2",
        P2,
        "db1",
    ),
    incident(
        ("Wifi in the canteen is slow at noon", "Fine before eleven and after two."),
        "network/wifi",
        "l2",
        P4,
        "",
    ),
    incident(("Badge reader at the north entrance is dead", "No light, no beep."), "building", "l1", P3, "badge-n1"),
    request(("Access to the finance share for Fatima", "Approved by her lead, see mail."), "accounts", P4),
    incident(("Outlook asks for the password again and again", "Since the change on Friday."), "mail", "l1", P3, ""),
    incident(("Web shop answers with 502 now and then", "About one request in fifty."), "web", "l3", P2, "web7"),
    incident(("Scanner sends empty PDF files", "The preview on the device is right."), "printing", "l1", P4, "mfp-2"),
    incident(("Monitor flickers after lunch", "Another cable, the same."), "hardware/monitor", "l1", P4, ""),
    request(("Second monitor for the reception", "Standard model, please."), "hardware/monitor", P4),
    incident(("Phone has no dial tone", "Extension 2214, since the move."), "telephony", "l1", P3, "phone-2214"),
    incident(("Month-end report shows last month twice", "Totals are right, rows double."), "erp", "l3", P3, "erp"),
    incident(("Disk of nas1 is 92 % full", "Grew by 40 GB in a week."), "backup", "l2", P3, "nas1"),
    incident(("Laptop does not wake from sleep", "Only docked, lid closed."), "hardware/laptop", "l1", P3, ""),
    request(("Software for drawing floor plans", "Free or cheap, for two people."), "software", P4),
    incident(("Suspicious mail with an invoice", "Nobody clicked, says everybody."), "security", "l2", P2, ""),
];
