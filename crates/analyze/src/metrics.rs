use artifact::{Artifact, Column, RunRecord, Status, Table, TensorData};
use cortex::ReportedAccuracy;
use graph::{GraphMeasures, WeightMatrix};
use rayon::prelude::*;

use crate::{AnalyzeError, ArmResults, OpenArm, nulls::NullsByNodes};

/// A run with what was measured on it.
#[derive(Clone, Debug)]
pub struct RunMetrics {
    /// The run.
    pub record: RunRecord,
    /// Reported accuracy of its protocol; absent if it diverged.
    pub accuracy: Option<f64>,
    /// Graph measures of its final recurrent kernel; absent if it diverged.
    pub graph: Option<GraphMeasures>,
}

/// What is measured on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Reported accuracy of the arm's protocol.
    Accuracy,
    /// Modularity of greedy communities.
    Modularity,
    /// Small-worldness relative to the published nulls.
    SmallWorldness,
    /// Degree assortativity.
    Assortativity,
    /// Entropy of the signed weights, bits.
    Entropy,
    /// Mean clustering.
    Clustering,
    /// Global efficiency.
    Efficiency,
    /// Greedy communities.
    Communities,
    /// Edges among the strongest tenth of the weights.
    Edges,
}

impl Metric {
    /// All metrics; accuracy first.
    pub const ALL: [Self; 9] = [
        Self::Accuracy,
        Self::Modularity,
        Self::SmallWorldness,
        Self::Assortativity,
        Self::Entropy,
        Self::Clustering,
        Self::Efficiency,
        Self::Communities,
        Self::Edges,
    ];

    /// The graph metrics that the study reports.
    pub const GRAPH: [Self; 6] = [
        Self::Modularity,
        Self::SmallWorldness,
        Self::Assortativity,
        Self::Entropy,
        Self::Clustering,
        Self::Efficiency,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Modularity => "modularity",
            Self::SmallWorldness => "small_worldness",
            Self::Assortativity => "assortativity",
            Self::Entropy => "entropy",
            Self::Clustering => "clustering",
            Self::Efficiency => "efficiency",
            Self::Communities => "communities",
            Self::Edges => "edges",
        }
    }

    /// Its value for a run.
    pub fn of(self, run: &RunMetrics) -> Option<f64> {
        let graph = run.graph.as_ref();
        match self {
            Self::Accuracy => run.accuracy,
            Self::Modularity => graph?.modularity,
            Self::SmallWorldness => graph?.small_worldness,
            Self::Assortativity => graph?.assortativity,
            Self::Entropy => graph?.entropy,
            Self::Clustering => graph?.clustering,
            Self::Efficiency => graph?.efficiency,
            Self::Communities => graph.map(|graph| graph.communities as f64),
            Self::Edges => graph.map(|graph| graph.edges as f64),
        }
    }
}

impl RunMetrics {
    /// Whether the run diverged.
    pub fn diverged(&self) -> bool {
        self.record.status == Status::Diverged
    }
}

/// Measures every run of an arm, in parallel; each thread holds the weights of one run.
///
/// # Errors
/// A damaged file of weights, or one whose recurrent kernel is not finite although its run did not diverge.
pub fn measure_runs(arm: OpenArm, nulls: &NullsByNodes) -> Result<ArmResults, AnalyzeError> {
    let OpenArm { field, arm, artifact, runs, history, units, .. } = arm;
    let measured = runs.into_par_iter().zip(&units).map(|(record, &units)| {
        if record.status == Status::Diverged {
            return Ok(RunMetrics { record, accuracy: None, graph: None });
        }
        let accuracy = match arm.protocol.accuracy {
            ReportedAccuracy::Training => record.measures.train_accuracy,
            ReportedAccuracy::Test => record.measures.test_accuracy,
        };
        let graph = Some(measure_kernel(&artifact, &record, units, nulls)?);
        Ok(RunMetrics { record, accuracy: accuracy.filter(|value| value.is_finite()), graph })
    });
    let runs = measured.collect::<Result<Vec<_>, AnalyzeError>>()?;
    Ok(ArmResults { field, arm, units: units.into_iter().collect(), runs, history })
}

fn measure_kernel(
    artifact: &Artifact,
    run: &RunRecord,
    units: usize,
    nulls: &NullsByNodes,
) -> Result<GraphMeasures, AnalyzeError> {
    let kernel: Vec<f64> = match &artifact.tensors(&run.weights)?.get("recurrent_kernel")?.data {
        TensorData::F32(values) => values.iter().copied().map(f64::from).collect(),
        TensorData::F64(values) => values.clone(),
    };
    WeightMatrix::new(&kernel, units)
        .and_then(|weights| GraphMeasures::of(weights, nulls.get(&units)))
        .map_err(|source| AnalyzeError::Graph {
            item: artifact.folder().join(&run.weights).display().to_string(),
            source,
        })
}

/// Makes `metrics.parquet`: one row a run.
pub fn metrics_table<'a>(runs: impl Iterator<Item = &'a RunMetrics>) -> Table {
    let runs: Vec<&RunMetrics> = runs.collect();
    let text = |value: &dyn Fn(&RunRecord) -> String| {
        Column::Text(runs.iter().map(|run| value(&run.record)).collect())
    };
    let measure = |metric: Metric| Column::OptionalF64(runs.iter().map(|run| metric.of(run)).collect());
    let count = |metric: Metric| {
        Column::OptionalI64(runs.iter().map(|run| metric.of(run).map(|value| value as i64)).collect())
    };
    let table = Table::new()
        .with("field", text(&|run| run.key.field.to_string()))
        .with("arm", text(&|run| run.key.arm.clone()))
        .with("task", text(&|run| run.key.task.to_string()))
        .with("variant", text(&|run| run.key.variant.to_string()))
        .with("simulation", Column::U32(runs.iter().map(|run| run.record.key.simulation).collect()));
    let table =
        Metric::GRAPH.into_iter().fold(table, |table, metric| table.with(metric.name(), measure(metric)));
    table
        .with(Metric::Communities.name(), count(Metric::Communities))
        .with(Metric::Edges.name(), count(Metric::Edges))
        .with(Metric::Accuracy.name(), measure(Metric::Accuracy))
}
