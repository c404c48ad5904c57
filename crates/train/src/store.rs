//! Finished runs of a field, in `train/FIELD/.runs/`: each an artifact of its own when it is trained, then packed with others.

mod pack;

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
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

/// How a finished run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) status: Status,
    /// How long it trained.
    pub(crate) seconds: Option<f64>,
}

/// Where a finished run lies.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    /// In an artifact of its own.
    Alone(Box<Artifact>),
    /// In a pack, under this name.
    Packed(&'a Pack, String),
}

impl Found<'_> {
    /// Whether its weights are there.
    pub(crate) fn has_weights(&self) -> bool {
        match self {
            Self::Alone(artifact) => is_there(artifact, WEIGHTS),
            Self::Packed(pack, name) => pack.has_weights(name),
        }
    }

    /// How it ended.
    ///
    /// # Errors
    /// A damaged table.
    pub(crate) fn ended(&self) -> anyhow::Result<Ended> {
        match self {
            Self::Alone(artifact) => {
                let run = read(artifact)?;
                Ok(Ended { status: run.record.status, seconds: run.seconds })
            }
            Self::Packed(pack, name) => pack.ended(name),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// A damaged table.
    pub(crate) fn read(&self) -> anyhow::Result<FinishedRun> {
        match self {
            Self::Alone(artifact) => read(artifact),
            Self::Packed(pack, name) => pack.finished(name),
        }
    }

    /// One of its files, verified, with what the manifest says of it; none where it was not kept.
    ///
    /// # Errors
    /// A damaged file.
    pub(crate) fn file(&self, file: &str) -> anyhow::Result<Option<(PathBuf, Output)>> {
        match self {
            Self::Alone(artifact) => verified(artifact, file),
            Self::Packed(pack, name) => pack.file(name, file),
        }
    }
}

/// Whether a file that an artifact lists is there.
fn is_there(artifact: &Artifact, file: &str) -> bool {
    artifact.has(file) && artifact.folder().join(file).exists()
}

/// A file of an artifact, verified, with what the manifest says of it; none if it lists none.
fn verified(artifact: &Artifact, file: &str) -> anyhow::Result<Option<(PathBuf, Output)>> {
    if !artifact.has(file) {
        return Ok(None);
    }
    let output = artifact.verify(file)?.clone();
    Ok(Some((artifact.folder().join(file), output)))
}

/// Whether a folder has what finished runs are not without; not so if somebody has begun to remove it.
fn is_whole(folder: &Path) -> bool {
    ["manifest.json", RUNS, HISTORY].iter().all(|file| folder.join(file).exists())
}

impl Store {
    /// Opens the finished runs of a field by what their manifests list.
    ///
    /// # Errors
    /// A damaged manifest.
    pub(crate) fn open(session: &Session, priors: &FieldPriors) -> anyhow::Result<Self> {
        Self::of_folder(session.place(["train", priors.field.as_str(), ".runs"]))
    }

    /// Where a run is kept when it is trained.
    pub(crate) fn place(&self, run: &PlannedRun) -> PathBuf {
        self.folder.join(run.name())
    }

    /// Finds a run, if it is finished.
    ///
    /// # Errors
    /// A damaged manifest.
    pub(crate) fn find(&self, run: &PlannedRun) -> anyhow::Result<Option<Found<'_>>> {
        if let Some(artifact) = self.loose(run)? {
            return Ok(Some(Found::Alone(Box::new(artifact))));
        }
        Ok(self.pack_of(run).map(|pack| Found::Packed(pack, run.name())))
    }

    /// Whether a run is finished, with its weights where they are wanted.
    ///
    /// # Errors
    /// A damaged manifest.
    pub(crate) fn has(&self, run: &PlannedRun, weights: bool) -> anyhow::Result<bool> {
        Ok(self.find(run)?.is_some_and(|found| !weights || found.has_weights()))
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

    /// Names of all runs that are finished under whatever settings, without the fingerprints of their recipes.
    pub(crate) fn stems(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let loose = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let names = loose.chain(self.packed.keys().cloned());
        names.filter_map(|name| Some(name.rsplit_once('-')?.0.to_owned())).collect()
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
            let found = self.find(run)?.with_context(|| format!("{} is not finished", run.key))?;
            let mut finished = found.read()?;
            finished.record.weights = None;
            if weights(&run.key) {
                let (path, output) =
                    found.file(WEIGHTS)?.with_context(|| format!("{} has no weights", run.key))?;
                let name = format!("weights/{}.safetensors", run.key.file_stem());
                draft.share(&name, &path, output)?;
                finished.record.weights = Some(name);
                if let Some((path, output)) = found.file(SNAPSHOTS)? {
                    let name = format!("snapshots/{}.safetensors", run.key.file_stem());
                    draft.share(&name, &path, output)?;
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
        if !is_whole(&place) {
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
