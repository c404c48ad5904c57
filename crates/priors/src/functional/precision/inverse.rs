use faer::{
    Accum, Mat, Par, Spec,
    diag::Diag,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{
        evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch},
        matmul::matmul,
    },
};

use super::{Precision, select, spread};
use crate::{Moments, PriorsError, correlation};

/// Inverts the covariance of binned counts.
///
/// With `Σ = S R S`, `S` the diagonal of standard deviations and `R` the correlation, `Σ⁻¹ = S⁻¹ R⁻¹ S⁻¹`, `R⁻¹` by
/// eigendecomposition. Neurons of constant counts are left out. Where `R` is singular (its smallest eigenvalue is
/// below N ε times its largest), `R⁻¹` is its Moore-Penrose inverse.
///
/// # Errors
/// [`PriorsError::Eigenvalues`] if the eigenvalues do not converge.
pub fn inverse(moments: &Moments) -> Result<Precision, PriorsError> {
    let varying = moments.varying();
    let covariance = moments.covariance();
    let (inverse, rank) = pseudo_inverse(&select(&correlation(moments), &varying))?;
    let variance = |place: usize| covariance[(varying[place], varying[place])];
    let scaled = Mat::from_fn(varying.len(), varying.len(), |i, j| {
        inverse[(i, j)] / (variance(i) * variance(j)).sqrt()
    });
    let matrix = spread(&scaled, &varying, moments.neurons());
    Ok(Precision { matrix, varying: varying.len(), rank })
}

/// The Moore-Penrose inverse of a symmetric positive semidefinite matrix, and its rank.
fn pseudo_inverse(matrix: &Mat<f64>) -> Result<(Mat<f64>, usize), PriorsError> {
    let size = matrix.nrows();
    if size == 0 {
        return Ok((Mat::new(), 0));
    }
    let (mut eigenvalues, mut eigenvectors) = (Diag::zeros(size), Mat::zeros(size, size));
    let scratch = self_adjoint_evd_scratch::<f64>(size, ComputeEigenvectors::Yes, Par::Seq, Spec::default());
    self_adjoint_evd(
        matrix.as_ref(),
        eigenvalues.as_mut(),
        Some(eigenvectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| PriorsError::Eigenvalues { neurons: size })?;
    let eigenvalues: Vec<f64> = eigenvalues.column_vector().iter().copied().collect();
    let smallest = size as f64 * f64::EPSILON * eigenvalues[size - 1];
    let first = eigenvalues.partition_point(|&eigenvalue| eigenvalue <= smallest);
    // Half of every inverse eigenvalue goes to either side, so that the product is exactly symmetric.
    let scaled = Mat::from_fn(size, size - first, |row, column| {
        eigenvectors[(row, first + column)] / eigenvalues[first + column].sqrt()
    });
    let mut inverse = Mat::zeros(size, size);
    matmul(inverse.as_mut(), Accum::Replace, scaled.as_ref(), scaled.transpose(), 1.0, Par::Seq);
    let symmetric = Mat::from_fn(size, size, |i, j| inverse[(i.max(j), i.min(j))]);
    Ok((symmetric, size - first))
}
