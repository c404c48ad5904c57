//! Times whole training steps against the pure products of the same shapes, in one run, on one thread.
//!
//! A step of T time steps, B trials and N units needs 3 T products of B × N × N (forward, backward, weight
//! gradient): its floor. `floor` is their time over the step's; the penalties with communicability add the
//! exponential and its adjoint, which are counted as overhead here.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{hint::black_box, sync::atomic::AtomicBool, time::Instant};

use candle_core::Device;
use cortex::{Task, stream};
use faer::{Accum, Mat, MatMut, MatRef, Par, linalg::matmul::matmul};
use numerics::{Penalty, PenaltyKind, PenaltyTerms};
use rand::Rng;
use train::{
    network::Weights,
    penalty::PenaltyTerm,
    trainer::{Schedule, TrialSets, train},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BATCH: usize = 128;
const STEPS: usize = 20;

fn main() {
    let task = Task::OneChoiceInference;
    let shape = tasks::shape(task);
    println!("{:>5} {:>5} {:>12} {:>14} {:>6}", "N", "", "step, ms", "products, ms", "floor");
    for units in [64, 312, 632] {
        let floor = products(units, shape.steps);
        for kind in [
            PenaltyKind::Weight,
            PenaltyKind::Distance,
            PenaltyKind::Communicability,
            PenaltyKind::MatchedCommunicability,
        ] {
            let step = step(task, units, kind);
            println!("{units:>5} {kind:>5} {:>12.2} {:>14.2} {:>6.2}", step * 1e3, floor * 1e3, floor / step);
        }
    }
}

/// Seconds of the products of one training step, best of several.
fn products(units: usize, steps: usize) -> f64 {
    let state = vec![0.5_f32; BATCH * units];
    let weights = vec![0.01_f32; units * units];
    let mut result = vec![0.0_f32; BATCH * units];
    let mut gradient = vec![0.0_f32; units * units];
    let best = (0..10).map(|_| {
        let start = Instant::now();
        let state = MatRef::from_row_major_slice(&state, BATCH, units);
        let weights = MatRef::from_row_major_slice(&weights, units, units);
        for _ in 0..steps {
            let forward = MatMut::from_row_major_slice_mut(&mut result, BATCH, units);
            matmul(forward, Accum::Replace, state, weights, 1.0, Par::Seq);
            let backward = MatMut::from_row_major_slice_mut(&mut result, BATCH, units);
            matmul(backward, Accum::Replace, state, weights.transpose(), 1.0, Par::Seq);
            let sum = MatMut::from_row_major_slice_mut(&mut gradient, units, units);
            matmul(sum, Accum::Add, state.transpose(), state, 1.0, Par::Seq);
        }
        black_box((&result, &gradient));
        start.elapsed().as_secs_f64()
    });
    best.fold(f64::INFINITY, f64::min)
}

/// Seconds of a whole training step, mean over an epoch, best of three epochs.
fn step(task: Task, units: usize, kind: PenaltyKind) -> f64 {
    let mut random = stream(1, &["benchmark"]);
    let shape = tasks::shape(task);
    let mut uniform =
        |count: usize| -> Vec<f32> { (0..count).map(|_| random.random_range(-0.05..0.05)).collect() };
    let weights = Weights {
        inputs: shape.inputs,
        units,
        outputs: shape.outputs,
        kernel: uniform(shape.inputs * units),
        recurrent_kernel: uniform(units * units),
        bias: vec![0.0; units],
        readout_kernel: uniform(units * shape.outputs),
        readout_bias: vec![0.0; shape.outputs],
    };
    let mut matrix = || Mat::from_fn(units, units, |_, _| random.random_range(0.0..1.0));
    let (distance, empirical) = (matrix(), matrix());
    let terms = PenaltyTerms {
        lambda: 0.3,
        lambda_emd: 0.1,
        distance: Some(distance.as_ref()),
        empirical: Some(empirical.as_ref()),
    };
    let penalty = PenaltyTerm::new(Penalty::new(kind, &terms).unwrap());
    let trials = tasks::generate(task, STEPS * BATCH, &mut random);
    let sets = TrialSets { training: &trials, validation: None, test: None };
    let schedule =
        Schedule { epochs: 1, batch: BATCH, learning_rate: 0.001, input_noise: 0.05, positive: false };
    let best = (0..3).map(|_| {
        let start = Instant::now();
        let stop = AtomicBool::new(false);
        let noise = stream(1, &["noise"]);
        let outcome = train(&weights, sets, &penalty, schedule, noise, &Device::Cpu, &stop).unwrap();
        assert_eq!(outcome.losses.len(), STEPS);
        start.elapsed().as_secs_f64() / STEPS as f64
    });
    best.fold(f64::INFINITY, f64::min)
}
