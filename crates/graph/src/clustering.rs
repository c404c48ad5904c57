use crate::{
    Graph,
    bits::{self, BitMatrix},
};

/// Averages over nodes how many pairs of a node's neighbours are neighbours themselves.
///
/// `C = (1/N) Σ_u 2 t_u / [k_u (k_u − 1)]`, with `t_u` the triangles through u; a node of degree below 2
/// counts 0. `None` for a graph without nodes.
///
/// Source: Watts & Strogatz 1998, Nature 393:440 (bctpy `clustering_coef_bu`).
pub fn mean_clustering(graph: &Graph) -> Option<f64> {
    mean_clustering_of(graph.adjacency())
}

/// The same for any symmetric binary matrix, as bctpy evaluates it: a set diagonal entry makes a node its own
/// neighbour, and counts as a link among the neighbours of all who reach it.
pub(crate) fn mean_clustering_of(adjacency: &BitMatrix) -> Option<f64> {
    let nodes = adjacency.nodes();
    let total: f64 = (0..nodes).map(|node| node_clustering(adjacency, node)).sum();
    (nodes > 0).then(|| total / nodes as f64)
}

fn node_clustering(adjacency: &BitMatrix, node: usize) -> f64 {
    let neighbours = adjacency.row(node);
    let degree = bits::count(neighbours);
    if degree < 2 {
        return 0.0;
    }
    let links: usize = bits::ones(neighbours)
        .map(|neighbour| bits::count_common(adjacency.row(neighbour), neighbours))
        .sum();
    links as f64 / (degree * (degree - 1)) as f64
}
