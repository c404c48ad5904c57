//! The program as a user meets it: exit codes, one-line errors, and nothing made twice.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use common::{HandMade, assert_said, fixture_bytes};
use tempfile::TempDir;

struct Study {
    folder: TempDir,
}

impl Study {
    fn new(source: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = folder.path().join("artifacts").display().to_string();
        let text =
            format!("artifacts = {artifacts:?}\nseed = 7\n[source]\n{source}\n[[arm]]\nname = \"main\"\n");
        fs::write(folder.path().join("pipeline.toml"), text).unwrap();
        Self { folder }
    }

    fn of_bundle(bundle: &HandMade) -> Self {
        Self::new(&format!("kind = \"bundle\"\npath = '{}'\nfields = \"all\"", bundle.path().display()))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let config = self.folder.path().join("pipeline.toml");
        ingest(&[&["run", "--config", config.to_str().unwrap()], arguments].concat())
    }

    fn artifact(&self, file: &str) -> PathBuf {
        self.folder.path().join("artifacts/ingest").join(file)
    }
}

fn ingest(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ingest")).args(arguments).output().unwrap()
}

fn modified(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_second_run_says_that_it_is_up_to_date_and_touches_nothing() {
    let study = Study::new("fields = [\"synthetic_8\"]");
    assert_said(&study.run(&[]), 0, "synthetic_8: 8 neurons");
    let manifest = study.artifact("synthetic_8/manifest.json");
    let before = modified(&manifest);
    assert_said(&study.run(&[]), 0, "is up to date");
    assert_eq!(modified(&manifest), before);
    assert_said(&study.run(&["--set", "seed=8", "--dry-run"]), 0, "seed 7 → 8");
    assert_eq!(modified(&manifest), before);
}

#[test]
fn equal_settings_make_equal_bytes() {
    let (one, other) = (Study::new("fields = [\"synthetic_40\"]"), Study::new("fields = [\"synthetic_40\"]"));
    one.run(&[]);
    other.run(&[]);
    for file in ["neurons", "synapses", "events"] {
        let path = format!("synthetic_40/{file}.parquet");
        assert_eq!(fs::read(one.artifact(&path)).unwrap(), fs::read(other.artifact(&path)).unwrap());
    }
}

#[test]
fn a_bundle_is_ingested_again_only_when_its_files_change() {
    let bundle = HandMade::new();
    let study = Study::of_bundle(&bundle);
    assert_said(&study.run(&["--dry-run"]), 0, "not made yet");
    assert!(!study.artifact("1_2_3").exists());
    assert_said(&study.run(&[]), 0, "1_2_3: 4 neurons, 3 connections (11 synapses), 6 events, 3 notes");
    assert!(study.artifact("1_2_3/released.safetensors").exists());
    assert_said(&study.run(&["--set", "seed=8"]), 0, "is up to date");
    let bundle = bundle.copy("positions_1_2_3.npy", "positions_big_endian.npy");
    assert_said(&study.run(&["--dry-run"]), 0, "input positions_1_2_3.npy changed");
    let _bundle = bundle.copy("positions_1_2_3.npy", "foreign_global.npy");
    assert_said(&study.run(&[]), 1, "posix.system");
    assert!(study.artifact("1_2_3/manifest.json").exists(), "the old artifact stays");
}

#[test]
fn a_damaged_artifact_is_refused_with_the_command_that_repairs_it() {
    let study = Study::new("fields = [\"synthetic_8\"]");
    study.run(&[]);
    let path = study.artifact("synthetic_8/events.parquet");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_said(&study.run(&[]), 1, "repair it with `ingest run --field synthetic_8 --force`");
    assert_said(&study.run(&["--force"]), 0, "8 neurons");
    assert_said(&study.run(&[]), 0, "is up to date");
}

#[test]
fn wrong_usage_ends_with_code_two() {
    assert_said(
        &Study::new("kind = \"tables\"").run(&[]),
        1,
        "there is no such folder, so no tables to read",
    );
    assert_said(&Study::new("fields = [\"synthetic_1\"]").run(&["--dry-run"]), 2, "N from 2 to");
    assert_said(&Study::new("").run(&["--field", "6_6_2"]), 2, "6_6_2 is not synthetic_N");
    assert_said(&ingest(&["run", "--nonsense"]), 2, "--nonsense");
}

#[test]
fn a_missing_bundle_is_named_with_where_to_read_on() {
    let study = Study::new("kind = \"bundle\"\npath = \"nowhere/bundle\"\nfields = \"all\"");
    assert_said(&study.run(&[]), 1, "nowhere/bundle");
    assert_said(&study.run(&[]), 1, "data/README.md");
}

#[test]
fn inspect_tells_of_every_field_and_fails_if_one_cannot_be_used() {
    let bundle = HandMade::new();
    let path = bundle.path().display().to_string();
    assert_said(&ingest(&["inspect", &path]), 0, "1 of 4 neurons have no outgoing synapses");
    let output = ingest(&["inspect", &path, "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["fields"][0]["neurons"], 4);
    assert_eq!(told["fields"][0]["synapses"], 11);
    fs::create_dir(bundle.path().join("1_2_4")).unwrap();
    fs::write(bundle.path().join("1_2_4/positions_1_2_4.npy"), fixture_bytes("positions.npy")).unwrap();
    assert_said(&ingest(&["inspect", &path]), 1, "1_2_4: unusable: ");
    assert_said(&ingest(&["inspect", &path]), 1, "1 of 2 fields cannot be used");
    let one = bundle.path().join("1_2_3").display().to_string();
    assert_said(&ingest(&["inspect", &one]), 0, "1_2_3");
}
