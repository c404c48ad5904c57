/// Ranks values from 1; equal values share the mean of their ranks (`scipy.stats.rankdata`).
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, u32)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|first, second| first.0.total_cmp(&second.0));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|first, second| first.0 == second.0) {
        let shared = start as f64 + (group.len() as f64 + 1.0) * 0.5;
        for &(_, index) in group {
            ranks[index as usize] = shared;
        }
        start += group.len();
    }
    ranks
}

/// Computes `Σ (t³ − t)` over the groups of t equal values, by which rank tests correct for ties; 0 without ties.
pub fn tie_term(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties = sorted.chunk_by(|first, second| first == second).map(|group| group.len() as f64);
    ties.map(|count| count.powi(3) - count).sum()
}
