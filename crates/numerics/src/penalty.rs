//! The penalties on recurrent weights, with their gradients.

use std::fmt;

use faer::{ColRef, Mat, MatMut, MatRef};

use crate::{
    Communicability, NumericsError, Real, ZeroStrength,
    matrix::{Columns, check_finite, check_shape, contiguous, dot, not_finite, square, transposed},
    ranking::Ranking,
    workspace::Workspace,
};

/// Which penalty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PenaltyKind {
    /// `W`: `λ Σ |W|`.
    Weight,
    /// `WD`: `λ Σ |W| ⊙ D`.
    Distance,
    /// `WDC`: `λ Σ |W| ⊙ D ⊙ C`, with the communicability `C` of `W` ([`ZeroStrength::Isolated`]).
    Communicability,
    /// `WDC*`: `λ Σ |W| ⊙ D + λ_EMD mean |sort(vec C_emp) − sort(vec C)|`, with [`ZeroStrength::MATCHED`].
    MatchedCommunicability,
}

impl fmt::Display for PenaltyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Weight => "W",
            Self::Distance => "WD",
            Self::Communicability => "WDC",
            Self::MatchedCommunicability => "WDC*",
        })
    }
}

/// The constants of a penalty.
#[derive(Clone, Copy, Debug)]
pub struct PenaltyTerms<'a> {
    /// λ, dimensionless; the released code uses 1 for `W` and 0.3 for the others.
    pub lambda: f64,
    /// `λ_EMD` of `WDC*`, dimensionless; 0.1 in the study.
    pub lambda_emd: f64,
    /// `D`, `[N, N]`, finite; ones where absent. `W` does not read it.
    pub distance: Option<MatRef<'a, f64>>,
    /// `C_emp` of `WDC*`, `[N, N]`, finite: the communicability of the connectome, diagonal included.
    pub empirical: Option<MatRef<'a, f64>>,
}

/// A penalty on a recurrent kernel, ready to be evaluated many times.
///
/// The gradient of `|w|` at 0 is 0. In `WDC*`, equal entries of `C` are ranked in row-major order and an entry
/// that equals its target has gradient 0. Sums are accumulated in f64.
///
/// ```
/// use numerics::{Penalty, PenaltyKind, PenaltyTerms, row_major};
/// let terms = PenaltyTerms { lambda: 0.5, lambda_emd: 0.0, distance: None, empirical: None };
/// let mut penalty = Penalty::<f32>::new(PenaltyKind::Weight, &terms)?;
/// let (value, gradient) = penalty.value_and_gradient(row_major(&[1.0, -2.0, 0.0, 3.0], 2, 2)?)?;
/// assert_eq!((value, gradient[(0, 1)], gradient[(1, 0)]), (3.0, -0.5, 0.0));
/// # Ok::<(), numerics::NumericsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Penalty<T: Real> {
    kind: PenaltyKind,
    lambda: T,
    lambda_emd: f64,
    /// `Dᵀ`.
    distance: Option<Mat<T>>,
    /// `vec C_emp`, ascending.
    target: Vec<T>,
    /// N, where a matrix fixes it.
    size: Option<usize>,
    buffers: Workspace<T>,
    ranking: Ranking<T>,
}

