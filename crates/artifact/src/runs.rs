use cortex::{RunKey, Variant};

use crate::{ArtifactError, Column, Table};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All epochs were trained.
    Done,
    /// Loss, weights or the optimiser's moments stopped being finite.
    Diverged,
}

/// Accuracy (share of right answers, 0 to 1) and loss (cross-entropy plus penalty) on the three sets of trials.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Measures {
    /// Training trials, mean over the batches of the epoch, with input noise.
    pub train_accuracy: Option<f64>,
    /// Training trials.
    pub train_loss: Option<f64>,
    /// Validation trials, without input noise.
    pub validation_accuracy: Option<f64>,
    /// Validation trials.
    pub validation_loss: Option<f64>,
    /// Test trials, without input noise.
    pub test_accuracy: Option<f64>,
    /// Test trials.
    pub test_loss: Option<f64>,
}

/// One row of `runs.parquet`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Name of the run.
    pub key: RunKey,
    /// Protocol of its arm.
    pub protocol: String,
    /// Seed that, with the name of the run, all its random streams derive from: the study's, or the one listed for its
    /// simulation. The bits of an unsigned number.
    pub seed: i64,
    /// How it ended.
    pub status: Status,
    /// Epochs that were completed.
    pub epochs: u32,
    /// Measures after the last epoch; all absent if the run diverged.
    pub measures: Measures,
    /// Penalty of the final weights; absent if the run diverged.
    pub penalty: Option<f64>,
    /// File of the weights, relative to the arm's folder; absent if they were not kept.
    pub weights: Option<String>,
}

/// One row of `history.parquet`: a run after one epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochRecord {
    /// Name of the run.
    pub key: RunKey,
    /// Epoch, from 1.
    pub epoch: u32,
    /// Measures after it.
    pub measures: Measures,
    /// Penalty after it.
    pub penalty: Option<f64>,
}

impl Status {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Diverged => "diverged",
        }
    }
}

/// Names of the columns of [`Measures`], in the order of [`Measures::to_array`].
const MEASURES: [&str; 6] =
    ["train_accuracy", "train_loss", "validation_accuracy", "validation_loss", "test_accuracy", "test_loss"];

impl Measures {
    fn to_array(self) -> [Option<f64>; 6] {
        [
            self.train_accuracy,
            self.train_loss,
            self.validation_accuracy,
            self.validation_loss,
            self.test_accuracy,
            self.test_loss,
        ]
    }

    fn from_array(values: [Option<f64>; 6]) -> Self {
        let [train_accuracy, train_loss, validation_accuracy, validation_loss, test_accuracy, test_loss] =
            values;
        Self { train_accuracy, train_loss, validation_accuracy, validation_loss, test_accuracy, test_loss }
    }
}

/// Makes `runs.parquet` of run records.
///
/// Its column `seconds` is null throughout: wall times differ between equal studies, so they stand
/// in the manifest alone and every table of equal studies is equal to the byte.
pub fn run_table(runs: &[RunRecord]) -> Table {
    let table = key_columns(Table::new(), runs.iter().map(|run| &run.key));
    let table = table
        .with("protocol", Column::Text(runs.iter().map(|run| run.protocol.clone()).collect()))
        .with("seed", Column::I64(runs.iter().map(|run| run.seed).collect()))
        .with("status", Column::Text(runs.iter().map(|run| run.status.name().to_owned()).collect()))
        .with("epochs", Column::U32(runs.iter().map(|run| run.epochs).collect()));
    table
        .with_measures(&runs.iter().map(|run| run.measures).collect::<Vec<_>>())
        .with("penalty", Column::OptionalF64(runs.iter().map(|run| run.penalty).collect()))
        .with("seconds", Column::OptionalF64(vec![None; runs.len()]))
        .with("weights", weights_column(runs))
}

/// The files of the weights: a column without nulls where every run has one.
fn weights_column(runs: &[RunRecord]) -> Column {
    let files: Vec<Option<String>> = runs.iter().map(|run| run.weights.clone()).collect();
    match files.iter().cloned().collect() {
        Some(files) => Column::Text(files),
        None => Column::OptionalText(files),
    }
}

fn weights_from_table(table: &Table) -> Result<Vec<Option<String>>, ArtifactError> {
    match table.column("weights")? {
        Column::Text(files) => Ok(files.iter().cloned().map(Some).collect()),
        _ => Ok(table.optional_text("weights")?.to_vec()),
    }
}

