use rand::Rng;

use crate::{Graph, GraphError, bits::BitMatrix};

/// Attempted double edge swaps for every edge: enough to forget the original (Milo et al. 2003,
/// arXiv cond-mat/0312028, suggest of the order of ten or more).
pub const SWAPS_PER_EDGE: usize = 10;

/// Draws a graph uniformly among all of `nodes` nodes and exactly `edges` edges.
///
/// # Errors
/// [`GraphError::TooManyEdges`] if there are fewer pairs of nodes; [`GraphError::TooManyNodes`] above
/// [`MAXIMUM_NODES`](crate::MAXIMUM_NODES).
///
/// Source: Erdős & Rényi 1959, Publ. Math. 6:290.
pub fn uniform_graph(nodes: usize, edges: usize, rng: &mut impl Rng) -> Result<Graph, GraphError> {
    let empty = Graph::from_edges(nodes, &[])?;
    let pairs = nodes * nodes.saturating_sub(1) / 2;
    if edges > pairs {
        return Err(GraphError::TooManyEdges { edges, nodes, maximum: pairs });
    }
    // Rejection is slow once most pairs are taken, so a dense graph is drawn by its missing edges.
    let chosen = distinct_pairs(empty.adjacency().clone(), edges.min(pairs - edges), rng);
    if edges <= pairs - edges {
        return Ok(Graph::from_adjacency(chosen));
    }
    let mut complement = empty.adjacency().clone();
    for row in 0..nodes {
        for column in (0..row).filter(|&column| !chosen.get(row, column)) {
            complement.set(row, column);
        }
    }
    Ok(Graph::from_adjacency(complement))
}

/// Sets `count` distinct off-diagonal pairs of an empty matrix.
fn distinct_pairs(mut matrix: BitMatrix, count: usize, rng: &mut impl Rng) -> BitMatrix {
    let nodes = matrix.nodes() as u32;
    let mut missing = count;
    while missing > 0 {
        let (first, second) = (rng.random_range(0..nodes) as usize, rng.random_range(0..nodes) as usize);
        if first != second && !matrix.get(first, second) {
            matrix.set(first, second);
            missing -= 1;
        }
    }
    matrix
}

/// Draws a graph of the same degrees by double edge swaps.
///
/// A swap turns edges (a, b) and (c, d) into (a, d) and (c, b); one that would make a self-loop or a double
/// edge is refused and still counts, which keeps the chain uniform over graphs of these degrees.
/// `swaps_per_edge` swaps are attempted for every edge.
///
/// Source: Maslov & Sneppen 2002, Science 296:910.
pub fn rewired_graph(graph: &Graph, swaps_per_edge: usize, rng: &mut impl Rng) -> Graph {
    let mut matrix = graph.adjacency().clone();
    let mut edges: Vec<(usize, usize)> = graph.edges().collect();
    let count = edges.len() as u32;
    if count < 2 {
        return graph.clone();
    }
    for _ in 0..edges.len().saturating_mul(swaps_per_edge) {
        let (here, there) = (rng.random_range(0..count) as usize, rng.random_range(0..count) as usize);
        let (a, b) = edges[here];
        let (c, d) = if rng.random() { edges[there] } else { (edges[there].1, edges[there].0) };
        if a == d || c == b || matrix.get(a, d) || matrix.get(c, b) {
            continue;
        }
        matrix.clear(a, b);
        matrix.clear(c, d);
        matrix.set(a, d);
        matrix.set(c, b);
        edges[here] = (a, d);
        edges[there] = (c, b);
    }
    Graph::from_adjacency(matrix)
}
