use std::{collections::BTreeSet, sync::Arc};

use artifact::{Artifact, EpochRecord, Kind, RunRecord, Status, epochs_from_table, runs_from_table};
use config::Arm;
use cortex::{DivergedRuns, FieldName, Task, Variant};
use stage::Session;

use crate::{AnalyzeError, Metric, RunMetrics, Summary};

/// One arm of one field, opened and verified.
#[derive(Debug)]
pub struct OpenArm {
    /// Field.
    pub field: FieldName,
    /// The arm, as the configuration has it.
    pub arm: Arm,
    /// Its artifact.
    pub artifact: Arc<Artifact>,
    /// Its runs.
    pub runs: Vec<RunRecord>,
    /// Its runs after every epoch.
    pub history: Vec<EpochRecord>,
    /// Units of every network whose weights were kept, in order of `runs`.
    pub units: Vec<Option<usize>>,
    /// What was odd but usable, one sentence each.
    pub notes: Vec<String>,
}

/// One arm of one field, measured.
#[derive(Clone, Debug)]
pub struct ArmResults {
    /// Field.
    pub field: FieldName,
    /// The arm, as the configuration has it.
    pub arm: Arm,
    /// Units of its networks; several only if its runs differ.
    pub units: BTreeSet<usize>,
    /// Its runs with their metrics.
    pub runs: Vec<RunMetrics>,
    /// Its runs after every epoch.
    pub history: Vec<EpochRecord>,
    /// Its artifact, for what is not held in memory: the weights.
    pub artifact: Arc<Artifact>,
}

impl OpenArm {
    /// Opens `train/FIELD/ARM`.
    ///
    /// # Errors
    /// A missing or damaged artifact, or [`AnalyzeError::Protocol`].
    pub fn open(session: &mut Session, field: &FieldName, arm: &Arm) -> anyhow::Result<Self> {
        let place = session.place(["train", field.as_str(), &arm.name]);
        let artifact = Arc::new(session.input(&place, Kind::Arm)?);
        let runs = runs_from_table(&artifact.table("runs.parquet")?)?;
        let history = epochs_from_table(&artifact.table("history.parquet")?)?;
        let expected = arm.protocol.name();
        if let Some(other) = runs.iter().find(|run| run.protocol != expected) {
            let found = other.protocol.clone();
            return Err(AnalyzeError::Protocol { path: place, found, expected }.into());
        }
        let units = runs.iter().map(|run| units_of(&artifact, run)).collect::<Result<_, _>>()?;
        let mut open =
            Self { field: field.clone(), arm: arm.clone(), artifact, runs, history, units, notes: vec![] };
        open.notes = open.departures();
        Ok(open)
    }

    /// In what the arm departs from the configuration.
    fn departures(&self) -> Vec<String> {
        let (train, name) = (&self.arm.train, format!("{}/{}", self.field, self.arm.name));
        let mut notes = Vec::new();
        let expected = train.tasks.len() * train.variants.len() * train.simulations as usize;
        let remedy = "`train run` brings it up to date";
        if self.runs.len() != expected {
            let found = self.runs.len();
            notes.push(format!("{name} has {found} runs, the configuration asks for {expected}; {remedy}"));
        } else if let (Some(trained), Ok(current)) =
            (self.artifact.manifest().settings.get("train"), serde_json::to_value(train))
            && *trained != current
        {
            notes.push(format!("{name} was trained with other settings than the configuration's; {remedy}"));
        }
        notes
    }
}

/// Units of a run's network, if its weights were kept: the manifest tells the shape, the file where it does not.
fn units_of(artifact: &Artifact, run: &RunRecord) -> anyhow::Result<Option<usize>> {
    let Some(weights) = &run.weights else { return Ok(None) };
    let shapes = artifact.manifest().outputs.get(weights).and_then(|output| output.shapes.as_ref());
    let shape = match shapes.and_then(|shapes| shapes.get("recurrent_kernel")) {
        Some(shape) => shape.clone(),
        None => artifact.tensors(weights)?.get("recurrent_kernel")?.shape.clone(),
    };
    match shape[..] {
        [rows, columns] if rows == columns => Ok(Some(rows)),
        _ => Err(AnalyzeError::Tensor {
            path: artifact.folder().join(weights),
            tensor: "recurrent_kernel".to_owned(),
            reason: format!("has the shape {shape:?}, expected a square matrix"),
        }
        .into()),
    }
}

impl ArmResults {
    /// Tasks that have runs, in the order of the configuration, others after them.
    pub fn tasks(&self) -> Vec<Task> {
        in_order(&self.arm.train.tasks, self.runs.iter().map(|run| run.record.key.task))
    }

    /// Variants that have runs, in the order of the configuration, others after them.
    pub fn variants(&self) -> Vec<Variant> {
        in_order(&self.arm.train.variants, self.runs.iter().map(|run| run.record.key.variant))
    }

    /// The runs of one variant in one task.
    pub fn runs_of(&self, task: Task, variant: Variant) -> impl Iterator<Item = &RunMetrics> {
        self.runs.iter().filter(move |run| run.record.key.task == task && run.record.key.variant == variant)
    }

    /// The value with which a run counts in statistics: as measured, but that a diverged run counts with the
    /// accuracy of chance where the protocol says so.
    pub fn counted(&self, run: &RunMetrics, metric: Metric) -> Option<f64> {
        match (metric, run.record.status, self.arm.protocol.diverged) {
            (Metric::Accuracy, Status::Diverged, DivergedRuns::Chance) => Some(chance(run.record.key.task)),
            _ => metric.of(run),
        }
    }

    /// Summarises one metric over the simulations of one variant in one task.
    pub fn summary(&self, task: Task, variant: Variant, metric: Metric) -> Summary {
        Summary::of(&self.values(task, variant, metric), self.diverged_of(task, variant))
    }

    /// The values of one metric that count, over the simulations of one variant in one task.
    pub fn values(&self, task: Task, variant: Variant, metric: Metric) -> Vec<f64> {
        self.runs_of(task, variant).filter_map(|run| self.counted(run, metric)).collect()
    }

    /// How many runs of one variant in one task diverged.
    pub fn diverged_of(&self, task: Task, variant: Variant) -> usize {
        self.runs_of(task, variant).filter(|run| run.diverged()).count()
    }

    /// How many runs diverged.
    pub fn diverged(&self) -> usize {
        self.runs.iter().filter(|run| run.diverged()).count()
    }

    /// How many simulations the runs come from.
    pub fn simulations(&self) -> usize {
        self.runs.iter().map(|run| run.record.key.simulation).collect::<BTreeSet<_>>().len()
    }
}

/// Accuracy of answering at random.
pub(crate) fn chance(task: Task) -> f64 {
    1.0 / tasks::shape(task).outputs as f64
}

/// The present items: first those of `order` in its order, then the rest in theirs.
fn in_order<T: Copy + Ord>(order: &[T], present: impl Iterator<Item = T>) -> Vec<T> {
    let mut present: BTreeSet<T> = present.collect();
    let mut ordered: Vec<T> = order.iter().copied().filter(|item| present.remove(item)).collect();
    ordered.extend(present);
    ordered
}
