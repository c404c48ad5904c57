use crate::{
    Graph, GraphError, NullSummary, STRONGEST_QUANTILE, WeightMatrix, degree_assortativity,
    global_efficiency, greedy_modularity_communities, mean_clustering, modularity, small_worldness,
    weight_entropy,
};

/// The graph measures of one weight matrix; `None` is a measure that this matrix does not have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphMeasures {
    /// Edges among the strongest weights.
    pub edges: usize,
    /// Communities found by greedy modularity, single nodes included.
    pub communities: usize,
    /// Modularity of these communities.
    pub modularity: Option<f64>,
    /// Degree-degree correlation over edges.
    pub assortativity: Option<f64>,
    /// Mean clustering.
    pub clustering: Option<f64>,
    /// Mean inverse shortest path.
    pub efficiency: Option<f64>,
    /// Entropy of the signed weights, bits.
    pub entropy: Option<f64>,
    /// Clustering and efficiency relative to the nulls.
    pub small_worldness: Option<f64>,
}

impl GraphMeasures {
    /// Measures a weight matrix and the graph of its strongest tenth ([`STRONGEST_QUANTILE`]).
    ///
    /// Without `nulls` there is no small-worldness.
    ///
    /// # Errors
    /// [`GraphError::TooManyNodes`] above [`MAXIMUM_NODES`](crate::MAXIMUM_NODES).
    pub fn of(weights: WeightMatrix<'_>, nulls: Option<&NullSummary>) -> Result<Self, GraphError> {
        let graph = Graph::strongest(weights, STRONGEST_QUANTILE)?;
        let communities = greedy_modularity_communities(&graph);
        let (clustering, efficiency) = (mean_clustering(&graph), global_efficiency(&graph));
        let small_worldness = match (clustering, efficiency, nulls) {
            (Some(clustering), Some(efficiency), Some(nulls)) => {
                small_worldness(clustering, efficiency, nulls)
            }
            _ => None,
        };
        Ok(Self {
            edges: graph.edge_count(),
            communities: communities.len(),
            modularity: modularity(&graph, &communities)?,
            assortativity: degree_assortativity(&graph),
            clustering,
            efficiency,
            entropy: weight_entropy(weights),
            small_worldness,
        })
    }
}
