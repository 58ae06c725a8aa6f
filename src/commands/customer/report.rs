//! `customer report`

use crate::commands::view::Only;
use crate::commands::{Context, complete, report};
use crate::error::Result;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[arg(value_name = "NAME", add = complete::customers())]
    pub name: String,
    /// From this time on: a period's beginning, or a moment, as `7d` ago
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Up to this time; a day or another period is included
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// 2026-10, 2026-W47, 2026-Q4, 2026, last-month, this-quarter, yesterday
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    pub period: Option<String>,
    /// The tickets that the figures rest on, in place of the figures
    #[arg(long)]
    pub tickets: bool,
    #[command(flatten)]
    pub only: Only,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        report::Args {
            customer: Some(self.name),
            since: self.since,
            until: self.until,
            period: self.period,
            tickets: self.tickets,
            only: self.only,
            ..report::Args::named("customer")
        }
        .run(ctx)
    }
}
