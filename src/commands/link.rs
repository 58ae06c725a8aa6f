//! `link`

use super::Context;
use super::args::word;
use super::deed::{Deed, perform};
use crate::desk::tickets::link::{link, unlink};
use crate::error::Result;
use crate::model::word::LinkType;

/// Say how two tickets belong together
///
/// Examples:
///   git desk link k7m3 parent w2xq
///   git desk link k7m3 blocked-by w2xq
///   git desk link k7m3 related w2xq --remove
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
    /// parent, child, blocks, blocked-by, duplicate-of, caused-by, follows, related
    #[arg(value_name = "TYPE", value_parser = word(LinkType::parse, LinkType::ALL))]
    pub kind: LinkType,
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub to: String,
    /// Take the link away
    #[arg(long)]
    pub remove: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "linked", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let (id, to, kind) = (ctx.find(&self.id)?, ctx.find(&self.to)?, self.kind);
        let act = if self.remove { unlink } else { link };
        Ok(Deed::each("link", "", vec![id], move |room, id| act(room, id, kind, to)))
    }
}
