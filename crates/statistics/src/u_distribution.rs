/// Computes the probabilities of U = 0, 1, …, ⌊mn/2⌋ of two samples of m and n distinct values from one distribution.
///
/// The number of arrangements with U = k is the coefficient of xᵏ in the Gaussian binomial `Π_{i ≤ m} (1 − x^{n+i}) /
/// (1 − x^i)`; every partial product is one itself, so that its coefficients are counts and nothing cancels.
///
/// Source: Mann & Whitney 1947, Ann. Math. Stat. 18:50; Andrews 1976, The Theory of Partitions, ch. 3.
pub(crate) fn lower_half(m: usize, n: usize) -> Vec<f64> {
    let (few, many) = (m.min(n), m.max(n));
    let mut counts = vec![0.0; few * many / 2 + 1];
    counts[0] = 1.0;
    let mut arrangements = 1.0;
    for part in 1..=few {
        for index in (many + part..counts.len()).rev() {
            counts[index] -= counts[index - many - part];
        }
        for index in part..counts.len() {
            counts[index] += counts[index - part];
        }
        arrangements *= (many + part) as f64 / part as f64;
    }
    counts.iter().map(|count| count / arrangements).collect()
}
