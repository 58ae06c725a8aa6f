//! What a helpdesk means: values and rules. Pure: no clock, no disk, no terminal, no git.

pub mod article;
pub mod base64;
pub mod calendar;
pub mod clock;
pub mod count;
pub mod customer;
pub mod day;
pub mod entry;
pub mod fact;
pub mod field;
pub mod id;
pub mod link;
pub mod money;
pub mod name;
pub mod near;
pub mod policy;
pub mod query;
pub mod record;
pub mod rota;
pub mod rules;
pub mod similar;
pub mod text;
pub mod ticket;
pub mod times;
pub mod when;
pub mod word;
