//! Writing a synthetic cortex: equal bytes for equal arguments, and every form readable.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use common::assert_said;
use ingest::Bundle;

fn synthesize(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ingest"))
        .args(["synthesize", folder.to_str().unwrap(), "--quiet"])
        .args(arguments)
        .output()
        .unwrap()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(below, bytes)| (Path::new(path.file_name().unwrap()).join(below), bytes)),
            );
        } else {
            found.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn equal_arguments_write_equal_bytes_and_another_seed_others() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, seed: &str| {
        let place = folder.path().join(name);
        assert_said(
            &synthesize(&place, &["--neurons", "40", "--synapses", "70000", "--seed", seed]),
            0,
            "40 neurons",
        );
        files(&place)
    };
    let (one, same, other) = (write("one", "5"), write("same", "5"), write("other", "6"));
    assert_eq!(one.len(), 6 + 4 + 4 + 4 + 4 + 8);
    for (path, bytes) in &one {
        assert!(same[path] == *bytes, "{} differs", path.display());
    }
    assert!(
        other[Path::new("static/synapses_pni_2.csv.gz")] != one[Path::new("static/synapses_pni_2.csv.gz")]
    );
}

#[test]
fn a_bundle_is_read_back_as_the_cortex_that_it_was_written_of() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("bundle");
    assert_said(
        &synthesize(&place, &["--dialect", "bundle", "--neurons", "30", "--seed", "9"]),
        0,
        "as bundle",
    );
    let read = Bundle::open(&place).unwrap().field(&"1_1_1".parse().unwrap()).unwrap().read().unwrap().field;
    let made = ingest::synthesize(&"synthetic_30".parse().unwrap(), 9).unwrap().field;
    assert_eq!(read.events, made.events);
    for (read, made) in read.neurons.iter().zip(&made.neurons) {
        assert_eq!(
            (read.nucleus, read.root, read.position_voxel),
            (made.nucleus, made.root, made.position_voxel)
        );
    }
    assert!(read.neurons.is_sorted_by_key(|neuron| neuron.unit));
    let pairs = |field: &cortex::Field| {
        field
            .connections
            .iter()
            .map(|connection| (connection.pre, connection.post, connection.count))
            .collect::<Vec<_>>()
    };
    assert_eq!(pairs(&read), pairs(&made));
}

#[test]
fn fewer_synapses_than_the_field_has_thin_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("thin");
    assert_said(
        &synthesize(&place, &["--dialect", "bundle", "--neurons", "60", "--synapses", "20"]),
        0,
        "synapses within it of 20",
    );
    let read = Bundle::open(&place).unwrap().field(&"1_1_1".parse().unwrap()).unwrap().read().unwrap();
    assert!((12..=20).contains(&read.synapses()), "{}", read.synapses());
}

#[test]
fn what_cannot_be_written_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("new");
    assert_said(&synthesize(&place, &["--neurons", "15001"]), 2, "from 2 to 15000 can be synthesised");
    assert_said(&synthesize(&place, &["--field", "cortex"]), 2, "session_scan_field");
    assert_said(&synthesize(&place, &["--dialect", "xlsx"]), 2, "client-csv");
    fs::write(folder.path().join("mine"), "precious").unwrap();
    assert_said(&synthesize(folder.path(), &[]), 2, "is not an empty folder");
    assert_said(&synthesize(&folder.path().join("mine"), &[]), 2, "is not an empty folder");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
