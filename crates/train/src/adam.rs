//! Adam as Keras computes it.

use candle_core::{Result, Tensor, Var, backprop::GradStore};

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-7;

/// Adam, with ε outside the bias correction as in Keras:
/// `w ← w − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)`, `β₁ = 0.9`, `β₂ = 0.999`, `ε = 1e-7`.
///
/// Source: Kingma & Ba 2015, arXiv 1412.6980, the form before section 2.1.
#[derive(Debug)]
pub struct Adam {
    learning_rate: f64,
    step: i32,
    moments: Vec<(Var, Tensor, Tensor)>,
}

impl Adam {
    /// Begins with zero moments.
    ///
    /// # Errors
    /// If the device fails.
    pub fn new(variables: &[Var], learning_rate: f64) -> Result<Self> {
        let moments = variables
            .iter()
            .map(|variable| Ok((variable.clone(), variable.zeros_like()?, variable.zeros_like()?)))
            .collect::<Result<_>>()?;
        Ok(Self { learning_rate, step: 0, moments })
    }

    /// Moves every variable one step down its gradient; variables without a gradient stay.
    ///
    /// Returns whether the moments are still finite. Once the square of a gradient overflows, its weight never
    /// moves again: a network that has diverged, whatever its loss says.
    ///
    /// # Errors
    /// If the device fails.
    pub fn step(&mut self, gradients: &GradStore) -> Result<bool> {
        self.step += 1;
        let mut finite = true;
        let rate =
            self.learning_rate * (1.0 - BETA_2.powi(self.step)).sqrt() / (1.0 - BETA_1.powi(self.step));
        for (variable, first, second) in &mut self.moments {
            let Some(gradient) = gradients.get(variable) else { continue };
            *first = ((&*first * BETA_1)? + (gradient * (1.0 - BETA_1))?)?.detach();
            *second = ((&*second * BETA_2)? + (gradient.sqr()? * (1.0 - BETA_2))?)?.detach();
            finite &= second.sum_all()?.to_scalar::<f32>()?.is_finite();
            let change = (&*first / (second.sqrt()? + EPSILON)?)?;
            variable.set(&(variable.as_tensor() - (change * rate)?)?.detach())?;
        }
        Ok(finite)
    }
}
