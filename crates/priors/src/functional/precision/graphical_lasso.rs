use faer::{Mat, MatRef};
use numerics::NumericsError;

use super::standard::{Standard, Unconverged};
use crate::PriorsError;

/// Agreement of two sweeps, on the scale of correlations.
const TOLERANCE: f64 = 1e-10;

/// A sparse estimate of a precision matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphicalLasso {
    /// The precision Θ, `[N, N]`, symmetric, positive definite.
    pub precision: Mat<f64>,
    /// The covariance that it belongs to, Θ⁻¹; its diagonal is the empirical one.
    pub covariance: Mat<f64>,
    /// Sweeps over all neurons that it took.
    pub sweeps: usize,
}

/// Estimates a precision matrix by the graphical lasso.
///
/// `Θ = argmin tr(S Θ) − log det Θ + α Σ_{i≠j} |Θ_ij|` over positive definite Θ, S the empirical `covariance`. The
/// diagonal is not penalised, as in scikit-learn. For the solution, `Θ⁻¹` has the diagonal of S, departs from it by α
/// towards 0 where `Θ_ij ≠ 0`, and by at most α elsewhere; these conditions are met to 1e-10 of a correlation.
///
/// `covariance` is `[N, N]`, symmetric (its lower triangle is read), positive semidefinite with a positive diagonal;
/// `alpha` has its unit, events² per bin² for binned counts.
///
/// The connected components of `|S_ij| > α` are solved each on its own (Mazumder & Hastie 2012, J. Mach. Learn. Res.
/// 13:781), by block coordinate descent over their neurons.
///
/// # Errors
/// [`PriorsError::Numerics`] if the matrix is not square or has an entry that is NaN or infinite,
/// [`PriorsError::Variance`] names a variance that is not positive, [`PriorsError::Penalty`] an `alpha` that is not,
/// [`PriorsError::Unconverged`] if the sweeps do not converge: the covariance is singular, or nearly, and α tiny.
///
/// Source: Friedman, Hastie & Tibshirani 2008, Biostatistics 9:432.
pub fn graphical_lasso(covariance: MatRef<'_, f64>, alpha: f64) -> Result<GraphicalLasso, PriorsError> {
    check(covariance)?;
    if !(alpha.is_finite() && alpha > 0.0) {
        return Err(PriorsError::Penalty { alpha });
    }
    let problem = Standard::of(covariance);
    let solution =
        problem.solve(alpha, &problem.independent(), TOLERANCE).map_err(|Unconverged { sweeps }| {
            PriorsError::Unconverged { neurons: covariance.nrows(), alpha, sweeps }
        })?;
    Ok(GraphicalLasso {
        precision: problem.precision(&solution),
        covariance: problem.covariance(&solution),
        sweeps: solution.sweeps(),
    })
}

fn check(covariance: MatRef<'_, f64>) -> Result<(), PriorsError> {
    let (rows, columns) = covariance.shape();
    let matrix = "the covariance of a graphical lasso";
    if rows != columns {
        return Err(NumericsError::NotSquare { matrix, rows, columns }.into());
    }
    for row in 0..rows {
        for column in 0..=row {
            let value = covariance[(row, column)];
            if !value.is_finite() {
                return Err(NumericsError::NotFinite { matrix, row, column, value }.into());
            }
        }
        let value = covariance[(row, row)];
        if value <= 0.0 {
            return Err(PriorsError::Variance { neuron: row, value });
        }
    }
    Ok(())
}
