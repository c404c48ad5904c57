use crate::WeightMatrix;

/// How strength, the summed magnitude of a node's weights, is distributed over the nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrengthDistribution {
    /// Mean.
    pub mean: f64,
    /// Standard deviation (divided by N) over the mean; absent if all strengths are zero.
    pub variation: Option<f64>,
    /// Third standardised moment; absent if all strengths are equal.
    pub skewness: Option<f64>,
}

/// Distributions of the strengths of incoming weights, `Σ_i |W_ij|`, and of outgoing ones, `Σ_j |W_ij|`, the diagonal
/// left out (bctpy `strengths_dir`). `None` for a matrix without nodes.
pub fn strength_distributions(weights: WeightMatrix<'_>) -> Option<[StrengthDistribution; 2]> {
    let nodes = weights.nodes();
    let (mut incoming, mut outgoing) = (vec![0.0; nodes], vec![0.0; nodes]);
    for (row, values) in weights.values().chunks_exact(nodes.max(1)).enumerate() {
        for (column, value) in values.iter().enumerate().filter(|&(column, _)| column != row) {
            incoming[column] += value.abs();
            outgoing[row] += value.abs();
        }
    }
    (nodes > 0).then(|| [incoming, outgoing].map(|strengths| StrengthDistribution::of(&strengths)))
}

impl StrengthDistribution {
    fn of(strengths: &[f64]) -> Self {
        let count = strengths.len() as f64;
        let mean = strengths.iter().sum::<f64>() / count;
        let moment = |power| strengths.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / count;
        let sd = moment(2).sqrt();
        // Rounding alone leaves equal strengths a spread of some ulps.
        let equal = sd <= mean * 1e-14;
        Self {
            mean,
            variation: (mean > 0.0).then(|| if equal { 0.0 } else { sd / mean }),
            skewness: (!equal).then(|| moment(3) / sd.powi(3)),
        }
    }
}
