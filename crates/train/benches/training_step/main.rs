//! Times whole training steps, in one run: against the pure products of the same shapes, alone and two at once, and
//! against jitted JAX with the whole machine.
//!
//! A step of T time steps, B trials and N units needs 3 T products of B × N × N (forward, backward, weight
//! gradient): its floor. `floor` is their time over the step's; the penalties with communicability add the
//! exponential and its adjoint, which are counted as overhead here.
//!
//! `cargo bench --workspace --bench training_step -- floor`, `concurrent`, `jax` or `cost` runs one of the four; the last fits
//! the model of what runs cost.
#![allow(missing_docs, clippy::unwrap_used)]

mod cost;
mod jax;
mod subject;

use std::{env, sync::Barrier, thread};

use numerics::PenaltyKind;
use subject::{Subject, products};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const KINDS: [PenaltyKind; 4] = [
    PenaltyKind::Weight,
    PenaltyKind::Distance,
    PenaltyKind::Communicability,
    PenaltyKind::MatchedCommunicability,
];

fn main() {
    let asked: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runs = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    if runs("floor") {
        floor();
    }
    if runs("concurrent") {
        concurrent();
    }
    if runs("jax") {
        against_jax();
    }
    if runs("cost") {
        cost::cost();
    }
}

/// Steps against their products, on one thread.
fn floor() {
    println!("one thread, batch {}, {} time steps", subject::BATCH, subject::time_steps());
    println!("{:>5} {:>5} {:>12} {:>14} {:>6}", "N", "", "step, ms", "products, ms", "floor");
    for units in [64, 312, 632] {
        let subjects = KINDS.map(|kind| Subject::new(units, kind));
        // Products and steps take turns, so that a slow moment of the machine falls on both.
        let (mut floor, mut steps) = (f64::INFINITY, [f64::INFINITY; KINDS.len()]);
        for _ in 0..3 {
            floor = floor.min(products(units));
            for (best, subject) in steps.iter_mut().zip(&subjects) {
                *best = best.min(subject.seconds_per_step());
            }
        }
        for (kind, step) in KINDS.into_iter().zip(steps) {
            let kind = kind.to_string();
            println!("{units:>5} {kind:>5} {:>12.2} {:>14.2} {:>6.2}", step * 1e3, floor * 1e3, floor / step);
        }
    }
}

/// What a run keeps of its speed when another one trains beside it.
fn concurrent() {
    println!("\ntwo runs at once, N = 312, best of three");
    println!("{:>5} {:>12} {:>12} {:>6}", "", "alone, ms", "beside, ms", "kept");
    for kind in KINDS {
        let subject = Subject::new(312, kind);
        let (mut alone, mut beside) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
            alone = alone.min(subject.seconds_per_step());
            beside = beside.min(two_at_once(kind, 312));
        }
        let kind = kind.to_string();
        println!("{kind:>5} {:>12.2} {:>12.2} {:>6.2}", alone * 1e3, beside * 1e3, alone / beside);
    }
}

/// Steps a second of the whole machine: two runs at once here, both cores for one step there.
fn against_jax() {
    println!("\nsteps a second of the whole machine, N = 312: two runs at once, and JAX with every core");
    let Some(peer) = jax::steps_per_second(312) else { return };
    println!("{:>5} {:>10} {:>10} {:>7}", "", "ours", "JAX", "ratio");
    for (kind, peer) in KINDS.into_iter().zip(peer) {
        let beside = (0..3).map(|_| two_at_once(kind, 312)).fold(f64::INFINITY, f64::min);
        let (kind, ours) = (kind.to_string(), 2.0 / beside);
        println!("{kind:>5} {ours:>10.1} {peer:>10.1} {:>7.2}", ours / peer);
    }
}

/// Seconds a step of the slower of two runs that train at once.
fn two_at_once(kind: PenaltyKind, units: usize) -> f64 {
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let run = || {
            let subject = Subject::new(units, kind);
            start.wait();
            subject.seconds_per_step()
        };
        let runs = [scope.spawn(run), scope.spawn(run)];
        runs.into_iter().map(|run| run.join().unwrap()).fold(0.0, f64::max)
    })
}
