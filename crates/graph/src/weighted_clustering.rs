use crate::WeightMatrix;

/// Averages over nodes how strong the directed triangles through a node are.
///
/// `C_i = [X³]_ii / (2 [d_i (d_i − 1) − 2 b_i])` with `X = Ŵ^{1/3} + (Ŵᵀ)^{1/3}`, Ŵ the magnitudes off the diagonal over
/// their largest, `d_i` the links of node i in both directions and `b_i` those that are mutual; a node of fewer than two
/// links counts 0. Zero weights are no links. `None` where there are no weights off the diagonal.
///
/// Source: Fagiolo 2007, Phys. Rev. E 76:026107, eq. 10 (`networkx.clustering(DiGraph, weight=…)`).
pub fn mean_weighted_clustering(weights: WeightMatrix<'_>) -> Option<f64> {
    let nodes = weights.nodes();
    let magnitude = |row: usize, column: usize| weights.values()[row * nodes + column].abs();
    let largest = weights.off_diagonal().map(f64::abs).fold(0.0, f64::max);
    if largest <= 0.0 {
        return None;
    }
    let mut roots = vec![0.0; nodes * nodes];
    let (mut links, mut mutual) = (vec![0_usize; nodes], vec![0_usize; nodes]);
    for row in 0..nodes {
        for column in 0..row {
            let [there, back] = [magnitude(row, column), magnitude(column, row)];
            let root = (there / largest).cbrt() + (back / largest).cbrt();
            roots[row * nodes + column] = root;
            roots[column * nodes + row] = root;
            for node in [row, column] {
                links[node] += usize::from(there > 0.0) + usize::from(back > 0.0);
                mutual[node] += usize::from(there > 0.0 && back > 0.0);
            }
        }
    }
    let mut paths = vec![0.0; nodes];
    let total: f64 = (0..nodes)
        .map(|node| {
            let possible = 2 * (links[node] * links[node].saturating_sub(1) - 2 * mutual[node]);
            let triangles = closed_triples(&roots, node, &mut paths);
            if possible == 0 { 0.0 } else { triangles / possible as f64 }
        })
        .sum();
    Some(total / nodes as f64)
}

/// The diagonal entry of the cube of a symmetric matrix.
fn closed_triples(matrix: &[f64], node: usize, paths: &mut [f64]) -> f64 {
    let nodes = paths.len();
    let own = &matrix[node * nodes..][..nodes];
    paths.fill(0.0);
    for (&weight, row) in own.iter().zip(matrix.chunks_exact(nodes)) {
        if weight > 0.0 {
            for (path, entry) in paths.iter_mut().zip(row) {
                *path += weight * entry;
            }
        }
    }
    own.iter().zip(paths.iter()).map(|(weight, path)| weight * path).sum()
}
