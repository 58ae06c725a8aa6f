//! What is known of articles beside what they say: who changed them last, and the tickets that name them.

use crate::desk::figures;
use crate::desk::look::Look;
use crate::desk::{Desk, zone_of};
use crate::error::Result;
use crate::model::article::{Article, path};
use crate::model::word::Resolution;
use crate::report::named::Named;
use crate::store::last_edit::LastEdit;

use super::articles;

/// An article with what stands around it.
#[derive(Debug, Clone)]
pub struct Whole {
    pub article: Article,
    /// `None` where history is cut off before it.
    pub edited: Option<LastEdit>,
    /// Tickets that name it, and how many of them are solved.
    pub linked: usize,
    pub solved: usize,
    /// The same in other languages: name and language.
    pub translations: Vec<(String, String)>,
}

impl Desk<'_> {
    /// An article with what stands around it.
    pub fn whole_article(&self, look: &Look<'_>, article: Article) -> Result<Whole> {
        let snapshot = look.snapshot()?;
        let edited = self.store.last_edits(look.index.commit(), &path(&article.name))?.remove(&path(&article.name));
        let (linked, solved) = self.tickets_of(look, &article.name)?;
        let others = articles(&snapshot)?.into_iter().filter(|other| other.is_translation_of(&article));
        let translations = others.map(|other| (other.name, other.language)).collect();
        Ok(Whole { article, edited, linked, solved, translations })
    }

    /// How many tickets name an article, and how many of them are solved by work of their own.
    fn tickets_of(&self, look: &Look<'_>, name: &str) -> Result<(usize, usize)> {
        let context = self.query_context(&look.policy, look.now)?;
        let query = look.query(&format!("article:\"{name}\""), &context)?;
        let found = look.select(&query, &context, (crate::index::Order::Id, false), None)?;
        let own = |resolution: &str| {
            ![Resolution::Cancelled, Resolution::Duplicate].iter().any(|other| other.as_str() == resolution)
        };
        let solved = found.iter().filter(|one| one.ticket.status.is_done() && own(&one.ticket.resolution)).count();
        Ok((found.len(), solved))
    }

    /// The tickets that name an article, with their lives.
    pub fn tickets_with_articles(&self, look: &Look<'_>) -> Result<Vec<Named>> {
        Ok(figures::tickets(self, look, Some("has:articles"), false, None)?.meant)
    }

    /// The day on which the desk is now, or was.
    pub fn today(&self, look: &Look<'_>) -> jiff::civil::Date {
        look.now.to_zoned_datetime(zone_of(&look.policy)).date()
    }
}
