use crate::{Graph, GraphError, modularity::labels_of};

/// Averages over nodes how evenly a node's edges reach over the communities.
///
/// `P_i = 1 − Σ_c (k_ic / k_i)²`, with `k_ic` the edges of node i into community c: 0 where all lie in one community; a
/// node without edges counts 0. `None` for a graph without edges.
///
/// # Errors
/// Those of [`modularity`](crate::modularity()).
///
/// Source: Guimerà & Amaral 2005, Nature 433:895 (bctpy `participation_coef`).
pub fn mean_participation(graph: &Graph, communities: &[Vec<usize>]) -> Result<Option<f64>, GraphError> {
    let labels = labels_of(graph.nodes(), communities)?;
    let mut links = vec![0_usize; communities.len()];
    let participation = |node: usize| {
        links.fill(0);
        for neighbour in graph.neighbours(node) {
            links[labels[neighbour]] += 1;
        }
        let degree = graph.degree(node).max(1) as f64;
        let concentration: f64 = links.iter().map(|&links| (links as f64 / degree).powi(2)).sum();
        if graph.degree(node) == 0 { 0.0 } else { 1.0 - concentration }
    };
    let total: f64 = (0..graph.nodes()).map(participation).sum();
    Ok((graph.edge_count() > 0).then(|| total / graph.nodes() as f64))
}
