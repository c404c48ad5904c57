//! The fused recurrent layer against the one spelled out in candle operations, and against finite differences.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use candle_core::{Device, Tensor};
use common::{golden_penalty, golden_trials, golden_weights, random_weights};
use cortex::{Activation, Task, stream};
use fixtures::relative_difference;
use train::{
    network::{Network, PARAMETERS, Weights},
    recurrent::{Dynamics, Sequence, Workspace, fused, plain},
};

#[derive(Clone, Copy)]
enum Way {
    Fused,
    Plain,
}

/// Where the network is read out.
#[derive(Clone, Copy, Debug)]
enum Reads {
    Last,
    /// Some steps of some trials, the first among them; no two trials alike.
    Scattered,
}

/// Every activation, without and with a leak.
fn all_dynamics() -> [Dynamics; 4] {
    let [relu, tanh] = Activation::ALL;
    [(relu, 1.0), (tanh, 1.0), (relu, 5.0), (tanh, 2.5)].map(|(f, steps)| Dynamics::new(f, steps))
}

/// Time-major sequence of the first `count` trials of a task, with the label of every read.
fn sequence(task: Task, count: usize, reads: Reads) -> (Arc<Sequence>, Vec<u32>) {
    let trials = tasks::generate(task, count, &mut stream(3, &["layer test", task.name()]));
    let (steps, channels) = (trials.shape.steps, trials.shape.inputs);
    let at = |step: usize, trial: usize, channel: usize| {
        trials.inputs[(trial * steps + step) * channels + channel]
    };
    let values = (0..steps)
        .flat_map(|step| {
            (0..count).flat_map(move |trial| (0..channels).map(move |channel| (step, trial, channel)))
        })
        .map(|(step, trial, channel)| at(step, trial, channel))
        .collect();
    let reads: Vec<usize> = match reads {
        Reads::Last => ((steps - 1) * count..steps * count).collect(),
        Reads::Scattered => (0..steps * count).filter(|place| place % 7 == 0 || place % 11 == 3).collect(),
    };
    let labels = reads.iter().map(|read| trials.labels[read % count]).collect();
    (Arc::new(Sequence { steps, trials: count, channels, values, reads }), labels)
}

/// Cross-entropy and its gradient for every parameter.
fn loss_and_gradients(
    weights: &Weights,
    dynamics: Dynamics,
    (sequence, labels): &(Arc<Sequence>, Vec<u32>),
    way: Way,
) -> (f64, Vec<Vec<f64>>) {
    let network = Network::new(weights, dynamics, &Device::Cpu).unwrap();
    let states = match way {
        Way::Fused => fused(&network, sequence, &Workspace::default()).unwrap(),
        Way::Plain => plain(&network, sequence).unwrap(),
    };
    let labels = Tensor::from_slice(labels, labels.len(), &Device::Cpu).unwrap();
    let loss = candle_nn::loss::cross_entropy(&network.readout(&states).unwrap(), &labels).unwrap();
    let gradients = loss.backward().unwrap();
    let gradients = network.parameters().iter().map(|parameter| {
        let gradient = gradients.get(parameter).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        gradient.into_iter().map(f64::from).collect()
    });
    (f64::from(loss.to_scalar::<f32>().unwrap()), gradients.collect())
}

/// Random weights of 312 units; in a positive network, recurrent weights from 0 that keep its activity bounded.
fn weights_of(task: Task, positive: bool) -> Weights {
    let mut weights = random_weights(task, 312, 11);
    if positive {
        weights.recurrent_kernel.iter_mut().for_each(|weight| *weight = 0.05 * weight.max(0.0));
    }
    weights
}

