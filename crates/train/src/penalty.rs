//! The penalty on recurrent weights as a candle operation.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor, bail};
use numerics::{NumericsError, Penalty, row_major, row_major_mut};

/// A penalty whose value and exact gradient, through communicability, are computed together.
#[derive(Clone)]
pub struct PenaltyTerm(Arc<Mutex<State>>);

struct State {
    penalty: Penalty<f32>,
    /// Value and gradient of the last forward pass; the gradient is row-major.
    value: f64,
    gradient: Vec<f32>,
}

impl PenaltyTerm {
    /// Wraps a penalty.
    pub fn new(penalty: Penalty<f32>) -> Self {
        Self(Arc::new(Mutex::new(State { penalty, value: 0.0, gradient: Vec::new() })))
    }

    /// Computes the penalty of `weights` `[units, units]` as a scalar that can be differentiated, and its
    /// value in double precision: NaN where weights or communicability are not finite.
    ///
    /// # Errors
    /// If `weights` is not of the penalty's size.
    pub fn forward(&self, weights: &Tensor) -> Result<(Tensor, f64)> {
        let term = weights.to_device(&Device::Cpu)?.apply_op1(self.clone())?.to_device(weights.device())?;
        Ok((term, self.state().value))
    }

    /// Computes the penalty of row-major weights without its gradient; NaN as in [`PenaltyTerm::forward`].
    ///
    /// # Errors
    /// If `weights` is not of the penalty's size.
    pub fn value(&self, weights: &[f32], units: usize) -> Result<f64> {
        let weights = row_major(weights, units, units).map_err(candle_core::Error::wrap)?;
        not_finite_is_nan(self.state().penalty.value(weights))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_finite_is_nan(value: std::result::Result<f64, NumericsError>) -> Result<f64> {
    match value {
        Err(NumericsError::NotFinite { .. } | NumericsError::Overflow { .. }) => Ok(f64::NAN),
        other => other.map_err(candle_core::Error::wrap),
    }
}

impl CustomOp1 for PenaltyTerm {
    fn name(&self) -> &'static str {
        "penalty"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let Some((start, end)) = layout.contiguous_offsets() else { bail!("the weights are not contiguous") };
        let (units, _) = layout.shape().dims2()?;
        let weights = row_major(&storage.as_slice::<f32>()?[start..end], units, units)
            .map_err(candle_core::Error::wrap)?;
        let mut state = self.state();
        let State { penalty, value, gradient } = &mut *state;
        gradient.resize(units * units, 0.0);
        let gradient = row_major_mut(gradient, units, units).map_err(candle_core::Error::wrap)?;
        *value = not_finite_is_nan(penalty.value_and_gradient_into(weights, gradient))?;
        Ok((CpuStorage::F32(vec![*value as f32]), Shape::from(())))
    }

    fn bwd(&self, weights: &Tensor, _value: &Tensor, scale: &Tensor) -> Result<Option<Tensor>> {
        let scale = scale.to_scalar::<f32>()?;
        let gradient = self.state().gradient.iter().map(|gradient| scale * gradient).collect::<Vec<_>>();
        Ok(Some(Tensor::from_vec(gradient, weights.shape(), weights.device())?))
    }
}
