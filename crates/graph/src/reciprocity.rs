use crate::{GraphError, WeightMatrix};

/// Measures which share of the strongest connections has one among them in the other direction.
///
/// Connections are the off-diagonal entries of `|W| > quantile(|W|, quantile)`, as in
/// [`Graph::strongest`](crate::Graph::strongest). `None` without connections.
///
/// # Errors
/// [`GraphError::Quantile`] outside [0, 1].
///
/// Source: Newman, Forrest & Balthrop 2002, Phys. Rev. E 66:035101 (`networkx.overall_reciprocity`).
pub fn reciprocity(weights: WeightMatrix<'_>, quantile: f64) -> Result<Option<f64>, GraphError> {
    if !(0.0..=1.0).contains(&quantile) {
        return Err(GraphError::Quantile { quantile });
    }
    let Some(threshold) = weights.magnitude_quantile(quantile) else { return Ok(None) };
    let (mut connections, mut returned) = (0_usize, 0_usize);
    for [there, back] in weights.pairs() {
        let (there, back) = (there.abs() > threshold, back.abs() > threshold);
        connections += usize::from(there) + usize::from(back);
        returned += 2 * usize::from(there && back);
    }
    Ok((connections > 0).then(|| returned as f64 / connections as f64))
}

/// Measures which share of the weight is returned: `Σ min(|w_ij|, |w_ji|) / Σ |w_ij|` over i ≠ j. `None` where all are
/// zero.
///
/// Source: Squartini, Picciolo, Ruzzenenti & Garlaschelli 2013, Sci. Rep. 3:2729.
pub fn weighted_reciprocity(weights: WeightMatrix<'_>) -> Option<f64> {
    let (mut total, mut returned) = (0.0, 0.0);
    for [there, back] in weights.pairs() {
        total += there.abs() + back.abs();
        returned += 2.0 * there.abs().min(back.abs());
    }
    (total > 0.0).then(|| returned / total)
}
