//! One synthetic cortex in every dialect: what `ingest` makes of each is the same.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

const DIALECTS: [&str; 5] = ["client-csv", "split-csv", "split-parquet", "list-parquet", "static"];

/// A folder with the cortex in every dialect, and what was made of each.
struct RoundTrip {
    folder: TempDir,
}

impl RoundTrip {
    fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("cortex");
        run(&[
            &["synthesize", place.to_str().unwrap(), "--quiet", "--neurons", "90", "--field", "7_3_4"],
            arguments,
        ]
        .concat());
        Self { folder }
    }

    /// Ingests one dialect; the folder of its artifact.
    fn ingest(&self, dialect: &str, kind: &str, settings: &str) -> PathBuf {
        let artifacts = self.folder.path().join(format!("artifacts-{dialect}"));
        let config = self.folder.path().join(format!("{dialect}.toml"));
        let path = self.folder.path().join("cortex").join(dialect);
        let (place, path) = (artifacts.display().to_string(), path.display().to_string());
        let text = format!(
            "artifacts = {place:?}\n[source]\nkind = \"{kind}\"\npath = {path:?}\nfields = [\"7_3_4\"]\n{settings}\n[[arm]]\nname = \"main\"\n"
        );
        fs::write(&config, text).unwrap();
        run(&["run", "--config", config.to_str().unwrap(), "--quiet"]);
        artifacts.join("ingest/7_3_4")
    }

    /// Ingests all dialects, and compares them with the first and with the bundle.
    #[track_caller]
    fn assert_equal(&self, settings: &str, has_events: bool) -> PathBuf {
        let bundle = self.ingest("bundle", "bundle", "");
        let first = self.ingest(DIALECTS[0], "tables", settings);
        for dialect in &DIALECTS[1..] {
            let other = self.ingest(dialect, "tables", settings);
            for file in ["neurons.parquet", "synapses.parquet", "events.parquet"] {
                assert!(bytes(&first, file) == bytes(&other, file), "{file} of {dialect} differs");
            }
        }
        assert!(
            bytes(&bundle, "neurons.parquet") == bytes(&first, "neurons.parquet"),
            "neurons differ from the bundle's"
        );
        if has_events {
            assert!(
                bytes(&bundle, "events.parquet") == bytes(&first, "events.parquet"),
                "events differ from the bundle's"
            );
        }
        first
    }
}

fn bytes(folder: &Path, file: &str) -> Vec<u8> {
    fs::read(folder.join(file)).unwrap()
}

#[track_caller]
fn run(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_ingest")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Connections of an artifact.
fn connections(folder: &Path) -> Vec<cortex::Connection> {
    let artifact = artifact::Artifact::open(folder, artifact::Kind::Field).unwrap();
    artifact::read_field(&artifact, &"7_3_4".parse().unwrap()).unwrap().connections
}

/// The connections of the cortex that was written.
fn written() -> Vec<cortex::Connection> {
    ingest::synthesize(&"synthetic_90".parse().unwrap(), 1).unwrap().field.connections
}

#[test]
fn every_dialect_of_full_synapses_and_events_comes_back_as_it_was() {
    let trip = RoundTrip::new(&["--synapses", "20000"]);
    let first = trip.assert_equal("", true);
    assert_eq!(connections(&first), written(), "counts and summed sizes");
}

#[test]
fn three_column_synapses_come_back_without_sizes() {
    let trip = RoundTrip::new(&["--synapse-table", "three-column", "--activity", "none"]);
    let first = trip.assert_equal("", false);
    let counts: Vec<_> =
        written().into_iter().map(|connection| cortex::Connection { size: None, ..connection }).collect();
    assert_eq!(connections(&first), counts);
    assert!(
        bytes(&trip.ingest("bundle", "bundle", ""), "synapses.parquet") == bytes(&first, "synapses.parquet")
    );
}

#[test]
fn connections_with_nuclei_and_wide_activity_come_back_as_they_were() {
    let trip = RoundTrip::new(&["--synapse-table", "connections_with_nuclei", "--activity", "wide"]);
    let activity =
        "activity = { events = \"frames\", threshold = 0.5, threshold_in = \"amplitude\", frame_rate = 6.3 }";
    let first = trip.assert_equal(activity, true);
    assert_eq!(connections(&first), written());
}
