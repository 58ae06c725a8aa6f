//! The sample customers of `msp`.

pub(super) const ACME: &str = r##"# A sample: put your customer's name and terms here, or remove the file while no ticket names it.
# The domains are those of its people's addresses; a ticket names it with `--customer`.

name = "Acme Corporation"

domains = [
  "acme.example",
]

contacts = [
  "J. de Vries <jdv@acme.example>",
]

active = true


# A ticket counts by the contract that was valid when it was opened. One in use is not changed: add another below it.

[[contract]]
valid_from = {day}
name = "acme gold"
calendar = "office"
currency = "EUR"
hourly_rate = 95.0
included_hours = 20            # a month

[contract.targets.p1]
acknowledge = "15m"
respond = "30m"
update = "1h"
resolve = "4h"
promise = 95

[contract.targets.p2]
acknowledge = "30m"
respond = "1h"
resolve = "1bd"
promise = 95

[contract.targets.p3]
acknowledge = "2h"
respond = "4h"
resolve = "3bd"
promise = 90
"##;

pub(super) const NOORD: &str = r##"# A sample: put your customer's name and terms here, or remove the file while no ticket names it.
# What a contract does not promise, the service levels of desk.toml do.

name = "Gemeente Noord"

domains = [
  "noord.example",
]

contacts = [
  "Fatima Haddad <fatima@noord.example>",
]

active = true

[[contract]]
valid_from = {day}
name = "noord by the hour"
calendar = "office"
currency = "EUR"
hourly_rate = 110.0
included_hours = 0

[contract.targets.p1]
respond = "1h"
resolve = "1bd"
promise = 90
"##;
