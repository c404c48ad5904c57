//! A network to time.

use std::{hint::black_box, sync::atomic::AtomicBool, time::Instant};

use candle_core::Device;
use cortex::{Task, stream};
use faer::{Accum, Mat, MatMut, MatRef, Par, linalg::matmul::matmul};
use numerics::{Penalty, PenaltyKind, PenaltyTerms};
use rand::Rng;
use train::{
    lessons::Lessons,
    network::Weights,
    penalty::PenaltyTerm,
    trainer::{Schedule, TrialSets, train},
};

pub(crate) const BATCH: usize = 128;
pub(crate) const TASK: Task = Task::OneChoiceInference;
const STEPS: usize = 20;

/// Time steps of a trial.
pub(crate) fn time_steps() -> usize {
    tasks::shape(TASK).steps
}

/// Seconds of the products of one training step, best of several.
pub(crate) fn products(units: usize) -> f64 {
    let state = vec![0.5_f32; BATCH * units];
    let weights = vec![0.01_f32; units * units];
    let mut result = vec![0.0_f32; BATCH * units];
    let mut gradient = vec![0.0_f32; units * units];
    let best = (0..6).map(|_| {
        let start = Instant::now();
        let state = MatRef::from_row_major_slice(&state, BATCH, units);
        let weights = MatRef::from_row_major_slice(&weights, units, units);
        for _ in 0..time_steps() {
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

/// A network with its trials and penalty.
pub(crate) struct Subject {
    weights: Weights,
    penalty: PenaltyTerm,
    task: Task,
    trials: Lessons,
}

impl Subject {
    pub(crate) fn new(units: usize, kind: PenaltyKind) -> Self {
        Self::on(TASK, units, kind)
    }

    pub(crate) fn on(task: Task, units: usize, kind: PenaltyKind) -> Self {
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
        let trials = tasks::generate(task, STEPS * BATCH, &mut random).into();
        Self { weights, penalty, task, trials }
    }

    /// Seconds of a whole training step, mean over an epoch.
    pub(crate) fn seconds_per_step(&self) -> f64 {
        let sets = TrialSets { training: &self.trials, validation: None, test: None };
        self.seconds(sets, STEPS) / STEPS as f64
    }

    /// Seconds of one epoch of `steps` steps, with half as many trials for validation and for test.
    pub(crate) fn seconds_of_a_run(&self, steps: usize) -> f64 {
        let mut random = stream(2, &["benchmark"]);
        let [training, validation, test] =
            [1, 2, 2].map(|share| tasks::generate(self.task, steps * BATCH / share, &mut random).into());
        self.seconds(
            TrialSets { training: &training, validation: Some(&validation), test: Some(&test) },
            steps,
        )
    }

    fn seconds(&self, sets: TrialSets<'_>, steps: usize) -> f64 {
        let schedule = Schedule { epochs: 1, batch: BATCH, ..Schedule::default() };
        let (stop, noise) = (AtomicBool::new(false), stream(1, &["noise"]));
        let start = Instant::now();
        let outcome =
            train(&self.weights, sets, &self.penalty, schedule, noise, &Device::Cpu, &stop).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(outcome.losses.len(), steps);
        seconds
    }
}
