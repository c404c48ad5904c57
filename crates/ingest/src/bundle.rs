mod clean;
mod connectome;
mod element;
mod files;
pub(crate) mod irregularities;
mod listing;
mod npy;
mod pickle;

use std::{
    fs,
    path::{Path, PathBuf},
};

use cortex::FieldName;

pub use clean::BundleField;

use crate::{IngestError, error::Defect};

/// A folder in the layout of the study's released data: a folder a field, `INF.md` beside them.
///
/// Only files of fixed names within a field's folder are opened, and `INF.md`.
#[derive(Clone, Debug)]
pub struct Bundle {
    path: PathBuf,
}

impl Bundle {
    /// Opens the bundle at `path`.
    ///
    /// # Errors
    /// [`IngestError::Missing`] if there is no such folder.
    pub fn open(path: &Path) -> Result<Self, IngestError> {
        if path.is_dir() {
            return Ok(Self { path: path.to_owned() });
        }
        let reason = "there is no such folder, so no bundle to read; data/README.md says how to obtain the \
                      study's released data, and source.path in the configuration where it lies";
        Err(IngestError::Missing { path: path.to_owned(), reason: reason.to_owned() })
    }

    /// Names of its fields, sorted: folders called `session_scan_field`, and others that hold positions.
    ///
    /// # Errors
    /// [`IngestError::Io`] if the folder cannot be listed, [`IngestError::Missing`] if it holds no field.
    pub fn fields(&self) -> Result<Vec<FieldName>, IngestError> {
        let entries = fs::read_dir(&self.path).map_err(IngestError::io("list", &self.path))?;
        let mut names: Vec<FieldName> = entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|name| is_recording(name) || files::holds_positions(&self.path, name))
            .collect();
        names.sort();
        if names.is_empty() {
            let reason = "it holds no folder of a field, such as 6_6_2 with positions_6_6_2.npy; \
                          data/README.md says how to obtain the study's released data";
            return Err(IngestError::Missing { path: self.path.clone(), reason: reason.to_owned() });
        }
        Ok(names)
    }

    /// Looks up one field; its files are not read yet.
    ///
    /// # Errors
    /// [`IngestError::Missing`] if the bundle has no such folder, or a file that every field must have is
    /// not in it.
    pub fn field(&self, name: &FieldName) -> Result<BundleField, IngestError> {
        let path = self.path.join(name.as_str());
        if !path.is_dir() {
            let fields = self.fields()?;
            let fields = fields.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
            let reason = format!("there is no such field; the bundle holds {fields}");
            return Err(IngestError::Missing { path, reason });
        }
        BundleField::find(&self.path, name)
    }

    /// Unit ids of a field in its order, with the file that tells them; `None` if the bundle has no such field.
    ///
    /// # Errors
    /// [`IngestError`] if the file cannot be used.
    pub(crate) fn unit_ids(&self, name: &FieldName) -> Result<Option<(PathBuf, Vec<i64>)>, IngestError> {
        let path = self.path.join(name.as_str()).join(format!("unit_ids_{name}.npy"));
        if !path.is_file() {
            return Ok(None);
        }
        let ids = npy::ids(&files::read(&path)?).map_err(Defect::at(&path))?;
        Ok(Some((path, ids)))
    }
}

/// Whether a name is of the form `session_scan_field`.
fn is_recording(name: &FieldName) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = name.as_str().split('_').collect();
    parts.len() == 3 && parts.into_iter().all(is_number)
}
