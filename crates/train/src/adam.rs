//! Adam as Keras computes it, in place on the CPU.

use std::cell::{Cell, RefCell};

use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Storage, Tensor, Var, backprop::GradStore, bail};

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-7;

/// What a step does; the study decays and clips nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamSettings {
    /// Learning rate α of the first step.
    pub learning_rate: f64,
    /// Decoupled decay of matrices, biases left out: `w ← w − α · decay · w` before the step.
    ///
    /// Source: Loshchilov & Hutter 2019, arXiv 1711.05101.
    pub weight_decay: f64,
    /// Largest Euclidean norm of the gradient of all variables together; a longer one is shortened to it.
    ///
    /// Source: Pascanu, Mikolov & Bengio 2013, arXiv 1211.5063, algorithm 1.
    pub clip_norm: Option<f64>,
}

/// Adam, with ε outside the bias correction as in Keras:
/// `w ← w − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)`, `β₁ = 0.9`, `β₂ = 0.999`, `ε = 1e-7`.
///
/// Source: Kingma & Ba 2015, arXiv 1412.6980, the form before section 2.1.
#[derive(Debug)]
pub struct Adam {
    settings: AdamSettings,
    steps: i32,
    entries: Vec<Entry>,
}

/// A variable with its moments.
#[derive(Debug)]
struct Entry {
    variable: Var,
    /// Whether it is clipped at zero after every step.
    positive: bool,
    moments: Moments,
}

#[derive(Debug)]
enum Moments {
    /// First and second, on the CPU.
    InPlace(Vec<f32>, Vec<f32>),
    /// First and second, on another device.
    Tensors(Tensor, Tensor),
}

/// One step of one variable.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Learning rate with the bias correction.
    rate: f64,
    /// What decay leaves of the variable.
    keep: f64,
    /// What the norm's limit leaves of the gradient.
    scale: f64,
    positive: bool,
}

impl Adam {
    /// Begins with zero moments. Variables at the places `positive` are clipped at zero after every step.
    ///
    /// # Errors
    /// If the device fails.
    pub fn new(variables: &[Var], settings: AdamSettings, positive: &[usize]) -> Result<Self> {
        let entry = |(place, variable): (usize, &Var)| {
            let moments = if variable.device().is_cpu() {
                let zeros = vec![0.0; variable.elem_count()];
                Moments::InPlace(zeros.clone(), zeros)
            } else {
                Moments::Tensors(variable.zeros_like()?, variable.zeros_like()?)
            };
            Ok(Entry { variable: variable.clone(), positive: positive.contains(&place), moments })
        };
        let entries = variables.iter().enumerate().map(entry).collect::<Result<_>>()?;
        Ok(Self { settings, steps: 0, entries })
    }

    /// Moves every variable one step down its gradient, at `factor` times the learning rate; variables without a
    /// gradient stay.
    ///
    /// Returns whether variables and moments are still finite. Once the square of a gradient overflows, its weight
    /// never moves again: a network that has diverged, whatever its loss says.
    ///
    /// # Errors
    /// If the device fails.
    pub fn step(&mut self, gradients: &GradStore, factor: f64) -> Result<bool> {
        self.steps += 1;
        let learning_rate = factor * self.settings.learning_rate;
        let rate = learning_rate * (1.0 - BETA_2.powi(self.steps)).sqrt() / (1.0 - BETA_1.powi(self.steps));
        let decayed = 1.0 - learning_rate * self.settings.weight_decay;
        let scale = self.scale(gradients)?;
        let mut finite = true;
        for Entry { variable, positive, moments } in &mut self.entries {
            let Some(gradient) = gradients.get(variable) else { continue };
            let keep = if variable.rank() > 1 { decayed } else { 1.0 };
            let step = Step { rate, keep, scale, positive: *positive };
            finite &= match moments {
                Moments::InPlace(first, second) => step.in_place(variable, gradient, first, second)?,
                Moments::Tensors(first, second) => step.by_tensors(variable, gradient, first, second)?,
            };
        }
        Ok(finite)
    }

