//! The matrix exponential and the adjoint of its derivative.

use faer::{Accum, Mat, MatRef};

use crate::{
    NumericsError, Real,
    buffers::Buffers,
    matrix::{check_shape, multiply, not_finite, square},
    schemes::{SCHEMES, Scheme},
    taylor::Polynomial,
};

const NAME: &str = "the matrix to exponentiate";

/// Computes the matrix exponential `E = e^A = Σ_k A^k / k!`.
///
/// Scaling and squaring: `e^A = T(A / 2^s)^(2^s)` with the Taylor polynomial `T` of the lowest degree and the
/// smallest `s` that reach the unit roundoff for the smaller of the 1-norm and the ∞-norm of `A`.
/// `matrix` is `[N, N]`, dimensionless, and so is the result.
///
/// Relative to the largest entry, the error is about 1e-15 in f64 and 1e-7 in f32 while no squaring is needed (norms
/// to 1.09 and 3.01); each squaring may double it. Measured up to norm 100: 3e-14, and 9e-6 in f32.
///
/// # Errors
/// [`NumericsError::NotSquare`]; [`NumericsError::NotFinite`] names the first entry that is NaN or infinite;
/// [`NumericsError::Overflow`] if the norm of `A` or an entry of `E` exceeds the range of `T`.
///
/// Source: Bader, Blanes & Casas 2019, Mathematics 7:1174.
pub fn exponential<T: Real>(matrix: MatRef<'_, T>) -> Result<Mat<T>, NumericsError> {
    let plan = Plan::new(matrix)?;
    let mut buffers = Buffers::new();
    let (_, mut value) = Polynomial::evaluate(plan.scheme, plan.scale(matrix), &mut buffers);
    let mut square = Mat::zeros(value.nrows(), value.ncols());
    for _ in 0..plan.squarings {
        multiply(&mut square, Accum::Replace, value.as_ref(), value.as_ref());
        std::mem::swap(&mut square, &mut value);
    }
    plan.check(&value)?;
    Ok(value)
}

/// A matrix exponential that remembers its products, so that derivatives cost no second evaluation.
///
/// ```
/// use numerics::{Exponential, Mat};
/// // d(sum of e^A)/dA at A = 0 is 1 in every entry.
/// let exponential = Exponential::new(Mat::<f64>::zeros(2, 2).as_ref())?;
/// let adjoint = exponential.adjoint(Mat::ones(2, 2).as_ref())?;
/// assert!((adjoint[(0, 1)] - 1.0).abs() < 1e-15);
/// # Ok::<(), numerics::NumericsError>(())
/// ```
#[derive(Clone)]
pub struct Exponential<T> {
    plan: Plan,
    polynomial: Polynomial<T>,
    /// The value of the polynomial, then its squares; the last is the exponential.
    squares: Vec<Mat<T>>,
}

impl<T: Real> Exponential<T> {
    /// Computes `e^A` as [`exponential`] does, with the same errors.
    ///
    /// # Errors
    /// [`NumericsError::NotSquare`], [`NumericsError::NotFinite`], [`NumericsError::Overflow`].
    pub fn new(matrix: MatRef<'_, T>) -> Result<Self, NumericsError> {
        let plan = Plan::new(matrix)?;
        let this = Self::record(plan, plan.scale(matrix), &mut Buffers::new());
        plan.check(this.last())?;
        Ok(this)
    }

    /// Exponentiates a finite matrix whose 1-norm is at most 1 up to rounding.
    pub(crate) fn of_bounded(matrix: Mat<T>, buffers: &mut Buffers<T>) -> Self {
        Self::record(Plan::for_norm(1.0, T::TAYLOR_NORMS), matrix, buffers)
    }

    fn record(plan: Plan, scaled: Mat<T>, buffers: &mut Buffers<T>) -> Self {
        let (polynomial, value) = Polynomial::evaluate(plan.scheme, scaled, buffers);
        let mut squares = vec![value];
        for index in 0..plan.squarings as usize {
            let mut square = buffers.take(squares[index].nrows());
            multiply(&mut square, Accum::Replace, squares[index].as_ref(), squares[index].as_ref());
            squares.push(square);
        }
        Self { plan, polynomial, squares }
    }

    pub(crate) fn last(&self) -> &Mat<T> {
        &self.squares[self.squares.len() - 1]
    }

