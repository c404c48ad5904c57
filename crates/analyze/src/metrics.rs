use artifact::{Column, RunRecord, Status, Table};

use crate::KernelMeasures;

/// A run with what was measured on it.
#[derive(Clone, Debug)]
pub struct RunMetrics {
    /// The run.
    pub record: RunRecord,
    /// Reported accuracy of its protocol; absent if it diverged.
    pub accuracy: Option<f64>,
    /// Measures of its final recurrent kernel; absent if it diverged.
    pub kernel: Option<KernelMeasures>,
    /// Measures of its initial recurrent kernel; absent if its file has none.
    pub initial: Option<KernelMeasures>,
}

/// Declares the measures of a recurrent kernel with their names in tables and in sentences.
macro_rules! measures {
    ($($(#[$doc:meta])* $measure:ident: $name:literal, $title:literal;)*) => {
        /// What is measured on a recurrent kernel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Measure { $($(#[$doc])* $measure,)* }

        impl Measure {
            /// All measures, in the order of tables.
            pub const ALL: &'static [Self] = &[$(Self::$measure),*];

            /// Name in tables.
            pub fn name(self) -> &'static str {
                match self { $(Self::$measure => $name,)* }
            }

            fn initial_name(self) -> &'static str {
                match self { $(Self::$measure => concat!("initial_", $name),)* }
            }

            /// Name in reports.
            pub fn title(self) -> &'static str {
                match self { $(Self::$measure => $title,)* }
            }

            fn initial_title(self) -> &'static str {
                match self { $(Self::$measure => concat!($title, ", initial"),)* }
            }
        }
    };
}

measures! {
    /// Modularity of greedy communities.
    Modularity: "modularity", "Modularity";
    /// Small-worldness relative to the published nulls.
    SmallWorldness: "small_worldness", "Small-worldness";
    /// Degree assortativity.
    Assortativity: "assortativity", "Assortativity";
    /// Entropy of the signed weights, bits.
    Entropy: "entropy", "Entropy (bits)";
    /// Mean clustering.
    Clustering: "clustering", "Clustering";
    /// Global efficiency.
    Efficiency: "efficiency", "Efficiency";
    /// Greedy communities.
    Communities: "communities", "Communities";
    /// Edges among the strongest tenth of the weights.
    Edges: "edges", "Edges";
    /// Modularity of Leiden communities.
    LeidenModularity: "leiden_modularity", "Modularity (Leiden)";
    /// Leiden communities.
    LeidenCommunities: "leiden_communities", "Communities (Leiden)";
    /// Mean participation coefficient over the Leiden communities.
    Participation: "participation", "Participation";
    /// Small-worldness relative to graphs of as many edges.
    SmallWorldnessEdgeCount: "small_worldness_edge_count", "Small-worldness (edge count)";
    /// Small-worldness relative to graphs of the same degrees.
    SmallWorldnessRewired: "small_worldness_rewired", "Small-worldness (rewired)";
    /// Density among the tenth of the nodes with the most edges.
    RichClub: "rich_club", "Rich club";
    /// The same over that of graphs of the same degrees.
    RichClubNormalised: "rich_club_normalised", "Rich club (normalised)";
    /// Mean clustering of the weighted, directed network.
    WeightedClustering: "weighted_clustering", "Weighted clustering";
    /// Share of the strongest connections that are returned.
    Reciprocity: "reciprocity", "Reciprocity";
    /// Share of the weight that is returned.
    WeightedReciprocity: "weighted_reciprocity", "Weighted reciprocity";
    /// How unevenly magnitude is spread off the diagonal.
    Sparsity: "sparsity", "Sparsity";
    /// Share of the weights off the diagonal that are exactly zero.
    ZeroShare: "zero_share", "Share of zeros";
    /// Largest magnitude of an eigenvalue.
    SpectralRadius: "spectral_radius", "Spectral radius";
    /// Mean of the diagonal.
    DiagonalMean: "diagonal_mean", "Diagonal mean";
    /// Mean magnitude off the diagonal.
    OffDiagonalMean: "off_diagonal_mean", "Off-diagonal mean";
    /// Mean strength.
    StrengthMean: "strength_mean", "Mean strength";
    /// Standard deviation of the strengths of incoming weights over their mean.
    InStrengthVariation: "in_strength_variation", "In-strength variation";
    /// Skewness of the strengths of incoming weights.
    InStrengthSkewness: "in_strength_skewness", "In-strength skewness";
    /// Standard deviation of the strengths of outgoing weights over their mean.
    OutStrengthVariation: "out_strength_variation", "Out-strength variation";
    /// Skewness of the strengths of outgoing weights.
    OutStrengthSkewness: "out_strength_skewness", "Out-strength skewness";
    /// Rank correlation of magnitudes with the distance between somata.
    DistanceCorrelation: "distance_correlation", "Correlation with distance";
    /// Rank correlation of magnitudes with the correlation of activity.
    FunctionalCorrelation: "functional_correlation", "Correlation with functional similarity";
    /// Rank correlation of magnitudes with synapse counts.
    ConnectomeCorrelation: "connectome_correlation", "Correlation with the connectome";
    /// Rank correlation of the weights with those that training began from.
    PriorCorrelation: "prior_correlation", "Correlation with the initial weights";
}

