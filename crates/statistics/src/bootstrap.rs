use rand::Rng;

use crate::{normal::UPPER_975, normal_cumulative, normal_quantile};

/// Bootstraps the 95 % interval of a mean, bias-corrected and accelerated (BCa).
///
/// `resamples` samples of the size of `values` are drawn from it with replacement; the interval lies between the
/// quantiles `Φ(z₀ + (z₀ ± z) / (1 − a (z₀ ± z)))` of their means, with z₀ from the share of them below the mean (ties
/// by half) and the acceleration a from the jackknife. `None` below two values or without resamples; a point where all
/// values are equal.
///
/// Source: Efron 1987, J. Am. Stat. Assoc. 82:171 (`scipy.stats.bootstrap(method="BCa")`).
pub fn bootstrap_mean_interval(values: &[f64], resamples: usize, rng: &mut impl Rng) -> Option<[f64; 2]> {
    let count = values.len();
    if count < 2 || resamples == 0 {
        return None;
    }
    if values.iter().all(|value| *value == values[0]) {
        return Some([values[0]; 2]);
    }
    let size = count as f64;
    let mean = values.iter().sum::<f64>() / size;
    let mut means: Vec<f64> = (0..resamples)
        .map(|_| (0..count).map(|_| values[rng.random_range(0..count as u32) as usize]).sum::<f64>() / size)
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    // The mean without value i lies (x_i − mean) / (n − 1) below the mean.
    let moment = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>();
    let acceleration = moment(3) / moment(2).powf(1.5) / 6.0;
    let below = means.partition_point(|&found| found < mean);
    let not_above = means.partition_point(|&found| found <= mean);
    let bias = normal_quantile((below + not_above) as f64 / (2 * resamples) as f64);
    let adjusted = |z: f64| {
        let shifted = bias + z;
        normal_cumulative(bias + shifted / (1.0 - acceleration * shifted))
    };
    Some([-UPPER_975, UPPER_975].map(|z| quantile(&means, adjusted(z))))
}

/// Bootstraps the standard error of any statistic; `resampled` draws one value of it, or none where a resample does not
/// have it. `None` if fewer than two resamples have it.
///
/// Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 6.
pub fn bootstrap_standard_error(
    resamples: usize,
    resampled: impl FnMut(usize) -> Option<f64>,
) -> Option<f64> {
    let values: Vec<f64> = (0..resamples).filter_map(resampled).collect();
    crate::Summary::of(&values).sd
}

/// Quantile of sorted values, linear between neighbours (`numpy.quantile`).
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = probability.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    below + (above - below) * position.fract()
}
