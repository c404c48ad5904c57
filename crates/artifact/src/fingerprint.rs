use std::{fmt, fs::File, path::Path};

use serde::{Deserialize, Serialize};

use crate::ArtifactError;

/// BLAKE3 of some bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Fingerprints bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// Fingerprints numbers by their little-endian bytes.
    pub fn of_f64(values: &[f64]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for value in values {
            hasher.update(&value.to_le_bytes());
        }
        Self(hasher.finalize().to_hex().to_string())
    }

    /// Fingerprints numbers by their little-endian bytes.
    pub fn of_f32(values: &[f32]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for value in values {
            hasher.update(&value.to_le_bytes());
        }
        Self(hasher.finalize().to_hex().to_string())
    }

    /// Fingerprints a file by streaming it.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if it cannot be read.
    pub fn of_file(path: &Path) -> Result<Self, ArtifactError> {
        let file = File::open(path).map_err(ArtifactError::io("open", path))?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file).map_err(ArtifactError::io("read", path))?;
        Ok(Self(hasher.finalize().to_hex().to_string()))
    }

    /// The first twelve hexadecimal digits, for names and messages.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
