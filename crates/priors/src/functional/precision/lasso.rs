//! The inner problem of the graphical lasso: the regression of every neuron on the others.

use pulp::Arch;

/// Passes over the coefficients of one lasso before it is left to the next sweep.
const MOST_PASSES: usize = 1000;

/// The lassos of one connected set of n neurons, on the scale of correlations.
///
/// Matrices are `[n, n]`, column by column; of the coefficients, one column belongs to every neuron.
#[derive(Debug)]
pub(super) struct Lassos {
    /// The penalty of neurons i and j is `scales[i] · scales[j]`.
    scales: Vec<f64>,
    correlation: Vec<f64>,
    covariance: Vec<f64>,
    coefficients: Vec<f64>,
    residual: Vec<f64>,
    active: Vec<usize>,
    arch: Arch,
}

/// What a sweep did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// Largest change of an entry of the estimated covariance.
    pub(super) change: f64,
    /// Largest `Σ_i |Θ_ij|` of the estimated precision; infinite where the precision is not positive definite.
    pub(super) precision: f64,
}

impl Lassos {
    /// Begins at an estimate of the covariance, positive definite with a diagonal of ones, and at these coefficients.
    pub(super) fn new(
        scales: Vec<f64>,
        correlation: Vec<f64>,
        covariance: Vec<f64>,
        coefficients: Vec<f64>,
    ) -> Self {
        let (residual, active) = (vec![0.0; scales.len()], Vec::with_capacity(scales.len()));
        Self { scales, correlation, covariance, coefficients, residual, active, arch: Arch::new() }
    }

    /// The estimated covariance and the coefficients.
    pub(super) fn estimate(&self) -> (&[f64], &[f64]) {
        (&self.covariance, &self.coefficients)
    }

    /// Solves the lasso of every neuron once, in order, each time with the covariance that the ones before it left.
    pub(super) fn sweep(&mut self, tolerance: f64) -> Sweep {
        let mut sweep = Sweep { change: 0.0, precision: 0.0 };
        for neuron in 0..self.scales.len() {
            self.solve(neuron, tolerance);
            let (change, precision) = self.adopt(neuron);
            sweep.change = sweep.change.max(change);
            sweep.precision = sweep.precision.max(precision);
        }
        sweep
    }

    /// Minimises `½ βᵀ W₁₁ β − βᵀ r₁₂ + Σ_k λ_k |β_k|` over the coefficients β of one neuron by coordinate descent: `W₁₁`
    /// is the estimated covariance of the others, `r₁₂` their correlation with it. Leaves `r₁₂ − W₁₁ β` in `residual`.
    ///
    /// Passes over all coefficients alternate with passes over those that are not zero, until in one of all none
    /// changes by more than `tolerance`.
    fn solve(&mut self, neuron: usize, tolerance: f64) {
        let size = self.scales.len();
        let own = neuron * size..(neuron + 1) * size;
        self.residual.copy_from_slice(&self.correlation[own.clone()]);
        let mut lasso = Lasso {
            scale: self.scales[neuron],
            scales: &self.scales,
            covariance: &self.covariance,
            coefficients: &mut self.coefficients[own],
            residual: &mut self.residual,
            arch: self.arch,
        };
        for other in 0..size {
            lasso.explain(lasso.coefficients[other], other);
        }
        let mut passes = 0;
        while passes < MOST_PASSES {
            passes += 1;
            let others = (0..size).filter(|&other| other != neuron);
            if lasso.pass(others) <= tolerance {
                break;
            }
            self.active.clear();
            self.active.extend((0..size).filter(|&other| lasso.coefficients[other] != 0.0));
            while passes < MOST_PASSES && lasso.pass(self.active.iter().copied()) > tolerance {
                passes += 1;
            }
        }
    }

    /// Makes `W₁₁ β` the neuron's covariance with the others. Returns the largest change, and `Σ_i |Θ_ij|` of the neuron:
    /// with `w₁₂ = W₁₁ β`, `Θ_jj = 1 / (1 − w₁₂ᵀ β)` and `Θ_ij = −β_i Θ_jj`.
    fn adopt(&mut self, neuron: usize) -> (f64, f64) {
        let size = self.scales.len();
        let (mut largest, mut explained, mut norm) = (0.0_f64, 0.0, 1.0);
        for other in (0..size).filter(|&other| other != neuron) {
            let (place, mirror) = (neuron * size + other, other * size + neuron);
            let covariance = self.correlation[place] - self.residual[other];
            largest = largest.max((covariance - self.covariance[place]).abs());
            explained += covariance * self.coefficients[place];
            norm += self.coefficients[place].abs();
            (self.covariance[place], self.covariance[mirror]) = (covariance, covariance);
        }
        let unexplained = 1.0 - explained;
        (largest, if unexplained > 0.0 { norm / unexplained } else { f64::INFINITY })
    }
}

/// One lasso; the coefficient of the neuron itself is 0.
struct Lasso<'a> {
    scale: f64,
    scales: &'a [f64],
    covariance: &'a [f64],
    coefficients: &'a mut [f64],
    residual: &'a mut [f64],
    arch: Arch,
}

impl Lasso<'_> {
    /// Minimises over one coefficient after the other; returns the largest change.
    fn pass(&mut self, others: impl Iterator<Item = usize>) -> f64 {
        let mut largest = 0.0_f64;
        for other in others {
            let old = self.coefficients[other];
            let new = shrink(self.residual[other] + old, self.scale * self.scales[other]);
            self.coefficients[other] = new;
            self.explain(new - old, other);
            largest = largest.max((new - old).abs());
        }
        largest
    }

    /// Takes what `coefficient` times a neuron explains out of the residual.
    fn explain(&mut self, coefficient: f64, other: usize) {
        if coefficient != 0.0 {
            let size = self.residual.len();
            let column = &self.covariance[other * size..(other + 1) * size];
            let residuals = &mut *self.residual;
            // In registers as wide as the processor's; every entry is rounded as in narrow ones.
            self.arch.dispatch(|| {
                for (residual, covariance) in residuals.iter_mut().zip(column) {
                    *residual -= coefficient * covariance;
                }
            });
        }
    }
}

/// `sign(x) max(|x| − penalty, 0)`.
fn shrink(x: f64, penalty: f64) -> f64 {
    if x > penalty {
        x - penalty
    } else if x < -penalty {
        x + penalty
    } else {
        0.0
    }
}
