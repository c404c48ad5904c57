//! The fused recurrent layer against the one spelled out in candle operations, and against finite differences.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use candle_core::{Device, Tensor};
use common::{golden_penalty, golden_trials, golden_weights, random_weights};
use cortex::{Task, stream};
use fixtures::relative_difference;
use train::{
    network::{Network, PARAMETERS, Weights},
    recurrent::{Sequence, Workspace, fused, plain},
};

#[derive(Clone, Copy)]
enum Way {
    Fused,
    Plain,
}

/// Time-major sequence of the first `count` trials of a task, with its labels.
fn sequence(task: Task, count: usize) -> (Arc<Sequence>, Vec<u32>) {
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
    (Arc::new(Sequence { steps, trials: count, channels, values }), trials.labels)
}

/// Cross-entropy and its gradient for every parameter.
fn loss_and_gradients(weights: &Weights, task: Task, count: usize, way: Way) -> (f64, Vec<Vec<f64>>) {
    let network = Network::new(weights, &Device::Cpu).unwrap();
    let (sequence, labels) = sequence(task, count);
    let state = match way {
        Way::Fused => fused(&network, &sequence, &Workspace::default()).unwrap(),
        Way::Plain => plain(&network, &sequence).unwrap(),
    };
    let labels = Tensor::from_slice(&labels, labels.len(), &Device::Cpu).unwrap();
    let loss = candle_nn::loss::cross_entropy(&network.readout(&state).unwrap(), &labels).unwrap();
    let gradients = loss.backward().unwrap();
    let gradients = network.parameters().iter().map(|parameter| {
        let gradient = gradients.get(parameter).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        gradient.into_iter().map(f64::from).collect()
    });
    (f64::from(loss.to_scalar::<f32>().unwrap()), gradients.collect())
}

#[test]
fn fused_and_plain_layers_agree_at_the_real_size() {
    for task in Task::ALL {
        let weights = random_weights(task, 312, 11);
        let (fused_loss, fused_gradients) = loss_and_gradients(&weights, task, 128, Way::Fused);
        let (plain_loss, plain_gradients) = loss_and_gradients(&weights, task, 128, Way::Plain);
        assert!((fused_loss - plain_loss).abs() < 1e-5 * plain_loss, "{task}: {fused_loss} and {plain_loss}");
        for ((name, fused), plain) in PARAMETERS.iter().zip(&fused_gradients).zip(&plain_gradients) {
            let difference = relative_difference(fused, plain);
            assert!(difference < 1e-5, "{task}, {name}: gradients differ by {difference}");
        }
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    let task = Task::OneChoiceInference;
    let weights = random_weights(task, 24, 5);
    let (_, gradients) = loss_and_gradients(&weights, task, 16, Way::Fused);
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
            loss_and_gradients(&weights, task, 16, Way::Fused).0
        };
        let slope = (moved(1.0) - moved(-1.0)) / (2.0 * step);
        assert!((slope - norm).abs() < 1e-2 * norm, "{name}: slope {slope}, gradient {norm}");
    }
}

#[test]
fn first_gradients_are_those_of_tensorflow() {
    let trials = golden_trials();
    for (name, kind) in common::KINDS {
        let network = Network::new(&golden_weights(&format!("{name}.init")), &Device::Cpu).unwrap();
        let (steps, channels, count) = (trials.shape.steps, trials.shape.inputs, 16);
        let mut values = vec![0.0; steps * count * channels];
        for trial in 0..count {
            for step in 0..steps {
                let inputs = &trials.inputs[(trial * steps + step) * channels..][..channels];
                values[(step * count + trial) * channels..][..channels].copy_from_slice(inputs);
            }
        }
        let sequence = Arc::new(Sequence { steps, trials: count, channels, values });
        let state = fused(&network, &sequence, &Workspace::default()).unwrap();
        let labels = Tensor::from_slice(&trials.labels[..count], count, &Device::Cpu).unwrap();
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
