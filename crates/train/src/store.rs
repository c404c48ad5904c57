//! Finished runs: each an artifact of its own, until and after an arm is assembled from them.

use anyhow::Context;
use artifact::{Artifact, Draft, EpochRecord, Kind, Measures, RunRecord, Status, Tensors};
use artifact::{epoch_table, epochs_from_table, run_table, runs_from_table};
use cortex::RunKey;

use crate::{
    network::{PARAMETERS, Weights},
    plan::PlannedRun,
    trainer::Outcome,
};

pub(crate) const RUNS: &str = "runs.parquet";
pub(crate) const HISTORY: &str = "history.parquet";
pub(crate) const WEIGHTS: &str = "weights.safetensors";
pub(crate) const SNAPSHOTS: &str = "snapshots.safetensors";

/// Name of the training time in the manifest of a run.
pub(crate) const TRAINING: &str = "training";

/// Keeps a finished run with a note on it; `seconds` is how long it trained.
pub(crate) fn keep(
    run: &PlannedRun,
    protocol: &str,
    initial: &Weights,
    outcome: &Outcome,
    note: Option<String>,
    seconds: f64,
) -> anyhow::Result<RunRecord> {
    let last = outcome.last_epoch();
    let record = RunRecord {
        key: run.key.clone(),
        protocol: protocol.to_owned(),
        seed: run.recipe.seed as i64,
        status: outcome.status(),
        epochs: outcome.epochs.len() as u32,
        measures: last.map_or_else(Measures::default, |epoch| epoch.measures),
        penalty: last.map(|epoch| epoch.penalty),
        weights: weights_file(&run.key),
    };
    let epochs: Vec<EpochRecord> = (1..)
        .zip(&outcome.epochs)
        .map(|(epoch, state)| EpochRecord {
            key: run.key.clone(),
            epoch,
            measures: state.measures,
            penalty: Some(state.penalty),
        })
        .collect();
    let mut draft = Draft::begin(&run.place)?;
    draft.table(RUNS, &run_table(std::slice::from_ref(&record)))?;
    draft.table(HISTORY, &epoch_table(&epochs))?;
    draft.tensors(WEIGHTS, &tensors(initial, &outcome.weights))?;
    if !outcome.snapshots.is_empty() {
        draft.tensors(SNAPSHOTS, &snapshots(&outcome.snapshots))?;
    }
    draft.time(TRAINING, seconds);
    if let Some(note) = note {
        draft.note(note);
    }
    draft.commit(&run.recipe)?;
    Ok(record)
}

/// Fills the draft of an arm from its finished runs.
pub(crate) fn assemble(draft: &mut Draft, runs: &[PlannedRun]) -> anyhow::Result<()> {
    let (mut records, mut epochs) = (Vec::new(), Vec::new());
    for run in runs {
        let artifact = Artifact::open(&run.place, Kind::Run)?;
        records.push(record(&artifact)?);
        epochs.extend(epochs_from_table(&artifact.table(HISTORY)?)?);
        let manifest = artifact.manifest();
        let output = manifest.outputs.get(WEIGHTS).context("a run has no weights")?;
        draft.share(&weights_file(&run.key), &run.place.join(WEIGHTS), output.clone())?;
        if let Some(output) = manifest.outputs.get(SNAPSHOTS) {
            let name = format!("snapshots/{}.safetensors", run.key.file_stem());
            draft.share(&name, &run.place.join(SNAPSHOTS), output.clone())?;
        }
        if let Some(&seconds) = manifest.times.parts.get(TRAINING) {
            draft.time(run.key.to_string(), seconds);
        }
    }
    draft.table(RUNS, &run_table(&records))?;
    draft.table(HISTORY, &epoch_table(&epochs))?;
    let diverged = records.iter().filter(|record| record.status == Status::Diverged).count();
    if diverged > 0 {
        draft.note(format!("{diverged} of {} runs diverged; they have no accuracy", records.len()));
    }
    Ok(())
}

/// Reads the record of a finished run.
pub(crate) fn record(artifact: &Artifact) -> anyhow::Result<RunRecord> {
    runs_from_table(&artifact.table(RUNS)?)?.pop().context("a run's table is empty")
}

fn weights_file(key: &RunKey) -> String {
    format!("weights/{}.safetensors", key.file_stem())
}

/// The file of a network: its last weights, and the recurrent kernel that it began with.
pub(crate) fn tensors(initial: &Weights, last: &Weights) -> Tensors {
    let mut tensors = Tensors::new();
    for (name, (shape, values)) in PARAMETERS.into_iter().zip(last.parts()) {
        tensors.insert_f32(name, &shape, values.to_vec());
    }
    let shape = [initial.units, initial.units];
    tensors.insert_f32("initial_recurrent_kernel", &shape, initial.recurrent_kernel.clone());
    tensors
}

/// The weights of a network after every epoch, `epoch_00.kernel` and so on; epoch 0 is the beginning.
pub(crate) fn snapshots(epochs: &[Weights]) -> Tensors {
    let mut tensors = Tensors::new();
    for (epoch, weights) in epochs.iter().enumerate() {
        for (name, (shape, values)) in PARAMETERS.into_iter().zip(weights.parts()) {
            tensors.insert_f32(format!("epoch_{epoch:02}.{name}"), &shape, values.to_vec());
        }
    }
    tensors
}
