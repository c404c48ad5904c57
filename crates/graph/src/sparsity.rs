use crate::WeightMatrix;

/// Measures how unevenly magnitude is spread over the weights off the diagonal: 0 if all are equal, 1 if one has it all.
///
/// `(√n − Σ|w| / √Σw²) / (√n − 1)` over the n = N (N − 1) weights. It needs no threshold and does not change with
/// scale. `None` for fewer than two weights, or if all are zero.
///
/// Source: Hoyer 2004, J. Mach. Learn. Res. 5:1457.
pub fn sparsity(weights: WeightMatrix<'_>) -> Option<f64> {
    // Scaled by the largest, so that squares neither overflow nor vanish.
    let largest = weights.off_diagonal().map(f64::abs).fold(0.0, f64::max);
    let (mut count, mut sum, mut squares) = (0_usize, 0.0, 0.0);
    for weight in weights.off_diagonal() {
        let scaled = weight.abs() / largest;
        count += 1;
        sum += scaled;
        squares += scaled * scaled;
    }
    let root = (count as f64).sqrt();
    (count > 1 && largest > 0.0).then(|| (root - sum / squares.sqrt()) / (root - 1.0))
}

/// Counts which share of the weights off the diagonal is exactly zero. `None` if there are none.
pub fn zero_share(weights: WeightMatrix<'_>) -> Option<f64> {
    let count = weights.off_diagonal().count();
    let zeros = weights.off_diagonal().filter(|&weight| weight == 0.0).count();
    (count > 0).then(|| zeros as f64 / count as f64)
}
