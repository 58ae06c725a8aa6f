//! What `customers/NAME.toml` agrees on money: its `[[contract]]` tables.

use jiff::civil::Date;
use toml::{Table, Value};

/// One `[[contract]]`; a later one takes the place of an earlier one from its day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// The first day it holds; from the beginning where none is said.
    pub valid_from: Option<Date>,
    /// As it stands: `EUR`. Empty where none is said.
    pub currency: String,
    /// Money per hour, not negative.
    pub hourly_rate: Option<f64>,
}

impl Contract {
    /// The contracts of a customer's file. What cannot be read is left out.
    pub fn all(text: &str) -> Vec<Contract> {
        let Ok(table) = text.parse::<Table>() else { return Vec::new() };
        let contracts = table.get("contract").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        contracts.iter().filter_map(Value::as_table).map(Contract::read).collect()
    }

    fn read(table: &Table) -> Contract {
        let text = |key: &str| match table.get(key) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Datetime(date)) => date.to_string(),
            Some(_) | None => String::new(),
        };
        let rate = match table.get("hourly_rate") {
            Some(Value::Integer(rate)) => Some(*rate as f64),
            Some(Value::Float(rate)) => Some(*rate),
            Some(_) | None => None,
        };
        Contract {
            valid_from: text("valid_from").get(..10).and_then(|day| day.parse().ok()),
            currency: text("currency"),
            hourly_rate: rate.filter(|rate| rate.is_finite() && *rate >= 0.0),
        }
    }

    /// The contract that holds on a day: the one that began last, of those of one day the one that stands last.
    pub fn valid_on(all: &[Contract], day: Date) -> Option<&Contract> {
        let begun = all.iter().filter(|contract| contract.valid_from.is_none_or(|from| from <= day));
        begun.max_by_key(|contract| contract.valid_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_that_began_last_holds() {
        let text = "name = \"Acme\"\n[[contract]]\nvalid_from = 2026-01-01\ncurrency = \"EUR\"\nhourly_rate = 90\n\
                    [[contract]]\nvalid_from = \"2026-07-01\"\ncurrency = \"EUR\"\nhourly_rate = 95.5\n";
        let all = Contract::all(text);
        let rate = |day: &str| Contract::valid_on(&all, day.parse().unwrap()).and_then(|one| one.hourly_rate);
        assert_eq!([rate("2025-12-31"), rate("2026-06-30"), rate("2026-07-01")], [None, Some(90.0), Some(95.5)]);
    }

    #[test]
    fn what_is_no_contract_is_left_out() {
        for text in ["= no TOML", "contract = 1", "[[contract]]\nhourly_rate = \"x\"", "[[contract]]\nhourly_rate = -1"]
        {
            assert!(Contract::all(text).iter().all(|one| one.hourly_rate.is_none()), "{text}");
        }
    }
}
