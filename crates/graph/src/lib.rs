//! Graph measures of trained recurrent kernels, and the null models they are held against.
//!
//! A kernel becomes a simple undirected [`Graph`] of its strongest weights ([`Graph::strongest`]); the
//! measures are [`modularity()`] of [`greedy_modularity_communities`] (or of [`leiden_communities`]),
//! [`degree_assortativity`], [`mean_clustering`], [`global_efficiency`], [`small_worldness()`] against a
//! [`NullSummary`], and [`weight_entropy`] of the signed weights. [`GraphMeasures::of`] takes them all.
//!
//! Conventions: weights are row-major f64, `W[pre, post]`; nodes are indexes from 0; a measure that a
//! graph does not have is `None`, never NaN. Nothing here does I/O, and no result depends on the number
//! of threads: null graph `k` draws from its own `ChaCha8` stream of (seed, `k`), and sums run in order.
//!
//! ```
//! use graph::{GraphMeasures, PublishedNulls, WeightMatrix};
//!
//! # fn main() -> Result<(), graph::GraphError> {
//! let values: Vec<f64> = (0..400).map(|index| (f64::from(index) * 0.7).sin()).collect();
//! let nulls = PublishedNulls { nodes: 20 }.summary(100, 1)?;
//! let measures = GraphMeasures::of(WeightMatrix::new(&values, 20)?, Some(&nulls))?;
//! assert!(measures.modularity.is_some_and(|modularity| modularity > 0.0));
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
mod random_graphs;
mod rewiring;
mod small_worldness;
mod weights;

pub use assortativity::degree_assortativity;
pub use binary::{Graph, MAXIMUM_NODES, STRONGEST_QUANTILE};
pub use clustering::mean_clustering;
pub use efficiency::global_efficiency;
pub use entropy::weight_entropy;
pub use error::GraphError;
pub use leiden::leiden_communities;
pub use measures::GraphMeasures;
pub use modularity::{greedy_modularity_communities, modularity};
pub use nulls::{EdgeCountNulls, NullSummary, PublishedNulls, RewiredNulls};
pub use random_graphs::{SWAPS_PER_EDGE, rewired_graph, uniform_graph};
pub use rewiring::{Arrow, LENGTH_CLASSES, LENGTH_SWAPS_PER_EDGE, rewired, rewired_keeping_lengths};
pub use small_worldness::small_worldness;
pub use weights::WeightMatrix;
