//! What the tests of this crate share.
#![allow(dead_code, clippy::unwrap_used)]

use cortex::{Task, stream};
use fixtures::{Golden, Tensor};
use numerics::{Penalty, PenaltyKind, PenaltyTerms, row_major};
use rand::Rng;
use rand_distr::StandardNormal;
use tasks::{Shape, Trials};
use train::{lessons::Lessons, network::Weights, penalty::PenaltyTerm};

/// λ and λ_EMD of the golden values.
pub(crate) const LAMBDA: f64 = 0.3;
pub(crate) const LAMBDA_EMD: f64 = 0.1;

pub(crate) const KINDS: [(&str, PenaltyKind); 4] = [
    ("W", PenaltyKind::Weight),
    ("WD", PenaltyKind::Distance),
    ("WDC", PenaltyKind::Communicability),
    ("WDC_EMD", PenaltyKind::MatchedCommunicability),
];

/// The penalty that the golden traces were trained with.
pub(crate) fn golden_penalty(kind: PenaltyKind) -> PenaltyTerm {
    let priors = Golden::open("priors");
    let (distance, empirical) =
        (priors.tensor("distance_measured"), priors.tensor("communicability_empirical"));
    let square =
        |tensor: &Tensor| row_major(&tensor.values, tensor.shape[0], tensor.shape[1]).unwrap().to_owned();
    let (distance, empirical) = (square(&distance), square(&empirical));
    let terms = PenaltyTerms {
        lambda: LAMBDA,
        lambda_emd: LAMBDA_EMD,
        distance: Some(distance.as_ref()),
        empirical: Some(empirical.as_ref()),
    };
    PenaltyTerm::new(Penalty::new(kind, &terms).unwrap())
}

/// The golden trials.
pub(crate) fn golden_trials() -> Lessons {
    let golden = Golden::open("training");
    let (x, y) = (golden.tensor("trials.x"), golden.tensor("trials.y"));
    let shape = Shape { steps: x.shape[1], inputs: x.shape[2], outputs: y.shape[1] };
    let labels =
        y.values.chunks_exact(shape.outputs).map(|row| row.iter().position(|&v| v > 0.5).unwrap() as u32);
    Trials { shape, inputs: x.to_f32(), labels: labels.collect() }.into()
}

/// Weights of the golden file under a prefix such as `WD.init`.
pub(crate) fn golden_weights(prefix: &str) -> Weights {
    let golden = Golden::open("training");
    let tensor = |name: &str| golden.tensor(&format!("{prefix}.{name}"));
    let (kernel, readout) = (tensor("kernel"), tensor("readout_kernel"));
    Weights {
        inputs: kernel.shape[0],
        units: kernel.shape[1],
        outputs: readout.shape[1],
        kernel: kernel.to_f32(),
        recurrent_kernel: tensor("recurrent_kernel").to_f32(),
        bias: tensor("bias").to_f32(),
        readout_kernel: readout.to_f32(),
        readout_bias: tensor("readout_bias").to_f32(),
    }
}

/// Random weights of a network that keeps its activity.
pub(crate) fn random_weights(task: Task, units: usize, seed: u64) -> Weights {
    let mut random = stream(seed, &["test weights"]);
    let shape = tasks::shape(task);
    let mut normal = |count: usize, sd: f64| -> Vec<f32> {
        (0..count).map(|_| (sd * random.sample::<f64, _>(StandardNormal)) as f32).collect()
    };
    Weights {
        inputs: shape.inputs,
        units,
        outputs: shape.outputs,
        kernel: normal(shape.inputs * units, 0.5),
        recurrent_kernel: normal(units * units, 1.2 / (units as f64).sqrt()),
        bias: normal(units, 0.1),
        readout_kernel: normal(units * shape.outputs, 0.5),
        readout_bias: normal(shape.outputs, 0.1),
    }
}
