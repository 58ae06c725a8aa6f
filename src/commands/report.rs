//! `report`

mod ask;
mod heading;
mod opened;
mod output;
mod page;
mod screen;
mod table;
mod values;

use super::Context;
use super::view::Only;
use crate::desk::customers::Customers;
use crate::desk::knowledge::articles;
use crate::desk::look::Look;
use crate::desk::{figures, zone_of};
use crate::error::{Problem, Result};
use crate::model::customer::Customer;
use crate::model::id::TicketId;
use crate::model::name::is_name;
use crate::model::near::nearest;
use crate::report::asked::Asked;
use crate::report::kind::Kind;
use crate::report::named::Tickets;
use crate::report::{
    Report, ageing, at_risk, breaches, channels, cost, csat, customer, early_faults, flow, follow_ups, knowledge,
    pareto, problems, quality, recurring, response, sla, summary, workload,
};
use crate::ui::format::Format;

/// Figures for a lead: summary, flow, ageing, response, pareto, workload and more
///
///   summary       one page on a week, the last whole one, or on the period you name,
///                 against the one before
///   flow          what came and went, by day, week, month, quarter or year
///   ageing        how old open tickets are, which nobody has, which have long been waiting
///   sla           which promises were kept, by clock and priority, month by month
///   breaches      every promise that was missed, and by how much
///   at-risk       what will be late soon: more than three quarters of the target used
///   response      how long until tickets were seen to and answered
///   quality       how long it took, what came back, what was handed around
///   pareto        the few things that make most of the work, against the time before
///   recurring     what comes back more than usual, and what should be a problem
///   early-faults  a model (`fields.model`), a version (`fields.version`) or an asset that fails
///                 at several customers within a week
///   workload      who has how much, got how much, and did how much
///   channels      how tickets come in, when, and how each way does
///   csat          how satisfied people were
///   cost          the time that was noted with `work`, by the rates of contracts and agents, and
///                 what was used up
///   knowledge     articles that solve, that are missing, that are stale
///   problems      open problems with their incidents, and known errors
///   follow-ups    who is to be called back, and who promised it
///   customer      for one customer: contracts, promises, hours, and nothing of anybody else
///
/// Periods are in the desk's time zone. Without one `pareto`, `recurring`, `early-faults` and those
/// about promises look at the last 30 days, the others but `summary` at everything; what is open is
/// counted at the end of the period, or now. `*` marks figures from fewer than 20 tickets.
/// `--tickets` shows the tickets that the figures rest on, a line for each figure that a ticket
/// counts in.
///
/// People see durations as `5h 40m`; json, csv and tsv have whole seconds. In csv and tsv flow,
/// pareto, at-risk, follow-ups and early-faults are their table, the others a line for each value:
/// sheet, row, column, value. `--fields` with the name of one sheet gives that sheet as its table.
///
/// Examples:
///   git desk report summary
///   git desk report flow --by week --since 2026-09-01
///   git desk report quality --period 2026-10 -o markdown
///   git desk report summary --period 2026-Q4 -o html > quarter.html
///   git desk report pareto --period last-month --by service
///   git desk report ageing --where queue:l1 --tickets
///   git desk report recurring --propose
///   git desk report sla --period last-month --by queue
///   git desk report customer acme --period 2026-Q3 -o html > acme.html
///   git desk report cost --period 2026-10 --by customer -o csv
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which report; `summary` where none is named
    #[arg(value_name = "NAME", add = super::complete::reports())]
    pub name: Option<String>,
    /// For `customer`: whose report it is
    #[arg(value_name = "CUSTOMER", add = super::complete::customers())]
    pub customer: Option<String>,
    /// From this time on: a period's beginning, or a moment, as `7d` ago
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Up to this time; a day or another period is included
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// 2026-10, 2026-W47, 2026-Q4, 2026, last-month, this-quarter, yesterday
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    pub period: Option<String>,
    /// By what rows are told apart. flow: day, week, month, quarter, year. response: priority, queue, agent, customer,
    /// channel. sla: priority, queue, agent, customer, service, channel. pareto: category, service, asset, queue, customer, channel. workload: queue, agent, customer. channels:
    /// channel, queue, customer. csat: queue, agent, customer, channel. cost: customer, service, queue, agent
    #[arg(long, value_name = "WHAT", add = super::complete::told_apart_by())]
    pub by: Option<String>,
    /// The tickets that the figures rest on, in place of the figures
    #[arg(long)]
    pub tickets: bool,
    /// For `recurring`: the commands that open a problem for each group that should have one
    #[arg(long, conflicts_with = "tickets")]
    pub propose: bool,
    /// For summary, response, quality, channels: how long things took in working time of this calendar
    #[arg(long, value_name = "NAME", add = super::complete::calendars())]
    pub calendar: Option<String>,
    #[command(flatten)]
    pub only: Only,
}

