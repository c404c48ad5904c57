//! Noise-free training against TensorFlow.
//!
//! `train_trace` of `tests/golden/generate.py`: Keras `SimpleRNN(relu)` → `Dense(softmax)`, Adam, batches of
//! 16 in order, 10 epochs; `loss = CategoricalCrossentropy()(y, p) + penalty`.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::atomic::AtomicBool;

use candle_core::Device;
use common::{KINDS, golden_penalty, golden_trials, golden_weights};
use cortex::stream;
use fixtures::{golden_json, largest_difference};
use train::{
    network::Weights,
    trainer::{Ending, Schedule, TrialSets, train},
};

#[test]
fn all_eight_golden_traces_are_met() {
    let losses = &golden_json()["training"]["losses"];
    let trials = golden_trials();
    for (name, kind) in KINDS {
        for positive in [false, true] {
            let trace = if positive { format!("{name}_nonnegative") } else { name.to_owned() };
            let schedule = Schedule { batch: 16, input_noise: 0.0, positive, ..Schedule::default() };
            let outcome = train(
                &golden_weights(&format!("{trace}.init")),
                TrialSets { training: &trials, validation: None, test: None },
                &golden_penalty(kind),
                schedule,
                stream(1, &["unused"]),
                &Device::Cpu,
                &AtomicBool::new(false),
            )
            .unwrap();
            assert_eq!(outcome.ending, Ending::Done);
            let expected: Vec<f64> =
                losses[&trace].as_array().unwrap().iter().map(|loss| loss.as_f64().unwrap()).collect();
            assert_eq!(outcome.losses.len(), 40);
            for (step, (found, expected)) in outcome.losses.iter().zip(&expected).enumerate() {
                let difference = (found - expected).abs() / expected.abs();
                assert!(difference < 1e-4, "{trace}, step {step}: {found}, TensorFlow has {expected}");
            }
            let difference = weight_difference(&outcome.weights, &golden_weights(&format!("{trace}.final")));
            assert!(difference < 1e-4, "{trace}: final weights differ by {difference}");
        }
    }
}

fn weight_difference(found: &Weights, expected: &Weights) -> f64 {
    let widen = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
    let parts = found.parts().into_iter().zip(expected.parts());
    parts
        .map(|((_, found), (_, expected))| largest_difference(&widen(found), &widen(expected)))
        .fold(0.0, f64::max)
}
