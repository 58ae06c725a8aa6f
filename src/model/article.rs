//! What a report needs to know of `kb/TOPIC/SLUG.toml`.

use jiff::civil::Date;
use toml::{Table, Value};

/// An article's head; what cannot be read in it is as if it were not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// `TOPIC/SLUG`: how tickets name it.
    pub name: String,
    pub title: String,
    /// `draft`, `validated`, `retired`.
    pub state: String,
    pub owner: String,
    pub tested: Option<Date>,
    pub review_by: Option<Date>,
}

impl Article {
    /// `None` for a text that is no TOML.
    pub fn read(name: &str, text: &str) -> Option<Article> {
        let table: Table = text.parse().ok()?;
        let line = |key: &str| match table.get(key) {
            Some(Value::String(text)) => text.lines().next().unwrap_or_default().trim().to_owned(),
            Some(_) | None => String::new(),
        };
        let date = |key: &str| match table.get(key) {
            Some(Value::String(text)) => text.get(..10)?.parse().ok(),
            Some(Value::Datetime(date)) => date.to_string().get(..10)?.parse().ok(),
            Some(_) | None => None,
        };
        Some(Article {
            name: name.to_owned(),
            title: line("title"),
            state: line("state"),
            owner: line("owner"),
            tested: date("tested"),
            review_by: date("review_by"),
        })
    }

    pub fn is_retired(&self) -> bool {
        self.state == "retired"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_odd_in_an_article_is_as_if_it_were_not_there() {
        let text = "title = \"Reset\\na token\"\nstate = 3\ntested = 2026-01-31\nreview_by = \"soon\"\n";
        let article = Article::read("vpn/reset", text).unwrap();
        assert_eq!((article.title.as_str(), article.state.as_str()), ("Reset", ""));
        assert_eq!((article.tested, article.review_by), (Some("2026-01-31".parse().unwrap()), None));
        assert_eq!(Article::read("vpn/reset", "= no TOML"), None);
        assert_eq!(Article::read("x/y", "review_by = \"日本語日本語\"").unwrap().review_by, None);
    }
}
