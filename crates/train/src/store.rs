//! Finished runs of a field, in `train/FIELD/.runs/`: each an artifact of its own when it is trained, then packed with others.

mod pack;

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::PathBuf,
};

use anyhow::Context;
use artifact::{
    Artifact, Draft, EpochRecord, Kind, Measures, Output, RunRecord, Status, Tensors, epoch_table,
    epochs_from_table, run_table, runs_from_table,
};
use cortex::RunKey;
use pack::Pack;
use stage::Session;

use crate::{
    network::{PARAMETERS, Weights},
    plan::PlannedRun,
    priors::FieldPriors,
    trainer::Outcome,
};

pub(crate) const RUNS: &str = "runs.parquet";
pub(crate) const HISTORY: &str = "history.parquet";
pub(crate) const WEIGHTS: &str = "weights.safetensors";
pub(crate) const SNAPSHOTS: &str = "snapshots.safetensors";

/// Name of the training time in the manifest of a run.
const TRAINING: &str = "training";

/// Finished runs of one field.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    packs: Vec<Pack>,
    /// Places in `packs` of the runs that they hold, by name.
    packed: HashMap<String, usize>,
}

/// A finished run, read and verified but for its weights.
#[derive(Debug)]
pub(crate) struct FinishedRun {
    pub(crate) record: RunRecord,
    pub(crate) epochs: Vec<EpochRecord>,
    /// How long it trained.
    pub(crate) seconds: Option<f64>,
}

/// A file of a finished run.
#[derive(Debug)]
pub(crate) struct FinishedFile {
    pub(crate) path: PathBuf,
    pub(crate) output: Output,
}

/// How a finished run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) status: Status,
    /// How long it trained.
    pub(crate) seconds: Option<f64>,
}

impl Store {
    /// Opens the finished runs of a field by what their manifests list.
    ///
    /// # Errors
    /// A damaged manifest, or a folder that cannot be read.
    pub(crate) fn open(session: &Session, priors: &FieldPriors) -> anyhow::Result<Self> {
        Self::of_folder(session.place(["train", priors.field.as_str(), ".runs"]))
    }

    fn of_folder(folder: PathBuf) -> anyhow::Result<Self> {
        let mut store = Self { folder, packs: Vec::new(), packed: HashMap::new() };
        store.find_packs()?;
        Ok(store)
    }

    /// Where a run is kept when it is trained.
    pub(crate) fn place(&self, run: &PlannedRun) -> PathBuf {
        self.folder.join(run.name())
    }

    /// Whether a run is finished, with its weights where they are wanted.
    ///
    /// # Errors
    /// A damaged manifest.
    pub(crate) fn has(&self, run: &PlannedRun, weights: bool) -> anyhow::Result<bool> {
        if let Some(loose) = self.loose(run)? {
            return Ok(!weights || loose.has(WEIGHTS) && loose.folder().join(WEIGHTS).exists());
        }
        Ok(self.pack_of(run).is_some_and(|pack| !weights || pack.has_weights(&run.name())))
    }

    /// As [`Store::has`], but for what other processes did since the store was opened.
    ///
    /// # Errors
    /// A damaged manifest.
    pub(crate) fn has_by_now(&self, run: &PlannedRun, weights: bool) -> anyhow::Result<bool> {
        if self.has(run, weights)? {
            return Ok(true);
        }
        Ok(self.is_outdated() && Self::of_folder(self.folder.clone())?.has(run, weights)?)
    }

    /// How a run ended, if it is finished.
    ///
    /// # Errors
    /// A damaged manifest or table.
    pub(crate) fn ended(&self, run: &PlannedRun) -> anyhow::Result<Option<Ended>> {
        if self.loose(run)?.is_none()
            && let Some(pack) = self.pack_of(run)
        {
            return pack.ended(&run.name()).map(Some);
        }
        let finished = self.finished(run)?;
        Ok(finished.map(|run| Ended { status: run.record.status, seconds: run.seconds }))
    }

    /// Names of all runs that are finished under whatever settings, without the fingerprints of their recipes.
    pub(crate) fn stems(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let loose = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let names = loose.chain(self.packed.keys().cloned());
        names.filter_map(|name| Some(name.rsplit_once('-')?.0.to_owned())).collect()
    }

