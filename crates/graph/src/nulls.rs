use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::{
    Graph, GraphError, MAXIMUM_NODES, SWAPS_PER_EDGE,
    bits::BitMatrix,
    clustering::mean_clustering_of,
    efficiency::global_efficiency_of,
    random_graphs::{rewired_graph, uniform_graph},
    rich_club::rich_club,
};

/// The mean of two uniform numbers above which the published nulls join a pair: density `(2 − 2 · 0.7)² /
/// 2` = 0.18.
const PUBLISHED_THRESHOLD: f64 = 0.7;

/// Mean and spread of clustering and efficiency over null graphs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NullSummary {
    /// Null graphs drawn.
    pub count: usize,
    /// Mean of their mean clustering.
    pub clustering_mean: f64,
    /// Standard deviation of it (divided by `count`, as `numpy.std`).
    pub clustering_sd: f64,
    /// Mean of their efficiency.
    pub efficiency_mean: f64,
    /// Standard deviation of it (divided by `count`).
    pub efficiency_sd: f64,
    /// Mean of their [`rich_club`], where the nulls keep degrees and have one.
    pub rich_club_mean: Option<f64>,
}

/// The nulls of the released code: symmetric graphs `(U + Uᵀ)/2 > 0.7` with U uniform on [0, 1).
///
/// Their density is 0.18 whatever the graph's. The diagonal is kept, as there: the entry of node i is set
/// where `U_ii > 0.7`, which raises clustering (0.194 instead of 0.18 at N = 312, 0.42 at N = 24) and leaves
/// efficiency alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublishedNulls {
    /// Nodes of every null graph.
    pub nodes: usize,
}

/// Uniform random graphs of exactly as many edges as the graph held against them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EdgeCountNulls {
    /// Nodes of every null graph.
    pub nodes: usize,
    /// Edges of every null graph.
    pub edges: usize,
}

/// Random graphs of the degrees of a given one, by [`SWAPS_PER_EDGE`] double edge swaps an edge.
#[derive(Clone, Copy, Debug)]
pub struct RewiredNulls<'a> {
    /// The graph whose degrees are kept.
    pub graph: &'a Graph,
}

impl PublishedNulls {
    /// Draws `count` null graphs, graph k from `ChaCha8` stream k of `seed`, and summarises them.
    ///
    /// # Errors
    /// [`GraphError::NoNulls`] of count 0, [`GraphError::TooFewNodes`] below 2 nodes,
    /// [`GraphError::TooManyNodes`] above [`MAXIMUM_NODES`].
    pub fn summary(self, count: usize, seed: u64) -> Result<NullSummary, GraphError> {
        summarise(self.nodes, count, seed, |rng| Ok((published_null(self.nodes, rng), None)))
    }
}

impl EdgeCountNulls {
    /// Draws `count` null graphs, graph k from `ChaCha8` stream k of `seed`, and summarises them.
    ///
    /// # Errors
    /// Those of [`PublishedNulls::summary`], and [`GraphError::TooManyEdges`].
    pub fn summary(self, count: usize, seed: u64) -> Result<NullSummary, GraphError> {
        summarise(self.nodes, count, seed, |rng| {
            Ok((uniform_graph(self.nodes, self.edges, rng)?.into_adjacency(), None))
        })
    }
}

impl RewiredNulls<'_> {
    /// Draws `count` null graphs, graph k from `ChaCha8` stream k of `seed`, and summarises them.
    ///
    /// # Errors
    /// Those of [`PublishedNulls::summary`].
    pub fn summary(self, count: usize, seed: u64) -> Result<NullSummary, GraphError> {
        summarise(self.graph.nodes(), count, seed, |rng| {
            let rewired = rewired_graph(self.graph, SWAPS_PER_EDGE, rng);
            let club = rich_club(&rewired);
            Ok((rewired.into_adjacency(), club))
        })
    }
}

fn summarise(
    nodes: usize,
    count: usize,
    seed: u64,
    draw: impl Fn(&mut ChaCha8Rng) -> Result<(BitMatrix, Option<f64>), GraphError> + Sync,
) -> Result<NullSummary, GraphError> {
    if count == 0 {
        return Err(GraphError::NoNulls);
    }
    if nodes > MAXIMUM_NODES {
        return Err(GraphError::TooManyNodes { nodes, maximum: MAXIMUM_NODES });
    }
    let measured: Vec<(f64, f64, Option<f64>)> = (0..count)
        .into_par_iter()
        .map(|index| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(index as u64);
            let (null, club) = draw(&mut rng)?;
            let measures = mean_clustering_of(&null).zip(global_efficiency_of(&null));
            measures
                .map(|(clustering, efficiency)| (clustering, efficiency, club))
                .ok_or(GraphError::TooFewNodes { nodes })
        })
        .collect::<Result<_, _>>()?;
    let column =
        |value: fn(&(f64, f64, Option<f64>)) -> f64| -> Vec<f64> { measured.iter().map(value).collect() };
    let (clustering_mean, clustering_sd) = mean_and_sd(&column(|measured| measured.0));
    let (efficiency_mean, efficiency_sd) = mean_and_sd(&column(|measured| measured.1));
    // Rewired graphs have the same degrees, hence all a club or none.
    let clubs: Option<Vec<f64>> = measured.iter().map(|measured| measured.2).collect();
    let rich_club_mean = clubs.map(|clubs| mean_and_sd(&clubs).0);
    Ok(NullSummary { count, clustering_mean, clustering_sd, efficiency_mean, efficiency_sd, rich_club_mean })
}

fn published_null(nodes: usize, rng: &mut ChaCha8Rng) -> BitMatrix {
    let mut matrix = BitMatrix::empty(nodes);
    for row in 0..nodes {
        if rng.random::<f64>() > PUBLISHED_THRESHOLD {
            matrix.set(row, row);
        }
        for column in 0..row {
            if f64::midpoint(rng.random(), rng.random()) > PUBLISHED_THRESHOLD {
                matrix.set(row, column);
            }
        }
    }
    matrix
}

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}
