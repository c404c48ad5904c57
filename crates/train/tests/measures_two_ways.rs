//! What a run says of itself, against the same measures computed from its weights in double precision, one
//! neuron after the other, without noise.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::atomic::AtomicBool;

use candle_core::Device;
use common::{golden_penalty, random_weights};
use config::{LearningRateSchedule, TrainOptions};
use cortex::{Activation, Task, stream};
use numerics::{Penalty, PenaltyKind, PenaltyTerms};
use tasks::Shape;
use train::{
    lessons::Lessons,
    network::Weights,
    penalty::PenaltyTerm,
    trainer::{Ending, Outcome, Schedule, TrialSets, train},
};

const UNITS: usize = 24;

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// Accuracy and mean cross-entropy of a network on some trials.
fn judge(weights: &Weights, lessons: &Lessons, activation: Activation, rate: f64) -> (f64, f64) {
    let (inputs, units, outputs) = (weights.inputs, weights.units, weights.outputs);
    let [kernel, recurrent, bias, readout, readout_bias] = weights.parts().map(|(_, values)| widen(values));
    let (mut right, mut cross_entropy, mut answers) = (0, 0.0, 0);
    for trial in 0..lessons.len() {
        let mut state = vec![0.0; units];
        let mut asked = lessons.answers(trial).iter().peekable();
        for (step, x) in lessons.inputs(trial).chunks_exact(inputs).enumerate() {
            let drive = |unit: usize| {
                let from_inputs =
                    (0..inputs).map(|i| f64::from(x[i]) * kernel[i * units + unit]).sum::<f64>();
                let from_units = (0..units).map(|i| state[i] * recurrent[i * units + unit]).sum::<f64>();
                let drive = from_inputs + from_units + bias[unit];
                let rates = if activation == Activation::Relu { drive.max(0.0) } else { drive.tanh() };
                (1.0 - rate) * state[unit] + rate * rates
            };
            state = (0..units).map(drive).collect();
            let Some(answer) = asked.next_if(|answer| answer.step as usize == step) else { continue };
            let logit = |output: usize| {
                (0..units).map(|i| state[i] * readout[i * outputs + output]).sum::<f64>()
                    + readout_bias[output]
            };
            let logits: Vec<f64> = (0..outputs).map(logit).collect();
            let largest = logits.iter().copied().fold(f64::MIN, f64::max);
            let sum = logits.iter().map(|logit| (logit - largest).exp()).sum::<f64>().ln() + largest;
            cross_entropy += sum - logits[answer.label as usize];
            right += usize::from(logits[answer.label as usize] == largest);
            answers += 1;
        }
    }
    (right as f64 / f64::from(answers), cross_entropy / f64::from(answers))
}

fn plain_penalty() -> PenaltyTerm {
    let terms = PenaltyTerms { lambda: 0.01, lambda_emd: 0.0, distance: None, empirical: None };
    PenaltyTerm::new(Penalty::new(PenaltyKind::Weight, &terms).unwrap())
}

/// Trials of a task; of a set.
fn lessons(task: Task, set: &str, count: usize) -> Lessons {
    tasks::generate(task, count, &mut stream(4, &["measures", set])).into()
}

/// Trials that are read out at several steps: the label is asked for at every third step of the second half.
fn lessons_of_steps(task: Task, set: &str, count: usize) -> Lessons {
    let trials = tasks::generate(task, count, &mut stream(4, &["measures", set]));
    let Shape { steps, .. } = trials.shape;
    let labels: Vec<u32> = trials.labels.iter().flat_map(|&label| vec![label; steps]).collect();
    let asked: Vec<bool> =
        (0..count * steps).map(|place| place % steps > steps / 2 && place % 3 == 0).collect();
    Lessons::of_steps(trials.shape, trials.inputs, &labels, &asked).unwrap()
}

fn trained(sets: [&Lessons; 3], schedule: Schedule) -> Outcome {
    let [training, validation, test] = sets;
    train(
        &random_weights(Task::PerceptualDecision, UNITS, 3),
        TrialSets { training, validation: Some(validation), test: Some(test) },
        &plain_penalty(),
        schedule,
        stream(1, &["noise of a test"]),
        &Device::Cpu,
        &AtomicBool::new(false),
    )
    .unwrap()
}

#[test]
fn validation_and_test_measures_are_those_of_the_weights_without_noise() {
    let task = Task::PerceptualDecision;
    for (options, of_steps) in [
        (TrainOptions::default(), false),
        (TrainOptions { activation: Activation::Tanh, ..TrainOptions::default() }, true),
        (TrainOptions { time_constant_steps: 2.0, ..TrainOptions::default() }, true),
    ] {
        let make = if of_steps { lessons_of_steps } else { lessons };
        let [training, validation, test] = ["training", "validation", "test"].map(|set| make(task, set, 384));
        // Much noise in training, and snapshots, so that every epoch can be judged again.
        let options = TrainOptions { snapshots: true, ..options };
        let schedule = Schedule { epochs: 3, input_noise: 0.5, options, ..Schedule::default() };
        let outcome = trained([&training, &validation, &test], schedule);
        assert_eq!((outcome.epochs.len(), outcome.snapshots.len()), (3, 4));
        for (number, (epoch, weights)) in outcome.epochs.iter().zip(&outcome.snapshots[1..]).enumerate() {
            let penalty =
                0.01 * widen(&weights.recurrent_kernel).iter().map(|weight| weight.abs()).sum::<f64>();
            assert!((epoch.penalty - penalty).abs() < 1e-6 * penalty);
            let rate = 1.0 / options.time_constant_steps;
            let measures = epoch.measures;
            let check = |lessons: &Lessons, accuracy: Option<f64>, loss: Option<f64>| {
                let (own_accuracy, cross_entropy) = judge(weights, lessons, options.activation, rate);
                assert!((accuracy.unwrap() - own_accuracy).abs() < 0.003, "{accuracy:?}, {own_accuracy}");
                let own_loss = cross_entropy + penalty;
                assert!((loss.unwrap() - own_loss).abs() < 1e-4 * own_loss, "{loss:?}, {own_loss}");
            };
            check(&validation, measures.validation_accuracy, measures.validation_loss);
            if number == 2 {
                check(&test, measures.test_accuracy, measures.test_loss);
            } else {
                assert_eq!((measures.test_accuracy, measures.test_loss), (None, None));
            }
            // With its noise, training is another matter: its loss is not that of the weights without it.
            let (_, silent) = judge(weights, &training, options.activation, rate);
            assert!((measures.train_loss.unwrap() - silent - penalty).abs() > 1e-3);
        }
        assert_eq!(outcome.weights, outcome.snapshots[3]);
    }
}