/// Makes `history.parquet` of epoch records.
pub fn epoch_table(epochs: &[EpochRecord]) -> Table {
    let table = key_columns(Table::new(), epochs.iter().map(|epoch| &epoch.key))
        .with("epoch", Column::U32(epochs.iter().map(|epoch| epoch.epoch).collect()));
    let table = table.with_measures(&epochs.iter().map(|epoch| epoch.measures).collect::<Vec<_>>());
    table.with("penalty", Column::OptionalF64(epochs.iter().map(|epoch| epoch.penalty).collect()))
}

/// Reads run records back from `runs.parquet`.
///
/// # Errors
/// [`ArtifactError::Content`] names the column, or the row whose key cannot be read.
pub fn runs_from_table(table: &Table) -> Result<Vec<RunRecord>, ArtifactError> {
    let (protocol, seed, status) = (table.text("protocol")?, table.i64("seed")?, table.text("status")?);
    let (epochs, penalty, weights) =
        (table.u32("epochs")?, table.optional_f64("penalty")?, weights_from_table(table)?);
    let measures = measures_from_table(table)?;
    keys_from_table(table)?
        .into_iter()
        .enumerate()
        .map(|(row, key)| {
            let status = [Status::Done, Status::Diverged]
                .into_iter()
                .find(|known| known.name() == status[row])
                .ok_or_else(|| {
                    ArtifactError::content(format!("row {row}"), format!("unknown status `{}`", status[row]))
                })?;
            Ok(RunRecord {
                key,
                protocol: protocol[row].clone(),
                seed: seed[row],
                status,
                epochs: epochs[row],
                measures: measures[row],
                penalty: penalty[row],
                weights: weights[row].clone(),
            })
        })
        .collect()
}

/// Reads epoch records back from `history.parquet`.
///
/// # Errors
/// As [`runs_from_table`].
pub fn epochs_from_table(table: &Table) -> Result<Vec<EpochRecord>, ArtifactError> {
    let (epoch, penalty) = (table.u32("epoch")?, table.optional_f64("penalty")?);
    let measures = measures_from_table(table)?;
    let records = keys_from_table(table)?.into_iter().enumerate().map(|(row, key)| EpochRecord {
        key,
        epoch: epoch[row],
        measures: measures[row],
        penalty: penalty[row],
    });
    Ok(records.collect())
}

fn key_columns<'a>(table: Table, keys: impl Iterator<Item = &'a RunKey> + Clone) -> Table {
    table
        .with("field", Column::Text(keys.clone().map(|key| key.field.to_string()).collect()))
        .with("arm", Column::Text(keys.clone().map(|key| key.arm.clone()).collect()))
        .with("task", Column::Text(keys.clone().map(|key| key.task.to_string()).collect()))
        .with("variant", Column::Text(keys.clone().map(|key| key.variant.to_string()).collect()))
        .with("simulation", Column::U32(keys.map(|key| key.simulation).collect()))
}

fn keys_from_table(table: &Table) -> Result<Vec<RunKey>, ArtifactError> {
    let (field, arm, task) = (table.text("field")?, table.text("arm")?, table.text("task")?);
    let (variant, simulation) = (table.text("variant")?, table.u32("simulation")?);
    (0..table.rows())
        .map(|row| {
            let failed = |error: &dyn std::fmt::Display| {
                ArtifactError::content(format!("row {row}"), error.to_string())
            };
            Ok(RunKey {
                field: field[row].parse().map_err(|error| failed(&error))?,
                arm: arm[row].clone(),
                task: task[row].parse().map_err(|error| failed(&error))?,
                variant: variant[row].parse::<Variant>().map_err(|error| failed(&error))?,
                simulation: simulation[row],
            })
        })
        .collect()
}

impl Table {
    /// Adds the columns of the measures, one row each.
    #[must_use]
    pub fn with_measures(self, measures: &[Measures]) -> Self {
        MEASURES.iter().enumerate().fold(self, |table, (place, name)| {
            let values = measures.iter().map(|measures| measures.to_array()[place]).collect();
            table.with(name, Column::OptionalF64(values))
        })
    }
}

fn measures_from_table(table: &Table) -> Result<Vec<Measures>, ArtifactError> {
    let columns: Vec<&[Option<f64>]> =
        MEASURES.iter().map(|name| table.optional_f64(name)).collect::<Result<_, _>>()?;
    Ok((0..table.rows())
        .map(|row| {
            let mut values = [None; MEASURES.len()];
            for (value, column) in values.iter_mut().zip(&columns) {
                *value = column[row];
            }
            Measures::from_array(values)
        })
        .collect())
}
