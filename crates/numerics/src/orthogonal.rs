//! The orthogonal initialiser.

use faer::{
    Conj, Mat, MatRef, Par, Spec,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{
        householder::{
            apply_block_householder_sequence_on_the_left_in_place_scratch,
            apply_block_householder_sequence_on_the_left_in_place_with_conj,
        },
        qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size},
    },
};

use crate::{
    NumericsError,
    matrix::{check_finite, square},
};

/// Computes a random orthogonal matrix from independent standard normals, uniform over all orthogonal matrices.
///
/// `Q sign(diag R)` of the factorisation `normal = Q R`; the sign of 0 counts as 1, so that the result is
/// orthogonal for every argument. `normal` is `[N, N]`, dimensionless, and so is the result.
///
/// # Errors
/// [`NumericsError::NotSquare`]; [`NumericsError::NotFinite`] names the first entry that is NaN or infinite.
///
/// Source: the initialiser `Orthogonal` of Keras; Mezzadri 2007, Notices of the AMS 54:592.
pub fn orthogonal(normal: MatRef<'_, f64>) -> Result<Mat<f64>, NumericsError> {
    let size = square("the matrix of normals", normal)?;
    check_finite("the matrix of normals", normal)?;
    if size == 0 {
        return Ok(Mat::new());
    }
    let mut factored = normal.to_owned();
    let block = recommended_block_size::<f64>(size, size);
    let mut coefficients = Mat::zeros(block, size);
    let scratch = qr_in_place_scratch::<f64>(size, size, block, Par::Seq, Spec::default());
    qr_in_place(
        factored.as_mut(),
        coefficients.as_mut(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    );
    let mut result = Mat::identity(size, size);
    let scratch = apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(size, block, size);
    apply_block_householder_sequence_on_the_left_in_place_with_conj(
        factored.as_ref(),
        coefficients.as_ref(),
        Conj::No,
        result.as_mut(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
    );
    for column in (0..size).filter(|&column| factored[(column, column)] < 0.0) {
        result.col_as_slice_mut(column).iter_mut().for_each(|entry| *entry = -*entry);
    }
    Ok(result)
}
