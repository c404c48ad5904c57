use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use safetensors::{Dtype, tensor::Metadata};
use serde::Deserialize;

use crate::{ArtifactError, Fingerprint, Kind, Manifest, Output, Table, Tensors};

/// A slice of a tensor in a file of an artifact: see [`Output::slices`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// File, by its path within the artifact.
    pub file: String,
    /// Tensor.
    pub tensor: String,
    /// Place along the tensor's first of three axes; 0 for the whole of any other tensor.
    pub index: usize,
}

/// Most bytes of a manifest that is read: those of an arm have some 500 a run.
const LARGEST_MANIFEST: u64 = 256 << 20;

/// What a manifest of any version begins with.
#[derive(Deserialize)]
struct Identity {
    kind: Option<String>,
    format_version: Option<u64>,
}

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
        let artifact = Self::listed(folder, kind)?;
        for name in artifact.manifest.outputs.keys() {
            artifact.verify(name)?;
        }
        Ok(artifact)
    }

    /// Opens the artifact at `folder` by its manifest alone: each file is verified when it is read.
    ///
    /// # Errors
    /// As [`Artifact::open`], but for damaged files.
    pub fn listed(folder: &Path, kind: Kind) -> Result<Self, ArtifactError> {
        let manifest = Self::manifest_of(folder, kind)?;
        Ok(Self { folder: folder.to_owned(), kind, manifest })
    }

    /// Verifies one file of the artifact, and says what the manifest says of it.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if the file is not what the manifest says, or not in it.
    pub fn verify(&self, name: &str) -> Result<&Output, ArtifactError> {
        let (path, output) = self.file(name)?;
        if Fingerprint::of_file(&path)? != output.blake3 {
            return Err(self.damaged(name, "its BLAKE3 differs from the manifest's".to_owned()));
        }
        Ok(output)
    }

    /// Reads the manifest at `folder` without verifying the files it lists.
    ///
    /// # Errors
    /// As [`Artifact::open`].
    pub fn manifest_of(folder: &Path, kind: Kind) -> Result<Manifest, ArtifactError> {
        let path = folder.join("manifest.json");
        let damaged = |reason: String| ArtifactError::damaged(kind, folder, &path, reason);
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            // Nobody looks for a pack by its name, so none is missing: this one is not whole.
            Err(error) if kind == Kind::Pack => return Err(damaged(error.to_string())),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(ArtifactError::Missing { path: folder.to_owned(), repair: kind.command(folder) });
            }
            Err(error) => return Err(ArtifactError::io("read", &path)(error)),
        };
        // A pipe or a device would be read for ever.
        if !metadata.is_file() || metadata.len() > LARGEST_MANIFEST {
            return Err(damaged(format!("it is no file of at most {LARGEST_MANIFEST} bytes")));
        }
        let bytes = fs::read(&path).map_err(ArtifactError::io("read", &path))?;
        let identity: Identity =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        let described = |kind: &str, version: u64| format!("{kind} of format version {version}");
        let foreign = |found: String, expected: String| ArtifactError::Foreign {
            path: folder.to_owned(),
            found,
            expected,
            repair: kind.repair(folder),
        };
        let found = described(
            identity.kind.as_deref().unwrap_or("nothing known"),
            identity.format_version.unwrap_or_default(),
        );
        let expected = described(kind.name(), u64::from(kind.format_version()));
        if found != expected {
            return Err(foreign(found, expected));
        }
        let mut manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if let Some(name) = manifest.outputs.keys().find(|name| leaves_folder(name)) {
            return Err(damaged(format!("it lists the file {name:?}")));
        }
        if !manifest.is_intact()? {
            return Err(damaged("its BLAKE3 differs from the one it was sealed with".to_owned()));
        }
        if let (Some(found), Some(expected)) = (&manifest.name, kind.name_of(folder))
            && *found != expected
        {
            let called = |name: &str| format!("{} called {name}", kind.name());
            return Err(foreign(called(found), called(&expected)));
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

    /// The path of a file that the artifact lists, and so of one within its folder.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if it does not list it.
    pub fn path(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        self.output(name)?;
        Ok(self.folder.join(name))
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

    /// Fingerprint of one slice of a tensor in a file that is read by slices, as the manifest has it.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if the manifest lists no such slice.
    pub fn slice_fingerprint(&self, slice: &Slice) -> Result<&Fingerprint, ArtifactError> {
        let listed = self.output(&slice.file)?.slices.as_ref();
        listed.and_then(|slices| slices.get(&slice.tensor)?.get(slice.index)).ok_or_else(|| {
            self.damaged(
                "manifest.json",
                format!("it does not list slice {} of {}", slice.index, slice.tensor),
            )
        })
    }

    /// Reads one slice of a single-precision tensor, and nothing else of its file.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if the file is not what the manifest says.
    pub fn slice_f32(&self, slice: &Slice) -> Result<Vec<f32>, ArtifactError> {
        let bytes = self.slice(slice, Dtype::F32)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
    }

    /// Reads one slice of a double-precision tensor, and nothing else of its file.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if the file is not what the manifest says.
    pub fn slice_f64(&self, slice: &Slice) -> Result<Vec<f64>, ArtifactError> {
        let bytes = self.slice(slice, Dtype::F64)?;
        Ok(bytes.as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
    }

    fn slice(&self, slice: &Slice, kind: Dtype) -> Result<Vec<u8>, ArtifactError> {
        let fingerprint = self.slice_fingerprint(slice)?;
        let (path, listed) = self.file(&slice.file)?;
        let slices = listed.slices.as_ref().and_then(|slices| slices.get(&slice.tensor)).map_or(1, Vec::len);
        let damaged = |reason: &str| self.damaged(&slice.file, reason.to_owned());
        let mut file = File::open(&path).map_err(|error| damaged(&error.to_string()))?;
        let mut read = |length: u64| -> Result<Vec<u8>, ArtifactError> {
            // What the manifest lists bounds what is read, whatever the header says.
            if length > listed.bytes {
                return Err(damaged("its header is longer than the file"));
            }
            let mut bytes = vec![0; length as usize];
            file.read_exact(&mut bytes).map_err(|error| damaged(&error.to_string()))?;
            Ok(bytes)
        };
        let length = read(8)?.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let metadata: Metadata =
            serde_json::from_slice(&read(length)?).map_err(|error| damaged(&error.to_string()))?;
        let tensor = metadata.info(&slice.tensor).filter(|tensor| tensor.dtype == kind);
        let tensor =
            tensor.ok_or_else(|| damaged(&format!("it holds no {kind:?} tensor {}", slice.tensor)))?;
        let (start, end) = tensor.data_offsets;
        let size = end.saturating_sub(start) / slices.max(1);
        if size as u64 > listed.bytes {
            return Err(damaged("a tensor is longer than the file"));
        }
        let offset = 8 + length + (start + slice.index * size) as u64;
        let mut bytes = vec![0; size];
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| damaged(&error.to_string()))?;
        if Fingerprint::of(&bytes) != *fingerprint {
            return Err(damaged(&format!("the BLAKE3 of {} differs from the manifest's", slice.tensor)));
        }
        Ok(bytes)
    }

    /// A file that is there and as long as the manifest says, so that reading it ends.
    fn file(&self, name: &str) -> Result<(PathBuf, &Output), ArtifactError> {
        let output = self.output(name)?;
        let path = self.folder.join(name);
        let metadata = fs::metadata(&path).map_err(|error| self.damaged(name, error.to_string()))?;
        if !metadata.is_file() {
            return Err(self.damaged(name, "it is no file".to_owned()));
        }
        if metadata.len() != output.bytes {
            return Err(self.damaged(name, format!("{} bytes instead of {}", metadata.len(), output.bytes)));
        }
        Ok((path, output))
    }

    fn output(&self, name: &str) -> Result<&Output, ArtifactError> {
        let output = self.manifest.outputs.get(name);
        output.ok_or_else(|| self.damaged("manifest.json", format!("it does not list {name}")))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, ArtifactError> {
        let (path, output) = self.file(name)?;
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
