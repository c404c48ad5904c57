//! Eigenvalues and the spectral radius.

use faer::{
    MatRef, Par, Spec,
    diag::Diag,
    dyn_stack::{MemBuffer, MemStack},
    linalg::evd::{ComputeEigenvectors, evd_real, evd_scratch},
};

use crate::{
    NumericsError,
    matrix::{check_finite, square},
};

const NAME: &str = "the matrix of eigenvalues";

/// Computes the spectral radius `ρ = max_k |λ_k|` over the eigenvalues of a general real matrix.
///
/// `matrix` is `[N, N]`; the result has its unit, and is 0 for an empty matrix.
///
/// # Errors
/// Those of [`eigenvalues`].
pub fn spectral_radius(matrix: MatRef<'_, f64>) -> Result<f64, NumericsError> {
    Ok(eigenvalues(matrix)?.into_iter().map(|[real, imaginary]| real.hypot(imaginary)).fold(0.0, f64::max))
}

/// Computes the eigenvalues of a general real matrix, each as its real and imaginary part.
///
/// `matrix` is `[N, N]`; the result has N pairs of its unit, in no order, conjugate ones next to each other.
///
/// # Errors
/// [`NumericsError::NotSquare`]; [`NumericsError::NotFinite`] names the first entry that is NaN or infinite;
/// [`NumericsError::Eigenvalues`] if the QR iteration does not converge.
pub fn eigenvalues(matrix: MatRef<'_, f64>) -> Result<Vec<[f64; 2]>, NumericsError> {
    let size = square(NAME, matrix)?;
    check_finite(NAME, matrix)?;
    let (mut real, mut imaginary) = (Diag::zeros(size), Diag::zeros(size));
    let none = ComputeEigenvectors::No;
    let scratch = evd_scratch::<f64>(size, none, none, Par::Seq, Spec::default());
    let mut memory = MemBuffer::new(scratch);
    evd_real(
        matrix,
        real.as_mut(),
        imaginary.as_mut(),
        None,
        None,
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .map_err(|_| NumericsError::Eigenvalues { size })?;
    let parts = real.column_vector().iter().zip(imaginary.column_vector().iter());
    let pairs: Vec<[f64; 2]> = parts.map(|(&real, &imaginary)| [real, imaginary]).collect();
    if pairs.iter().flatten().all(|part| part.is_finite()) {
        Ok(pairs)
    } else {
        Err(NumericsError::Eigenvalues { size })
    }
}
