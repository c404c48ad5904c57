/// Computes Pearson's correlation of two sequences of equal length; of [`ranks`](crate::ranks) it is Spearman's.
///
/// `None` below two pairs or where one sequence is constant.
///
/// # Panics
/// If the lengths differ.
pub fn pearson(first: &[f64], second: &[f64]) -> Option<f64> {
    assert_eq!(first.len(), second.len(), "correlated sequences have equal lengths");
    let count = first.len() as f64;
    let (mean_first, mean_second) = (first.iter().sum::<f64>() / count, second.iter().sum::<f64>() / count);
    let (mut products, mut squares_first, mut squares_second) = (0.0, 0.0, 0.0);
    for (x, y) in first.iter().zip(second) {
        let (x, y) = (x - mean_first, y - mean_second);
        products += x * y;
        squares_first += x * x;
        squares_second += y * y;
    }
    let scale = squares_first.sqrt() * squares_second.sqrt();
    (scale > 0.0).then(|| (products / scale).clamp(-1.0, 1.0))
}

/// Measures how far two sequences of equal length are in the same order: Kendall's τ_b.
///
/// `(P − Q) / √((P + Q + X) (P + Q + Y))`, with P and Q the pairs in equal and in opposite order, X and Y those tied in
/// one sequence alone. `None` below two pairs or where one sequence is constant.
///
/// # Panics
/// If the lengths differ.
///
/// Source: Kendall 1945, Biometrika 33:239 (`scipy.stats.kendalltau`).
pub fn kendall_tau(first: &[f64], second: &[f64]) -> Option<f64> {
    assert_eq!(first.len(), second.len(), "compared sequences have equal lengths");
    let order = |a: f64, b: f64| (i64::from(a > b)) - i64::from(a < b);
    let (mut agreement, mut ordered_first, mut ordered_second) = (0, 0, 0);
    for later in 0..first.len() {
        for earlier in 0..later {
            let (x, y) = (order(first[later], first[earlier]), order(second[later], second[earlier]));
            agreement += x * y;
            ordered_first += x * x;
            ordered_second += y * y;
        }
    }
    let scale = (ordered_first as f64).sqrt() * (ordered_second as f64).sqrt();
    (scale > 0.0).then(|| agreement as f64 / scale)
}
