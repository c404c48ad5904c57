//! Graph measures of trained recurrent kernels, and the null models they are held against.
//!
//! A kernel becomes a simple undirected [`Graph`] of its strongest weights ([`Graph::strongest`]). Measures of that graph
//! are [`modularity()`] of [`greedy_modularity_communities`] or [`leiden_communities`], [`mean_participation`],
//! [`degree_assortativity`], [`mean_clustering`], [`global_efficiency`], [`rich_club`], and [`small_worldness()`] against
//! a [`NullSummary`]; of the weights themselves [`weight_entropy`], [`mean_weighted_clustering`], [`reciprocity()`],
//! [`sparsity()`] and [`strength_distributions`]. [`GraphMeasures::of`] takes them all.
//!
//! Conventions: weights are row-major f64, `W[pre, post]`; nodes are indexes from 0; a measure that a
//! graph does not have is `None`, never NaN. Nothing here does I/O, and no result depends on the number
//! of threads: null graph `k` draws from its own `ChaCha8` stream of (seed, `k`), and sums run in order.
//!
//! ```
//! use graph::{GraphMeasures, NullSummaries, RewiredNulls, WeightMatrix};
//!
//! # fn main() -> Result<(), graph::GraphError> {
//! let values: Vec<f64> = (0..400).map(|index| (f64::from(index) * 0.7).sin()).collect();
//! let (measures, graph) = GraphMeasures::of(WeightMatrix::new(&values, 20)?)?;
//! assert!(measures.modularity.is_some_and(|modularity| modularity > 0.0));
//! let rewired = RewiredNulls { graph: &graph }.summary(100, 1)?;
//! let relative = measures.relative_to(&NullSummaries { rewired: Some(rewired), ..NullSummaries::default() });
//! assert!(relative.small_worldness_rewired.is_some_and(|ratio| ratio > 0.5));
//! # Ok(())
//! # }
//! ```

mod assortativity;
mod binary;
mod bits;
mod clustering;
mod efficiency;
mod entropy;
mod error;
mod leiden;
mod measures;
mod modularity;
mod nulls;
mod participation;
mod random_graphs;
mod reciprocity;
mod rewiring;
mod rich_club;
mod small_worldness;
mod sparsity;
mod strengths;
mod weighted_clustering;
mod weights;

pub use assortativity::degree_assortativity;
pub use binary::{Graph, MAXIMUM_NODES, STRONGEST_QUANTILE};
pub use clustering::mean_clustering;
pub use efficiency::global_efficiency;
pub use entropy::weight_entropy;
pub use error::GraphError;
pub use leiden::{best_leiden_communities, leiden_communities};
pub use measures::{GraphMeasures, LEIDEN_RUNS, NullSummaries, RelativeMeasures};
pub use modularity::{greedy_modularity_communities, modularity};
pub use nulls::{EdgeCountNulls, NullSummary, PublishedNulls, RewiredNulls};
pub use participation::mean_participation;
pub use random_graphs::{SWAPS_PER_EDGE, rewired_graph, uniform_graph};
pub use reciprocity::{reciprocity, weighted_reciprocity};
pub use rewiring::{Arrow, LENGTH_CLASSES, LENGTH_SWAPS_PER_EDGE, rewired, rewired_keeping_lengths};
pub use rich_club::{rich_club, rich_club_coefficient};
pub use small_worldness::small_worldness;
pub use sparsity::{sparsity, zero_share};
pub use strengths::{StrengthDistribution, strength_distributions};
pub use weighted_clustering::mean_weighted_clustering;
pub use weights::WeightMatrix;
