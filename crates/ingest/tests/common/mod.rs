//! A bundle of one field of four neurons, `1_2_3`, to be spoilt file by file.
#![allow(dead_code, unreachable_pub)]

pub mod server;

use std::{fs, path::PathBuf, process::Output};

use cortex::FieldName;
use ingest::{Bundle, CleanField, IngestError};
use tempfile::TempDir;

/// A bundle in a temporary folder.
pub struct HandMade {
    folder: TempDir,
}

impl HandMade {
    /// Four neurons with everything as it should be.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("1_2_3")).unwrap();
        let bundle = Self { folder };
        let roots = [864_691_135_464_074_909, 864_691_135_619_077_263, 864_691_135_455_103_338, 7];
        let symmetric: Vec<f64> = (0..16).map(|index| if index % 5 == 0 { 1.0 } else { 0.25 }).collect();
        let lower = (0..16).map(|index| if index % 4 <= index / 4 { 0.5 } else { 0.0 }).collect::<Vec<_>>();
        bundle
            .copy("positions_1_2_3.npy", "positions.npy")
            .copy("spikes_1_2_3.npy", "spikes.npy")
            .with("connectome_1_2_3.csv", b",0,1,2,3\n0,0,2,0,0\n1,0,0,1,0\n2,0,0,0,0\n3,8,0,0,0\n")
            .with("root_ids_1_2_3.npy", &npy_i64("<i8", "(4,)", false, &roots))
            .with("unit_ids_1_2_3.npy", &npy_i64("<i8", "(4,)", false, &[11, 12, 13, 14]))
            .with("target_ids_1_2_3.npy", &npy_i64("<i8", "(4,)", false, &[21, 22, 23, 24]))
            .with("corr_matrix.npy", &npy_f64("(4, 4)", &symmetric))
            .with("sttc_matrix.npy", &npy_f64("(4, 4)", &lower))
            .with("precision_matrix.npy", &npy_f64("(4, 4)", &symmetric))
    }

    /// Puts bytes in the place of one of the field's files.
    pub fn with(self, file: &str, bytes: &[u8]) -> Self {
        fs::write(self.path().join("1_2_3").join(file), bytes).unwrap();
        self
    }

    /// Puts a fixture in the place of one of the field's files.
    pub fn copy(self, file: &str, fixture: &str) -> Self {
        self.with(file, &fixture_bytes(fixture))
    }

    /// Removes one of the field's files.
    pub fn without(self, file: &str) -> Self {
        fs::remove_file(self.path().join("1_2_3").join(file)).unwrap();
        self
    }

    /// Writes the bundle's `INF.md`.
    pub fn listing(self, text: &str) -> Self {
        fs::write(self.path().join("INF.md"), text).unwrap();
        self
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn read(&self) -> Result<CleanField, IngestError> {
        Bundle::open(self.folder.path())?.field(&name("1_2_3"))?.read()
    }

    /// The message that reading ends with.
    pub fn refusal(&self) -> String {
        let message = self.read().expect_err("the bundle should be refused").to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    }
}

pub fn name(text: &str) -> FieldName {
    text.parse().unwrap()
}

/// Checks how a program ended, and that it said something.
#[track_caller]
pub fn assert_said(output: &Output, code: i32, said: &str) {
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(said), "`{said}` was not said:\n{text}");
}

pub fn fixture_bytes(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// An .npy file of this header and these bytes.
pub fn npy(descr: &str, shape: &str, fortran: bool, data: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

pub fn npy_i64(descr: &str, shape: &str, fortran: bool, values: &[i64]) -> Vec<u8> {
    let data: Vec<u8> = match descr {
        "<i8" => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        ">i8" => values.iter().flat_map(|value| value.to_be_bytes()).collect(),
        "<u2" => values.iter().flat_map(|&value| (value as u16).to_le_bytes()).collect(),
        other => panic!("no writer for {other}"),
    };
    npy(descr, shape, fortran, &data)
}

pub fn npy_f64(shape: &str, values: &[f64]) -> Vec<u8> {
    npy("<f8", shape, false, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
}

/// An object array of four sequences around this pickle of its list.
pub fn object_npy(pickle: &[u8]) -> Vec<u8> {
    npy("|O", "(4,)", false, pickle)
}
