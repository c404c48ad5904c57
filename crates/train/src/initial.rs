//! How a network starts.

use anyhow::Context;
use cortex::{Initialiser, RunKey, stream};
use faer::Mat;
use rand::{Rng, RngCore};
use rand_distr::StandardNormal;

use crate::network::Weights;

/// Draws the initial weights of a run: Glorot uniform input and readout kernels, zero biases, and the
/// recurrent kernel that the variant names.
///
/// `recurrent` holds the field's initial weights of the variant's initialiser in the run's simulation, row-major
/// `[units, units]`; an orthogonal kernel is drawn here and needs none.
///
/// # Errors
/// If the variant needs initial weights of the field and there are none.
pub fn weights(
    seed: u64,
    key: &RunKey,
    shape: tasks::Shape,
    units: usize,
    recurrent: Option<Vec<f32>>,
) -> anyhow::Result<Weights> {
    Ok(Weights {
        inputs: shape.inputs,
        units,
        outputs: shape.outputs,
        kernel: glorot(shape.inputs, units, &mut run_stream(seed, key, "kernel")),
        recurrent_kernel: recurrent_kernel(seed, key, units, recurrent)?,
        bias: vec![0.0; units],
        readout_kernel: glorot(units, shape.outputs, &mut run_stream(seed, key, "readout-kernel")),
        readout_bias: vec![0.0; shape.outputs],
    })
}

/// The recurrent kernel that a run begins with, row-major `[units, units]`: see [`weights`].
pub(crate) fn recurrent_kernel(
    seed: u64,
    key: &RunKey,
    units: usize,
    recurrent: Option<Vec<f32>>,
) -> anyhow::Result<Vec<f32>> {
    match key.variant.initialiser {
        Initialiser::Orthogonal => orthogonal(units, &mut run_stream(seed, key, "recurrent-kernel")),
        initialiser => recurrent.with_context(|| format!("{key} has no {} weights", initialiser.name())),
    }
}

/// Opens the random stream of a run that serves one purpose.
pub fn run_stream(seed: u64, key: &RunKey, purpose: &str) -> impl RngCore + use<> {
    let (field, simulation) = (key.field.to_string(), key.simulation.to_string());
    let variant = key.variant.to_string();
    stream(seed, &["run", &field, &key.arm, key.task.name(), &variant, &simulation, purpose])
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
