use crate::{
    Graph, GraphError, NullSummary, STRONGEST_QUANTILE, StrengthDistribution, WeightMatrix,
    best_leiden_communities, degree_assortativity, global_efficiency, greedy_modularity_communities,
    mean_clustering, mean_participation, mean_weighted_clustering, modularity, reciprocity, rich_club,
    small_worldness, sparsity, strength_distributions, weight_entropy, weighted_reciprocity, zero_share,
};

/// Leiden partitions of which the best is kept.
pub const LEIDEN_RUNS: u64 = 5;

/// The measures of one weight matrix; `None` is a measure that this matrix does not have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphMeasures {
    /// Edges among the strongest weights.
    pub edges: usize,
    /// Communities found by greedy modularity, single nodes included.
    pub communities: usize,
    /// Modularity of these communities.
    pub modularity: Option<f64>,
    /// Communities of the best of [`LEIDEN_RUNS`] Leiden partitions.
    pub leiden_communities: usize,
    /// Their modularity.
    pub leiden_modularity: Option<f64>,
    /// How evenly edges reach over the Leiden communities.
    pub participation: Option<f64>,
    /// Degree-degree correlation over edges.
    pub assortativity: Option<f64>,
    /// Mean clustering.
    pub clustering: Option<f64>,
    /// Mean inverse shortest path.
    pub efficiency: Option<f64>,
    /// Density among the tenth of the nodes with the most edges.
    pub rich_club: Option<f64>,
    /// Entropy of the signed weights, bits.
    pub entropy: Option<f64>,
    /// Mean clustering of the weighted, directed network.
    pub weighted_clustering: Option<f64>,
    /// Share of the strongest connections that are returned.
    pub reciprocity: Option<f64>,
    /// Share of the weight that is returned.
    pub weighted_reciprocity: Option<f64>,
    /// How unevenly magnitude is spread off the diagonal.
    pub sparsity: Option<f64>,
    /// Share of the weights off the diagonal that are exactly zero.
    pub zero_share: Option<f64>,
    /// Mean of the diagonal.
    pub diagonal_mean: Option<f64>,
    /// Mean magnitude off the diagonal.
    pub off_diagonal_mean: Option<f64>,
    /// Strengths of incoming weights.
    pub incoming: Option<StrengthDistribution>,
    /// Strengths of outgoing weights.
    pub outgoing: Option<StrengthDistribution>,
}

/// Null graphs that a graph is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NullSummaries {
    /// The published nulls, of density 0.18.
    pub published: Option<NullSummary>,
    /// Graphs of as many edges.
    pub edge_count: Option<NullSummary>,
    /// Graphs of the same degrees.
    pub rewired: Option<NullSummary>,
}

/// Measures relative to null graphs; `None` without them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RelativeMeasures {
    /// Small-worldness against the published nulls.
    pub small_worldness: Option<f64>,
    /// Small-worldness against graphs of as many edges.
    pub small_worldness_edge_count: Option<f64>,
    /// Small-worldness against graphs of the same degrees.
    pub small_worldness_rewired: Option<f64>,
    /// Rich club over that of graphs of the same degrees.
    pub rich_club_normalised: Option<f64>,
}

impl GraphMeasures {
    /// Measures a weight matrix and the graph of its strongest tenth ([`STRONGEST_QUANTILE`]); returns both.
    ///
    /// # Errors
    /// [`GraphError::TooManyNodes`] above [`MAXIMUM_NODES`](crate::MAXIMUM_NODES).
    pub fn of(weights: WeightMatrix<'_>) -> Result<(Self, Graph), GraphError> {
        let graph = Graph::strongest(weights, STRONGEST_QUANTILE)?;
        let greedy = greedy_modularity_communities(&graph);
        let leiden = best_leiden_communities(&graph, LEIDEN_RUNS);
        let [diagonal_mean, off_diagonal_mean] = weights.diagonal_and_off_diagonal_mean();
        let strengths = strength_distributions(weights);
        let measures = Self {
            edges: graph.edge_count(),
            communities: greedy.len(),
            modularity: modularity(&graph, &greedy)?,
            leiden_communities: leiden.len(),
            leiden_modularity: modularity(&graph, &leiden)?,
            participation: mean_participation(&graph, &leiden)?,
            assortativity: degree_assortativity(&graph),
            clustering: mean_clustering(&graph),
            efficiency: global_efficiency(&graph),
            rich_club: rich_club(&graph),
            entropy: weight_entropy(weights),
            weighted_clustering: mean_weighted_clustering(weights),
            reciprocity: reciprocity(weights, STRONGEST_QUANTILE)?,
            weighted_reciprocity: weighted_reciprocity(weights),
            sparsity: sparsity(weights),
            zero_share: zero_share(weights),
            diagonal_mean,
            off_diagonal_mean,
            incoming: strengths.map(|[incoming, _]| incoming),
            outgoing: strengths.map(|[_, outgoing]| outgoing),
        };
        Ok((measures, graph))
    }

    /// Holds the measures against null graphs.
    pub fn relative_to(&self, nulls: &NullSummaries) -> RelativeMeasures {
        let small_worldness = |nulls: &Option<NullSummary>| {
            small_worldness(self.clustering?, self.efficiency?, nulls.as_ref()?)
        };
        let club = nulls.rewired.and_then(|nulls| nulls.rich_club_mean).filter(|&mean| mean > 0.0);
        RelativeMeasures {
            small_worldness: small_worldness(&nulls.published),
            small_worldness_edge_count: small_worldness(&nulls.edge_count),
            small_worldness_rewired: small_worldness(&nulls.rewired),
            rich_club_normalised: self.rich_club.zip(club).map(|(own, mean)| own / mean),
        }
    }
}
