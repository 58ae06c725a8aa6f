//! Hour and weekday: when things happen.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::chart::{Chart, Heat};
use super::{Column, Measure, Sheet};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A row for each weekday with a count for each hour of the day, in a zone; an hour that clocks show twice is one hour.
pub fn rows(moments: impl Iterator<Item = i64>, zone: &TimeZone) -> Value {
    let mut counts = [[0_u64; 24]; 7];
    for at in moments {
        let time = zone.to_datetime(Timestamp::from_second(at).unwrap_or_default());
        let (day, hour) = (time.weekday().to_monday_zero_offset(), time.hour());
        let cell = usize::try_from(day).ok().zip(usize::try_from(hour).ok());
        if let Some(count) = cell.and_then(|(day, hour)| counts.get_mut(day)?.get_mut(hour)) {
            *count += 1;
        }
    }
    let row = |(name, hours): (&&str, &[u64; 24])| json!({"weekday": name, "hours": hours, "tickets": hours.iter().sum::<u64>()});
    WEEKDAYS.iter().zip(&counts).map(row).collect()
}

/// The rows as a table and a field of cells.
pub fn sheet(title: &str, rows: &Value) -> Sheet {
    let columns = vec![Column::plain("weekday"), Column::of("hours", Measure::Hours), Column::plain("tickets")];
    let cells = rows.as_array().into_iter().flatten().map(|row| counts(&row["hours"])).collect();
    let heat = Heat {
        rows: WEEKDAYS.iter().map(|day| (*day).to_owned()).collect(),
        columns: (0..24).map(|hour| format!("{hour:02}")).collect(),
        cells,
    };
    Sheet::of("hours", title, columns, rows).drawn(Chart::Heat(heat))
}

fn counts(hours: &Value) -> Vec<u64> {
    hours.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}
