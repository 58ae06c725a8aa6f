//! `event import`

use std::path::PathBuf;

use super::{complete, read_whole, send};
use crate::commands::Context;
use crate::commands::args::word;
use crate::commands::labels::Labels;
use crate::commands::producing::Producing;
use crate::error::Result;
use crate::net::monitors::{self, Source};
use crate::view::event::Ask;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Who wrote it
    #[arg(long, value_name = "SOURCE", value_parser = word(Source::parse, Source::ALL))]
    pub from: Source,
    /// A file, or `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Hand the events to this hub instead of a desk here
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,
    #[command(flatten)]
    pub labels: Labels,
}

impl Args {
    pub fn run(self, ctx: &Context) -> Result<()> {
        self.labels.warn(&ctx.ui);
        let text = read_whole(&self.file)?;
        let read = monitors::read(self.from, &text, &ctx.env.host, ctx.env.clock_second())?;
        for remark in &read.remarks {
            ctx.ui.warning(remark);
        }
        let producing = Producing::new(ctx, self.hub.as_deref());
        let events = read.events.into_iter().map(|said| {
            let own = producing.event(said.ask, &said.key, ctx.env.clock_second());
            let mut event = complete(said, own);
            // A monitor speaks of all that has this key.
            event.whole |= event.ask == Ask::Resolve;
            self.labels.onto(&mut event);
            event
        });
        send(&producing, events.collect())
    }
}