impl<T: Real> Penalty<T> {
    /// Prepares a penalty: rounds its constants to `T` and sorts `C_emp`.
    ///
    /// # Errors
    /// [`NumericsError::Setting`] if a λ is negative, NaN or infinite; [`NumericsError::NotSquare`],
    /// [`NumericsError::Shape`] and [`NumericsError::NotFinite`] for `D` and `C_emp`;
    /// [`NumericsError::NoEmpirical`] if `WDC*` gets no `C_emp`; [`NumericsError::TooLarge`] if it has more than
    /// 65,535 rows.
    pub fn new(kind: PenaltyKind, terms: &PenaltyTerms<'_>) -> Result<Self, NumericsError> {
        for (name, value) in [("lambda", terms.lambda), ("lambda_emd", terms.lambda_emd)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(NumericsError::Setting { name, value });
            }
        }
        let mut this = Self {
            kind,
            lambda: T::from_f64(terms.lambda),
            lambda_emd: terms.lambda_emd,
            distance: None,
            target: Vec::new(),
            size: None,
            buffers: Workspace::new(),
            ranking: Ranking::new(),
        };
        if let Some(distance) = terms.distance.filter(|_| kind != PenaltyKind::Weight) {
            this.fix_size("the distance matrix", distance)?;
            this.distance =
                Some(Mat::from_fn(distance.ncols(), distance.nrows(), |j, i| T::from_f64(distance[(i, j)])));
        }
        if kind == PenaltyKind::MatchedCommunicability {
            let empirical = terms.empirical.ok_or(NumericsError::NoEmpirical { kind })?;
            this.fix_size("the connectome's communicability", empirical)?;
            let entries = empirical.col_iter().flat_map(ColRef::iter).map(|&entry| T::from_f64(entry));
            this.target = this.ranking.sort(entries).iter().map(|&ranked| T::unranked(ranked)).collect();
        }
        Ok(this)
    }

    fn fix_size(&mut self, name: &'static str, matrix: MatRef<'_, f64>) -> Result<(), NumericsError> {
        let rows = square(name, matrix)?;
        if rows > usize::from(u16::MAX) {
            return Err(NumericsError::TooLarge { matrix: name, rows });
        }
        let size = *self.size.get_or_insert(rows);
        check_shape(name, matrix, (size, size))?;
        check_finite(name, matrix)
    }

    /// Which penalty this is.
    pub fn kind(&self) -> PenaltyKind {
        self.kind
    }

    /// Computes the penalty of `weights`, `[N, N]`, `W[pre, post]`.
    ///
    /// # Errors
    /// [`NumericsError::NotSquare`]; [`NumericsError::Shape`] if the constants are of another size;
    /// [`NumericsError::NotFinite`] names the first weight that is NaN or infinite; [`NumericsError::Overflow`].
    pub fn value(&mut self, weights: MatRef<'_, T>) -> Result<f64, NumericsError> {
        let mut copy = None;
        let weights = self.admit(weights, &mut copy)?;
        let (value, slope) = self.evaluate(weights, false)?;
        self.buffers.give(slope);
        Ok(value)
    }

    /// Computes the penalty of `weights`, `[N, N]`, and its gradient with respect to them, `[N, N]`.
    ///
    /// # Errors
    /// Those of [`Penalty::value`].
    pub fn value_and_gradient(&mut self, weights: MatRef<'_, T>) -> Result<(f64, Mat<T>), NumericsError> {
        let mut gradient = Mat::zeros(weights.nrows(), weights.ncols());
        let value = self.value_and_gradient_into(weights, gradient.as_mut())?;
        Ok((value, gradient))
    }

    /// Computes as [`Penalty::value_and_gradient`] does, and overwrites `gradient`; fastest if both matrices are
    /// row-major.
    ///
    /// # Errors
    /// Those of [`Penalty::value`], and [`NumericsError::Shape`] if `gradient` is not of the shape of `weights`.
    pub fn value_and_gradient_into(
        &mut self,
        weights: MatRef<'_, T>,
        gradient: MatMut<'_, T>,
    ) -> Result<f64, NumericsError> {
        check_shape("the gradient", gradient.as_ref(), weights.shape())?;
        let mut copy = None;
        let weights = self.admit(weights, &mut copy)?;
        let (value, mut slope) = self.evaluate(weights, true)?;
        let zero = T::from_f64(0.0);
        for (index, weights) in weights.col_iter().enumerate() {
            for (slope, &weight) in slope.col_as_slice_mut(index).iter_mut().zip(weights.as_slice()) {
                // A slope may be infinite in a row of zeros, where its product with the sign would be NaN.
                let positive = if weight > zero { *slope } else { zero };
                *slope = if weight < zero { -*slope } else { positive };
            }
        }
        gradient.transpose_mut().copy_from(&slope);
        self.buffers.give(slope);
        Ok(value)
    }

    fn admit<'a>(
        &self,
        weights: MatRef<'a, T>,
        copy: &'a mut Option<Mat<T>>,
    ) -> Result<Columns<'a, T>, NumericsError> {
        let name = "the weights";
        let rows = square(name, weights)?;
        let size = self.size.unwrap_or(rows);
        check_shape(name, weights, (size, size))?;
        Ok(transposed(weights, copy))
    }

    /// The penalty and its slope, `dL/d|W|ᵀ`; the slope is arbitrary unless `with_slope`.
    fn evaluate(
        &mut self,
        weights: Columns<'_, T>,
        with_slope: bool,
    ) -> Result<(f64, Mat<T>), NumericsError> {
        let (value, slope) = match self.kind {
            PenaltyKind::Weight | PenaltyKind::Distance => self.direct(weights),
            PenaltyKind::Communicability => self.through_communicability(weights, with_slope)?,
            PenaltyKind::MatchedCommunicability => {
                let (value, slope) = self.direct(weights);
                let (distance, slope) = self.matched(weights, slope, with_slope)?;
                (value + distance, slope)
            }
        };
        if value.is_finite() {
            Ok((value, slope))
        } else {
            Err(not_finite("the weights", weights.transpose().as_dyn_stride(), "the penalty"))
        }
    }

    /// `λ Σ |W| ⊙ D`.
    fn direct(&mut self, weights: Columns<'_, T>) -> (f64, Mat<T>) {
        let mut slope = self.buffers.take(weights.ncols());
        let mut magnitudes = vec![T::from_f64(0.0); weights.nrows()];
        let mut value = 0.0;
        for (index, weights) in weights.col_iter().enumerate() {
            let slope = slope.col_as_slice_mut(index);
            self.scaled_distance(index, slope);
            magnitudes.iter_mut().zip(weights.as_slice()).for_each(|(to, weight)| *to = weight.magnitude());
            value += dot(&magnitudes, slope);
        }
        (value, slope)
    }

    /// `λ Σ |W| ⊙ D ⊙ C`.
    fn through_communicability(
        &mut self,
        weights: Columns<'_, T>,
        with_slope: bool,
    ) -> Result<(f64, Mat<T>), NumericsError> {
        let communicability =
            Communicability::of_transposed(weights, ZeroStrength::Isolated, &mut self.buffers)?;
        let reached = communicability.transposed_value();
        let mut value_adjoint = self.buffers.take(weights.ncols());
        let mut value = 0.0;
        for (index, weights) in weights.col_iter().enumerate() {
            let adjoint = value_adjoint.col_as_slice_mut(index);
            self.scaled_distance(index, adjoint);
            adjoint
                .iter_mut()
                .zip(weights.as_slice())
                .for_each(|(adjoint, weight)| *adjoint *= weight.magnitude());
            value += dot(adjoint, reached.col_as_slice(index));
        }
        let slope = if with_slope {
            let mut slope =
                communicability.adjoint_of_transposed(contiguous(&value_adjoint), &mut self.buffers);
            let mut scaled = vec![T::from_f64(0.0); slope.nrows()];
            for index in 0..slope.ncols() {
                self.scaled_distance(index, &mut scaled);
                let factors = scaled.iter().zip(reached.col_as_slice(index));
                for (slope, (&scaled, &reached)) in slope.col_as_slice_mut(index).iter_mut().zip(factors) {
                    *slope += scaled * reached;
                }
            }
            self.buffers.give(value_adjoint);
            slope
        } else {
            value_adjoint
        };
        communicability.recycle(&mut self.buffers);
        Ok((value, slope))
    }

    /// `λ_EMD mean |sort(vec C_emp) − sort(vec C)|`, its slope added to `slope`.
    fn matched(
        &mut self,
        weights: Columns<'_, T>,
        mut slope: Mat<T>,
        with_slope: bool,
    ) -> Result<(f64, Mat<T>), NumericsError> {
        let size = weights.ncols();
        let communicability =
            Communicability::of_transposed(weights, ZeroStrength::MATCHED, &mut self.buffers)?;
        let reached = communicability.transposed_value();
        let entries = (0..size).flat_map(|index| reached.col_as_slice(index)).copied();
        let per_entry = self.lambda_emd / (size * size).max(1) as f64;
        let step = T::from_f64(per_entry);
        let mut signs = vec![T::from_f64(0.0); size * size];
        let mut total = 0.0;
        for (&ranked, &target) in self.ranking.sort(entries).iter().zip(&self.target) {
            let difference = T::unranked(ranked) - target;
            total += difference.magnitude().to_f64();
            signs[T::position(ranked)] = step * difference.sign();
        }
        if with_slope {
            let signs = MatRef::from_column_major_slice(&signs, size, size);
            let mut copy = None;
            let columns = transposed(signs.transpose(), &mut copy);
            let added = communicability.adjoint_of_transposed(columns, &mut self.buffers);
            for index in 0..size {
                let added = added.col_as_slice(index);
                slope
                    .col_as_slice_mut(index)
                    .iter_mut()
                    .zip(added)
                    .for_each(|(slope, &added)| *slope += added);
            }
            self.buffers.give(added);
        }
        communicability.recycle(&mut self.buffers);
        Ok((per_entry * total, slope))
    }

    /// Writes row `index` of `λ D`.
    fn scaled_distance(&self, index: usize, target: &mut [T]) {
        match &self.distance {
            Some(distance) => {
                let source = distance.col_as_slice(index);
                target
                    .iter_mut()
                    .zip(source)
                    .for_each(|(target, &distance)| *target = self.lambda * distance);
            }
            None => target.fill(self.lambda),
        }
    }
}