    /// The exponential, `[N, N]`.
    pub fn value(&self) -> MatRef<'_, T> {
        self.last().as_ref()
    }

    /// The argument divided by `2^squarings`; the argument itself after [`Exponential::of_bounded`].
    pub(crate) fn scaled_argument(&self) -> &Mat<T> {
        self.polynomial.argument()
    }

    /// Degree of the Taylor polynomial.
    pub fn degree(&self) -> usize {
        self.plan.scheme.degree
    }

    /// Number of squarings after it.
    pub fn squarings(&self) -> u32 {
        self.plan.squarings
    }

    /// Turns `dL/dE`, `[N, N]`, into `dL/dA`, `[N, N]`, for any scalar `L` of the exponential.
    ///
    /// This is the adjoint of the Fréchet derivative, `L(Aᵀ, dL/dE)`, by reverse differentiation of every
    /// product: twice the products of the evaluation.
    ///
    /// # Errors
    /// [`NumericsError::Shape`] if `value_adjoint` is not of the shape of the exponential.
    ///
    /// Source: Al-Mohy & Higham 2009, SIAM J. Matrix Anal. Appl. 30:1639 (the derivative).
    pub fn adjoint(&self, value_adjoint: MatRef<'_, T>) -> Result<Mat<T>, NumericsError> {
        check_shape("the adjoint of the exponential", value_adjoint, self.value().shape())?;
        Ok(self.adjoint_with(value_adjoint, &mut Buffers::new()))
    }

    pub(crate) fn adjoint_with(&self, value_adjoint: MatRef<'_, T>, buffers: &mut Buffers<T>) -> Mat<T> {
        let mut held: Option<Mat<T>> = None;
        for square in self.squares.iter().rev().skip(1) {
            let mut previous = buffers.take(square.nrows());
            let adjoint = held.as_ref().map_or(value_adjoint, Mat::as_ref);
            multiply(&mut previous, Accum::Replace, adjoint, square.transpose());
            multiply(&mut previous, Accum::Add, square.transpose(), adjoint);
            if let Some(matrix) = held.replace(previous) {
                buffers.give(matrix);
            }
        }
        let adjoint = held.as_ref().map_or(value_adjoint, Mat::as_ref);
        let mut argument = self.polynomial.adjoint(adjoint, buffers);
        if let Some(matrix) = held {
            buffers.give(matrix);
        }
        self.plan.shrink(&mut argument);
        argument
    }

    pub(crate) fn recycle(self, buffers: &mut Buffers<T>) {
        self.polynomial.recycle(buffers);
        self.squares.into_iter().for_each(|square| buffers.give(square));
    }
}

/// Which polynomial, and how many squarings.
#[derive(Clone, Copy)]
struct Plan {
    scheme: &'static Scheme,
    squarings: u32,
}

impl Plan {
    fn new<T: Real>(matrix: MatRef<'_, T>) -> Result<Self, NumericsError> {
        square(NAME, matrix)?;
        let (one, infinity) = norms(matrix);
        let norm = one.min(infinity);
        if (one + infinity).is_finite() && T::from_f64(norm).to_f64().is_finite() {
            Ok(Self::for_norm(norm, T::TAYLOR_NORMS))
        } else {
            Err(not_finite(NAME, matrix, "the norm of the matrix to exponentiate"))
        }
    }

    fn for_norm(norm: f64, bounds: [f64; 6]) -> Self {
        let last = bounds.len() - 1;
        let reached = bounds.iter().position(|&bound| norm <= bound);
        let squarings = if reached.is_some() { 0 } else { (norm / bounds[last]).log2().ceil() as u32 };
        Self { scheme: &SCHEMES[reached.unwrap_or(last)], squarings }
    }

    fn scale<T: Real>(self, matrix: MatRef<'_, T>) -> Mat<T> {
        let mut scaled = matrix.to_owned();
        self.shrink(&mut scaled);
        scaled
    }

    /// Divides by `2^squarings`.
    fn shrink<T: Real>(self, matrix: &mut Mat<T>) {
        if self.squarings > 0 {
            let factor = T::from_f64((-f64::from(self.squarings)).exp2());
            (0..matrix.ncols()).for_each(|column| {
                matrix.col_as_slice_mut(column).iter_mut().for_each(|entry| *entry *= factor);
            });
        }
    }

    fn check<T: Real>(self, value: &Mat<T>) -> Result<(), NumericsError> {
        let (one, infinity) = norms(value.as_ref());
        if self.squarings == 0 || (one + infinity).is_finite() {
            Ok(())
        } else {
            Err(NumericsError::Overflow { quantity: "the matrix exponential" })
        }
    }
}

/// The 1-norm and the ∞-norm; either is NaN or infinite if an entry is.
fn norms<T: Real>(matrix: MatRef<'_, T>) -> (f64, f64) {
    // The 1-norm of the transpose is the ∞-norm, so that a row-major matrix is read along its rows.
    if matrix.col_stride() == 1 && matrix.row_stride() != 1 {
        let (one, infinity) = norms(matrix.transpose());
        return (infinity, one);
    }
    let mut rows = vec![0.0; matrix.nrows()];
    let mut largest = 0.0;
    for column in matrix.col_iter() {
        let mut sum = 0.0;
        for (row, &entry) in rows.iter_mut().zip(column.iter()) {
            let magnitude = entry.magnitude().to_f64();
            sum += magnitude;
            *row += magnitude;
        }
        largest = larger(largest, sum);
    }
    (largest, rows.into_iter().fold(0.0, larger))
}

/// `f64::max` would drop a NaN.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}
