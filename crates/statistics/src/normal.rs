use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2, TAU};

/// Newton steps from a quantile that is right to about 1e-8: two reach the last bits.
const NEWTON_STEPS: usize = 3;

/// The standard normal variate that 2.5 % exceed.
pub(crate) const UPPER_975: f64 = 1.959_963_984_540_054;

/// Computes the probability that a standard normal variate exceeds `z`, `½ erfc(z/√2)`, to the last bits however far
/// out.
pub fn normal_upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// Computes the probability that a standard normal variate is at most `z`.
pub fn normal_cumulative(z: f64) -> f64 {
    normal_upper_tail(-z)
}

/// Computes the quantile of the standard normal distribution; infinite at 0 and 1.
///
/// The quantile of `statrs` refined by Newton's method on [`normal_upper_tail`].
pub fn normal_quantile(probability: f64) -> f64 {
    let tail = probability.min(1.0 - probability);
    if tail <= 0.0 {
        return if probability < 0.5 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let mut z = SQRT_2 * statrs::function::erf::erfc_inv(2.0 * tail);
    for _ in 0..NEWTON_STEPS {
        let density = (-0.5 * z * z).exp() / TAU.sqrt();
        let step = (normal_upper_tail(z) - tail) / density;
        if step.is_finite() {
            z += step;
        }
    }
    if probability < 0.5 { -z } else { z }
}
