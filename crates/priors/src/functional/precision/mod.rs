//! Estimators of the precision matrix of binned counts.

mod components;
mod cross_validation;
mod folds;
mod graphical_lasso;
mod inverse;
mod lasso;
mod penalised;
mod standard;

pub use cross_validation::{CrossValidation, Tried, cross_validation};
use faer::Mat;
pub use graphical_lasso::{GraphicalLasso, graphical_lasso};
pub use inverse::inverse;
pub use penalised::penalised;

/// A precision matrix and what it could be told from.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// The matrix, `[N, N]`, symmetric, bins² per event².
    pub matrix: Mat<f64>,
    /// Neurons whose counts vary; rows and columns of the others are zero.
    pub varying: usize,
    /// Rank of their precision; below `varying`, it is the pseudo-inverse of their covariance.
    pub rank: usize,
}

/// Rows and columns `members` of a matrix.
fn select(matrix: &Mat<f64>, members: &[usize]) -> Mat<f64> {
    Mat::from_fn(members.len(), members.len(), |i, j| matrix[(members[i], members[j])])
}

/// Puts a matrix into rows and columns `members` of a zero one of `size` rows.
fn spread(part: &Mat<f64>, members: &[usize], size: usize) -> Mat<f64> {
    let mut whole = Mat::zeros(size, size);
    for (column, &j) in members.iter().enumerate() {
        for (row, &i) in members.iter().enumerate() {
            whole[(i, j)] = part[(row, column)];
        }
    }
    whole
}
