use crate::{
    GraphError, WeightMatrix,
    bits::{self, BitMatrix},
};

/// The quantile of |W| above which a weight counts as an edge in the study.
pub const STRONGEST_QUANTILE: f64 = 0.9;

/// The largest graph: its bits take 32 MiB, and the gains of greedy modularity 2 GiB.
pub const MAXIMUM_NODES: usize = 1 << 14;

/// A simple undirected graph on nodes `0..nodes`, held as one bit row a node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Graph {
    adjacency: BitMatrix,
}

impl Graph {
    /// Keeps the strongest weights of a network as undirected edges.
    ///
    /// `A = |W| > quantile(|W|, quantile)`, the quantile interpolated linearly over all N² entries, diagonal
    /// included; nodes i ≠ j are joined where `A_ij` or `A_ji`. The study uses [`STRONGEST_QUANTILE`].
    ///
    /// # Errors
    /// [`GraphError::Quantile`] outside [0, 1]; [`GraphError::TooManyNodes`] above [`MAXIMUM_NODES`].
    pub fn strongest(weights: WeightMatrix<'_>, quantile: f64) -> Result<Self, GraphError> {
        if !(0.0..=1.0).contains(&quantile) {
            return Err(GraphError::Quantile { quantile });
        }
        let mut graph = Self::without_edges(weights.nodes())?;
        let Some(threshold) = weights.magnitude_quantile(quantile) else {
            return Ok(graph);
        };
        for (row, values) in weights.values().chunks_exact(weights.nodes()).enumerate() {
            for (column, value) in values.iter().enumerate() {
                if value.abs() > threshold && row != column {
                    graph.adjacency.set(row, column);
                }
            }
        }
        Ok(graph)
    }

    /// Joins the given pairs of nodes; a pair given twice is one edge.
    ///
    /// # Errors
    /// [`GraphError::NodeOutOfRange`] and [`GraphError::SelfLoop`] name the first bad pair;
    /// [`GraphError::TooManyNodes`] above [`MAXIMUM_NODES`].
    pub fn from_edges(nodes: usize, edges: &[(usize, usize)]) -> Result<Self, GraphError> {
        let mut graph = Self::without_edges(nodes)?;
        for &(first, second) in edges {
            if first >= nodes || second >= nodes {
                return Err(GraphError::NodeOutOfRange { first, second, nodes });
            }
            if first == second {
                return Err(GraphError::SelfLoop { node: first });
            }
            graph.adjacency.set(first, second);
        }
        Ok(graph)
    }

    /// A graph of isolated nodes.
    fn without_edges(nodes: usize) -> Result<Self, GraphError> {
        if nodes > MAXIMUM_NODES {
            return Err(GraphError::TooManyNodes { nodes, maximum: MAXIMUM_NODES });
        }
        Ok(Self { adjacency: BitMatrix::empty(nodes) })
    }

    /// How many nodes there are, isolated ones included.
    pub fn nodes(&self) -> usize {
        self.adjacency.nodes()
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        (0..self.nodes()).map(|node| self.degree(node)).sum::<usize>() / 2
    }

    /// Every edge once, the lower node first, in ascending order.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.nodes())
            .flat_map(|first| self.neighbours(first).map(move |second| (first, second)))
            .filter(|(first, second)| first < second)
    }

    /// How many neighbours `node` has; 0 if there is no such node.
    pub fn degree(&self, node: usize) -> usize {
        bits::count(self.adjacency.row(node))
    }

    /// The neighbours of `node`, ascending; none if there is no such node.
    pub fn neighbours(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        bits::ones(self.adjacency.row(node))
    }

    /// Whether two nodes are joined.
    pub fn has_edge(&self, first: usize, second: usize) -> bool {
        self.adjacency.get(first, second)
    }

    pub(crate) fn adjacency(&self) -> &BitMatrix {
        &self.adjacency
    }

    pub(crate) fn into_adjacency(self) -> BitMatrix {
        self.adjacency
    }

    /// Wraps a matrix whose diagonal is empty.
    pub(crate) fn from_adjacency(adjacency: BitMatrix) -> Self {
        Self { adjacency }
    }
}
