//! The study that faults are put into, the same study undisturbed, and the comparison of the two.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use crate::programs::{STAGES, files};
use crate::{
    chance::Chance,
    programs::{self, digests, program_path},
    tally::Tally,
};

/// Two fields of as many neurons, two arms, twelve networks.
const STUDY: &str = r#"
artifacts = "artifacts"
seed = 1
[source]
kind = "synthetic"
fields = ["synthetic_16", "synthetic_016"]
[train]
tasks = ["go-nogo"]
variants = ["W", "WD*C", "W*D*C*"]
simulations = 1
training_trials = 512
validation_trials = 64
test_trials = 64
epochs = 2
batch = 64
[[arm]]
name = "main"
[[arm]]
name = "positive"
positive = true
"#;

/// The undisturbed study, and where every fault starts from.
pub(crate) struct Bench {
    folder: TempDir,
    /// Digests of all visible files of the undisturbed artifacts.
    digests: BTreeMap<PathBuf, String>,
    /// How long each stage takes undisturbed.
    pub(crate) seconds: BTreeMap<&'static str, f64>,
    pub(crate) tally: Tally,
    pub(crate) seed: u64,
}

/// A copy of the study, in a folder of its own.
pub(crate) struct Study {
    folder: PathBuf,
    artifacts: PathBuf,
    _temporary: TempDir,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            signal: output.status.signal(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// The last line on stderr.
    pub(crate) fn last_line(&self) -> &str {
        self.err.lines().last().unwrap_or_default()
    }

    /// Checks that a quiet program said one line and ended with this code.
    #[track_caller]
    pub(crate) fn assert_refused(&self, code: i32, context: &str) {
        assert_eq!(self.code, Some(code), "{context}: {self:?}");
        assert_eq!(self.err.lines().count(), 1, "{context}: {self:?}");
        assert!(!self.err.contains("panicked"), "{context}: {self:?}");
    }
}

impl Bench {
    /// Runs the study undisturbed, and keeps its artifacts after every stage.
    pub(crate) fn set_up(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Self {
            folder,
            digests: BTreeMap::new(),
            seconds: BTreeMap::new(),
            tally: Tally::default(),
            seed,
        };
        fs::create_dir_all(bench.after("nothing")).unwrap();
        let mut before = "nothing";
        for stage in STAGES {
            // Twice: the first time a program is read from the disk.
            for _ in 0..2 {
                let study = bench.study_after(before);
                let started = Instant::now();
                let ended = study.run(stage);
                assert_eq!(ended.code, Some(0), "{stage}: {ended:?}");
                bench.seconds.insert(stage, started.elapsed().as_secs_f64());
                let _ = fs::remove_dir_all(bench.after(stage));
                copy(&study.artifacts(), &bench.after(stage));
            }
            before = stage;
        }
        bench.digests = digests(&bench.after("analyze"));
        bench
    }

    /// The undisturbed artifacts after a stage.
    pub(crate) fn after(&self, stage: &str) -> PathBuf {
        self.folder.path().join("after").join(stage)
    }

    /// A stream of chance of its own for a part of the harness.
    pub(crate) fn chance(&self, part: &str) -> Chance {
        Chance::new(self.seed, part)
    }

    /// The study as it is before a stage runs.
    pub(crate) fn study_before(&self, stage: &str) -> Study {
        self.study_after(before(stage))
    }

    /// The study as it is before a stage runs, with its artifacts in this folder.
    pub(crate) fn study_before_in(&self, stage: &str, artifacts: &Path) -> Study {
        self.study_after_in(before(stage), artifacts)
    }

    /// The study as it is after a stage ran.
    pub(crate) fn study_after(&self, stage: &str) -> Study {
        let study = Study::empty();
        copy(&self.after(stage), &study.artifacts());
        study
    }

    /// The study as it is after a stage ran, with its artifacts in this folder.
    pub(crate) fn study_after_in(&self, stage: &str, artifacts: &Path) -> Study {
        let mut study = Study::empty();
        artifacts.clone_into(&mut study.artifacts);
        copy(&self.after(stage), artifacts);
        study
    }

    /// Checks that nothing half-written lies under a final name, whatever happened.
    #[track_caller]
    pub(crate) fn assert_sound(&self, study: &Study, context: &str) {
        let verified = verify(&study.artifacts(), context);
        self.tally.count("artifacts verified after a fault", verified);
    }

    /// Runs the stages from `stage` on, which must end in the undisturbed artifacts and leave nothing else.
    #[track_caller]
    pub(crate) fn assert_completes(&self, study: &Study, stage: &str, context: &str) {
        for stage in STAGES.iter().skip_while(|known| **known != stage) {
            let ended = study.run(stage);
            assert_eq!(ended.code, Some(0), "{context}, then {stage}: {ended:?}");
        }
        self.assert_equal(study, context);
    }

