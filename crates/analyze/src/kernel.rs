use graph::{Graph, GraphMeasures, NullSummaries, WeightMatrix};
use numerics::{row_major, spectral_radius};
use statistics::{pearson, ranks};

use crate::{FieldContext, Measure};

/// The measures of one recurrent kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelMeasures {
    /// By place in [`Measure::ALL`].
    values: Vec<Option<f64>>,
}

/// A kernel measured but for what is relative to null graphs.
#[derive(Clone, Debug)]
pub struct MeasuredKernel {
    /// The graph of its strongest weights.
    pub graph: Graph,
    measures: GraphMeasures,
    spectral_radius: Option<f64>,
    correlations: Correlations,
}

/// Rank correlations with the cortex and with the initial weights.
#[derive(Clone, Copy, Debug, Default)]
struct Correlations {
    distance: Option<f64>,
    functional: Option<f64>,
    connectome: Option<f64>,
    prior: Option<f64>,
}

impl MeasuredKernel {
    /// Measures a kernel, `[units, units]`, in the field that it comes from; `initial` are the weights that training
    /// began from.
    ///
    /// # Errors
    /// [`graph::GraphError::TooManyNodes`].
    pub fn of(
        weights: WeightMatrix<'_>,
        initial: Option<WeightMatrix<'_>>,
        context: &FieldContext,
    ) -> Result<Self, graph::GraphError> {
        let (measures, graph) = GraphMeasures::of(weights)?;
        let nodes = weights.nodes();
        // The QR iteration converges for every finite matrix that a network can have; where it does not, there is no
        // radius to report.
        let radius = row_major(weights.values(), nodes, nodes).and_then(spectral_radius).ok();
        let magnitudes = || ranks(&weights.off_diagonal().map(f64::abs).collect::<Vec<_>>());
        let mut correlations = Correlations::default();
        if context.units == nodes && !context.is_empty() {
            let magnitudes = magnitudes();
            let with = |known: &Option<Vec<f64>>| pearson(&magnitudes, known.as_ref()?);
            correlations.distance = with(&context.distance);
            correlations.functional = with(&context.functional);
            correlations.connectome = with(&context.connectome);
        }
        if let Some(initial) = initial {
            correlations.prior = pearson(&ranks(weights.values()), &ranks(initial.values()));
        }
        let spectral_radius = radius.filter(|_| nodes > 0);
        Ok(Self { graph, measures, spectral_radius, correlations })
    }

    /// Completes the measures by those relative to null graphs.
    pub fn relative_to(&self, nulls: &NullSummaries) -> KernelMeasures {
        let relative = self.measures.relative_to(nulls);
        let own = &self.measures;
        let value = |measure: &Measure| match measure {
            Measure::Modularity => own.modularity,
            Measure::SmallWorldness => relative.small_worldness,
            Measure::Assortativity => own.assortativity,
            Measure::Entropy => own.entropy,
            Measure::Clustering => own.clustering,
            Measure::Efficiency => own.efficiency,
            Measure::Communities => Some(own.communities as f64),
            Measure::Edges => Some(own.edges as f64),
            Measure::LeidenModularity => own.leiden_modularity,
            Measure::LeidenCommunities => Some(own.leiden_communities as f64),
            Measure::Participation => own.participation,
            Measure::SmallWorldnessEdgeCount => relative.small_worldness_edge_count,
            Measure::SmallWorldnessRewired => relative.small_worldness_rewired,
            Measure::RichClub => own.rich_club,
            Measure::RichClubNormalised => relative.rich_club_normalised,
            Measure::WeightedClustering => own.weighted_clustering,
            Measure::Reciprocity => own.reciprocity,
            Measure::WeightedReciprocity => own.weighted_reciprocity,
            Measure::Sparsity => own.sparsity,
            Measure::ZeroShare => own.zero_share,
            Measure::SpectralRadius => self.spectral_radius,
            Measure::DiagonalMean => own.diagonal_mean,
            Measure::OffDiagonalMean => own.off_diagonal_mean,
            Measure::StrengthMean => own.incoming.map(|strengths| strengths.mean),
            Measure::InStrengthVariation => own.incoming.and_then(|strengths| strengths.variation),
            Measure::InStrengthSkewness => own.incoming.and_then(|strengths| strengths.skewness),
            Measure::OutStrengthVariation => own.outgoing.and_then(|strengths| strengths.variation),
            Measure::OutStrengthSkewness => own.outgoing.and_then(|strengths| strengths.skewness),
            Measure::DistanceCorrelation => self.correlations.distance,
            Measure::FunctionalCorrelation => self.correlations.functional,
            Measure::ConnectomeCorrelation => self.correlations.connectome,
            Measure::PriorCorrelation => self.correlations.prior,
        };
        let finite = |measure| value(measure).filter(|value| value.is_finite());
        KernelMeasures { values: Measure::ALL.iter().map(finite).collect() }
    }
}

impl KernelMeasures {
    /// Measures that are known already; `None` if there are none, which no kernel is without.
    pub(crate) fn known(value: impl Fn(Measure) -> Option<f64>) -> Option<Self> {
        let values: Vec<Option<f64>> = Measure::ALL.iter().map(|&measure| value(measure)).collect();
        values.iter().any(Option::is_some).then_some(Self { values })
    }

    /// The value of a measure, if the kernel has it.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.values[measure as usize]
    }
}