#[test]
fn training_loss_is_the_mean_of_the_losses_before_the_steps() {
    let [training, validation, test] =
        ["training", "validation", "test"].map(|set| lessons(Task::PerceptualDecision, set, 256));
    let outcome = trained([&training, &validation, &test], Schedule { epochs: 2, ..Schedule::default() });
    assert_eq!(outcome.losses.len(), 4);
    for (epoch, losses) in outcome.epochs.iter().zip(outcome.losses.chunks(2)) {
        let mean = losses.iter().sum::<f64>() / 2.0;
        assert!((epoch.measures.train_loss.unwrap() - mean).abs() < 1e-12);
    }
}

#[test]
fn early_stopping_ends_training_and_still_tests() {
    let [training, validation, test] =
        ["training", "validation", "test"].map(|set| lessons(Task::PerceptualDecision, set, 128));
    // Too large a learning rate: the validation loss rises soon.
    let options = TrainOptions { early_stopping_epochs: Some(2), ..TrainOptions::default() };
    let schedule = Schedule { epochs: 40, learning_rate: 0.5, options, ..Schedule::default() };
    let outcome = trained([&training, &validation, &test], schedule);
    assert_eq!(outcome.ending, Ending::Done);
    let losses: Vec<f64> =
        outcome.epochs.iter().map(|epoch| epoch.measures.validation_loss.unwrap()).collect();
    assert!(losses.len() < 40, "{losses:?}");
    let (lowest, waited) = losses.split_at(losses.len() - 2);
    let lowest = lowest.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(waited.iter().all(|&loss| loss >= lowest));
    assert!(outcome.last_epoch().unwrap().measures.test_accuracy.is_some());
    let whole = trained(
        [&training, &validation, &test],
        Schedule { epochs: losses.len() as u32, options: TrainOptions::default(), ..schedule },
    );
    assert_eq!(whole.weights, outcome.weights, "stopping changes nothing before it stops");
}

#[test]
fn a_learning_rate_that_falls_to_nothing_stops_moving_weights() {
    let [training, validation, test] =
        ["training", "validation", "test"].map(|set| lessons(Task::PerceptualDecision, set, 128));
    let moved = |schedule| {
        let options =
            TrainOptions { snapshots: true, learning_rate_schedule: schedule, ..TrainOptions::default() };
        let outcome =
            trained([&training, &validation, &test], Schedule { epochs: 20, options, ..Schedule::default() });
        let [.., before, after] = &outcome.snapshots[..] else { panic!("snapshots") };
        let pairs = before.recurrent_kernel.iter().zip(&after.recurrent_kernel);
        pairs.map(|(before, after)| f64::from((before - after).abs())).sum::<f64>()
    };
    let constant = moved(LearningRateSchedule::Constant);
    // In the last of twenty steps the factors are 1/20, 0.006 and 0.5^19.
    assert!(moved(LearningRateSchedule::Linear) < 0.15 * constant);
    assert!(moved(LearningRateSchedule::Cosine) < 0.03 * constant);
    assert!(moved(LearningRateSchedule::Exponential(0.5)) < 1e-4 * constant);
}

#[test]
fn golden_penalties_enter_the_losses_of_all_sets() {
    let weights = common::golden_weights("WDC.init");
    let golden = common::golden_trials();
    let penalty = golden_penalty(PenaltyKind::Communicability);
    let schedule = Schedule { epochs: 1, batch: 16, input_noise: 0.0, ..Schedule::default() };
    let sets = TrialSets { training: &golden, validation: Some(&golden), test: Some(&golden) };
    let (noise, stop) = (stream(1, &["unused"]), AtomicBool::new(false));
    let outcome = train(&weights, sets, &penalty, schedule, noise, &Device::Cpu, &stop).unwrap();
    let epoch = outcome.last_epoch().unwrap();
    let (_, cross_entropy) = judge(&outcome.weights, &golden, Activation::Relu, 1.0);
    let units = outcome.weights.units;
    let expected = penalty.value(&outcome.weights.recurrent_kernel, units).unwrap();
    assert!((epoch.penalty - expected).abs() < 1e-9);
    for loss in [epoch.measures.validation_loss, epoch.measures.test_loss] {
        assert!((loss.unwrap() - cross_entropy - expected).abs() < 1e-4 * expected);
    }
}
