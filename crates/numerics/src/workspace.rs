//! Square matrices kept for reuse: their page faults would cost as much as the arithmetic.

use faer::Mat;

use crate::Real;

/// More than one exponential of degree 18 with its adjoint needs.
const KEPT: usize = 48;

/// A pool of square matrices, for exponentials that are computed again and again.
#[derive(Clone, Debug)]
pub struct Workspace<T>(Vec<Mat<T>>);

impl<T: Real> Workspace<T> {
    /// An empty pool, which grows as it is used.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// A `size × size` matrix of arbitrary contents.
    pub(crate) fn take(&mut self, size: usize) -> Mat<T> {
        match self.0.iter().rposition(|matrix| matrix.nrows() == size) {
            Some(position) => self.0.swap_remove(position),
            None => Mat::zeros(size, size),
        }
    }

    /// Keeps a square matrix for a later [`Workspace::take`].
    pub(crate) fn give(&mut self, matrix: Mat<T>) {
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(matrix);
    }
}

impl<T: Real> Default for Workspace<T> {
    fn default() -> Self {
        Self::new()
    }
}
