use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};

/// Newton steps from a quantile that is right to about 1e-8: two reach the last bits.
const NEWTON_STEPS: usize = 3;

/// Computes the quantile of Student's t distribution with `freedom` degrees of freedom.
///
/// The quantile of `statrs` is refined by Newton's method on its distribution function, whose tails are right
/// to 1e-13. `None` unless `freedom` is positive and `probability` lies strictly between 0 and 1.
pub fn student_quantile(probability: f64, freedom: f64) -> Option<f64> {
    let inside = probability > 0.0 && probability < 1.0;
    let distribution = StudentsT::new(0.0, 1.0, freedom).ok().filter(|_| inside && freedom.is_finite())?;
    // The tail keeps digits that 1 − tail would lose, and the distribution is symmetric.
    let tail = probability.min(1.0 - probability);
    let mut quantile = distribution.inverse_cdf(tail);
    for _ in 0..NEWTON_STEPS {
        let step = (distribution.cdf(quantile) - tail) / distribution.pdf(quantile);
        if step.is_finite() {
            quantile -= step;
        }
    }
    Some(if probability < 0.5 { quantile } else { -quantile })
}
