//! Sums of matrices with coefficients.

use faer::Mat;
use pulp::{Arch, Simd, WithSimd};

use crate::{Real, matrix::Columns};

/// A matrix to be filled with a sum.
pub(crate) struct Sum<'a, T> {
    target: &'a mut Mat<T>,
    terms: Vec<(T, Columns<'a, T>)>,
}

impl<'a, T: Real> Sum<'a, T> {
    /// `target = Σ coefficient matrix`; terms with coefficient 0 are left out.
    pub(crate) fn new(
        target: &'a mut Mat<T>,
        terms: impl IntoIterator<Item = (f64, Columns<'a, T>)>,
    ) -> Self {
        let terms = terms.into_iter().filter(|(coefficient, _)| *coefficient != 0.0);
        let terms = terms.map(|(coefficient, matrix)| (T::from_f64(coefficient), matrix));
        Self { target, terms: terms.collect() }
    }
}

/// Fills sums of matrices of one size, a column at a time, so that sums of the same matrices read them once.
pub(crate) fn combine<T: Real>(sums: &mut [Sum<'_, T>]) {
    Arch::new().dispatch(Combine(sums));
}

/// The work of [`combine`], compiled for every instruction set.
struct Combine<'a, 'b, T>(&'a mut [Sum<'b, T>]);

impl<T: Real> WithSimd for Combine<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        for column in 0..self.0.first().map_or(0, |sum| sum.target.ncols()) {
            for Sum { target, terms } in &mut *self.0 {
                fill(target.col_as_slice_mut(column), terms, column);
            }
        }
    }
}

/// The coefficient and one column of a term.
#[inline(always)]
fn source<'a, T: Real>(term: &(T, Columns<'a, T>), column: usize) -> (T, &'a [T]) {
    (term.0, term.1.col(column).as_slice())
}

/// The terms are added in order, four of them on one way through the target.
#[inline(always)]
fn fill<T: Real>(target: &mut [T], terms: &[(T, Columns<'_, T>)], column: usize) {
    let (first, rest) = terms.split_at(terms.len().min(4));
    match first {
        [] => target.fill(T::from_f64(0.0)),
        [a] => {
            let (a, x) = source(a, column);
            target.iter_mut().zip(x).for_each(|(t, &x)| *t = a * x);
        }
        [a, b] => {
            let ((a, x), (b, y)) = (source(a, column), source(b, column));
            target.iter_mut().zip(x).zip(y).for_each(|((t, &x), &y)| *t = a * x + b * y);
        }
        [a, b, c] => {
            let ((a, x), (b, y), (c, z)) = (source(a, column), source(b, column), source(c, column));
            let entries = target.iter_mut().zip(x).zip(y).zip(z);
            entries.for_each(|(((t, &x), &y), &z)| *t = a * x + b * y + c * z);
        }
        [a, b, c, d, ..] => {
            let ((a, x), (b, y), (c, z), (d, w)) =
                (source(a, column), source(b, column), source(c, column), source(d, column));
            let entries = target.iter_mut().zip(x).zip(y).zip(z).zip(w);
            entries.for_each(|((((t, &x), &y), &z), &w)| *t = a * x + b * y + c * z + d * w);
        }
    }
    for term in rest {
        let (a, x) = source(term, column);
        target.iter_mut().zip(x).for_each(|(t, &x)| *t += a * x);
    }
}
