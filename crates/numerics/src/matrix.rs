//! Shapes, checks, and passage between row-major slices and matrices.

use faer::{Accum, ContiguousFwd, Mat, MatMut, MatRef, Par, linalg::matmul::matmul};
use pulp::{Arch, Simd, WithSimd};

use crate::{NumericsError, Real};

/// A matrix whose columns are contiguous.
pub(crate) type Columns<'a, T> = MatRef<'a, T, usize, usize, ContiguousFwd>;

/// Views a row-major slice as a matrix, without a copy.
///
/// # Errors
/// [`NumericsError::Length`] if `values` does not hold `rows × columns` entries.
pub fn row_major<T>(values: &[T], rows: usize, columns: usize) -> Result<MatRef<'_, T>, NumericsError> {
    check_length(values.len(), rows, columns)?;
    Ok(MatRef::from_row_major_slice(values, rows, columns))
}

/// Views a mutable row-major slice as a matrix, without a copy.
///
/// # Errors
/// [`NumericsError::Length`] if `values` does not hold `rows × columns` entries.
pub fn row_major_mut<T>(
    values: &mut [T],
    rows: usize,
    columns: usize,
) -> Result<MatMut<'_, T>, NumericsError> {
    check_length(values.len(), rows, columns)?;
    Ok(MatMut::from_row_major_slice_mut(values, rows, columns))
}

/// Copies a matrix into a row-major vector.
pub fn to_row_major<T: Real>(matrix: MatRef<'_, T>) -> Vec<T> {
    let (rows, columns) = matrix.shape();
    let mut values = vec![T::from_f64(0.0); rows * columns];
    MatMut::from_row_major_slice_mut(&mut values, rows, columns).copy_from(matrix);
    values
}

fn check_length(found: usize, rows: usize, columns: usize) -> Result<(), NumericsError> {
    if rows.checked_mul(columns) == Some(found) {
        Ok(())
    } else {
        Err(NumericsError::Length { rows, columns, found })
    }
}

/// The number of rows of a square matrix.
pub(crate) fn square<T>(name: &'static str, matrix: MatRef<'_, T>) -> Result<usize, NumericsError> {
    let (rows, columns) = matrix.shape();
    if rows == columns { Ok(rows) } else { Err(NumericsError::NotSquare { matrix: name, rows, columns }) }
}

pub(crate) fn check_shape<T>(
    name: &'static str,
    matrix: MatRef<'_, T>,
    expected: (usize, usize),
) -> Result<(), NumericsError> {
    if matrix.shape() == expected {
        Ok(())
    } else {
        Err(NumericsError::Shape { matrix: name, expected, found: matrix.shape() })
    }
}

/// Names the first entry in row-major order that is NaN or infinite.
pub(crate) fn check_finite<T: Real>(name: &'static str, matrix: MatRef<'_, T>) -> Result<(), NumericsError> {
    for row in 0..matrix.nrows() {
        for column in 0..matrix.ncols() {
            let value = matrix[(row, column)].to_f64();
            if !value.is_finite() {
                return Err(NumericsError::NotFinite { matrix: name, row, column, value });
            }
        }
    }
    Ok(())
}

/// The error behind a sum over `matrix` that came out NaN or infinite.
pub(crate) fn not_finite<T: Real>(
    name: &'static str,
    matrix: MatRef<'_, T>,
    quantity: &'static str,
) -> NumericsError {
    check_finite(name, matrix).err().unwrap_or(NumericsError::Overflow { quantity })
}

/// The transpose with contiguous columns: a view if `matrix` is row-major, otherwise a copy in `copy`.
pub(crate) fn transposed<'a, T: Real>(matrix: MatRef<'a, T>, copy: &'a mut Option<Mat<T>>) -> Columns<'a, T> {
    match matrix.transpose().try_as_col_major() {
        Some(view) => view,
        None => contiguous(copy.insert(matrix.transpose().to_owned())),
    }
}

/// The columns of an owned matrix, which always are contiguous.
pub(crate) fn contiguous<T>(matrix: &Mat<T>) -> Columns<'_, T> {
    matrix.try_as_col_major().unwrap_or_else(|| unreachable!("faer keeps owned matrices by column"))
}

/// `target = left right`, added to what `target` holds if `accumulate`.
pub(crate) fn multiply<T: Real>(
    target: &mut Mat<T>,
    accumulate: Accum,
    left: MatRef<'_, T>,
    right: MatRef<'_, T>,
) {
    matmul(target.as_mut(), accumulate, left, right, T::from_f64(1.0), Par::Seq);
}

/// Divides by `2^halvings`.
pub(crate) fn scale<T: Real>(matrix: &mut Mat<T>, halvings: u32) {
    if halvings > 0 {
        let factor = T::from_f64((-f64::from(halvings)).exp2());
        for column in 0..matrix.ncols() {
            matrix.col_as_slice_mut(column).iter_mut().for_each(|entry| *entry *= factor);
        }
    }
}

/// The 1-norm and the ∞-norm, up to rounding in `T`; either is NaN or infinite if an entry is.
pub(crate) fn norms<T: Real>(matrix: MatRef<'_, T>) -> (f64, f64) {
    // The 1-norm of the transpose is the ∞-norm, so that a row-major matrix is read along its rows.
    if matrix.col_stride() == 1 && matrix.row_stride() != 1 {
        let (one, infinity) = norms(matrix.transpose());
        return (infinity, one);
    }
    Arch::new().dispatch(Norms(matrix))
}

/// The work of [`norms`] on a matrix that is read by column, compiled for every instruction set.
struct Norms<'a, T>(MatRef<'a, T>);

impl<T: Real> WithSimd for Norms<'_, T> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> (f64, f64) {
        let mut rows = vec![T::from_f64(0.0); self.0.nrows()];
        let mut largest = 0.0;
        for column in self.0.col_iter() {
            let sum = match column.try_as_col_major() {
                Some(column) => add_magnitudes(&mut rows, column.as_slice()),
                None => add_magnitudes(&mut rows, &column.iter().copied().collect::<Vec<_>>()),
            };
            largest = larger(largest, sum.to_f64());
        }
        (largest, rows.into_iter().map(T::to_f64).fold(0.0, larger))
    }
}

/// Adds `|column|` to `rows`; returns its sum, in lanes that do not wait for each other.
#[inline(always)]
fn add_magnitudes<T: Real>(rows: &mut [T], column: &[T]) -> T {
    rows.iter_mut().zip(column).for_each(|(row, entry)| *row += entry.magnitude());
    let (chunks, rest) = column.as_chunks::<32>();
    let mut lanes = [T::from_f64(0.0); 32];
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, entry)| *lane += entry.magnitude());
    }
    let mut sum = T::from_f64(0.0);
    lanes.iter().chain(rest).for_each(|entry| sum += entry.magnitude());
    sum
}

/// `f64::max` would drop a NaN.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// `Σ_k a_k b_k` in f64, in eight lanes that do not wait for each other.
pub(crate) fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut lanes = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a.to_f64() * b.to_f64();
        }
    }
    lanes.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a.to_f64() * b.to_f64()).sum::<f64>()
}
