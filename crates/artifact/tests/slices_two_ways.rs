//! A slice of a tensor is what the whole file holds there, and a file that is not what its manifest says is refused.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use artifact::{Artifact, Draft, Fingerprint, Kind, Recipe, Slice, Tensors};
use serde_json::json;

const FILE: &str = "initial/main.safetensors";

/// An artifact of a tensor of three axes, in single precision, and one of two, in double.
fn made(folder: &Path) -> PathBuf {
    let place = folder.join("priors");
    let mut tensors = Tensors::new();
    tensors.insert_f32("functional", &[3, 4, 4], (0..48).map(|value| value as f32).collect());
    tensors.insert_f64("distance", &[4, 4], (0..16).map(f64::from).collect());
    let mut draft = Draft::begin(&place).unwrap();
    draft.sliced_tensors(FILE, &tensors).unwrap();
    let recipe =
        Recipe { kind: Kind::Priors, stage_version: 1, seed: 1, settings: json!({}), inputs: [].into() };
    draft.commit(&recipe).unwrap();
    place
}

fn slice(tensor: &str, index: usize) -> Slice {
    Slice { file: FILE.to_owned(), tensor: tensor.to_owned(), index }
}

#[test]
fn a_slice_is_what_the_whole_file_holds_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = made(folder.path());
    let (listed, whole) =
        (Artifact::listed(&place, Kind::Priors).unwrap(), Artifact::open(&place, Kind::Priors).unwrap());
    let tensors = whole.tensors(FILE).unwrap();
    let functional = tensors.f32("functional", &[3, 4, 4]).unwrap();
    for index in 0..3 {
        let part = &functional[index * 16..(index + 1) * 16];
        assert_eq!(listed.slice_f32(&slice("functional", index)).unwrap(), part);
        let fingerprint = listed.slice_fingerprint(&slice("functional", index)).unwrap();
        assert_eq!(*fingerprint, Fingerprint::of_f32(part));
    }
    assert_eq!(listed.slice_f64(&slice("distance", 0)).unwrap(), tensors.f64("distance", &[4, 4]).unwrap());
}

#[test]
fn what_is_not_there_or_not_as_listed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = made(folder.path());
    let artifact = Artifact::listed(&place, Kind::Priors).unwrap();
    let refused = |slice: &Slice, words: &str| {
        let error = artifact.slice_f32(slice).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("priors run"), "{error}");
    };
    refused(&slice("functional", 3), "it does not list slice 3 of functional");
    refused(&slice("spectrum", 0), "it does not list slice 0 of spectrum");
    refused(&slice("distance", 0), "it holds no F32 tensor distance");
    let path = place.join(FILE);
    let bytes = fs::read(&path).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    // A flipped bit in the data, which come last and begin with the doubles.
    file.write_all_at(&[bytes[bytes.len() - 1] ^ 1], bytes.len() as u64 - 1).unwrap();
    refused(&slice("functional", 2), "the BLAKE3 of functional differs");
    assert!(artifact.slice_f32(&slice("functional", 1)).is_ok(), "the others are whole");
    // A header that claims to be as long as memory is not.
    file.write_all_at(&u64::MAX.to_le_bytes(), 0).unwrap();
    refused(&slice("functional", 0), "its header is longer than the file");
    file.set_len(4).unwrap();
    refused(&slice("functional", 0), "damaged");
    fs::remove_file(&path).unwrap();
    refused(&slice("functional", 0), "damaged");
}
