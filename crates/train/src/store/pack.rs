use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::{Context, ensure};
use artifact::{
    Artifact, Column, Draft, EpochRecord, Fingerprint, Kind, Lock, Manifest, Output, Recipe, RunRecord,
    Table, epoch_table, epochs_from_table, remove, run_table, runs_from_table,
};
use serde_json::json;

use super::{
    Ended, FinishedRun, HISTORY, RUNS, SNAPSHOTS, Store, WEIGHTS, is_there, is_whole, read, verified,
};
use crate::plan::{PlannedRun, STAGE_VERSION};

/// Beginning of the names of packs.
const PACK: &str = "pack-";

/// What every run of a pack was made by.
const RECIPES: &str = "recipes.parquet";

/// Runs that lie alone, by their names.
type LooseRuns<'a> = BTreeMap<String, (&'a PlannedRun, Artifact)>;

/// Many finished runs in one artifact: its inputs are the fingerprints of the runs' recipes by their names, and its tables have the
/// runs in that order.
#[derive(Debug)]
pub(crate) struct Pack {
    artifact: Artifact,
    records: OnceLock<HashMap<String, RunRecord>>,
    epochs: OnceLock<HashMap<String, Vec<EpochRecord>>>,
}

impl Pack {
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let artifact = Artifact::listed(folder, Kind::Pack)?;
        Ok(Self { artifact, records: OnceLock::new(), epochs: OnceLock::new() })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.artifact.manifest().inputs.keys()
    }

    /// Whether the pack holds a run of this name and recipe.
    pub(super) fn holds(&self, name: &str, recipe: &Fingerprint) -> bool {
        self.artifact.manifest().inputs.get(name) == Some(recipe)
    }

    pub(super) fn has_weights(&self, name: &str) -> bool {
        is_there(&self.artifact, &file_of(name, WEIGHTS))
    }

    pub(super) fn ended(&self, name: &str) -> anyhow::Result<Ended> {
        Ok(Ended { status: self.record(name)?.status, seconds: self.seconds(name) })
    }

    pub(super) fn finished(&self, name: &str) -> anyhow::Result<FinishedRun> {
        Ok(FinishedRun {
            record: self.record(name)?.clone(),
            epochs: self.epochs()?.get(name).cloned().unwrap_or_default(),
            seconds: self.seconds(name),
        })
    }

    /// A file of a run, verified, with what the manifest says of it; none where it was not kept.
    pub(super) fn file(&self, name: &str, file: &str) -> anyhow::Result<Option<(PathBuf, Output)>> {
        verified(&self.artifact, &file_of(name, file))
    }

    fn seconds(&self, name: &str) -> Option<f64> {
        self.artifact.manifest().times.parts.get(name).copied()
    }

    fn record(&self, name: &str) -> anyhow::Result<&RunRecord> {
        self.records()?.get(name).with_context(|| {
            format!(
                "{} does not hold {name}; remove it and run `train run`",
                self.artifact.folder().display()
            )
        })
    }

    fn records(&self) -> anyhow::Result<&HashMap<String, RunRecord>> {
        if let Some(records) = self.records.get() {
            return Ok(records);
        }
        let records = runs_from_table(&self.artifact.table(RUNS)?)?;
        ensure!(
            records.len() == self.names().count(),
            "{} does not hold the runs of its manifest; remove it and run `train run`",
            self.artifact.folder().display()
        );
        let records = self.names().cloned().zip(records).collect();
        Ok(self.records.get_or_init(|| records))
    }

    fn epochs(&self) -> anyhow::Result<&HashMap<String, Vec<EpochRecord>>> {
        if let Some(epochs) = self.epochs.get() {
            return Ok(epochs);
        }
        let names: BTreeMap<_, _> =
            self.records()?.iter().map(|(name, record)| (&record.key, name)).collect();
        let mut epochs: HashMap<String, Vec<EpochRecord>> = HashMap::new();
        for epoch in epochs_from_table(&self.artifact.table(HISTORY)?)? {
            if let Some(&name) = names.get(&epoch.key) {
                epochs.entry(name.clone()).or_default().push(epoch);
            }
        }
        Ok(self.epochs.get_or_init(|| epochs))
    }
}

/// Settings, inputs and notes of runs as JSON, one row a run.
fn recipe_table(runs: &LooseRuns<'_>) -> Result<Table, serde_json::Error> {
    let text = |part: &dyn Fn(&Manifest) -> Result<String, serde_json::Error>| {
        let texts = runs.values().map(|(_, loose)| part(loose.manifest()));
        texts.collect::<Result<_, _>>().map(Column::Text)
    };
    Ok(Table::new()
        .with("name", Column::Text(runs.keys().cloned().collect()))
        .with("settings", text(&|manifest| serde_json::to_string(&manifest.settings))?)
        .with("inputs", text(&|manifest| serde_json::to_string(&manifest.inputs))?)
        .with("notes", text(&|manifest| serde_json::to_string(&manifest.notes))?))
}

