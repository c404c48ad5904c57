//! Scaling of whole matrices.

use faer::{Mat, MatRef};

use crate::{NumericsError, matrix::check_finite};

/// Scales a whole matrix to [0, 1]: `(x − min) / (max − min)`, or all ones if it is constant.
///
/// `matrix` is of any shape and unit, the result of the same shape and dimensionless.
///
/// # Errors
/// [`NumericsError::NotFinite`] names the first entry that is NaN or infinite; [`NumericsError::Overflow`] if
/// `max − min` exceeds the range of f64.
pub fn min_max(matrix: MatRef<'_, f64>) -> Result<Mat<f64>, NumericsError> {
    check_finite("the matrix to scale", matrix)?;
    let low = matrix.min().unwrap_or(0.0);
    let range = matrix.max().unwrap_or(0.0) - low;
    if range.is_infinite() {
        return Err(NumericsError::Overflow { quantity: "the range of the matrix to scale" });
    }
    let (rows, columns) = matrix.shape();
    let scaled = |row, column| if range == 0.0 { 1.0 } else { (matrix[(row, column)] - low) / range };
    Ok(Mat::from_fn(rows, columns, scaled))
}
