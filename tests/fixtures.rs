//! Golden values and real fields that the tests of every crate read.
//!
//! Everything here panics on trouble: it is for tests alone.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use safetensors::{Dtype, SafeTensors};

/// A tensor of a golden file, row-major, widened to f64.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// Elements, last axis fastest.
    pub values: Vec<f64>,
}

impl Tensor {
    /// Narrows the elements to f32.
    pub fn to_f32(&self) -> Vec<f32> {
        self.values.iter().map(|&value| value as f32).collect()
    }
}

/// A golden safetensors file (`tests/golden/README.md` says what each holds).
pub struct Golden(Vec<u8>);

impl Golden {
    /// Opens `tests/golden/{name}.safetensors`.
    ///
    /// # Panics
    /// If the file is missing.
    pub fn open(name: &str) -> Self {
        let path = golden_folder().join(format!("{name}.safetensors"));
        Self(fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// Reads the tensor called `name`, f32 or f64.
    ///
    /// # Panics
    /// If there is no such tensor or it is of another type.
    pub fn tensor(&self, name: &str) -> Tensor {
        let file = SafeTensors::deserialize(&self.0).expect("golden file is safetensors");
        let view = file.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let values = match view.dtype() {
            Dtype::F64 => {
                view.data().as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect()
            }
            Dtype::F32 => view
                .data()
                .as_chunks::<4>()
                .0
                .iter()
                .map(|&bytes| f64::from(f32::from_le_bytes(bytes)))
                .collect(),
            other => panic!("{name}: golden tensors are f32 or f64, found {other:?}"),
        };
        Tensor { shape: view.shape().to_vec(), values }
    }
}

/// Reads `tests/golden/golden.json`.
///
/// # Panics
/// If the file is missing or not JSON.
pub fn golden_json() -> serde_json::Value {
    let path = golden_folder().join("golden.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("golden.json is JSON")
}

/// The folder of golden files.
pub fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// The folder of real fields: `$LAMINA_MICRONS`, or `../shared/microns` beside the project; `None`,
/// with a line that says the test is skipped, where there is neither.
pub fn microns_folder() -> Option<PathBuf> {
    let folder = env::var_os("LAMINA_MICRONS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/microns"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no real fields at {} (set LAMINA_MICRONS to the bundle's folder)", folder.display());
    None
}

/// The largest absolute difference between two sequences.
///
/// # Panics
/// If their lengths differ.
pub fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "lengths differ");
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The largest difference between two sequences, relative to the largest magnitude of the second.
pub fn relative_difference(a: &[f64], b: &[f64]) -> f64 {
    largest_difference(a, b) / b.iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()))
}
