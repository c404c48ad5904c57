use crate::NullSummary;

/// Compares clustering and efficiency with those of null graphs.
///
/// `S = (clustering / mean null clustering) / (mean null efficiency / efficiency)`: above 1 where a graph
/// is more clustered, or more efficient, than chance. `None` where the nulls have neither triangles nor
/// paths to compare with.
///
/// Source: Humphries & Gurney 2008, PLOS ONE 3:e2051, with inverse path lengths.
pub fn small_worldness(clustering: f64, efficiency: f64, nulls: &NullSummary) -> Option<f64> {
    let ratio = (clustering / nulls.clustering_mean) / (nulls.efficiency_mean / efficiency);
    (nulls.clustering_mean > 0.0 && nulls.efficiency_mean > 0.0)
        .then_some(ratio)
        .filter(|ratio| ratio.is_finite())
}
