//! `tag`

use super::Context;
use super::args::name_list;
use super::deed::{Deed, Tickets, perform};
use crate::desk::tickets::set::tag;
use crate::error::{Problem, Result};

/// Add and remove tags
///
/// Examples:
///   git desk tag k7m3 --add printer,urgent --remove new
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub add: Vec<String>,
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub remove: Vec<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "tagged", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let (add, remove) = (name_list(&self.add), name_list(&self.remove));
        if add.is_empty() && remove.is_empty() {
            return Err(Problem::usage("which tags? `--add` or `--remove` is missing")
                .hint("git desk tag k7m3 --add printer")
                .into());
        }
        let ids = self.tickets.find(ctx, "tag")?;
        Ok(Deed::each("tag", "", ids, move |room, id| tag(room, id, &add, &remove)))
    }
}
