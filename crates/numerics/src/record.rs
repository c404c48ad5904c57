//! An evaluated exponential with everything its adjoint needs.

use faer::{Accum, Mat, MatRef};

use crate::{
    Real,
    growth::Growth,
    matrix::{Columns, contiguous, multiply, norms, scale},
    plan::Plan,
    taylor::Polynomial,
    workspace::Workspace,
};

/// Norm to which an exponential in f32 is worth a try.
const LARGEST_NARROW: f64 = 8.0;

/// Norm to which f32 is trusted untried: `Σ_k ‖A^k‖ / k! / ‖e^A‖` is at most `e^(2 ‖A‖)`.
const CERTAIN_NARROW: f64 = 1.3;

/// Largest `Σ_k ‖A^k‖ / k!` over `‖e^A‖` at which f32 is trusted.
///
/// The terms are rounded in proportion to their own size, so that this is how many times larger the error is than
/// the unit roundoff, 6e-8. Measured over 277 matrices of a dozen kinds, it was below 17 of those.
const LARGEST_CANCELLATION: f64 = 16.0;

/// The polynomial at `A / 2^s`, before the squarings.
pub(crate) struct Start<T> {
    pub(crate) plan: Plan,
    pub(crate) polynomial: Polynomial<T>,
    pub(crate) value: Mat<T>,
}

impl<T: Real> Start<T> {
    /// Evaluates the polynomial at a finite matrix; nothing where the result in this type would lose digits that it
    /// has in f64.
    pub(crate) fn of(matrix: MatRef<'_, T>, growth: Growth, buffers: &mut Workspace<T>) -> Option<Self> {
        let norm = growth.norm();
        if T::NARROW && norm > LARGEST_NARROW {
            return None;
        }
        let mut copy = buffers.take(matrix.nrows());
        copy.copy_from(matrix);
        let mut powers = vec![copy];
        let (plan, growth) = Plan::choose(&mut powers, growth, buffers);
        if T::NARROW && plan.squarings > 0 {
            return None;
        }
        let this = Self::with(plan, powers, buffers);
        if T::NARROW && norm > CERTAIN_NARROW {
            let (one, infinity) = norms(this.value.as_ref());
            if growth.series(plan.scheme.degree) > LARGEST_CANCELLATION * one.min(infinity) {
                return None;
            }
        }
        Some(this)
    }

    fn with(plan: Plan, powers: Vec<Mat<T>>, buffers: &mut Workspace<T>) -> Self {
        let (polynomial, value) = Polynomial::evaluate(plan.scheme, powers, buffers);
        Self { plan, polynomial, value }
    }
}

/// The polynomial and all squares.
#[derive(Clone)]
pub(crate) struct Record<T> {
    plan: Plan,
    polynomial: Polynomial<T>,
    /// The value of the polynomial, then its squares; the last is the exponential.
    squares: Vec<Mat<T>>,
}

impl<T: Real> Record<T> {
    /// Exponentiates a finite matrix whose 1-norm is at most 1 up to rounding.
    pub(crate) fn of_bounded(matrix: Mat<T>, buffers: &mut Workspace<T>) -> Self {
        Self::of(Start::with(Plan::for_norm::<T>(1.0), vec![matrix], buffers), buffers)
    }

    /// Squares what was begun.
    pub(crate) fn of(start: Start<T>, buffers: &mut Workspace<T>) -> Self {
        let Start { plan, polynomial, value } = start;
        let mut squares = vec![value];
        for index in 0..plan.squarings as usize {
            let mut square = buffers.take(squares[index].nrows());
            multiply(&mut square, Accum::Replace, squares[index].as_ref(), squares[index].as_ref());
            squares.push(square);
        }
        Self { plan, polynomial, squares }
    }

    /// The exponential.
    pub(crate) fn value(&self) -> &Mat<T> {
        &self.squares[self.squares.len() - 1]
    }

    /// The argument divided by `2^squarings`; the argument itself after [`Record::of_bounded`].
    pub(crate) fn scaled_argument(&self) -> &Mat<T> {
        self.polynomial.argument()
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan
    }

    /// The adjoint of the Fréchet derivative, by reverse differentiation of every product.
    pub(crate) fn adjoint(&self, value_adjoint: Columns<'_, T>, buffers: &mut Workspace<T>) -> Mat<T> {
        let mut held: Option<Mat<T>> = None;
        for square in self.squares.iter().rev().skip(1) {
            let mut previous = buffers.take(square.nrows());
            let adjoint = held.as_ref().map_or(value_adjoint.as_dyn_stride(), Mat::as_ref);
            multiply(&mut previous, Accum::Replace, adjoint, square.transpose());
            multiply(&mut previous, Accum::Add, square.transpose(), adjoint);
            if let Some(matrix) = held.replace(previous) {
                buffers.give(matrix);
            }
        }
        let adjoint = held.as_ref().map_or(value_adjoint, contiguous);
        let mut argument = self.polynomial.adjoint(adjoint, buffers);
        if let Some(matrix) = held {
            buffers.give(matrix);
        }
        scale(&mut argument, self.plan.squarings);
        argument
    }

    /// Gives the matrices back.
    pub(crate) fn recycle(self, buffers: &mut Workspace<T>) {
        self.polynomial.recycle(buffers);
        self.squares.into_iter().for_each(|square| buffers.give(square));
    }
}
