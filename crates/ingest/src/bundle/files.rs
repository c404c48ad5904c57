use std::{
    fs,
    path::{Path, PathBuf},
};

use cortex::FieldName;

use crate::IngestError;

/// Paths of the files of one field; those it can do without are `None` where they are missing.
#[derive(Clone, Debug)]
pub(super) struct FieldFiles {
    pub(super) positions: PathBuf,
    pub(super) connectome: PathBuf,
    pub(super) root_ids: PathBuf,
    pub(super) unit_ids: PathBuf,
    pub(super) nucleus_ids: PathBuf,
    pub(super) spikes: Option<PathBuf>,
    pub(super) correlation: Option<PathBuf>,
    pub(super) sttc: Option<PathBuf>,
    pub(super) precision: Option<PathBuf>,
    pub(super) listing: Option<PathBuf>,
}

impl FieldFiles {
    /// Looks the files up without opening them.
    pub(super) fn find(bundle: &Path, name: &FieldName) -> Result<Self, IngestError> {
        let folder = bundle.join(name.as_str());
        let required = |file: String| {
            let path = folder.join(file);
            if is_file(&path)? {
                return Ok(path);
            }
            let reason = "the file is missing, and a field cannot do without it; fetch the field again";
            Err(IngestError::Missing { path, reason: reason.to_owned() })
        };
        let optional = |path: PathBuf| Ok(is_file(&path)?.then_some(path));
        Ok(Self {
            positions: required(format!("positions_{name}.npy"))?,
            connectome: required(format!("connectome_{name}.csv"))?,
            root_ids: required(format!("root_ids_{name}.npy"))?,
            unit_ids: required(format!("unit_ids_{name}.npy"))?,
            nucleus_ids: required(format!("target_ids_{name}.npy"))?,
            spikes: optional(folder.join(format!("spikes_{name}.npy")))?,
            correlation: optional(folder.join("corr_matrix.npy"))?,
            sttc: optional(folder.join("sttc_matrix.npy"))?,
            precision: optional(folder.join("precision_matrix.npy"))?,
            listing: optional(bundle.join("INF.md"))?,
        })
    }

    /// All paths, in a fixed order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        let required = [&self.positions, &self.connectome, &self.root_ids, &self.unit_ids, &self.nucleus_ids];
        let optional = [&self.spikes, &self.correlation, &self.sttc, &self.precision, &self.listing];
        required.into_iter().chain(optional.into_iter().flatten()).map(PathBuf::as_path)
    }
}

/// Whether the folder of this name holds a file of positions.
pub(super) fn holds_positions(bundle: &Path, name: &FieldName) -> bool {
    bundle.join(name.as_str()).join(format!("positions_{name}.npy")).is_file()
}

/// Reads a file whole.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, IngestError> {
    fs::read(path).map_err(IngestError::io("read", path))
}

/// Whether a regular file is there; a folder or device of that name is an error, as reading it may hang.
fn is_file(path: &Path) -> Result<bool, IngestError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(true),
        Ok(_) => {
            Err(IngestError::Content { path: path.to_owned(), reason: "it is no regular file".to_owned() })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(IngestError::io("look up", path)(error)),
    }
}
