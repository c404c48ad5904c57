use crate::{Graph, GraphError};

/// Measures how much denser than chance the communities of a graph are within themselves.
///
/// `Q = Σ_c [L_c / m − (K_c / 2m)²]`, with m the edges of the graph, `L_c` those within community c and
/// `K_c` the summed degree of its nodes. `None` for a graph without edges.
///
/// # Errors
/// [`GraphError::NotAPartition`] if a node is in no community or in several;
/// [`GraphError::NodeOutOfRange`] if a community names a node that the graph does not have.
///
/// Source: Newman & Girvan 2004, Phys. Rev. E 69:026113; summed as `networkx.community.modularity` does.
pub fn modularity(graph: &Graph, communities: &[Vec<usize>]) -> Result<Option<f64>, GraphError> {
    let labels = labels_of(graph.nodes(), communities)?;
    let ends = 2 * graph.edge_count();
    if ends == 0 {
        return Ok(None);
    }
    let (edges, norm) = (ends as f64 / 2.0, 1.0 / (ends as f64).powi(2));
    let contribution = |(label, community): (usize, &Vec<usize>)| {
        let degrees: usize = community.iter().map(|&node| graph.degree(node)).sum();
        let within =
            community.iter().flat_map(|&node| graph.neighbours(node)).filter(|&other| labels[other] == label);
        (within.count() / 2) as f64 / edges - (degrees * degrees) as f64 * norm
    };
    Ok(Some(communities.iter().enumerate().map(contribution).sum()))
}

/// The community of every node.
pub(crate) fn labels_of(nodes: usize, communities: &[Vec<usize>]) -> Result<Vec<usize>, GraphError> {
    let mut times = vec![0; nodes];
    let mut labels = vec![0; nodes];
    for (label, community) in communities.iter().enumerate() {
        for &node in community {
            if node >= nodes {
                return Err(GraphError::NodeOutOfRange { first: node, second: node, nodes });
            }
            times[node] += 1;
            labels[node] = label;
        }
    }
    match times.iter().position(|&times| times != 1) {
        Some(node) => Err(GraphError::NotAPartition { node, times: times[node] }),
        None => Ok(labels),
    }
}

/// Finds communities by merging, from single nodes on, the pair that raises modularity most.
///
/// Merging stops before the first merge that would lower modularity. Among equal gains the pair of the
/// lowest labels merges first, and takes the higher label: the result equals that of
/// `networkx.community.greedy_modularity_communities(graph)` (3.6), ties and rounding included. Communities
/// come largest first, equal sizes by label (their last absorbing node), each with its nodes ascending; a
/// graph without edges gives single nodes.
///
/// Source: Clauset, Newman & Moore 2004, Phys. Rev. E 70:066111.
pub fn greedy_modularity_communities(graph: &Graph) -> Vec<Vec<usize>> {
    let mut communities: Vec<Vec<usize>> = (0..graph.nodes()).map(|node| vec![node]).collect();
    let mut gains = MergeGains::of(graph);
    while let Some(merge) = gains.best().filter(|merge| merge.gain >= 0.0) {
        gains.merge(merge.absorbed, merge.absorbing);
        let absorbed = std::mem::take(&mut communities[merge.absorbed]);
        communities[merge.absorbing].extend(absorbed);
    }
    communities.retain(|community| !community.is_empty());
    for community in &mut communities {
        community.sort_unstable();
    }
    communities.sort_by_key(|community| std::cmp::Reverse(community.len()));
    communities
}

/// Marks two communities that no edge joins; they are never merged.
const UNJOINED: f64 = f64::NEG_INFINITY;

/// The best merge of all, `absorbed < absorbing`.
struct Merge {
    gain: f64,
    absorbed: usize,
    absorbing: usize,
}