    /// Reads a finished run.
    ///
    /// # Errors
    /// A damaged manifest or table.
    pub(crate) fn finished(&self, run: &PlannedRun) -> anyhow::Result<Option<FinishedRun>> {
        match (self.loose(run)?, self.pack_of(run)) {
            (Some(loose), _) => read(&loose).map(Some),
            (None, Some(pack)) => pack.finished(&run.name()).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// A file of a finished run, verified; none where it was not kept.
    ///
    /// # Errors
    /// A damaged manifest or file.
    pub(crate) fn file(&self, run: &PlannedRun, file: &str) -> anyhow::Result<Option<FinishedFile>> {
        let found = match (self.loose(run)?, self.pack_of(run)) {
            (Some(loose), _) if loose.has(file) => (loose.folder().join(file), loose.verify(file)?.clone()),
            (None, Some(pack)) => match pack.file(&run.name(), file)? {
                Some(found) => found,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(FinishedFile { path: found.0, output: found.1 }))
    }

    /// Keeps a finished run, with its initial and last weights where they are given, and with a note on it.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(crate) fn keep(
        &self,
        run: &PlannedRun,
        recipe: &artifact::Recipe,
        finished: &FinishedRun,
        weights: Option<(&Weights, &Outcome)>,
        note: Option<String>,
    ) -> anyhow::Result<()> {
        let mut draft = Draft::begin(&self.place(run))?;
        draft.table(RUNS, &run_table(std::slice::from_ref(&finished.record)))?;
        draft.table(HISTORY, &epoch_table(&finished.epochs))?;
        if let Some((initial, outcome)) = weights {
            draft.tensors(WEIGHTS, &tensors(initial, &outcome.weights))?;
            if !outcome.snapshots.is_empty() {
                draft.tensors(SNAPSHOTS, &snapshots(&outcome.snapshots))?;
            }
        }
        if let Some(seconds) = finished.seconds {
            draft.time(TRAINING, seconds);
        }
        if let Some(note) = note {
            draft.note(note);
        }
        draft.commit(recipe)?;
        Ok(())
    }

    /// Fills the draft of an arm from its finished runs.
    ///
    /// # Errors
    /// A run that is not finished, or damaged; what the disk refuses.
    pub(crate) fn assemble(
        &self,
        draft: &mut Draft,
        runs: &[PlannedRun],
        weights: impl Fn(&RunKey) -> bool,
    ) -> anyhow::Result<()> {
        let (mut records, mut epochs) = (Vec::with_capacity(runs.len()), Vec::new());
        for run in runs {
            let mut finished = self.finished(run)?.with_context(|| format!("{} is not finished", run.key))?;
            finished.record.weights = None;
            if weights(&run.key) {
                let file = self.file(run, WEIGHTS)?.with_context(|| format!("{} has no weights", run.key))?;
                let name = format!("weights/{}.safetensors", run.key.file_stem());
                draft.share(&name, &file.path, file.output)?;
                finished.record.weights = Some(name);
                if let Some(file) = self.file(run, SNAPSHOTS)? {
                    let name = format!("snapshots/{}.safetensors", run.key.file_stem());
                    draft.share(&name, &file.path, file.output)?;
                }
            }
            if let Some(seconds) = finished.seconds {
                draft.time(run.key.to_string(), seconds);
            }
            records.push(finished.record);
            epochs.extend(finished.epochs);
        }
        draft.table(RUNS, &run_table(&records))?;
        draft.table(HISTORY, &epoch_table(&epochs))?;
        let diverged = records.iter().filter(|record| record.status == Status::Diverged).count();
        if diverged > 0 {
            draft.note(format!("{diverged} of {} runs diverged; they have no accuracy", records.len()));
        }
        Ok(())
    }

    /// The run's own artifact, if it lies there and is of its recipe.
    fn loose(&self, run: &PlannedRun) -> anyhow::Result<Option<Artifact>> {
        let place = self.place(run);
        if !["manifest.json", RUNS, HISTORY].iter().all(|file| place.join(file).exists()) {
            return Ok(None);
        }
        let artifact = Artifact::listed(&place, Kind::Run)?;
        let same = artifact.manifest().recipe(Kind::Run).fingerprint() == run.recipe;
        Ok(same.then_some(artifact))
    }

    fn pack_of(&self, run: &PlannedRun) -> Option<&Pack> {
        let name = run.name();
        let pack = self.packs.get(*self.packed.get(&name)?)?;
        pack.holds(&name, &run.recipe).then_some(pack)
    }
}

impl FinishedRun {
    /// What is kept of a trained run.
    pub(crate) fn of(key: &RunKey, protocol: &str, seed: u64, outcome: &Outcome, seconds: f64) -> Self {
        let last = outcome.last_epoch();
        let record = RunRecord {
            key: key.clone(),
            protocol: protocol.to_owned(),
            seed: seed as i64,
            status: outcome.status(),
            epochs: outcome.epochs.len() as u32,
            measures: last.map_or_else(Measures::default, |epoch| epoch.measures),
            penalty: last.map(|epoch| epoch.penalty),
            weights: None,
        };
        let epochs = (1..)
            .zip(&outcome.epochs)
            .map(|(epoch, state)| EpochRecord {
                key: key.clone(),
                epoch,
                measures: state.measures,
                penalty: Some(state.penalty),
            })
            .collect();
        Self { record, epochs, seconds: Some(seconds) }
    }
}

fn read(artifact: &Artifact) -> anyhow::Result<FinishedRun> {
    Ok(FinishedRun {
        record: runs_from_table(&artifact.table(RUNS)?)?.pop().context("a run's table is empty")?,
        epochs: epochs_from_table(&artifact.table(HISTORY)?)?,
        seconds: artifact.manifest().times.parts.get(TRAINING).copied(),
    })
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
