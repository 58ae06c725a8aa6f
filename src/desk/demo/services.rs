//! What people may ask for in the demo.

use crate::desk::Desk;
use crate::desk::catalogue::request::Request;
use crate::error::Result;
use crate::model::catalogue::path;
use crate::model::word::Channel;
use crate::store::message::Message;

const SERVICES: &[(&str, &str)] = &[
    (
        "meeting-room",
        r#"title = "Meeting room"
description = "A room with a screen, booked in the calendar of everybody who is named."
audience = "public"
queue = "l1"
category = "building"
impact = "low"
urgency = "medium"

[form.day]
label = "Which day?"
type = "date"
required = true

[form.people]
label = "How many people?"
type = "number"
required = true

[form.screen]
label = "A screen?"
type = "bool"
"#,
    ),
    (
        "new-laptop",
        r#"title = "New laptop"
description = """
A laptop with the usual set: dock, bag, two-factor token.

It is ready five working days after it was approved."""
audience = "public"
queue = "l1"
category = "hardware/laptop"
impact = "low"
urgency = "medium"
approval = ["requester-manager"]
clock_start = "approved"

[form.model]
label = "Which model?"
type = "choice"
choices = ["13 inch", "16 inch"]
required = true
help = "The 16 inch one is for drawing and video."

[form.start]
label = "From when on?"
type = "date"
required = true

[form.reason]
label = "What for?"
"#,
    ),
    (
        "password-reset",
        r#"title = "Password reset"
description = "You are called back on the number that the desk has of you."
audience = "public"
queue = "l1"
category = "accounts"
impact = "low"
urgency = "high"

[form.system]
label = "Which system?"
type = "choice"
choices = ["Windows", "mail", "ERP"]
required = true
"#,
    ),
    (
        "shared-folder",
        r#"title = "Access to a shared folder"
description = "For yourself or somebody of your team."
queue = "l2"
category = "accounts"
impact = "low"
urgency = "low"
approval = ["dana"]

[form.folder]
label = "Which folder?"
required = true

[form.who]
label = "For whom?"
type = "email"
required = true

[form.access]
label = "To do what?"
type = "choice"
choices = ["read", "write"]
"#,
    ),
];

/// Puts the catalogue into the desk, as one commit.
pub fn services(desk: &Desk<'_>) -> Result<()> {
    desk.write(|room| {
        for (name, text) in SERVICES {
            room.tx.put(path(name), *text);
        }
        room.tx.describe(Message::new("services: what people may ask for"));
        Ok(())
    })?;
    Ok(())
}

/// Something that waits for its approval.
pub fn laptop() -> Request {
    let answers = [("model", "16 inch"), ("start", "2027-01-04"), ("reason", "drawing floor plans")];
    Request {
        service: "new-laptop".to_owned(),
        answers: answers.map(|(name, answer)| (name.to_owned(), answer.to_owned())).to_vec(),
        channel: Some(Channel::Portal),
        ..Request::default()
    }
}
