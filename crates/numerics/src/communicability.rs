//! Weighted communicability and the adjoint of its derivative.

use faer::{Mat, MatRef};

use crate::{
    NumericsError, Real,
    matrix::{Columns, check_shape, contiguous, dot, not_finite, square, transposed},
    record::Record,
    workspace::Workspace,
};

const NAME: &str = "the weights";

/// What becomes of neurons without outgoing strength, whose `S^-½` is infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ZeroStrength {
    /// The neuron gets a zero row and column in `S^-½ |W| S^-½`; the sound form, and the form of `WDC`.
    Isolated,
    /// The number is added to every strength, zero or not; the form of `WDC*`.
    Added(f64),
    /// The number replaces strengths of exactly zero; the form of the released code's connectome.
    Replaced(f64),
}

impl ZeroStrength {
    /// The connectome's communicability in the released code.
    pub const PUBLISHED: Self = Self::Replaced(1e-10);
    /// The connectome's communicability without artefacts.
    pub const SOUND: Self = Self::Isolated;
    /// The communicability of the weights in the penalty `WDC*`.
    pub const MATCHED: Self = Self::Added(1e-10);

    pub(crate) fn check(self) -> Result<(), NumericsError> {
        match self {
            Self::Added(value) | Self::Replaced(value) if !(value.is_finite() && value >= 0.0) => {
                Err(NumericsError::Setting { name: "the strength that stands for zero", value })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn apply(self, strength: f64) -> f64 {
        match self {
            Self::Added(offset) => strength + offset,
            Self::Replaced(substitute) if strength == 0.0 => substitute,
            Self::Isolated | Self::Replaced(_) => strength,
        }
    }
}

/// Computes the weighted communicability of a network, self-communicability excluded.
///
/// `C = expm(S^-½ |W| S^-½)` with `S_i = Σ_j |W_ij|`, then `C_ii = 0`. A neuron whose strength is zero after
/// `zero_strength` gets a zero row and column inside the exponential, and so in `C`.
///
/// `weights` is `[N, N]`, `W[pre, post]`, any sign; the result is `[N, N]`, non-negative up to rounding,
/// dimensionless.
///
/// # Errors
/// [`NumericsError::NotSquare`]; [`NumericsError::NotFinite`] names the first entry of `weights` that is NaN or
/// infinite; [`NumericsError::Overflow`] if a strength exceeds the range of f64;
/// [`NumericsError::Setting`] if `zero_strength` holds a negative number, NaN or infinity.
///
/// Source: Crofts & Higham 2009, J. R. Soc. Interface 6:411, eq. 2.2.
pub fn communicability<T: Real>(
    weights: MatRef<'_, T>,
    zero_strength: ZeroStrength,
) -> Result<Mat<T>, NumericsError> {
    Ok(Communicability::new(weights, zero_strength)?.value().to_owned())
}

/// A communicability that remembers how it was computed, so that derivatives cost no second evaluation.
///
/// The exponential is taken of `P = S^-1 |W|`, of ∞-norm at most 1, and `C_ij = (S_i / S_j)^½ exp(P)_ij`: the
/// two matrices are similar. `S^-½ |W| S^-½` itself has norms up to 1e5 where strengths are replaced by 1e-10,
/// and would need many squarings.
///
/// All matrices inside are transposed: contiguous columns are then the rows of row-major weights.
#[derive(Clone)]
pub struct Communicability<T> {
    /// Of the active neurons alone.
    exponential: Record<T>,
    /// Neurons of non-zero strength, ascending.
    active: Vec<usize>,
    /// Of the active neurons.
    strengths: Vec<f64>,
    /// Whether the strength follows the weights, of the active neurons.
    follows: Vec<bool>,
    /// `Cᵀ`, of all neurons.
    value: Mat<T>,
}

impl<T: Real> Communicability<T> {
    /// Computes the communicability of `weights` as [`communicability`] does.
    ///
    /// # Errors
    /// [`NumericsError::NotSquare`], [`NumericsError::NotFinite`], [`NumericsError::Overflow`],
    /// [`NumericsError::Setting`].
    pub fn new(weights: MatRef<'_, T>, zero_strength: ZeroStrength) -> Result<Self, NumericsError> {
        square(NAME, weights)?;
        let mut copy = None;
        Self::of_transposed(transposed(weights, &mut copy), zero_strength, &mut Workspace::new())
    }

    pub(crate) fn of_transposed(
        weights: Columns<'_, T>,
        zero_strength: ZeroStrength,
        buffers: &mut Workspace<T>,
    ) -> Result<Self, NumericsError> {
        zero_strength.check()?;
        let neurons = weights.ncols();
        let (mut active, mut strengths, mut follows) = (Vec::new(), Vec::new(), Vec::new());
        for (neuron, column) in weights.col_iter().enumerate() {
            let own: f64 = column.as_slice().iter().map(|weight| weight.magnitude().to_f64()).sum();
            let strength = zero_strength.apply(own);
            if !strength.is_finite() {
                return Err(not_finite(NAME, weights.transpose().as_dyn_stride(), "a neuron's strength"));
            }
            if strength > 0.0 {
                active.push(neuron);
                strengths.push(strength);
                follows.push(own > 0.0 || matches!(zero_strength, ZeroStrength::Added(_)));
            }
        }

        let mut transition = buffers.take(active.len());
        for (slot, (&neuron, &strength)) in active.iter().zip(&strengths).enumerate() {
            let (source, target) = (weights.col(neuron).as_slice(), transition.col_as_slice_mut(slot));
            let divide = |weight: T| T::from_f64(weight.magnitude().to_f64() / strength);
            if active.len() == neurons {
                target.iter_mut().zip(source).for_each(|(target, &weight)| *target = divide(weight));
            } else {
                target.iter_mut().zip(&active).for_each(|(target, &post)| *target = divide(source[post]));
            }
        }
        let exponential = Record::of_bounded(transition, buffers);
        let value = buffers.take(neurons);
        let mut this = Self { exponential, active, strengths, follows, value };
        this.fill_value();
        Ok(this)
    }

    fn fill_value(&mut self) {
        let (roots, inverse_roots) = self.roots();
        let whole = self.active.len() == self.value.ncols();
        if !whole {
            (0..self.value.ncols())
                .for_each(|neuron| self.value.col_as_slice_mut(neuron).fill(T::from_f64(0.0)));
        }
        for (slot, (&neuron, &root)) in self.active.iter().zip(&roots).enumerate() {
            let source = self.exponential.value().col_as_slice(slot).iter().zip(&inverse_roots);
            let target = self.value.col_as_slice_mut(neuron);
            if whole {
                for (target, (&entry, &inverse_root)) in target.iter_mut().zip(source) {
                    *target = entry * (root * inverse_root);
                }
            } else {
                for (&post, (&entry, &inverse_root)) in self.active.iter().zip(source) {
                    target[post] = entry * (root * inverse_root);
                }
            }
            target[neuron] = T::from_f64(0.0);
        }
    }

    /// `S^½` and `S^-½` of the active neurons.
    fn roots(&self) -> (Vec<T>, Vec<T>) {
        let roots = self.strengths.iter().map(|strength| strength.sqrt());
        roots.map(|root| (T::from_f64(root), T::from_f64(root.recip()))).unzip()
    }

    /// The communicability, `[N, N]`, with a zero diagonal.
    pub fn value(&self) -> MatRef<'_, T> {
        self.value.transpose()
    }

    /// `Cᵀ`.
    pub(crate) fn transposed_value(&self) -> &Mat<T> {
        &self.value
    }

    /// Turns `dL/dC`, `[N, N]`, into `dL/d|W|`, `[N, N]`, for any scalar `L` of the communicability.
    ///
    /// The derivative flows through the exponential and through the strengths. With `P = S^-1 |W|`,
    /// `G = dL/dC ⊙ (S_i / S_j)^½` without its diagonal and `H = dL/dC ⊙ C`,
    /// `dL/dP` is the adjoint of the exponential at `G`, and
    /// `dL/d|W|_ij = dL/dP_ij / S_i + (½ Σ_k (H_ik − H_ki) − Σ_k dL/dP_ik P_ik) / S_i`.
    /// The rows of isolated neurons are zero, and a replaced strength is a constant. The diagonal of `dL/dC` is
    /// not read. Multiply by the sign of `W` for `dL/dW`.
    ///
    /// # Errors
    /// [`NumericsError::Shape`] if `value_adjoint` is not `[N, N]`.
    pub fn adjoint(&self, value_adjoint: MatRef<'_, T>) -> Result<Mat<T>, NumericsError> {
        check_shape("the adjoint of the communicability", value_adjoint, self.value.shape())?;
        let mut copy = None;
        let adjoint = self.adjoint_of_transposed(transposed(value_adjoint, &mut copy), &mut Workspace::new());
        Ok(adjoint.transpose().to_owned())
    }

    pub(crate) fn adjoint_of_transposed(
        &self,
        value_adjoint: Columns<'_, T>,
        buffers: &mut Workspace<T>,
    ) -> Mat<T> {
        let mut exponential_adjoint = buffers.take(self.active.len());
        let mut balance = vec![0.0; self.active.len()];
        let (roots, inverse_roots) = self.roots();
        for (slot, (&neuron, &root)) in self.active.iter().zip(&roots).enumerate() {
            let source = value_adjoint.col(neuron).as_slice();
            let value = self.value.col_as_slice(neuron);
            let target = exponential_adjoint.col_as_slice_mut(slot);
            let scaled = target.iter_mut().zip(&inverse_roots).zip(&mut balance);
            if self.active.len() == source.len() {
                for (((target, &inverse_root), balance), (&adjoint, &value)) in
                    scaled.zip(source.iter().zip(value))
                {
                    *target = adjoint * (root * inverse_root);
                    *balance -= (adjoint * value).to_f64();
                }
            } else {
                for (((target, &inverse_root), balance), &post) in scaled.zip(&self.active) {
                    *target = source[post] * (root * inverse_root);
                    *balance -= (source[post] * value[post]).to_f64();
                }
            }
            target[slot] = T::from_f64(0.0);
            balance[slot] += dot(source, value);
        }
        let transition_adjoint = self.exponential.adjoint(contiguous(&exponential_adjoint), buffers);
        buffers.give(exponential_adjoint);
        let adjoint = self.through_strengths(&transition_adjoint, &balance, buffers);
        buffers.give(transition_adjoint);
        adjoint
    }

    /// `dL/d|W|ᵀ` from `dL/dPᵀ` and `Σ_k (H_ik − H_ki)`.
    fn through_strengths(
        &self,
        transition_adjoint: &Mat<T>,
        balance: &[f64],
        buffers: &mut Workspace<T>,
    ) -> Mat<T> {
        let mut result = buffers.take(self.value.ncols());
        let whole = self.active.len() == self.value.ncols();
        if !whole {
            (0..result.ncols()).for_each(|neuron| result.col_as_slice_mut(neuron).fill(T::from_f64(0.0)));
        }
        for (slot, &neuron) in self.active.iter().enumerate() {
            let adjoint = transition_adjoint.col_as_slice(slot);
            let inner = dot(adjoint, self.exponential.scaled_argument().col_as_slice(slot));
            let strength = self.strengths[slot];
            let common = if self.follows[slot] { 0.5 * balance[slot] - inner } else { 0.0 } / strength;
            let (common, inverse) = (T::from_f64(common), T::from_f64(strength.recip()));
            let target = result.col_as_slice_mut(neuron);
            if whole {
                target
                    .iter_mut()
                    .zip(adjoint)
                    .for_each(|(target, &entry)| *target = entry * inverse + common);
            } else {
                target.fill(common);
                self.active
                    .iter()
                    .zip(adjoint)
                    .for_each(|(&post, &entry)| target[post] = entry * inverse + common);
            }
        }
        result
    }

    pub(crate) fn recycle(self, buffers: &mut Workspace<T>) {
        self.exponential.recycle(buffers);
        buffers.give(self.value);
    }
}
