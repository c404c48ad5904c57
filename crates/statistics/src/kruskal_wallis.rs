use statrs::function::gamma::checked_gamma_ur;

use crate::{ranks, tie_term};

/// A Kruskal-Wallis test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KruskalWallis {
    /// H, corrected for ties.
    pub h: f64,
    /// Degrees of freedom: groups less one.
    pub freedom: usize,
    /// Probability of an H as large if no group differs, by χ².
    pub p: f64,
}

/// Tests whether several groups come from one distribution.
///
/// `H = [12 / (N (N + 1)) Σ R_g² / n_g − 3 (N + 1)] / [1 − Σ (t³ − t) / (N³ − N)]`, with `R_g` the rank sum of group g;
/// its upper tail is that of χ² with one degree of freedom less than there are groups. Empty groups are left out.
/// `None` for fewer than two groups, or if all values are equal.
///
/// Source: Kruskal & Wallis 1952, J. Am. Stat. Assoc. 47:583 (`scipy.stats.kruskal`).
pub fn kruskal_wallis(groups: &[&[f64]]) -> Option<KruskalWallis> {
    let groups: Vec<&[f64]> = groups.iter().copied().filter(|group| !group.is_empty()).collect();
    let values: Vec<f64> = groups.iter().flat_map(|group| group.iter().copied()).collect();
    let count = values.len() as f64;
    let correction = 1.0 - tie_term(&values) / (count.powi(3) - count);
    if groups.len() < 2 || correction.is_nan() || correction <= 0.0 {
        return None;
    }
    let ranks = ranks(&values);
    let (mut rest, mut sum) = (ranks.as_slice(), 0.0);
    for group in &groups {
        let (own, others) = rest.split_at(group.len());
        sum += own.iter().sum::<f64>().powi(2) / group.len() as f64;
        rest = others;
    }
    let h = (12.0 / (count * (count + 1.0)) * sum - 3.0 * (count + 1.0)) / correction;
    let freedom = groups.len() - 1;
    Some(KruskalWallis { h, freedom, p: chi_squared_upper_tail(h, freedom as f64) })
}

/// The upper tail of χ², the regularised incomplete gamma function `Q(k/2, x/2)`.
fn chi_squared_upper_tail(x: f64, freedom: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { checked_gamma_ur(freedom * 0.5, x * 0.5).map_or(0.0, |p| p.clamp(0.0, 1.0)) }
}