    /// Checks that the artifacts are the undisturbed ones, that hidden ones verify, and that nothing else is left.
    #[track_caller]
    pub(crate) fn assert_equal(&self, study: &Study, context: &str) {
        let found = digests(&study.artifacts());
        for (path, digest) in &self.digests {
            assert_eq!(found.get(path), Some(digest), "{context}: {} differs", path.display());
        }
        let more: Vec<_> = found.keys().filter(|path| !self.digests.contains_key(*path)).collect();
        assert!(more.is_empty(), "{context}: {more:?} should not be there");
        verify(&study.artifacts(), context);
        assert_no_remains(study, context);
        self.tally.count("artifact files compared, byte-equal", self.digests.len());
    }
}

impl Study {
    fn empty() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        fs::write(temporary.path().join("pipeline.toml"), STUDY).unwrap();
        Self {
            folder: temporary.path().to_owned(),
            artifacts: temporary.path().join("artifacts"),
            _temporary: temporary,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn artifacts(&self) -> PathBuf {
        self.artifacts.clone()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.artifacts.join(name)
    }

    /// A stage's `run`, quiet, as the leader of a group of processes.
    pub(crate) fn command(&self, stage: &str) -> Command {
        let mut command = self.program(stage);
        command.args(["run", "--quiet"]).arg("--artifacts").arg(&self.artifacts);
        command.process_group(0);
        command
    }

    /// A program in the study's folder.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(program_path(name));
        command.current_dir(&self.folder).env_remove("RUST_BACKTRACE");
        command
    }

    /// All stages by make, without building anything.
    pub(crate) fn make(&self) -> Command {
        let mut command = programs::make(&self.folder.join("pipeline.toml"), &self.artifacts);
        command.args(["CARGO=true", "all"]).env_remove("RUST_BACKTRACE").process_group(0);
        command
    }

    /// A stage's `run` under limits that bash sets, such as `ulimit -v 65536`.
    pub(crate) fn limited(&self, stage: &str, limits: &str) -> Ended {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("{limits}; exec \"$@\""), "bash"]).arg(program_path(stage));
        command.args(["run", "--quiet"]).arg("--artifacts").arg(&self.artifacts);
        command.current_dir(&self.folder).env_remove("RUST_BACKTRACE");
        Ended::from(command.output().unwrap())
    }

    pub(crate) fn run(&self, stage: &str) -> Ended {
        Ended::from(self.command(stage).output().unwrap())
    }

    /// Starts a stage, does something to it after a while, and says how it ended.
    pub(crate) fn disturbed(&self, stage: &str, after: Duration, disturb: impl FnOnce(&Child)) -> Ended {
        disturbed(&mut self.command(stage), after, disturb)
    }
}

/// The stage that a stage follows.
fn before(stage: &str) -> &'static str {
    let place = STAGES.iter().position(|known| *known == stage).unwrap();
    if place == 0 { "nothing" } else { STAGES[place - 1] }
}

/// Starts a command, does something to it after a while, and says how it ended.
pub(crate) fn disturbed(command: &mut Command, after: Duration, disturb: impl FnOnce(&Child)) -> Ended {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    sleep(after);
    disturb(&child);
    Ended::from(child.wait_with_output().unwrap())
}

/// Sends a signal to the group that a program leads; one that has ended hears nothing.
pub(crate) fn signal(child: &Child, name: &str) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-s", name, "--", &group]).stderr(Stdio::null()).status();
}

/// Copies a folder with all in it, hidden files as well, and with its times.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let from = from.join(".");
    let status = Command::new("cp").arg("-a").args([&from, to]).status().unwrap();
    assert!(status.success(), "cp -a {} {}", from.display(), to.display());
}

/// Checks every folder that is under its final name: it has a manifest, and all that it lists and nothing else.
#[track_caller]
fn verify(artifacts: &Path, context: &str) -> usize {
    let mut places: Vec<PathBuf> = Vec::new();
    for parent in ["ingest", "priors", "nulls"] {
        places.extend(folders(&artifacts.join(parent)));
    }
    for field in folders(&artifacts.join("train")) {
        places.extend(folders(&field));
        places.extend(folders(&field.join(".runs")));
    }
    places.extend(Some(artifacts.join("analyze")).filter(|place| place.exists()));
    for place in &places {
        let path = place.join("manifest.json");
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{context}: {}: {error}", path.display()));
        let manifest: Value = serde_json::from_slice(&text).unwrap();
        let outputs = manifest["outputs"].as_object().unwrap();
        let mut listed: BTreeSet<PathBuf> = outputs.keys().map(PathBuf::from).collect();
        for (name, output) in outputs {
            if name.starts_with("weights/") && place.parent().is_some_and(|parent| parent.ends_with(".runs"))
            {
                // Weights of a pack that were damaged are removed; their run is then trained again, beside it.
                listed.remove(Path::new(name));
            }
            let Ok(bytes) = fs::read(place.join(name)) else { continue };
            let found = blake3::hash(&bytes).to_string();
            assert_eq!(output["blake3"], found, "{context}: {} in {}", name, place.display());
        }
        listed.insert("manifest.json".into());
        let found = files(place, true);
        let known = |path: &PathBuf| {
            outputs.contains_key(&*path.to_string_lossy()) || path.ends_with("manifest.json")
        };
        assert!(found.iter().all(known), "{context}: {found:?} in {}", place.display());
        assert!(found.is_superset(&listed), "{context}: {found:?} in {}", place.display());
    }
    places.len()
}

/// The visible folders in a folder.
fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let visible = entries.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    let mut folders: Vec<PathBuf> = visible.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Checks that there is nothing hidden but finished runs and what make remembers.
#[track_caller]
pub(crate) fn assert_no_remains(study: &Study, context: &str) {
    let hidden = |path: &PathBuf| {
        path.components().any(|part| {
            let name = part.as_os_str().as_encoded_bytes();
            name.starts_with(b".") && name != b".runs" && name != b".make"
        })
    };
    let left: Vec<_> = files(&study.artifacts(), true).into_iter().filter(hidden).collect();
    assert!(left.is_empty(), "{context}: {left:?} is left");
}
