//! `comment`

use super::Context;
use super::deed::{Deed, perform};
use super::remark::Remark;
use crate::error::Result;
use crate::model::word::EntryKind;

/// Say something to the requester
///
/// Examples:
///   git desk comment k7m3 "Cleaned the drum, test page is fine"
///   git desk comment k7m3 -F - < answer.txt
///   git desk comment k7m3 "see the log" --attach fw.log
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub remark: Remark,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::remarked(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        self.remark.deed(ctx, EntryKind::Comment)
    }
}