/// Folders of the packs among finished runs, in order.
fn pack_folders(runs: &Path) -> Vec<PathBuf> {
    let (mut folders, _) = packs_and_remains(runs);
    folders.sort();
    folders
}

/// Folders of the packs among finished runs; and of those that are none any more.
fn packs_and_remains(runs: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let entries = fs::read_dir(runs).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PACK)))
        .map(|entry| entry.path())
        .partition(|folder| is_whole(folder))
}

/// Where a pack has a file of a run: `weights/NAME.safetensors`.
fn file_of(name: &str, file: &str) -> String {
    let (folder, ending) = file.split_once('.').unwrap_or((file, ""));
    format!("{folder}/{name}.{ending}")
}

impl Store {
    /// Opens the finished runs in a folder.
    pub(super) fn of_folder(folder: PathBuf) -> anyhow::Result<Self> {
        let packs = pack_folders(&folder).into_iter().map(|folder| Pack::open(&folder));
        let packs: Vec<Pack> = packs.collect::<anyhow::Result<_>>()?;
        let mut packed: HashMap<String, usize> = HashMap::new();
        for (place, pack) in packs.iter().enumerate() {
            for name in pack.names() {
                // Of a run that is in two packs, one may have lost its weights.
                if !packed.contains_key(name) || pack.has_weights(name) {
                    packed.insert(name.clone(), place);
                }
            }
        }
        Ok(Self { folder, packs, packed })
    }

    /// Whether another process has packed runs meanwhile.
    pub(super) fn is_outdated(&self) -> bool {
        pack_folders(&self.folder) != self.packs.iter().map(|pack| pack.artifact.folder()).collect::<Vec<_>>()
    }

    /// Whether a run lies alone, of whatever settings.
    fn has_loose_runs(&self) -> bool {
        let mut entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.any(|entry| {
            let name = entry.file_name();
            !name.as_encoded_bytes().starts_with(b".")
                && !name.as_encoded_bytes().starts_with(PACK.as_bytes())
        })
    }

    /// Moves those of the runs that lie alone into one pack: a fifth of the files, and one manifest to read instead of many.
    ///
    /// # Errors
    /// A damaged run, or what the disk refuses; every run then still lies where it lay, or in the new pack.
    pub(crate) fn pack(&self, seed: u64, runs: &[&PlannedRun]) -> anyhow::Result<()> {
        if !self.has_loose_runs() && packs_and_remains(&self.folder).1.is_empty() {
            return Ok(());
        }
        let _packing = self.lock()?;
        // What other processes have packed meanwhile needs no more packing.
        let now = Self::of_folder(self.folder.clone())?;
        let (mut loose, mut redundant) = (LooseRuns::new(), packs_and_remains(&self.folder).1);
        for &run in runs {
            let Some(artifact) = now.loose(run)? else { continue };
            match now.pack_of(run) {
                Some(pack) if pack.has_weights(&run.name()) || !artifact.has(WEIGHTS) => {
                    redundant.push(self.place(run));
                }
                _ => drop(loose.insert(run.name(), (run, artifact))),
            }
        }
        if loose.len() > 1 {
            self.write_pack(seed, &loose)?;
            redundant.extend(loose.values().map(|(run, _)| self.place(run)));
        }
        redundant.iter().try_for_each(|place| remove(place))?;
        Ok(())
    }

    fn write_pack(&self, seed: u64, runs: &LooseRuns<'_>) -> anyhow::Result<()> {
        let inputs = runs.iter().map(|(name, (run, _))| (name.clone(), run.recipe.clone())).collect();
        let recipe =
            Recipe { kind: Kind::Pack, stage_version: STAGE_VERSION, seed, settings: json!({}), inputs };
        let place = self.folder.join(format!("{PACK}{}", recipe.fingerprint().short()));
        let _lock = Lock::acquire(&place, |_| ())?;
        let mut draft = Draft::begin(&place)?;
        let (mut records, mut epochs) = (Vec::new(), Vec::new());
        for (name, (_, loose)) in runs {
            let finished = read(loose)?;
            for file in [WEIGHTS, SNAPSHOTS] {
                if let Some((path, output)) = verified(loose, file)? {
                    draft.share(&file_of(name, file), &path, output)?;
                }
            }
            if let Some(seconds) = finished.seconds {
                draft.time(name.clone(), seconds);
            }
            records.push(finished.record);
            epochs.extend(finished.epochs);
        }
        draft.table(RECIPES, &recipe_table(runs)?)?;
        draft.table(RUNS, &run_table(&records))?;
        draft.table(HISTORY, &epoch_table(&epochs))?;
        draft.commit(&recipe)?;
        Ok(())
    }

    /// Keeps other processes from packing the runs of the field.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(crate) fn lock(&self) -> anyhow::Result<Lock> {
        Ok(Lock::acquire(&self.folder.join("pack"), |_| ())?)
    }
}
