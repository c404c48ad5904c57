use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use artifact::{
    Artifact, ArtifactError, Decision, Draft, Kind, Lock, Manifest, Recipe, clear_remains, write_atomically,
};
use config::{FieldSelection, Source, Study};
use cortex::FieldName;

use crate::{Console, RunArguments};

/// One `run` of one program: its study, its arguments, its console.
#[derive(Debug)]
pub struct Session {
    /// The study.
    pub study: Study,
    /// Where the program speaks.
    pub console: Console,
    /// Whether to only say what would be made.
    pub dry_run: bool,
    stage: &'static str,
    arguments: RunArguments,
    sources: BTreeSet<PathBuf>,
    outputs: BTreeSet<PathBuf>,
}

/// What became of an artifact.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    /// It was up to date and was left alone.
    UpToDate,
    /// It was made.
    New(Box<Manifest>),
    /// It would have been made, for the reason that was printed.
    WouldMake,
}

impl Session {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`config::ConfigError`].
    pub fn open(stage: &'static str, arguments: RunArguments) -> anyhow::Result<Self> {
        let mut sets = arguments.study.set.clone();
        if !arguments.study.field.is_empty() {
            let names: Vec<String> = arguments.study.field.iter().map(|name| format!("\"{name}\"")).collect();
            sets.push(format!("source.fields=[{}]", names.join(", ")));
        }
        let mut study = config::load(&arguments.study.config, &sets)?;
        if let Some(artifacts) = &arguments.study.artifacts {
            study.artifacts.clone_from(artifacts);
        }
        if !arguments.dry_run {
            clear_remains_below(&study.artifacts);
        }
        Ok(Self {
            console: Console::new(arguments.quiet),
            dry_run: arguments.dry_run,
            sources: BTreeSet::new(),
            outputs: BTreeSet::new(),
            study,
            stage,
            arguments,
        })
    }

    /// Whether everything is to be made anew.
    pub fn forced(&self) -> bool {
        self.arguments.force
    }

    /// The fields of the study: those it names, or all that `ingest` has made of measured cortex.
    ///
    /// # Errors
    /// If all are asked for and none has been ingested.
    pub fn ingested_fields(&self) -> anyhow::Result<Vec<FieldName>> {
        let named = match &self.study.source {
            Source::Synthetic { fields } => Some(fields),
            Source::Bundle { fields, .. } | Source::Tables { fields, .. } => match fields {
                FieldSelection::Named(fields) => Some(fields),
                FieldSelection::All => None,
            },
        };
        if let Some(fields) = named {
            return Ok(fields.clone());
        }
        let folder = self.study.artifacts.join("ingest");
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be listed; make it with `ingest run`", folder.display()))?;
        let measured = |place: &Path| {
            let manifest = Artifact::manifest_of(place, Kind::Field).ok()?;
            (manifest.settings["source"] != "synthetic").then_some(())
        };
        let mut names: Vec<FieldName> = entries
            .flatten()
            .filter_map(|entry| {
                measured(&entry.path()).and_then(|()| entry.file_name().to_str()?.parse().ok())
            })
            .collect();
        names.sort();
        if names.is_empty() {
            bail!("{} holds no field; make them with `ingest run`", folder.display());
        }
        Ok(names)
    }

    /// Place of an artifact: `artifacts/STAGE/…`.
    pub fn place<const N: usize>(&self, parts: [&str; N]) -> PathBuf {
        parts.iter().fold(self.study.artifacts.clone(), |path, part| path.join(part))
    }

    /// Records that the run depends on a file.
    pub fn depends_on(&mut self, path: PathBuf) {
        self.sources.insert(path);
    }

    /// Opens an artifact of an earlier stage, and records that the run depends on it.
    ///
    /// # Errors
    /// As [`Artifact::open`].
    pub fn input(&mut self, place: &Path, kind: Kind) -> anyhow::Result<Artifact> {
        let artifact = Artifact::open(place, kind)?;
        self.depends_on(place.join("manifest.json"));
        Ok(artifact)
    }

    /// In a dry run, where an input is missing that an earlier stage would make: says that `place` would be made.
    ///
    /// # Errors
    /// The error itself, if it is another one or this is no dry run.
    pub fn would_make(&self, place: &Path, error: anyhow::Error) -> anyhow::Result<()> {
        let missing = matches!(error.downcast_ref(), Some(ArtifactError::Missing { .. }));
        if !(self.dry_run && missing) {
            return Err(error);
        }
        self.console.result(format!("{}: would make {}: {error}", self.stage, place.display()));
        Ok(())
    }

    /// Decides whether the artifact at `place` has to be made, and why, `--force` considered.
    ///
    /// # Errors
    /// As [`Recipe::decide`], unless `--force` overrules.
    pub fn decide(&mut self, place: &Path, recipe: &Recipe) -> anyhow::Result<Decision> {
        self.outputs.insert(place.join("manifest.json"));
        if self.arguments.force {
            return Ok(Decision::Make("--force".to_owned()));
        }
        Ok(recipe.decide(place)?)
    }

    /// Makes the artifact at `place` if its recipe asks for it; `fill` writes its files.
    ///
    /// # Errors
    /// As [`Recipe::decide`], whatever `fill` returns, and what the disk refuses. The old artifact then stays.
    pub fn produce(
        &mut self,
        place: &Path,
        recipe: &Recipe,
        fill: impl FnOnce(&mut Draft) -> anyhow::Result<()>,
    ) -> anyhow::Result<Made> {
        match self.decide(place, recipe)? {
            Decision::UpToDate => {
                self.console.say(format!("{}: {} is up to date", self.stage, place.display()));
                Ok(Made::UpToDate)
            }
            Decision::Make(reason) if self.dry_run => {
                self.console.result(format!("{}: would make {}: {reason}", self.stage, place.display()));
                Ok(Made::WouldMake)
            }
            Decision::Make(reason) => {
                let _lock = self.lock(place)?;
                if self.decide(place, recipe)? == Decision::UpToDate {
                    return Ok(Made::UpToDate);
                }
                self.console.say(format!("{}: making {}: {reason}", self.stage, place.display()));
                let mut draft = Draft::begin(place)?;
                fill(&mut draft)?;
                Ok(Made::New(Box::new(draft.commit(recipe)?)))
            }
        }
    }

    /// Keeps other processes from changing what lies at `place`; waits, and says so, if one does.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn lock(&self, place: &Path) -> anyhow::Result<Lock> {
        let lock = Lock::acquire(place, |holder| {
            self.console.say(format!("{}: {} is in use by {holder}; waiting", self.stage, place.display()));
        })?;
        Ok(lock)
    }

    /// Ends the run: lists the files it read and made, a line each, where asked.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn finish(self) -> anyhow::Result<()> {
        let Some(path) = self.arguments.dependencies.as_ref().filter(|_| !self.dry_run) else {
            return Ok(());
        };
        let mut text = String::new();
        for file in self.sources.iter().chain(&self.outputs) {
            writeln!(text, "{}", file.display())?;
        }
        write_atomically(path, text.as_bytes())?;
        Ok(())
    }
}

/// Removes what crashes left anywhere among a study's artifacts.
fn clear_remains_below(artifacts: &Path) {
    clear_remains(artifacts);
    for folder in ["ingest", "priors", "nulls", "train"] {
        clear_remains(&artifacts.join(folder));
    }
    for field in fs::read_dir(artifacts.join("train")).into_iter().flatten().flatten() {
        clear_remains(&field.path());
        clear_remains(&field.path().join(".runs"));
    }
}
