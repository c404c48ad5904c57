//! A study in a folder of its own, and what its programs say.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

use artifact::{Artifact, Kind};
use tempfile::TempDir;

pub(crate) use crate::programs::STAGES;
use crate::programs::{self, program_path};

/// Thirty-three networks of sixteen units, a second of training.
const TINY: &str = r#"
artifacts = "artifacts"
seed = 1
[source]
kind = "synthetic"
fields = ["synthetic_16"]
[train]
simulations = 1
training_trials = 128
validation_trials = 64
test_trials = 64
epochs = 2
batch = 64
[[arm]]
name = "main"
"#;

/// A study in a temporary folder.
pub(crate) struct Study {
    folder: TempDir,
}

/// What a program did.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Study {
    /// The tiny study, not run yet.
    pub(crate) fn tiny() -> Self {
        let study = Self { folder: tempfile::tempdir().unwrap() };
        study.write("pipeline.toml", TINY);
        study
    }

    /// The tiny study, run to its report.
    pub(crate) fn finished() -> Self {
        let study = Self::tiny();
        study.run_all();
        study
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Replaces a piece of the configuration.
    pub(crate) fn edit(&self, old: &str, new: &str) {
        let text = fs::read_to_string(self.path("pipeline.toml")).unwrap();
        assert!(text.contains(old), "the configuration does not say {old}");
        self.write("pipeline.toml", text.replace(old, new));
    }

    /// A command in the study's folder.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program_path(program));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    pub(crate) fn call(&self, program: &str, arguments: &[&str]) -> Done {
        Done::from(self.command(program, arguments).output().unwrap())
    }

    /// Runs one stage, which must succeed.
    pub(crate) fn run(&self, stage: &str) -> Done {
        let done = self.call(stage, &["run"]);
        assert_eq!(done.code, Some(0), "{stage}: {}", done.err);
        done
    }

    pub(crate) fn run_all(&self) -> BTreeMap<&'static str, Done> {
        STAGES.into_iter().map(|stage| (stage, self.run(stage))).collect()
    }

    /// The only pack of finished runs of the tiny study.
    pub(crate) fn pack(&self) -> PathBuf {
        let folders = fs::read_dir(self.path("artifacts/train/synthetic_16/.runs")).unwrap().flatten();
        let folders: Vec<PathBuf> = folders.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        assert_eq!(folders.len(), 1, "{folders:?}");
        folders[0].clone()
    }

    /// What the runs in the pack were made by: settings, inputs and notes by the names of the runs, without the fingerprints of
    /// their recipes.
    pub(crate) fn recipes(&self) -> BTreeMap<String, serde_json::Value> {
        let recipes = Artifact::open(&self.pack(), Kind::Pack).unwrap().table("recipes.parquet").unwrap();
        let text = |column: &str, row: usize| -> serde_json::Value {
            serde_json::from_str(&recipes.text(column).unwrap()[row]).unwrap()
        };
        let names = recipes.text("name").unwrap().iter().enumerate();
        let recipe = |(row, name): (usize, &String)| {
            let [settings, inputs, notes] = ["settings", "inputs", "notes"].map(|column| text(column, row));
            let recipe = serde_json::json!({ "settings": settings, "inputs": inputs, "notes": notes });
            (name.rsplit_once('-').unwrap().0.to_owned(), recipe)
        };
        names.map(recipe).collect()
    }

    /// Name of the file of weights of a run in the pack.
    pub(crate) fn packed_weights(&self, run: &str) -> String {
        let names = fs::read_dir(self.pack().join("weights")).unwrap().flatten();
        let mut names = names.filter_map(|entry| entry.file_name().into_string().ok());
        names.find(|name| name.starts_with(&format!("main.{run}-"))).unwrap()
    }

    /// Digest of every artifact file by path; manifests without their times; hidden files left out.
    pub(crate) fn digests(&self) -> BTreeMap<PathBuf, String> {
        let root = self.path("artifacts");
        assert!(root.is_dir(), "{} is missing", root.display());
        programs::digests(&root)
    }

    /// Modification time of every artifact's manifest by path.
    pub(crate) fn times(&self) -> BTreeMap<PathBuf, SystemTime> {
        let root = self.path("artifacts");
        let manifests = files(&root).into_iter().filter(|path| path.file_name().unwrap() == "manifest.json");
        manifests.map(|path| (path.clone(), fs::metadata(&path).unwrap().modified().unwrap())).collect()
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    /// How many runs `train` trained.
    pub(crate) fn trained(&self) -> usize {
        self.err.lines().filter(|line| line.starts_with("train [")).count()
    }
}

/// All files below a folder but hidden ones and what lies in hidden folders.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    assert!(folder.is_dir(), "{} is missing", folder.display());
    programs::files(folder, false).into_iter().map(|path| folder.join(path)).collect()
}
