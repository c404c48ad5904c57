use cortex::Initialiser;
use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use rand_distr::{Distribution, StandardNormal};

use super::simulation::at_spectral_radius;
use crate::{InitialWeights, PriorsError, Simulation};

/// `spectrum`: `Q W* Qᵀ` for a random orthogonal Q: eigenvalues, singular values and Frobenius norm of `W*`, none of
/// its entries. Half of the result is negative.
pub(crate) struct Spectrum;

/// `orthogonal-scaled`: a random orthogonal matrix scaled to the L1 norm of `W*`, `Σ |W_ij| = Σ |W*_ij|`.
pub(crate) struct OrthogonalScaled;

/// `orthogonal-positive`: the magnitudes of a random orthogonal matrix, at spectral radius 0.95.
pub(crate) struct OrthogonalPositive;

impl InitialWeights for Spectrum {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let q = orthogonal(simulation, Initialiser::Spectrum)?;
        let left = product(q.as_ref(), simulation.functional.as_ref());
        Ok(product(left.as_ref(), q.transpose()))
    }
}

impl InitialWeights for OrthogonalScaled {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let q = orthogonal(simulation, Initialiser::OrthogonalScaled)?;
        let scale = simulation.functional.norm_l1() / q.norm_l1();
        Ok(q.map(|entry| entry * scale))
    }
}

impl InitialWeights for OrthogonalPositive {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let q = orthogonal(simulation, Initialiser::OrthogonalPositive)?;
        at_spectral_radius(&q.map(|entry| entry.abs()), Initialiser::OrthogonalPositive)
    }
}

/// A random orthogonal matrix, uniform over all of them, of the initialiser's own stream.
fn orthogonal(simulation: &Simulation<'_>, initialiser: Initialiser) -> Result<Mat<f64>, PriorsError> {
    let neurons = simulation.neurons();
    let mut random = simulation.stream(initialiser);
    let normal = Mat::from_fn(neurons, neurons, |_, _| StandardNormal.sample(&mut random));
    Ok(numerics::orthogonal(normal.as_ref())?)
}

fn product(left: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    let mut product = Mat::zeros(left.nrows(), right.ncols());
    matmul(product.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    product
}
