use crate::WeightMatrix;

/// Points at which the density of the weights is read.
const POINTS: usize = 100;

/// A kernel's tail is dropped below this fraction of its peak (11 bandwidths out). The density at the
/// smallest and largest weight is at least one peak, so even 10⁸ dropped tails a point stay below 1e-16 of
/// the total.
const NEGLIGIBLE: f64 = 1e-26;

/// Measures how evenly the signed weights spread over their range, in bits.
///
/// `H = −Σ_k p_k log₂ p_k`, with `p` the density of all N² weights, diagonal included, at 100 equally
/// spaced points from the smallest to the largest weight, scaled to sum 1. The density is a Gaussian kernel
/// estimate of Scott's bandwidth, sample standard deviation (n − 1) times `n^(−1/5)`, n = N². The result
/// lies between 0 and log₂ 100 = 6.64 and does not change when the weights are shifted or scaled. `None`
/// where all weights are equal.
///
/// Source: `scipy.stats.entropy(p / p.sum(), base=2)` of `gaussian_kde(W.ravel())(linspace(W.min(),
/// W.max(), 100))`.
pub fn weight_entropy(weights: WeightMatrix<'_>) -> Option<f64> {
    let positions = scaled_to_unit(weights.values())?;
    let density = density(&positions, scott_bandwidth(&positions));
    let total: f64 = density.iter().sum();
    Some(density.iter().map(|value| value / total).filter(|&p| p > 0.0).map(|p| -p * p.log2()).sum())
}

/// Maps the smallest value to 0 and the largest to 1; `None` if they are equal. Halves first, since the
/// range of finite values need not be finite.
fn scaled_to_unit(values: &[f64]) -> Option<Vec<f64>> {
    let low = values.iter().copied().reduce(f64::min)? * 0.5;
    let high = values.iter().copied().reduce(f64::max)? * 0.5;
    (high > low).then(|| values.iter().map(|value| (value * 0.5 - low) / (high - low)).collect())
}

/// Scott's bandwidth in one dimension, `sd n^(−1/5)`.
fn scott_bandwidth(positions: &[f64]) -> f64 {
    let count = positions.len() as f64;
    let mean = positions.iter().sum::<f64>() / count;
    let squares: f64 = positions.iter().map(|position| (position - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt() * count.powf(-0.2)
}

/// The kernel density on `POINTS` points of [0, 1], up to a factor.
///
/// From the point nearest to a weight outwards, successive kernel values have ratios that shrink by the
/// constant `exp(−δ²)`, δ being the spacing in bandwidths: three exponentials a weight instead of a
/// hundred. The rounding of k steps adds up to about k² ulp, 1e-12 at most.
fn density(positions: &[f64], bandwidth: f64) -> Vec<f64> {
    let last = (POINTS - 1) as f64;
    let spacing = 1.0 / (last * bandwidth);
    let ratio_change = (-spacing * spacing).exp();
    let mut density = vec![0.0; POINTS];
    for &position in positions {
        let nearest = (position * last).round();
        let offset = (nearest / last - position) / bandwidth;
        let (below, above) = density.split_at_mut(nearest as usize);
        let peak = (-0.5 * offset * offset).exp();
        add_tail(above.iter_mut(), peak, (-offset * spacing - 0.5 * spacing * spacing).exp(), ratio_change);
        let downward = (offset * spacing - 0.5 * spacing * spacing).exp();
        add_tail(below.iter_mut().rev(), peak * downward, downward * ratio_change, ratio_change);
    }
    density
}

fn add_tail<'a>(points: impl Iterator<Item = &'a mut f64>, first: f64, mut ratio: f64, ratio_change: f64) {
    let mut value = first;
    for point in points {
        if value < NEGLIGIBLE {
            break;
        }
        *point += value;
        value *= ratio;
        ratio *= ratio_change;
    }
}
