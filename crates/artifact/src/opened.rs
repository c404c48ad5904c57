use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{ArtifactError, Fingerprint, Kind, Manifest, Table, Tensors};

/// An artifact that was opened and verified: every file is what its manifest says.
#[derive(Debug)]
pub struct Artifact {
    folder: PathBuf,
    kind: Kind,
    manifest: Manifest,
}

impl Artifact {
    /// Opens the artifact at `folder` and verifies kind, format version and every file.
    ///
    /// # Errors
    /// [`ArtifactError::Missing`], [`ArtifactError::Foreign`] or [`ArtifactError::Damaged`], each with
    /// the command that repairs it.
    pub fn open(folder: &Path, kind: Kind) -> Result<Self, ArtifactError> {
        let manifest = Self::manifest_of(folder, kind)?;
        for (name, output) in &manifest.outputs {
            let path = folder.join(name);
            let damaged = |reason: String| ArtifactError::damaged(kind, folder, &path, reason);
            let length = fs::metadata(&path).map_err(|error| damaged(error.to_string()))?.len();
            if length != output.bytes {
                return Err(damaged(format!("{length} bytes instead of {}", output.bytes)));
            }
            if Fingerprint::of_file(&path)? != output.blake3 {
                return Err(damaged("its BLAKE3 differs from the manifest's".to_owned()));
            }
        }
        Ok(Self { folder: folder.to_owned(), kind, manifest })
    }

    /// Reads the manifest at `folder` without verifying the files it lists.
    ///
    /// # Errors
    /// As [`Artifact::open`].
    pub fn manifest_of(folder: &Path, kind: Kind) -> Result<Manifest, ArtifactError> {
        let path = folder.join("manifest.json");
        if !path.exists() {
            return Err(ArtifactError::Missing { path: folder.to_owned(), repair: kind.command(folder) });
        }
        let text = fs::read_to_string(&path).map_err(ArtifactError::io("read", &path))?;
        let value: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| ArtifactError::damaged(kind, folder, &path, error.to_string()))?;
        let identity = |kind: &str, version: u64| format!("{kind} of format version {version}");
        let found = identity(
            value["kind"].as_str().unwrap_or("nothing known"),
            value["format_version"].as_u64().unwrap_or(0),
        );
        let expected = identity(kind.name(), u64::from(kind.format_version()));
        if found != expected {
            return Err(ArtifactError::Foreign {
                path: folder.to_owned(),
                found,
                expected,
                repair: kind.repair(folder),
            });
        }
        let manifest: Manifest = serde_json::from_value(value)
            .map_err(|error| ArtifactError::damaged(kind, folder, &path, error.to_string()))?;
        if let Some(name) = manifest.outputs.keys().find(|name| leaves_folder(name)) {
            return Err(ArtifactError::damaged(kind, folder, &path, format!("it lists the file {name:?}")));
        }
        Ok(manifest)
    }

    /// The artifact's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The artifact's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the artifact has a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.manifest.outputs.contains_key(name)
    }

    /// Fingerprints of all files, named `PREFIX/file`: the inputs of the next stage.
    pub fn fingerprints(&self, prefix: &str) -> BTreeMap<String, Fingerprint> {
        let outputs = self.manifest.outputs.iter();
        outputs.map(|(name, output)| (format!("{prefix}/{name}"), output.blake3.clone())).collect()
    }

    /// Reads a Parquet file of the artifact.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if it is missing or not Parquet.
    pub fn table(&self, name: &str) -> Result<Table, ArtifactError> {
        let bytes = self.bytes(name)?;
        Table::from_parquet(name, bytes).map_err(|error| self.damaged(name, error.to_string()))
    }

    /// Reads a safetensors file of the artifact.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if it is missing or not safetensors.
    pub fn tensors(&self, name: &str) -> Result<Tensors, ArtifactError> {
        let bytes = self.bytes(name)?;
        Tensors::from_safetensors(name, &bytes).map_err(|error| self.damaged(name, error.to_string()))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, ArtifactError> {
        let output = self
            .manifest
            .outputs
            .get(name)
            .ok_or_else(|| self.damaged("manifest.json", format!("it does not list {name}")))?;
        let path = self.folder.join(name);
        let bytes = fs::read(&path).map_err(ArtifactError::io("read", &path))?;
        if Fingerprint::of(&bytes) == output.blake3 {
            Ok(bytes)
        } else {
            Err(self.damaged(name, "it changed while it was being read".to_owned()))
        }
    }

    fn damaged(&self, name: &str, reason: String) -> ArtifactError {
        ArtifactError::damaged(self.kind, &self.folder, &self.folder.join(name), reason)
    }
}

/// Whether a file name from a manifest could reach outside the artifact's folder.
fn leaves_folder(name: &str) -> bool {
    use std::path::Component;
    !Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}
