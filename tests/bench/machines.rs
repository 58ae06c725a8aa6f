//! What machines cost: the wrapper of a job, and the sweep of a whole desk.

use std::path::Path;

use crate::measure::{once, pair};
use crate::rows::{Table, shown};
use crate::world::World;

/// Largest desk that is swept.
const SWEPT: u64 = 10_000;
const RUNS: usize = 5;

pub fn measure(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let spool = world.path("spool");
    let wrapped = || {
        let mut command = world.desk(desk, &["run", "--name", "nightly", "--", "true"]);
        command.env("GIT_DESK_SPOOL", &spool);
        command
    };
    let took = pair(40, wrapped, || world.prepare("true", desk));
    table.ratio(size, "`run -- true` / `true`", "≤ 15 ×", took);
    if size <= SWEPT {
        // What is due is done once; from then on all that there is to do is to look.
        once(&mut world.desk(desk, &["sweep"]));
        let took = pair(RUNS, || world.desk(desk, &["sweep"]), || world.prepare("true", desk)).0;
        table.add(size, "`sweep` with nothing due", "≤ 1 s", shown(took));
    }
}
