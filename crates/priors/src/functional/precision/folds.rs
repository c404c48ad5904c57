use std::f64::consts::TAU;

use faer::{
    Mat, Par, Spec,
    dyn_stack::{MemBuffer, MemStack},
    linalg::cholesky::llt::factor::{LltRegularization, cholesky_in_place, cholesky_in_place_scratch},
};

use super::{select, standard::Standard};
use crate::Moments;

/// Agreement of two sweeps, on the scale of correlations: scores then are right to 1e-8 and better, while those of
/// neighbouring penalties of the last grid differ by 1e-5.
const TOLERANCE: f64 = 1e-7;

/// One fold of a cross-validation.
#[derive(Debug)]
pub(super) struct Fold {
    training: Standard,
    left_out: Mat<f64>,
}

impl Fold {
    /// Takes the covariances of `neurons` within and without a fold.
    pub(super) fn new(training: &Moments, left_out: &Moments, neurons: &[usize]) -> Self {
        let covariance = select(&training.covariance(), neurons);
        Self {
            training: Standard::of(covariance.as_ref()),
            left_out: select(&left_out.covariance(), neurons),
        }
    }

    /// The log-likelihood of a bin that was left out, for each of some descending penalties; −∞ where the sweeps did not
    /// converge. Every solution begins from the one before it.
    pub(super) fn scores(&self, penalties: &[f64]) -> Vec<f64> {
        let mut solution = self.training.independent();
        let mut score = |&alpha: &f64| match self.training.solve(alpha, &solution, TOLERANCE) {
            Ok(next) => {
                solution = next;
                self.log_likelihood(self.training.precision(&solution))
            }
            Err(_) => f64::NEG_INFINITY,
        };
        penalties.iter().map(&mut score).collect()
    }

    /// `½ (log det Θ − tr(S Θ) − N log 2π)`, −∞ if Θ is not positive definite.
    fn log_likelihood(&self, precision: Mat<f64>) -> f64 {
        let size = precision.nrows();
        let trace: f64 = (0..size)
            .map(|j| (0..size).map(|i| self.left_out[(i, j)] * precision[(i, j)]).sum::<f64>())
            .sum();
        match log_determinant(precision) {
            Some(determinant) => 0.5 * (determinant - trace - size as f64 * TAU.ln()),
            None => f64::NEG_INFINITY,
        }
    }
}

/// `log det` of a symmetric matrix, `None` if it is not positive definite.
fn log_determinant(mut matrix: Mat<f64>) -> Option<f64> {
    let scratch = cholesky_in_place_scratch::<f64>(matrix.nrows(), Par::Seq, Spec::default());
    let mut memory = MemBuffer::new(scratch);
    let none = LltRegularization::default();
    cholesky_in_place(matrix.as_mut(), none, Par::Seq, MemStack::new(&mut memory), Spec::default()).ok()?;
    Some((0..matrix.nrows()).map(|i| 2.0 * matrix[(i, i)].ln()).sum())
}
