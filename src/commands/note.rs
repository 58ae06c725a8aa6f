//! `note`

use super::Context;
use super::deed::{Deed, perform};
use super::remark::Remark;
use crate::error::Result;
use crate::model::word::EntryKind;

/// Say something that only agents see
///
/// Examples:
///   git desk note k7m3 "peer proposes group 2, we want 14"
///   git desk note k7m3 -F - < answer.txt
///   git desk note k7m3 "see the log" --attach fw.log
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
        self.remark.deed(ctx, EntryKind::Note)
    }
}
