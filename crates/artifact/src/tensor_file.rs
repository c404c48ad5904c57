use std::{
    fs,
    path::{Path, PathBuf},
};

use safetensors::{Dtype, SafeTensors};

use crate::ArtifactError;

/// A user's safetensors file: any tensors, read one by one.
#[derive(Debug)]
pub struct TensorFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// A tensor of a user's file, widened.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignTensor {
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// Elements, last axis fastest; integers beyond 2^53 are rounded.
    pub values: Vec<f64>,
    /// Whether the file holds integers.
    pub integers: bool,
}

impl TensorFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if it cannot be read, [`ArtifactError::Content`] if it is not safetensors.
    pub fn open(path: &Path) -> Result<Self, ArtifactError> {
        // A pipe or a device would be read for ever.
        if !fs::metadata(path).map_err(ArtifactError::io("read", path))?.is_file() {
            return Err(ArtifactError::content(path.display().to_string(), "it is no file"));
        }
        let bytes = fs::read(path).map_err(ArtifactError::io("read", path))?;
        SafeTensors::deserialize(&bytes).map_err(|error| {
            let reason = format!("it is not a safetensors file ({error})");
            ArtifactError::content(path.display().to_string(), reason)
        })?;
        Ok(Self { path: path.to_owned(), bytes })
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        SafeTensors::deserialize(&self.bytes).is_ok_and(|file| file.tensor(name).is_ok())
    }

    /// Reads the tensor of this name, of floating-point numbers or integers.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if it is missing or of another type.
    pub fn tensor(&self, name: &str) -> Result<ForeignTensor, ArtifactError> {
        let refused = |reason: String| {
            ArtifactError::content(format!("{}: tensor `{name}`", self.path.display()), reason)
        };
        let file = SafeTensors::deserialize(&self.bytes).map_err(|error| refused(error.to_string()))?;
        let Ok(view) = file.tensor(name) else {
            let mut names = file.names();
            names.sort_unstable();
            return Err(refused(format!("it is not in the file, which has {}", names.join(", "))));
        };
        let data = view.data();
        let (values, integers) = match view.dtype() {
            Dtype::F32 => (widen(data, |bytes| f64::from(f32::from_le_bytes(bytes))), false),
            Dtype::F64 => (widen(data, f64::from_le_bytes), false),
            Dtype::I64 => (widen(data, |bytes| i64::from_le_bytes(bytes) as f64), true),
            Dtype::I32 => (widen(data, |bytes| f64::from(i32::from_le_bytes(bytes))), true),
            Dtype::U32 => (widen(data, |bytes| f64::from(u32::from_le_bytes(bytes))), true),
            Dtype::U8 => (widen(data, |[byte]| f64::from(byte)), true),
            Dtype::BOOL => (widen(data, |[byte]| f64::from(u8::from(byte != 0))), true),
            other => return Err(refused(format!("it is {other:?}, expected F32, F64 or integers"))),
        };
        Ok(ForeignTensor { shape: view.shape().to_vec(), values, integers })
    }
}

fn widen<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    bytes.as_chunks::<N>().0.iter().map(|&bytes| read(bytes)).collect()
}
