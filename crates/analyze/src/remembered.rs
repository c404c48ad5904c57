use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use artifact::{Artifact, ArtifactError, Column, Kind, Recipe, RunRecord, Table};

use crate::{KernelMeasures, Measure, Metric};

/// What the last analysis measured, where it measured as this one does: runs whose weights and field have not changed since
/// need not be measured again.
#[derive(Debug, Default)]
pub struct Remembered {
    /// Inputs that were others then, or were none.
    changed: BTreeSet<String>,
    runs: BTreeMap<RunName, RememberedRun>,
}

/// Field, arm, task, variant, simulation and status.
type RunName = [String; 6];

/// The measures of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RememberedRun {
    /// Measures of its final kernel.
    pub kernel: Option<KernelMeasures>,
    /// Measures of its initial kernel.
    pub initial: Option<KernelMeasures>,
}

impl Remembered {
    /// Reads the analysis at `place`; one that is missing, damaged, or was measured in another way than `recipe` asks for has
    /// nothing to tell.
    pub fn open(place: &Path, recipe: &Recipe) -> Self {
        let Ok(analysis) = Artifact::open(place, Kind::Analysis) else { return Self::default() };
        let then = analysis.manifest();
        let same = |key: &str| then.settings.get(key) == recipe.settings.get(key);
        if !(same("measures") && same("nulls")) {
            return Self::default();
        }
        let names = then.inputs.keys().chain(recipe.inputs.keys());
        let changed = names.filter(|&name| then.inputs.get(name) != recipe.inputs.get(name));
        let runs = analysis.table("metrics.parquet").and_then(|table| read(&table));
        Self { changed: changed.cloned().collect(), runs: runs.unwrap_or_default() }
    }

    /// The measures of a run, if they still hold.
    pub fn of(&self, run: &RunRecord) -> Option<&RememberedRun> {
        let (field, arm, weights) = (&run.key.field, &run.key.arm, run.weights.as_ref()?);
        let inputs =
            [format!("ingest/{field}"), format!("priors/{field}"), format!("train/{field}/{arm}/{weights}")];
        let unchanged = inputs.iter().all(|input| !self.changed.contains(input));
        self.runs.get(&name(run)).filter(|_| unchanged)
    }
}

fn name(run: &RunRecord) -> RunName {
    let key = &run.key;
    [
        key.field.to_string(),
        key.arm.clone(),
        key.task.to_string(),
        key.variant.to_string(),
        key.simulation.to_string(),
        run.status.name().to_owned(),
    ]
}

fn read(metrics: &Table) -> Result<BTreeMap<RunName, RememberedRun>, ArtifactError> {
    let text = |name: &str| metrics.text(name);
    let (field, arm, task) = (text("field")?, text("arm")?, text("task")?);
    let (variant, status) = (text("variant")?, text("status")?);
    let simulation = metrics.u32("simulation")?;
    let kernels = |metric: fn(Measure) -> Metric| {
        let columns: Vec<Vec<Option<f64>>> = Measure::ALL
            .iter()
            .map(|&measure| match metric(measure) {
                // An initial kernel has fewer measures.
                metric if metrics.names().any(|name| name == metric.name()) => values(metrics, metric),
                _ => Ok(vec![None; metrics.rows()]),
            })
            .collect::<Result<_, _>>()?;
        Ok::<_, ArtifactError>(move |row: usize| {
            KernelMeasures::known(|measure| columns[measure as usize][row])
        })
    };
    let (kernel, initial) = (kernels(Metric::Final)?, kernels(Metric::Initial)?);
    let run = |row: usize| {
        let (field, arm, task) = (field[row].clone(), arm[row].clone(), task[row].clone());
        let name = [field, arm, task, variant[row].clone(), simulation[row].to_string(), status[row].clone()];
        (name, RememberedRun { kernel: kernel(row), initial: initial(row) })
    };
    Ok((0..metrics.rows()).map(run).collect())
}

/// The values of a measure, counts too.
fn values(metrics: &Table, metric: Metric) -> Result<Vec<Option<f64>>, ArtifactError> {
    match metrics.column(metric.name())? {
        Column::OptionalI64(counts) => {
            Ok(counts.iter().map(|count| count.map(|count| count as f64)).collect())
        }
        _ => Ok(metrics.optional_f64(metric.name())?.to_vec()),
    }
}