    /// What the limit of the norm leaves of the gradient: 1 without one.
    fn scale(&self, gradients: &GradStore) -> Result<f64> {
        let Some(limit) = self.settings.clip_norm else { return Ok(1.0) };
        let mut sum = 0.0;
        for gradient in self.entries.iter().filter_map(|entry| gradients.get(&entry.variable)) {
            sum += squares(gradient)?;
        }
        let norm = sum.sqrt();
        // Not f64::min, which would hide a NaN.
        Ok(if norm <= limit { 1.0 } else { limit / norm })
    }
}

/// `Σ g²`, in double precision on the CPU.
fn squares(gradient: &Tensor) -> Result<f64> {
    if !gradient.device().is_cpu() {
        return Ok(f64::from(gradient.sqr()?.sum_all()?.to_scalar::<f32>()?));
    }
    let gradient = gradient.contiguous()?;
    let (storage, layout) = gradient.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else { bail!("the gradient has left the CPU") };
    Ok(floats(storage, layout)?.iter().map(|&value| f64::from(value).powi(2)).sum())
}

impl Step {
    fn in_place(
        self,
        variable: &Var,
        gradient: &Tensor,
        first: &mut [f32],
        second: &mut [f32],
    ) -> Result<bool> {
        let update = Update { step: self, moments: RefCell::new((first, second)), finite: Cell::new(true) };
        variable.inplace_op2(&gradient.contiguous()?, &update)?;
        Ok(update.finite.get())
    }

    fn by_tensors(
        self,
        variable: &Var,
        gradient: &Tensor,
        first: &mut Tensor,
        second: &mut Tensor,
    ) -> Result<bool> {
        let gradient = (gradient * self.scale)?;
        *first = ((&*first * BETA_1)? + (&gradient * (1.0 - BETA_1))?)?.detach();
        *second = ((&*second * BETA_2)? + (gradient.sqr()? * (1.0 - BETA_2))?)?.detach();
        let change = (&*first / (second.sqrt()? + EPSILON)?)?;
        let mut moved = ((variable.as_tensor() * self.keep)? - (change * self.rate)?)?.detach();
        if self.positive {
            moved = moved.relu()?;
        }
        variable.set(&moved)?;
        // A sum is finite only if its terms are, barring overflow, which counts as not finite.
        Ok((moved.abs()?.sum_all()? + second.sum_all()?)?.to_scalar::<f32>()?.is_finite())
    }
}

/// A step on the CPU, in one pass over variable, gradient and moments.
struct Update<'a> {
    step: Step,
    moments: RefCell<(&'a mut [f32], &'a mut [f32])>,
    finite: Cell<bool>,
}

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(
        &self,
        variable: &mut CpuStorage,
        variable_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<()> {
        const EXPONENT: u32 = f32::INFINITY.to_bits();
        let gradient = floats(gradient, gradient_layout)?;
        let (CpuStorage::F32(variable), Some((start, end))) =
            (variable, variable_layout.contiguous_offsets())
        else {
            bail!("Adam takes contiguous variables of single precision")
        };
        let (first, second) = &mut *self.moments.borrow_mut();
        let Step { rate, keep, scale, positive } = self.step;
        let (rate, keep, scale) = (rate as f32, keep as f32, scale as f32);
        let [beta_1, rest_1, beta_2, rest_2, epsilon] =
            [BETA_1, 1.0 - BETA_1, BETA_2, 1.0 - BETA_2, EPSILON].map(|value| value as f32);
        let mut odd = 0;
        let moments = first.iter_mut().zip(second.iter_mut());
        for ((value, gradient), (first, second)) in variable[start..end].iter_mut().zip(gradient).zip(moments)
        {
            let gradient = gradient * scale;
            *first = beta_1 * *first + rest_1 * gradient;
            *second = beta_2 * *second + rest_2 * (gradient * gradient);
            let moved = keep * *value - rate * (*first / (second.sqrt() + epsilon));
            *value = if positive && moved < 0.0 { 0.0 } else { moved };
            odd |= u32::from(second.to_bits() & EXPONENT == EXPONENT);
            odd |= u32::from(moved.to_bits() & EXPONENT == EXPONENT);
        }
        self.finite.set(odd == 0);
        Ok(())
    }
}

fn floats<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("Adam takes contiguous gradients"),
    }
}