impl Measure {
    /// Whether its values are counts.
    fn counts(self) -> bool {
        matches!(self, Self::Communities | Self::Edges | Self::LeidenCommunities)
    }

    /// Its value as a JSON number, counts without a point.
    pub(crate) fn json(self, value: f64) -> serde_json::Value {
        if self.counts() { (value as u64).into() } else { value.into() }
    }

    /// Whether it relates the weights to their field or to those that training began from.
    pub(crate) fn needs_more_than_weights(self) -> bool {
        matches!(
            self,
            Self::DistanceCorrelation
                | Self::FunctionalCorrelation
                | Self::ConnectomeCorrelation
                | Self::PriorCorrelation
        )
    }

    /// Whether initial weights have it too.
    fn of_initial(self) -> bool {
        self != Self::PriorCorrelation
    }
}

/// What is measured on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Reported accuracy of the arm's protocol.
    Accuracy,
    /// A measure of the final recurrent kernel.
    Final(Measure),
    /// A measure of the initial recurrent kernel.
    Initial(Measure),
}

impl Metric {
    /// The graph metrics that the study reports.
    pub const GRAPH: [Self; 6] = [
        Self::Final(Measure::Modularity),
        Self::Final(Measure::SmallWorldness),
        Self::Final(Measure::Assortativity),
        Self::Final(Measure::Entropy),
        Self::Final(Measure::Clustering),
        Self::Final(Measure::Efficiency),
    ];

    /// All metrics: accuracy, then final measures, then initial ones.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::compared().chain(Self::initial())
    }

    /// The metrics by which variants are compared: those of what training made.
    pub fn compared() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Accuracy).chain(Measure::ALL.iter().copied().map(Self::Final))
    }

    fn initial() -> impl Iterator<Item = Self> {
        Measure::ALL.iter().copied().filter(|measure| measure.of_initial()).map(Self::Initial)
    }

    /// The metric of this name in tables.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|metric| metric.name() == name)
    }

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Final(measure) => measure.name(),
            Self::Initial(measure) => measure.initial_name(),
        }
    }

    /// Name in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Accuracy => "Accuracy",
            Self::Final(measure) => measure.title(),
            Self::Initial(measure) => measure.initial_title(),
        }
    }

    /// Its value for a run.
    pub fn of(self, run: &RunMetrics) -> Option<f64> {
        match self {
            Self::Accuracy => run.accuracy,
            Self::Final(measure) => run.kernel.as_ref()?.get(measure),
            Self::Initial(measure) => run.initial.as_ref()?.get(measure),
        }
    }

    fn column(self, runs: &[&RunMetrics]) -> Column {
        let values = runs.iter().map(|run| self.of(run));
        match self {
            Self::Final(measure) | Self::Initial(measure) if measure.counts() => {
                Column::OptionalI64(values.map(|value| value.map(|value| value as i64)).collect())
            }
            _ => Column::OptionalF64(values.collect()),
        }
    }
}

impl RunMetrics {
    /// Whether the run diverged.
    pub fn diverged(&self) -> bool {
        self.record.status == Status::Diverged
    }
}

/// Makes `metrics.parquet`: one row a run; its key, final measures, accuracy, initial measures, status.
pub fn metrics_table<'a>(runs: impl Iterator<Item = &'a RunMetrics>) -> Table {
    let runs: Vec<&RunMetrics> = runs.collect();
    let text = |value: &dyn Fn(&RunRecord) -> String| {
        Column::Text(runs.iter().map(|run| value(&run.record)).collect())
    };
    let table = Table::new()
        .with("field", text(&|run| run.key.field.to_string()))
        .with("arm", text(&|run| run.key.arm.clone()))
        .with("task", text(&|run| run.key.task.to_string()))
        .with("variant", text(&|run| run.key.variant.to_string()))
        .with("simulation", Column::U32(runs.iter().map(|run| run.record.key.simulation).collect()));
    let metrics = Measure::ALL.iter().copied().map(Metric::Final);
    let metrics = metrics.chain([Metric::Accuracy]).chain(Metric::initial());
    metrics
        .fold(table, |table, metric| table.with(metric.name(), metric.column(&runs)))
        .with("status", text(&|run| run.status.name().to_owned()))
}
