/// Adjusts the p values of one family of tests so that, with probability 95 %, no true null hypothesis is among those
/// with an adjusted p below 0.05.
///
/// With the p values ascending, `p̃_i = max_{j ≤ i} min(1, (k − j + 1) p_j)` over k tests; the order of the result is
/// that of `p_values`.
///
/// Source: Holm 1979, Scand. J. Stat. 6:65 (`statsmodels.stats.multitest.multipletests(method="holm")`).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&first, &second| p_values[first].total_cmp(&p_values[second]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (place, &index) in order.iter().enumerate() {
        largest = largest.max((p_values.len() - place) as f64 * p_values[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}
