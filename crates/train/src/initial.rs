//! How a network starts.

use anyhow::Context;
use cortex::{Initialiser, Relabelling, RunKey, stream};
use faer::Mat;
use rand::{Rng, RngCore, seq::SliceRandom};
use rand_distr::StandardNormal;

use crate::network::Weights;

/// Draws the initial weights of a run: Glorot uniform input and readout kernels, zero biases, and the
/// recurrent kernel that the variant names.
///
/// `functional` holds the functional weights of the run's simulation, row-major `[units, units]`.
///
/// # Errors
/// If the variant needs functional weights and there are none.
pub fn weights(
    seed: u64,
    key: &RunKey,
    shape: tasks::Shape,
    units: usize,
    functional: Option<&[f32]>,
    relabelling: Relabelling,
) -> anyhow::Result<Weights> {
    let functional = || functional.with_context(|| format!("{key} has no functional weights"));
    let recurrent_kernel = match key.variant.initialiser {
        Initialiser::Orthogonal => orthogonal(units, &mut run_stream(seed, key, "recurrent-kernel"))?,
        Initialiser::Functional => functional()?.to_vec(),
        Initialiser::Relabelled => {
            rearranged(functional()?, units, relabelling, &mut relabelling_stream(seed, key))
        }
    };
    Ok(Weights {
        inputs: shape.inputs,
        units,
        outputs: shape.outputs,
        kernel: glorot(shape.inputs, units, &mut run_stream(seed, key, "kernel")),
        recurrent_kernel,
        bias: vec![0.0; units],
        readout_kernel: glorot(units, shape.outputs, &mut run_stream(seed, key, "readout-kernel")),
        readout_bias: vec![0.0; shape.outputs],
    })
}

/// Opens the random stream of a run that serves one purpose.
pub fn run_stream(seed: u64, key: &RunKey, purpose: &str) -> impl RngCore + use<> {
    let (field, simulation) = (key.field.to_string(), key.simulation.to_string());
    let variant = key.variant.to_string();
    stream(seed, &["run", &field, &key.arm, key.task.name(), &variant, &simulation, purpose])
}

/// All tasks, variants and arms of a simulation rearrange alike.
fn relabelling_stream(seed: u64, key: &RunKey) -> impl RngCore + use<> {
    stream(seed, &["relabelling", key.field.as_str(), &key.simulation.to_string()])
}

/// Uniform on ±√(6 / (from + to)).
///
/// Source: Glorot & Bengio 2010, AISTATS, eq. 16.
fn glorot(from: usize, to: usize, random: &mut impl RngCore) -> Vec<f32> {
    let limit = (6.0 / (from + to) as f64).sqrt();
    (0..from * to).map(|_| random.random_range(-limit..limit) as f32).collect()
}

fn orthogonal(units: usize, random: &mut impl RngCore) -> anyhow::Result<Vec<f32>> {
    let normal = Mat::<f64>::from_fn(units, units, |_, _| random.sample(StandardNormal));
    let matrix = numerics::orthogonal(normal.as_ref())?;
    Ok(numerics::to_row_major(matrix.as_ref()).into_iter().map(|value| value as f32).collect())
}

fn rearranged(
    weights: &[f32],
    units: usize,
    relabelling: Relabelling,
    random: &mut impl RngCore,
) -> Vec<f32> {
    match relabelling {
        Relabelling::Neurons => {
            let mut names: Vec<usize> = (0..units).collect();
            names.shuffle(random);
            let rows =
                names.iter().flat_map(|&pre| names.iter().map(move |&post| weights[pre * units + post]));
            rows.collect()
        }
        Relabelling::Entries => {
            let mut weights = weights.to_vec();
            weights.shuffle(random);
            weights
        }
    }
}
