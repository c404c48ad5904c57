//! Puts faults into a small study, all four stages of it, and checks after each that nothing half-written was ever under a
//! final name, and that the same command again ends in the bytes of a study that nothing happened to.
//!
//! `make test-faults` runs it; moments are chosen by the seed that is printed (`SEED=N` chooses another one), and the counts
//! at the end say what was done.
#![allow(missing_docs, clippy::unwrap_used)]

mod bench;
mod chance;
mod clock;
mod crowd;
mod damage;
mod disk;
mod folders;
mod kills;
mod memory;
#[path = "../programs.rs"]
mod programs;
mod signals;
mod tally;

use std::{
    env,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use bench::Bench;

/// Kills over all stages.
const KILLS: usize = 100;

/// A part of the harness by its name.
type Part = (&'static str, fn(&Bench));

const PARTS: [Part; 15] = [
    ("kills", |bench| kills::kill(bench, KILLS)),
    ("full-disk", disk::fill),
    ("damage-1", |bench| damage::spoil(bench, 0, 3)),
    ("damage-2", |bench| damage::spoil(bench, 1, 3)),
    ("damage-3", |bench| damage::spoil(bench, 2, 3)),
    ("kills-in-a-row", kills::kill_again_and_again),
    ("kills-of-make", kills::kill_make),
    ("file-limit", disk::limit_files),
    ("read-only", disk::forbid),
    ("vanishing", folders::vanish),
    ("memory", memory::starve),
    ("signals", signals::stop),
    ("crowd", crowd::repeat),
    ("two-studies", crowd::share),
    ("clock", |bench| {
        clock::set_back(bench);
        clock::rebuild(bench);
    }),
];

fn main() {
    let seed = env::var("SEED").ok().filter(|seed| !seed.is_empty()).map_or(1, |seed| seed.parse().unwrap());
    let named: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let chosen: Vec<Part> = PARTS
        .into_iter()
        .filter(|(name, _)| named.is_empty() || named.iter().any(|part| name.starts_with(part.as_str())))
        .collect();
    println!("seed {seed}");
    let started = Instant::now();
    let bench = Bench::set_up(seed);
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, part)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let passed = thread::scope(|scope| scope.spawn(|| part(&bench)).join().is_ok());
                    failed.fetch_add(usize::from(!passed), Ordering::Relaxed);
                    let verdict = if passed { "held" } else { "FAILED" };
                    println!("{name}: {verdict}, {:.0} s", began.elapsed().as_secs_f64());
                }
            });
        }
    });
    bench.tally.print();
    let failed = failed.into_inner();
    println!("{:.0} s, {failed} parts failed", started.elapsed().as_secs_f64());
    if failed > 0 {
        std::process::exit(1);
    }
}
