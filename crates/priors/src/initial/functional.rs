use cortex::{FieldName, stream};
use faer::{Mat, MatRef};
use numerics::{min_max, perron_root};
use rand::RngCore;
use rand_distr::{Distribution, StandardNormal};

use crate::{InitialWeights, PriorsError, Simulation};

/// Spectral radius of functional initial weights.
pub const SPECTRAL_RADIUS: f64 = 0.95;

/// Mean of the weights before they are floored.
const MEAN: f64 = 0.1;

/// Smallest weight other than zero, at that mean.
const FLOOR: f64 = 0.01;

/// Mean of the logarithm of `W_ln`, μ.
const LOG_MEAN: f64 = -0.5;

/// Standard deviation of the logarithm of `W_ln`, σ.
const LOG_DEVIATION: f64 = 0.5;

/// `functional`, `W*`: the log-normal draw times the functional factors of the arm ([`functional_weights`]).
pub(crate) struct Functional;

impl InitialWeights for Functional {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        Ok(simulation.functional.clone())
    }
}

/// `lognormal`: the same draw without any functional factor, and otherwise made as `W*` is.
///
/// `functional_weights` of a factor of ones: mean 0.1, raised to 0.01 below it, spectral radius 0.95.
pub(crate) struct Lognormal;

impl InitialWeights for Lognormal {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let ones = Mat::from_fn(simulation.neurons(), simulation.neurons(), |_, _| 1.0);
        functional_weights(simulation.lognormal.as_ref(), ones.as_ref())
    }
}

/// Draws the log-normal weights `W_ln` of one simulation, shared by all its arms, variants and tasks.
///
/// `[N, N]`, i.i.d., μ = −0.5, σ = 0.5, row by row from the stream `lognormal/FIELD/SIMULATION`: the draw does not
/// depend on how many simulations there are.
pub fn lognormal(seed: u64, field: &FieldName, simulation: u32, neurons: usize) -> Mat<f64> {
    let mut random = stream(seed, &["lognormal", field.as_str(), &simulation.to_string()]);
    let mut weights = Mat::zeros(neurons, neurons);
    for row in 0..neurons {
        for column in 0..neurons {
            weights[(row, column)] = lognormal_weight(&mut random);
        }
    }
    weights
}

/// Draws one log-normal weight, μ = −0.5, σ = 0.5.
pub(super) fn lognormal_weight(random: &mut impl RngCore) -> f64 {
    let normal: f64 = StandardNormal.sample(random);
    (LOG_MEAN + LOG_DEVIATION * normal).exp()
}

/// Multiplies functional measures, each scaled to [0, 1] as a whole, diagonal included: `F = Π minmax(F_k)`.
///
/// Every measure is `[N, N]`; the result is `[N, N]` of N `neurons`, in [0, 1].
///
/// # Errors
/// [`PriorsError::Numerics`] names an entry that is NaN or infinite.
pub fn factor_product<'a>(
    neurons: usize,
    factors: impl IntoIterator<Item = MatRef<'a, f64>>,
) -> Result<Mat<f64>, PriorsError> {
    let mut product = Mat::from_fn(neurons, neurons, |_, _| 1.0);
    for factor in factors {
        let scaled = min_max(factor)?;
        product = Mat::from_fn(neurons, neurons, |i, j| product[(i, j)] * scaled[(i, j)]);
    }
    Ok(product)
}

/// Makes the functional initial weights `W*`.
///
/// `W = W_ln ⊙ F`, scaled to mean 0.1, its non-zero entries below 0.01 raised to 0.01, scaled to spectral radius
/// 0.95. `lognormal` and `factor` (of [`factor_product`]) are `[N, N]`, not negative; so is the result.
///
/// # Errors
/// [`PriorsError::Vanishing`] if the product has mean 0 or spectral radius 0, or one that is not finite;
/// [`PriorsError::Numerics`] if its spectral radius cannot be found.
pub fn functional_weights(
    lognormal: MatRef<'_, f64>,
    factor: MatRef<'_, f64>,
) -> Result<Mat<f64>, PriorsError> {
    let (rows, columns) = lognormal.shape();
    let product = Mat::from_fn(rows, columns, |i, j| lognormal[(i, j)] * factor[(i, j)]);
    let mean = positive("mean", product.sum() / (rows * columns) as f64)?;
    let floored = Mat::from_fn(rows, columns, |i, j| match product[(i, j)] * (MEAN / mean) {
        0.0 => 0.0,
        weight => weight.max(FLOOR),
    });
    let radius = positive("spectral radius", perron_root(floored.as_ref())?)?;
    Ok(Mat::from_fn(rows, columns, |i, j| floored[(i, j)] * (SPECTRAL_RADIUS / radius)))
}

fn positive(quantity: &'static str, value: f64) -> Result<f64, PriorsError> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(PriorsError::Vanishing { quantity, value }) }
}
