use crate::Graph;

/// Correlates the degrees at the two ends of the edges.
///
/// Pearson's r over the 2m ordered edges (i, j) of `(k_i, k_j)`: `r = [2m Σ k_i k_j − (Σ k_i²)²] / [2m Σ
/// k_i³ − (Σ k_i²)²]`, the first sum over ordered edges, the others over nodes. Its terms are integers, so
/// nothing is lost before the division. `None` where all edge ends have equal degree (a regular graph) or
/// there are no edges.
///
/// Source: Newman 2003, Phys. Rev. E 67:026126, eq. 21 (`networkx.degree_assortativity_coefficient`).
pub fn degree_assortativity(graph: &Graph) -> Option<f64> {
    let degrees: Vec<i128> = (0..graph.nodes()).map(|node| graph.degree(node) as i128).collect();
    let ends: i128 = degrees.iter().sum();
    let squares: i128 = degrees.iter().map(|degree| degree.pow(2)).sum();
    let cubes: i128 = degrees.iter().map(|degree| degree.pow(3)).sum();
    let products: i128 = graph.edges().map(|(first, second)| 2 * degrees[first] * degrees[second]).sum();
    let variance = ends * cubes - squares.pow(2);
    (variance != 0).then(|| (ends * products - squares.pow(2)) as f64 / variance as f64)
}
