//! `kb edit`

use super::fields::Fields;
use super::print::{file_of, say, write};
use crate::commands::Context;
use crate::commands::args::word;
use crate::commands::edit::{ask_again, kept};
use crate::desk::knowledge::edit::{read_edited, save_edit};
use crate::desk::knowledge::write::{Given, change};
use crate::error::{Kind, Problem, Result};
use crate::model::article::{State, is_article, path};
use crate::store::document::MAX_SIZE;

/// Change an article: in your editor, or field by field
///
/// A list takes the place of the one that is there. In the editor nothing is locked
/// meanwhile: what you changed meets what others changed. A mistake brings the editor back;
/// the text is never lost.
///
/// Examples:
///   git desk kb edit vpn/reset-token
///   git desk kb edit vpn/reset-token --audience public --review-by 2027-05-01
///   git desk kb edit vpn/reset-token -F steps.md
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "NAME", add = crate::commands::complete::articles())]
    pub name: String,
    /// draft, validated, retired
    #[arg(long, value_name = "WORD", value_parser = word(State::parse, State::ALL))]
    pub state: Option<State>,
    #[command(flatten)]
    pub fields: Fields,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let name = &self.name;
        if self.state.is_some() || !self.fields.is_empty() {
            let given = Given { state: self.state, ..self.fields.read(ctx)? };
            let written = write(ctx, "edit", "", |room| change(room, name, &given))?;
            say(ctx, &written, "is saved", None);
            return Ok(());
        }
        let snapshot = ctx.desk()?.store.snapshot()?;
        let file = if is_article(name) { snapshot.file(&path(name), MAX_SIZE)? } else { None };
        let Some(base) = file.transpose().map_err(Problem::from)? else {
            return Err(super::show::not_there(&snapshot, name)?.into());
        };
        let without =
            format!("GIT_DESK_EDITOR=… git desk kb edit {name}     without one: git desk kb edit {name} -F steps.md");
        let mut written = None;
        let saved = in_editor(ctx, &base, &without, |text| {
            read_edited(name, text.as_bytes())?;
            written = Some(write(ctx, "edit", "", |room| save_edit(room, name, &base, text.as_bytes()))?);
            Ok(())
        })?;
        match written.filter(|_| saved) {
            Some(written) => say(ctx, &written, "is saved", None),
            None if ctx.globals.strict => {
                return Err(Problem::refused(format!("`kb edit` would change nothing in {}", file_of(ctx, name)?))
                    .code("already_so")
                    .into());
            }
            None => ctx.ui.status("nothing changed"),
        }
        Ok(())
    }
}

/// Opens the editor until `save` takes what it left. `false` where nothing was changed. `without` is the hint where
/// there is no editor.
pub fn in_editor(ctx: &Context, base: &[u8], without: &str, mut save: impl FnMut(&str) -> Result<()>) -> Result<bool> {
    let mut text = String::from_utf8_lossy(base).into_owned();
    loop {
        text = ctx.ui.edit(&text, ".toml", without)?;
        if text.as_bytes() == base {
            return Ok(false);
        }
        let Err(error) = save(&text) else { return Ok(true) };
        let problem = error.downcast::<Problem>().unwrap_or_else(|error| Problem::new(Kind::Bug, format!("{error:#}")));
        let again = matches!(problem.kind, Kind::Invalid | Kind::Refused | Kind::NotFound | Kind::Usage);
        if !again || !ask_again(ctx, &problem)? {
            return Err(kept(ctx, &text, problem).into());
        }
    }
}
