use crate::{normal_upper_tail, ranks, tie_term, u_distribution};

/// The largest smaller sample whose p value is exact, as SciPy chooses.
const EXACT_UP_TO: usize = 8;

/// How a p value was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// From the distribution of U itself.
    Exact,
    /// From the normal approximation, corrected for ties and continuity.
    Asymptotic,
}

/// A two-sided Mann-Whitney U test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    /// U of the first sample: pairs in which its value is larger, ties by half.
    pub u: f64,
    /// Two-sided probability of a U as far from its mean if the samples do not differ.
    pub p: f64,
    /// How p was computed.
    pub method: Method,
}

impl Method {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Asymptotic => "asymptotic",
        }
    }
}

/// Tests whether two independent samples come from one distribution.
///
/// `U = R₁ − m (m + 1) / 2`. Exact where the smaller sample has at most eight values and none are equal; otherwise
/// normal with mean mn/2, variance `mn/12 [N + 1 − Σ (t³ − t) / (N (N − 1))]` and a continuity correction of ½. All
/// values equal give p = 1. `None` if a sample is empty.
///
/// Source: Mann & Whitney 1947, Ann. Math. Stat. 18:50 (`scipy.stats.mannwhitneyu`, default method).
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Option<MannWhitney> {
    let (m, n) = (first.len(), second.len());
    if m == 0 || n == 0 {
        return None;
    }
    let values: Vec<f64> = first.iter().chain(second).copied().collect();
    let ties = tie_term(&values);
    let rank_sum: f64 = ranks(&values)[..m].iter().sum();
    let u = rank_sum - (m * (m + 1)) as f64 * 0.5;
    let larger = u.max((m * n) as f64 - u);
    let (p, method) = if m.min(n) <= EXACT_UP_TO && ties == 0.0 {
        (exact(larger, m, n), Method::Exact)
    } else {
        (asymptotic(larger, m as f64, n as f64, ties), Method::Asymptotic)
    };
    Some(MannWhitney { u, p: p.min(1.0), method })
}

/// Twice the probability of a U of at least `larger`, which is that of at most `mn − larger`.
fn exact(larger: f64, m: usize, n: usize) -> f64 {
    let smaller = m * n - larger as usize;
    2.0 * u_distribution::lower_half(m, n)[..=smaller].iter().sum::<f64>()
}

fn asymptotic(larger: f64, m: f64, n: f64, ties: f64) -> f64 {
    let count = m + n;
    let variance = m * n / 12.0 * (count + 1.0 - ties / (count * (count - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    2.0 * normal_upper_tail((larger - m * n * 0.5 - 0.5) / variance.sqrt())
}