#[test]
fn fused_and_plain_layers_agree_at_the_real_size() {
    for task in Task::ALL {
        for positive in [false, true] {
            let weights = weights_of(task, positive);
            for dynamics in all_dynamics() {
                for reads in [Reads::Last, Reads::Scattered] {
                    let case = format!("{task}, positive {positive}, {dynamics:?}, {reads:?}");
                    let lesson = sequence(task, 128, reads);
                    let (fused_loss, fused) = loss_and_gradients(&weights, dynamics, &lesson, Way::Fused);
                    let (plain_loss, plain) = loss_and_gradients(&weights, dynamics, &lesson, Way::Plain);
                    assert!(
                        (fused_loss - plain_loss).abs() < 1e-5 * plain_loss,
                        "{case}: {fused_loss} and {plain_loss}"
                    );
                    for ((name, fused), plain) in PARAMETERS.iter().zip(&fused).zip(&plain) {
                        let difference = relative_difference(fused, plain);
                        assert!(difference < 1e-5, "{case}, {name}: gradients differ by {difference}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_workspace_serves_batches_of_different_sizes_one_after_the_other() {
    let task = Task::PerceptualDecision;
    let weights = random_weights(task, 24, 7);
    let network = Network::new(&weights, Dynamics::new(Activation::Tanh, 3.0), &Device::Cpu).unwrap();
    let workspace = Workspace::default();
    for count in [16, 5, 40, 1] {
        let (sequence, _) = sequence(task, count, Reads::Last);
        let states = |states: Tensor| states.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let kept = states(fused(&network, &sequence, &workspace).unwrap());
        let fresh = states(fused(&network, &sequence, &Workspace::default()).unwrap());
        assert_eq!(kept, fresh, "{count} trials");
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    let task = Task::OneChoiceInference;
    let weights = random_weights(task, 24, 5);
    for dynamics in all_dynamics() {
        for reads in [Reads::Last, Reads::Scattered] {
            let lesson = sequence(task, 16, reads);
            let (_, gradients) = loss_and_gradients(&weights, dynamics, &lesson, Way::Fused);
            let step = 2e-3;
            for (part, name) in PARAMETERS.iter().enumerate() {
                // Along the gradient itself: the slope is its squared norm. A small network keeps f32 accurate enough.
                let norm = gradients[part].iter().map(|value| value * value).sum::<f64>().sqrt();
                let moved = |sign: f64| {
                    let mut weights = weights.clone();
                    let values = match part {
                        0 => &mut weights.kernel,
                        1 => &mut weights.recurrent_kernel,
                        2 => &mut weights.bias,
                        3 => &mut weights.readout_kernel,
                        _ => &mut weights.readout_bias,
                    };
                    for (value, gradient) in values.iter_mut().zip(&gradients[part]) {
                        *value += (sign * step * gradient / norm) as f32;
                    }
                    loss_and_gradients(&weights, dynamics, &lesson, Way::Fused).0
                };
                let slope = (moved(1.0) - moved(-1.0)) / (2.0 * step);
                assert!(
                    (slope - norm).abs() < 1e-2 * norm,
                    "{dynamics:?}, {reads:?}, {name}: slope {slope}, gradient {norm}"
                );
            }
        }
    }
}

#[test]
fn first_gradients_are_those_of_tensorflow() {
    let trials = golden_trials();
    for (name, kind) in common::KINDS {
        let weights = golden_weights(&format!("{name}.init"));
        let network = Network::new(&weights, Dynamics::default(), &Device::Cpu).unwrap();
        let (steps, channels, count) = (trials.shape().steps, trials.shape().inputs, 16);
        let mut values = vec![0.0; steps * count * channels];
        for trial in 0..count {
            for (step, inputs) in trials.inputs(trial).chunks_exact(channels).enumerate() {
                values[(step * count + trial) * channels..][..channels].copy_from_slice(inputs);
            }
        }
        let reads = ((steps - 1) * count..steps * count).collect();
        let sequence = Arc::new(Sequence { steps, trials: count, channels, values, reads });
        let state = fused(&network, &sequence, &Workspace::default()).unwrap();
        let labels: Vec<u32> = (0..count).map(|trial| trials.answers(trial)[0].label).collect();
        let labels = Tensor::from_slice(&labels, count, &Device::Cpu).unwrap();
        let cross_entropy =
            candle_nn::loss::cross_entropy(&network.readout(&state).unwrap(), &labels).unwrap();
        let (penalty, _) = golden_penalty(kind).forward(network.recurrent_kernel()).unwrap();
        let gradients = (cross_entropy + penalty).unwrap().backward().unwrap();
        let expected = golden_weights(&format!("{name}.first_gradient"));
        for ((parameter, (_, expected)), part) in
            network.parameters().iter().zip(expected.parts()).zip(PARAMETERS)
        {
            let found = gradients.get(parameter).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let widen = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
            let difference = relative_difference(&widen(&found), &widen(expected));
            assert!(difference < 1e-4, "{name}, {part}: first gradient differs by {difference}");
        }
    }
}
