use crate::{
    Graph,
    bits::{self, BitMatrix},
};

/// Averages the inverse length of the shortest path over all ordered pairs of nodes.
///
/// `E = 1 / [N (N − 1)] Σ_{i ≠ j} 1 / d_ij`; a pair that no path joins counts 0. `None` for fewer than two
/// nodes.
///
/// Source: Latora & Marchiori 2001, Phys. Rev. Lett. 87:198701 (bctpy `efficiency_bin`).
pub fn global_efficiency(graph: &Graph) -> Option<f64> {
    global_efficiency_of(graph.adjacency())
}

/// The same for any symmetric binary matrix; its diagonal makes no difference.
pub(crate) fn global_efficiency_of(adjacency: &BitMatrix) -> Option<f64> {
    let nodes = adjacency.nodes();
    if nodes < 2 {
        return None;
    }
    let total: f64 = pairs_by_distance(adjacency)
        .iter()
        .zip(1_u32..)
        .map(|(&pairs, distance)| pairs as f64 / f64::from(distance))
        .sum();
    Some(total / (nodes * (nodes - 1)) as f64)
}

/// How many ordered pairs lie at distance 1, 2, 3 and so on, by a breadth-first search from every node that
/// visits whole frontiers as bit sets.
fn pairs_by_distance(adjacency: &BitMatrix) -> Vec<usize> {
    let nodes = adjacency.nodes();
    let mut pairs = Vec::new();
    let mut visited = vec![0; adjacency.words_per_row()];
    let mut frontier = visited.clone();
    let mut next = visited.clone();
    for source in 0..nodes {
        visited.fill(0);
        bits::insert(&mut visited, source);
        frontier.copy_from_slice(&visited);
        let mut reached = 1;
        for distance in 1.. {
            next.fill(0);
            for node in bits::ones(&frontier) {
                for (next, row) in next.iter_mut().zip(adjacency.row(node)) {
                    *next |= row;
                }
            }
            for (next, visited) in next.iter_mut().zip(&mut visited) {
                *next &= !*visited;
                *visited |= *next;
            }
            let found = bits::count(&next);
            if found == 0 {
                break;
            }
            if pairs.len() < distance {
                pairs.push(0);
            }
            pairs[distance - 1] += found;
            reached += found;
            if reached == nodes {
                break;
            }
            std::mem::swap(&mut frontier, &mut next);
        }
    }
    pairs
}
