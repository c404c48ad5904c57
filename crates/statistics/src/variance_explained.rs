use statrs::function::{
    beta::{checked_beta_reg, ln_beta},
    gamma::ln_gamma,
};

use crate::Estimate;

/// Halvings of [0, 1] that an end of an interval is found by: right to 1e-11.
const HALVINGS: usize = 37;

/// Estimates which share of the variance a term explains, of what it and the residual do: partial η².
///
/// `η² = m F / (m F + n)` of an F test with m and n degrees of freedom. The interval holds every `λ / (λ + m + n + 1)` for
/// which F is no surprise under the noncentral F distribution of noncentrality λ. `None` if F is negative or not finite,
/// or a degree of freedom is missing.
///
/// Source: Steiger 2004, Psychol. Methods 9:164, sec. "Confidence intervals on partial ω²".
pub fn variance_explained(f: f64, m: usize, n: usize) -> Option<Estimate> {
    if !(f.is_finite() && f >= 0.0) || m == 0 || n == 0 {
        return None;
    }
    let (m, n) = (m as f64, n as f64);
    let count = m + n + 1.0;
    let end = |probability: f64| {
        let beyond =
            |share: f64| noncentral_f_cumulative(f, m, n, count * share / (1.0 - share)) > probability;
        let (mut low, mut high) = (0.0, 1.0);
        if !beyond(0.0) {
            return 0.0;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if beyond(middle) { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    };
    Some(Estimate { value: m * f / (m * f + n), interval: Some([end(0.975), end(0.025)]) })
}

/// The distribution function of noncentral F: `Σ_j Poisson(j; λ/2) I_x(m/2 + j, n/2)`, `x = m f / (m f + n)`.
///
/// From the largest j that matters downwards, `I_x(a − 1, b) = I_x(a, b) + xᵃ⁻¹ (1 − x)ᵇ / [(a − 1) B(a − 1, b)]` only
/// adds.
fn noncentral_f_cumulative(f: f64, m: f64, n: f64, noncentrality: f64) -> f64 {
    let (x, b, mean) = (m * f / (m * f + n), 0.5 * n, 0.5 * noncentrality);
    let beta = |a: f64| checked_beta_reg(a, b, x).unwrap_or(0.0);
    if mean <= 0.0 || x <= 0.0 {
        return beta(0.5 * m);
    }
    let reach = 10.0 * mean.sqrt() + 25.0;
    let (top, bottom) = ((mean + reach).ceil(), (mean - reach).max(0.0).floor());
    let mut a = 0.5 * m + top;
    let mut inner = beta(a);
    let mut ln_weight = top * mean.ln() - mean - ln_gamma(top + 1.0);
    let mut ln_step = (a - 1.0) * x.ln() + b * (n / (m * f + n)).ln() - (a - 1.0).ln() - ln_beta(a - 1.0, b);
    let (mut sum, mut place) = (0.0, top);
    loop {
        sum += ln_weight.exp() * inner;
        if place <= bottom {
            return sum.min(1.0);
        }
        inner += ln_step.exp();
        ln_weight += (place / mean).ln();
        // The step below: x falls out once, and (a − 1) B(a − 1, b) changes by (a − 1) / (a − 2 + b).
        a -= 1.0;
        ln_step += (a / (a - 1.0 + b)).ln() - x.ln();
        place -= 1.0;
    }
}
