//! The entropy by ratios of kernel values against all kernel values one by one.
#![allow(clippy::unwrap_used, missing_docs)]

use graph::{WeightMatrix, weight_entropy};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn entropy_directly(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let bandwidth = variance.sqrt() * count.powf(-0.2);
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let density: Vec<f64> = (0..100)
        .map(|point| low + (high - low) * f64::from(point) / 99.0)
        .map(|point| values.iter().map(|value| (-0.5 * ((value - point) / bandwidth).powi(2)).exp()).sum())
        .collect();
    let total: f64 = density.iter().sum();
    density.iter().map(|value| value / total).filter(|&p| p > 0.0).map(|p| -p * p.log2()).sum()
}

#[test]
fn both_routes_agree_from_flat_to_heavy_tailed_weights() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for nodes in [2_usize, 3, 10, 80] {
        for power in [1, 3, 9, 31, 201] {
            let values: Vec<f64> =
                (0..nodes * nodes).map(|_| rng.random_range(-1.0_f64..1.0).powi(power)).collect();
            let fast = weight_entropy(WeightMatrix::new(&values, nodes).unwrap()).unwrap();
            let direct = entropy_directly(&values);
            assert!((fast - direct).abs() < 1e-10, "{nodes} nodes, power {power}: {fast}, {direct}");
        }
    }
}
