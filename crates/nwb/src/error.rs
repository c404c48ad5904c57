use thiserror::Error;

/// Why a file could not be read; the message does not name the file.
#[derive(Debug, Error)]
pub enum NwbError {
    /// The file is no HDF5, or is damaged.
    #[error("it cannot be read as HDF5: {0}")]
    Hdf5(#[from] hdf5_pure::Error),
    /// It is laid out differently.
    #[error("{0}")]
    Layout(String),
}

impl NwbError {
    pub(crate) fn layout(reason: impl Into<String>) -> Self {
        Self::Layout(reason.into())
    }
}