impl Args {
    /// The report of that name on what there is, without any choice.
    pub fn named(name: &str) -> Args {
        let (name, only) = (Some(name.to_owned()), Only::default());
        Args {
            name,
            customer: None,
            calendar: None,
            since: None,
            until: None,
            period: None,
            by: None,
            tickets: false,
            propose: false,
            only,
        }
    }

    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let kind = self.kind()?;
        if let Some(word) = self.customer.as_deref().filter(|_| kind != Kind::Customer) {
            return Err(Problem::usage(format!("`{}` takes no further word: {word}", kind.name()))
                .hint(format!("git desk report {} --where 'customer:{word}'", kind.name()))
                .into());
        }
        if kind == Kind::Customer {
            self.must_name_a_customer()?;
        }
        if self.propose && kind != Kind::Recurring {
            return Err(Problem::usage(format!("`{}` has nothing to propose", kind.name()))
                .hint("git desk report recurring --propose")
                .into());
        }
        if ctx.ui.format() == Format::Ids && !self.tickets {
            return Err(Problem::usage("a report is figures, not tickets, so it has no ids")
                .hint(format!("the tickets they rest on: git desk report {} --tickets -o ids", kind.name()))
                .hint("tickets of a query: git desk list QUERY -o ids")
                .into());
        }
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        let zone = zone_of(&look.policy);
        let (unit, groups) = (self.unit(kind)?, self.groups(kind)?);
        let handle = |id: &str| handle(&look, id);
        let asked = Asked {
            desk: &look.policy.desk.name,
            window: self.window(kind, &look, &zone)?,
            now: look.now.as_second(),
            zone: &zone,
            unit,
            ruler: self.ruler(kind, &look)?,
            groups: &groups,
            opened: self.tickets,
            handle: &handle,
        };
        let said = self.only.text(ctx, &look)?;
        let query = match (&self.customer, said.clone()) {
            // Nobody else's tickets are reported on.
            (Some(name), None) => Some(format!("customer:\"{name}\"")),
            (Some(name), Some(query)) => {
                // By itself first: a bracket in it must not close ours.
                look.query(&query, &ctx.desk()?.query_context(&look.policy, look.now)?)?;
                Some(format!("customer:\"{name}\" ({query})"))
            }
            (None, query) => query,
        };
        let clocks = kind.needs_clocks().then(|| match kind {
            Kind::Summary => summary::clock_moment(&asked),
            _ => asked.moment(),
        });
        let tickets = figures::tickets(ctx.desk()?, &look, query.as_deref(), kind.follows_links(), clocks)?;
        if self.propose {
            return opened::propose(ctx, &recurring::candidates(&tickets, asked.moment()));
        }
        let report = match kind {
            Kind::Customer => self.of_customer(&look, &tickets, &asked)?,
            kind => made(kind, &look, &tickets, &asked)?,
        };
        let report = heading::headed(kind, report, &asked, said.as_deref());
        match self.tickets {
            true => opened::print(ctx, &report),
            false => output::print(ctx, kind, report),
        }
    }

    /// Exit code 2 where no customer is named, or what is named can be none.
    fn must_name_a_customer(&self) -> Result<()> {
        match self.customer.as_deref() {
            Some(name) if is_name(name) => Ok(()),
            Some(name) => Err(Problem::usage(format!("`{name}` is no name of a customer"))
                .hint("customers/acme.toml is acme")
                .into()),
            None => Err(Problem::usage("whose report? the customer is missing")
                .hint("git desk report customer acme --period last-month")
                .into()),
        }
    }

    /// Exit code 3 for a customer that has neither a file nor a ticket.
    fn of_customer(&self, look: &Look<'_>, tickets: &Tickets, asked: &Asked<'_>) -> Result<Report> {
        let name = self.customer.as_deref().unwrap_or_default();
        let file = Customers::default().customer(|| look.snapshot(), name)?;
        let has_ticket = || tickets.all().any(|one| one.told.life.field("customer") == name);
        match file {
            Some(file) => Ok(customer::customer(name, &file, &tickets.meant, asked)),
            None if has_ticket() => Ok(customer::customer(name, &Customer::default(), &tickets.meant, asked)),
            None => Err(Problem::not_found(format!("no customer `{name}`"))
                .code("no_customer")
                .hint(format!("its file would be customers/{name}.toml"))
                .into()),
        }
    }

    fn kind(&self) -> Result<Kind> {
        let name = self.name.as_deref().unwrap_or(Kind::Summary.name());
        if let Some(kind) = Kind::parse(name) {
            return Ok(kind);
        }
        let names: Vec<&str> = Kind::names().collect();
        let mut problem = Problem::usage(format!("no report `{name}`; there are {}", names.join(", ")));
        if let Some(near) = nearest(name, names.iter().copied()) {
            problem = problem.hint(format!("git desk report {near}"));
        }
        Err(problem.code("no_report").candidates(names).into())
    }
}

fn handle(look: &Look<'_>, id: &str) -> String {
    let short = TicketId::parse(id).and_then(|id| look.index.handle(id).ok());
    short.unwrap_or_else(|| id.to_owned())
}

fn made(kind: Kind, look: &Look<'_>, tickets: &Tickets, asked: &Asked<'_>) -> Result<Report> {
    let meant = &tickets.meant;
    Ok(match kind {
        Kind::Summary => summary::summary(meant, asked),
        Kind::Flow => flow::flow(meant, asked),
        Kind::Ageing => ageing::ageing(meant, asked),
        Kind::Response => response::response(meant, asked),
        Kind::Quality => quality::quality(meant, asked),
        Kind::Pareto => pareto::pareto(meant, asked),
        Kind::Recurring => recurring::recurring(tickets, asked),
        Kind::EarlyFaults => early_faults::early_faults(meant, asked),
        Kind::Workload => workload::workload(meant, asked),
        Kind::Channels => channels::channels(meant, asked),
        Kind::Csat => csat::csat(meant, asked),
        Kind::Cost => {
            let rates = figures::Rates::of(look, meant)?;
            cost::cost(meant, asked, &|life, work| rates.rate(life, work))
        }
        Kind::Knowledge => knowledge::knowledge(meant, &articles(&look.snapshot()?)?, asked),
        Kind::Problems => problems::problems(tickets, asked, &|one| figures::workaround(look, one)),
        Kind::FollowUps => follow_ups::follow_ups(meant, asked),
        Kind::Sla => sla::sla(meant, asked),
        Kind::Breaches => breaches::breaches(meant, asked),
        Kind::AtRisk => at_risk::at_risk(meant, asked),
        Kind::Customer => unreachable!("it has a customer, and is made apart"),
    })
}
