//! Memory of training is kept from batch to batch: longer trials allocate no more often, and a step hardly at all.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::atomic::AtomicBool;

use allocation_counter::{AllocationInfo, measure};
use candle_core::Device;
use common::random_weights;
use config::TrainOptions;
use cortex::{Activation, Task, stream};
use numerics::{Penalty, PenaltyKind, PenaltyTerms};
use tasks::{Shape, Trials};
use train::{
    penalty::PenaltyTerm,
    trainer::{Schedule, TrialSets, train},
};

const UNITS: usize = 64;
const BATCH: usize = 32;

/// What training allocates on `batches` batches of trials of `steps` time steps.
fn allocated(steps: usize, batches: usize, options: TrainOptions) -> AllocationInfo {
    let weights = random_weights(Task::GoNogo, UNITS, 1);
    let (inputs, outputs) = (weights.inputs, weights.outputs);
    let count = batches * BATCH;
    let trials = Trials {
        shape: Shape { steps, inputs, outputs },
        inputs: vec![0.5; count * steps * inputs],
        labels: vec![0; count],
    };
    let lessons = trials.into();
    let terms = PenaltyTerms { lambda: 0.01, lambda_emd: 0.0, distance: None, empirical: None };
    let penalty = PenaltyTerm::new(Penalty::new(PenaltyKind::Distance, &terms).unwrap());
    let schedule = Schedule { epochs: 1, batch: BATCH, options, ..Schedule::default() };
    let sets = TrialSets { training: &lessons, validation: None, test: None };
    measure(|| {
        let (noise, stop) = (stream(1, &["noise"]), AtomicBool::new(false));
        let outcome = train(&weights, sets, &penalty, schedule, noise, &Device::Cpu, &stop).unwrap();
        assert_eq!(outcome.losses.len(), batches);
    })
}

/// Allocations and bytes of one further step.
fn of_a_step(steps: usize, options: TrainOptions) -> (u64, u64) {
    // What a thread allocates once, such as the packed blocks of products.
    allocated(steps, 1, options);
    let (few, many) = (allocated(steps, 4, options), allocated(steps, 24, options));
    ((many.count_total - few.count_total) / 20, (many.bytes_total - few.bytes_total) / 20)
}

#[test]
fn a_step_allocates_the_same_for_short_and_long_trials() {
    let leaky =
        TrainOptions { activation: Activation::Tanh, time_constant_steps: 4.0, ..TrainOptions::default() };
    for options in [TrainOptions::default(), leaky] {
        let (short, long) = (of_a_step(5, options), of_a_step(100, options));
        assert_eq!(short, long, "{options:?}: allocations and bytes of a step of 5 and of 100 time steps");
    }
}

#[test]
fn a_step_allocates_less_than_the_states_of_one_pass_take() {
    let (_, bytes) = of_a_step(50, TrainOptions::default());
    let states = (50 * BATCH * UNITS * size_of::<f32>()) as u64;
    assert!(bytes < states / 2, "{bytes} bytes a step, the states take {states}");
}