/// What modularity gains by merging each pair of communities, and the best pair of every row.
///
/// `networkx` keeps these in heaps ordered by (−gain, row, column). That order is total, so its heaps pop
/// what a scan for the first largest gain finds; a dense table is faster here, since a tenth of all pairs
/// are edges.
struct MergeGains {
    nodes: usize,
    gains: Vec<f64>,
    /// Fraction of edge ends in each community.
    ends: Vec<f64>,
    /// Column of the first largest gain of every row.
    best_columns: Vec<usize>,
    /// Communities not yet absorbed and joined to others at the start, ascending.
    active: Vec<usize>,
}

impl MergeGains {
    fn of(graph: &Graph) -> Self {
        let nodes = graph.nodes();
        let per_edge = 1.0 / graph.edge_count() as f64;
        let ends: Vec<f64> = (0..nodes).map(|node| graph.degree(node) as f64 * per_edge * 0.5).collect();
        let mut gains = vec![UNJOINED; nodes * nodes];
        for row in 0..nodes {
            for column in graph.neighbours(row) {
                let expected = ends[row] * ends[column] + ends[column] * ends[row];
                gains[row * nodes + column] = per_edge - expected;
            }
        }
        let active = (0..nodes).filter(|&node| graph.degree(node) > 0).collect();
        let mut table = Self { nodes, gains, ends, best_columns: vec![0; nodes], active };
        for row in 0..nodes {
            table.rescan(row);
        }
        table
    }

    /// The largest gain, of the lowest row and then column among equals.
    fn best(&self) -> Option<Merge> {
        let mut best: Option<Merge> = None;
        for &row in &self.active {
            let gain = self.gain(row, self.best_columns[row]);
            if gain > best.as_ref().map_or(UNJOINED, |best| best.gain) {
                best = Some(Merge { gain, absorbed: row, absorbing: self.best_columns[row] });
            }
        }
        best
    }

    fn gain(&self, row: usize, column: usize) -> f64 {
        self.gains[row * self.nodes + column]
    }

    fn merge(&mut self, absorbed: usize, absorbing: usize) {
        self.active.retain(|&community| community != absorbed);
        for position in 0..self.active.len() {
            let other = self.active[position];
            if other != absorbing {
                self.join(absorbed, absorbing, other);
            }
        }
        self.gains[absorbing * self.nodes + absorbed] = UNJOINED;
        self.rescan(absorbing);
        self.ends[absorbing] += self.ends[absorbed];
        self.ends[absorbed] = 0.0;
    }

    /// Sets the gain between the merged community and another, and drops that with the absorbed one.
    fn join(&mut self, absorbed: usize, absorbing: usize, other: usize) {
        let (from_absorbed, from_absorbing) = (self.gain(absorbed, other), self.gain(absorbing, other));
        let gain = match (from_absorbed > UNJOINED, from_absorbing > UNJOINED) {
            (true, true) => from_absorbing + from_absorbed,
            (true, false) => from_absorbed - self.expected(absorbing, other),
            (false, true) => from_absorbing - self.expected(absorbed, other),
            (false, false) => return,
        };
        self.gains[absorbing * self.nodes + other] = gain;
        self.gains[other * self.nodes + absorbing] = gain;
        self.gains[other * self.nodes + absorbed] = UNJOINED;
        let best_column = self.best_columns[other];
        let best_gain = self.gain(other, best_column);
        if best_column == absorbed || best_column == absorbing {
            self.rescan(other);
        } else if gain > best_gain || (gain >= best_gain && absorbing < best_column) {
            self.best_columns[other] = absorbing;
        }
    }

    /// The fraction of edges expected by chance between two communities.
    fn expected(&self, first: usize, second: usize) -> f64 {
        self.ends[first] * self.ends[second] + self.ends[second] * self.ends[first]
    }

    fn rescan(&mut self, row: usize) {
        let gains = &self.gains[row * self.nodes..][..self.nodes];
        let mut best = 0;
        for (column, &gain) in gains.iter().enumerate() {
            if gain > gains[best] {
                best = column;
            }
        }
        self.best_columns[row] = best;
    }
}
