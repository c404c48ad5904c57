use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::{bail, ensure};
use artifact::{
    Artifact, Column, Draft, EpochRecord, Fingerprint, Kind, Lock, Manifest, Output, Recipe, RunRecord,
    Table, epoch_table, epochs_from_table, remove, run_table, runs_from_table,
};
use serde_json::json;

use super::{Ended, FinishedRun, HISTORY, RUNS, SNAPSHOTS, Store, WEIGHTS, read};
use crate::plan::{PlannedRun, STAGE_VERSION};

/// Beginning of the names of packs.
const PACK: &str = "pack-";

/// What every run of a pack was made by.
const RECIPES: &str = "recipes.parquet";

/// Many finished runs in one artifact: its inputs are the fingerprints of the runs' recipes by their names, and its tables have the
/// runs in that order.
#[derive(Debug)]
pub(super) struct Pack {
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
        let file = file_of(name, WEIGHTS);
        self.artifact.has(&file) && self.artifact.folder().join(file).exists()
    }

    pub(super) fn ended(&self, name: &str) -> anyhow::Result<Ended> {
        let record = found(self.records()?, name, &self.artifact)?;
        Ok(Ended { status: record.status, seconds: self.seconds(name) })
    }

    pub(super) fn finished(&self, name: &str) -> anyhow::Result<FinishedRun> {
        Ok(FinishedRun {
            record: found(self.records()?, name, &self.artifact)?.clone(),
            epochs: self.epochs()?.get(name).cloned().unwrap_or_default(),
            seconds: self.seconds(name),
        })
    }

    /// A file of a run, verified, with what the manifest says of it; none where it was not kept.
    pub(super) fn file(&self, name: &str, file: &str) -> anyhow::Result<Option<(PathBuf, Output)>> {
        let file = file_of(name, file);
        if !self.artifact.has(&file) {
            return Ok(None);
        }
        let output = self.artifact.verify(&file)?.clone();
        Ok(Some((self.artifact.folder().join(file), output)))
    }

    fn seconds(&self, name: &str) -> Option<f64> {
        self.artifact.manifest().times.parts.get(name).copied()
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

fn found<'a>(
    records: &'a HashMap<String, RunRecord>,
    name: &str,
    pack: &Artifact,
) -> anyhow::Result<&'a RunRecord> {
    records.get(name).ok_or_else(|| {
        anyhow::anyhow!("{} does not hold {name}; remove it and run `train run`", pack.folder().display())
    })
}

/// Settings, inputs and notes of runs as JSON, one row a run.
fn recipe_table<'a>(
    names: impl Iterator<Item = &'a String>,
    manifests: &[Manifest],
) -> Result<Table, serde_json::Error> {
    let text = |part: &dyn Fn(&Manifest) -> Result<String, serde_json::Error>| {
        manifests.iter().map(part).collect::<Result<_, _>>().map(Column::Text)
    };
    Ok(Table::new()
        .with("name", Column::Text(names.cloned().collect()))
        .with("settings", text(&|manifest| serde_json::to_string(&manifest.settings))?)
        .with("inputs", text(&|manifest| serde_json::to_string(&manifest.inputs))?)
        .with("notes", text(&|manifest| serde_json::to_string(&manifest.notes))?))
}

/// Where a pack has a file of a run: `weights/NAME.safetensors`.
fn file_of(name: &str, file: &str) -> String {
    let (folder, ending) = file.split_once('.').unwrap_or((file, ""));
    format!("{folder}/{name}.{ending}")
}

impl Store {
    /// Looks for the packs that there are now.
    pub(super) fn find_packs(&mut self) -> anyhow::Result<()> {
        self.packs =
            self.pack_folders().iter().map(|folder| Pack::open(folder)).collect::<anyhow::Result<_>>()?;
        self.packed.clear();
        for (place, pack) in self.packs.iter().enumerate() {
            for name in pack.names() {
                // Of a run that is in two packs, one may have lost its weights.
                if !self.packed.contains_key(name) || pack.has_weights(name) {
                    self.packed.insert(name.clone(), place);
                }
            }
        }
        Ok(())
    }

    /// Whether another process has packed runs meanwhile.
    pub(super) fn is_outdated(&self) -> bool {
        self.pack_folders() != self.packs.iter().map(|pack| pack.artifact.folder()).collect::<Vec<_>>()
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

    /// Folders of the packs, in order.
    fn pack_folders(&self) -> Vec<PathBuf> {
        let (mut folders, _) = self.pack_folders_and_remains();
        folders.sort();
        folders
    }

    /// Folders of the packs; and of those that lack a file without which they are none, as somebody has begun to remove them.
    fn pack_folders_and_remains(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PACK)))
            .map(|entry| entry.path())
            .partition(|folder| {
                ["manifest.json", RUNS, HISTORY].iter().all(|file| folder.join(file).exists())
            })
    }

    /// Moves those of the runs that lie alone into one pack: a fifth of the files, and one manifest to read instead of many.
    ///
    /// # Errors
    /// A damaged run, or what the disk refuses; every run then still lies where it lay, or in the new pack.
    pub(crate) fn pack(&mut self, seed: u64, runs: &[&PlannedRun]) -> anyhow::Result<()> {
        if !self.has_loose_runs() && self.pack_folders_and_remains().1.is_empty() {
            return Ok(());
        }
        let packing = self.lock()?;
        self.find_packs()?;
        let (mut loose, mut redundant) = (BTreeMap::new(), self.pack_folders_and_remains().1);
        for &run in runs {
            let Some(artifact) = self.loose(run)? else { continue };
            match self.pack_of(run) {
                Some(pack) if pack.has_weights(&run.name()) || !artifact.has(WEIGHTS) => {
                    redundant.push(self.place(run));
                }
                _ => drop(loose.insert(run.name(), run)),
            }
        }
        if loose.len() > 1 {
            self.write_pack(seed, &loose)?;
            redundant.extend(loose.values().map(|run| self.place(run)));
        }
        for place in redundant {
            remove(&place)?;
        }
        drop(packing);
        self.find_packs()
    }

    fn write_pack(&self, seed: u64, runs: &BTreeMap<String, &PlannedRun>) -> anyhow::Result<()> {
        let inputs = runs.iter().map(|(name, run)| (name.clone(), run.recipe.clone())).collect();
        let recipe =
            Recipe { kind: Kind::Pack, stage_version: STAGE_VERSION, seed, settings: json!({}), inputs };
        let place = self.folder.join(format!("{PACK}{}", recipe.fingerprint().short()));
        let _lock = Lock::acquire(&place, |_| ())?;
        let mut draft = Draft::begin(&place)?;
        let (mut records, mut epochs, mut manifests) = (Vec::new(), Vec::new(), Vec::new());
        for (name, run) in runs {
            let Some(loose) = self.loose(run)? else { bail!("{name} was removed meanwhile; run again") };
            let finished = read(&loose)?;
            for file in [WEIGHTS, SNAPSHOTS].into_iter().filter(|file| loose.has(file)) {
                draft.share(&file_of(name, file), &loose.folder().join(file), loose.verify(file)?.clone())?;
            }
            if let Some(seconds) = finished.seconds {
                draft.time(name.clone(), seconds);
            }
            records.push(finished.record);
            epochs.extend(finished.epochs);
            manifests.push(loose.manifest().clone());
        }
        draft.table(RECIPES, &recipe_table(runs.keys(), &manifests)?)?;
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
