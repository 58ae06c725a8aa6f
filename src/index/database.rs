//! A database of its own for other programs: plain tables in one file, of which the index knows nothing further.

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value as Cell};
use rusqlite::{Connection, ToSql, params_from_iter};
use serde_json::Value;

use crate::error::Result;

/// Names the form of the tables; `about` says it.
pub const SCHEMA: &str = "desk.sqlite/1";

/// The tables, each with its columns in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// What the file is: `schema`, `desk`, `commit`.
    About,
    Tickets,
    Entries,
    Facts,
    Links,
    Tags,
}

impl Table {
    pub const ALL: &'static [Table] =
        &[Table::About, Table::Tickets, Table::Entries, Table::Facts, Table::Links, Table::Tags];

    pub fn name(self) -> &'static str {
        match self {
            Table::About => "about",
            Table::Tickets => "tickets",
            Table::Entries => "entries",
            Table::Facts => "facts",
            Table::Links => "links",
            Table::Tags => "tags",
        }
    }

    /// Columns are texts where nothing else is said; no name needs quotes.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Table::About => &["name primary key", "value"],
            Table::Tickets => &[
                "id primary key",
                "handle",
                "title",
                "kind",
                "status",
                "resolution",
                "solution",
                "impact",
                "urgency",
                "priority",
                "priority_reason",
                "queue",
                "level integer",
                "assignee",
                "requester",
                "customer",
                "channel",
                "service",
                "category",
                "asset",
                "location",
                "environment",
                "external_id",
                "key",
                "group_key",
                "waiting_on",
                "wake",
                "due",
                "follow_up",
                "opened",
                "acknowledged",
                "responded",
                "resolved",
                "closed",
                "updated",
                "watchers",
                "articles",
                "fields",
                "body",
                "path",
            ],
            Table::Entries => {
                &["ticket", "id", "kind", "author", "at", "body", "minutes integer", "score integer", "files", "more"]
            }
            Table::Facts => &["ticket", "at", "author", "field", "was", "became", "commit_id"],
            Table::Links => &["ticket", "type", "target"],
            Table::Tags => &["ticket", "tag"],
        }
    }

    fn create(self) -> String {
        let typed = |column: &&str| if column.contains(' ') { (*column).to_owned() } else { format!("{column} text") };
        let columns: Vec<String> = self.columns().iter().map(typed).collect();
        let columns = columns.join(", ").replace(" primary key", " text primary key");
        format!("create table {}({columns});", self.name())
    }

    fn insert(self) -> String {
        let places = vec!["?"; self.columns().len()].join(", ");
        format!("insert into {} values({places})", self.name())
    }
}

const INDEXES: &str = "
create index entries_ticket on entries(ticket, at);
create index facts_ticket on facts(ticket, at);
create index facts_field on facts(field, at);
create index links_ticket on links(ticket);
create index links_target on links(target);
create index tags_tag on tags(tag);
";

/// A file that is being written. Nobody else may know of it yet: it has no journal.
pub struct Database {
    db: Connection,
}

impl Database {
    /// Makes the tables in an empty file.
    pub fn create(path: &Path) -> Result<Database> {
        let db = Connection::open(path)?;
        db.execute_batch("pragma journal_mode = off; pragma synchronous = off; begin;")?;
        for table in Table::ALL {
            db.execute_batch(&table.create())?;
        }
        Ok(Database { db })
    }

    /// One more row: a value for each column. Lists and tables are JSON, empty ones and null are null.
    pub fn insert(&self, table: Table, values: &[Value]) -> Result<()> {
        self.db.prepare_cached(&table.insert())?.execute(params_from_iter(values.iter().map(Plain)))?;
        Ok(())
    }

    /// Makes the indexes and closes the file.
    pub fn finish(self) -> Result<()> {
        self.db.execute_batch(INDEXES)?;
        self.db.execute_batch("commit; analyze;")?;
        self.db.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}

struct Plain<'a>(&'a Value);

impl ToSql for Plain<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let cell = match self.0 {
            Value::Null => Cell::Null,
            Value::Bool(yes) => Cell::Integer(i64::from(*yes)),
            Value::Number(number) => number
                .as_i64()
                .map(Cell::Integer)
                .or_else(|| number.as_f64().map(Cell::Real))
                .unwrap_or_else(|| Cell::Text(number.to_string())),
            Value::String(text) => return Ok(ToSqlOutput::from(text.as_str())),
            Value::Array(list) if list.is_empty() => Cell::Null,
            Value::Object(table) if table.is_empty() => Cell::Null,
            Value::Array(_) | Value::Object(_) => Cell::Text(self.0.to_string()),
        };
        Ok(ToSqlOutput::Owned(cell))
    }
}
