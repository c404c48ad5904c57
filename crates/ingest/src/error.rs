mod defect;

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

pub(crate) use defect::Defect;

/// Why cortex could not be read or synthesised. Every message is one line and names the path or field.
#[derive(Debug, Error)]
pub enum IngestError {
    /// No bundle, or no such field of it.
    #[error("{}: {reason}", path.display())]
    Missing {
        /// What was looked for.
        path: PathBuf,
        /// What was found instead, and the remedy.
        reason: String,
    },
    /// A file is not what the layout of the bundle says.
    #[error("{}: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What was found and what is expected.
        reason: String,
    },
    /// A pickle names something that no NumPy array needs.
    #[error(
        "{}: its pickle names `{global}`, which is no part of a NumPy array; nothing of it was executed, \
         do not trust this file",
        path.display()
    )]
    ForeignGlobal {
        /// The file.
        path: PathBuf,
        /// Module and name.
        global: String,
    },
    /// Two files of a field disagree on its number of neurons.
    #[error(
        "{} has {first_neurons} neurons but {} has {second_neurons}; the files of a field must agree, fetch the field again",
        first.display(),
        second.display()
    )]
    NeuronCounts {
        /// A file.
        first: PathBuf,
        /// Its neurons.
        first_neurons: usize,
        /// Another.
        second: PathBuf,
        /// Its neurons.
        second_neurons: usize,
    },
    /// A file could not be downloaded.
    #[error("{url}: {reason}")]
    Download {
        /// Its address.
        url: String,
        /// What happened, and the remedy.
        reason: String,
    },
    /// A file could not be fingerprinted, locked or replaced.
    #[error(transparent)]
    Artifact(artifact::ArtifactError),
    /// A name that asks for no synthetic cortex of a sensible size.
    #[error("{name}: a synthetic field is called synthetic_N, with N from 2 to {largest}")]
    NotSynthetic {
        /// The name.
        name: String,
        /// The largest N.
        largest: usize,
    },
    /// A field that the tables do not hold, or nothing of which is left.
    #[error("{name}: {reason}")]
    Selection {
        /// The field.
        name: String,
        /// What was found, and the remedy.
        reason: String,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {error}{}", path.display(), artifact::remedy(error))]
    Io {
        /// What was tried: a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer; no source, as the message has it.
        error: io::Error,
    },
}

impl IngestError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, error }
    }
}

impl Defect {
    /// Adds the path.
    pub(crate) fn at(path: &Path) -> impl FnOnce(Self) -> IngestError {
        let path = path.to_owned();
        move |defect| match defect {
            Self::ForeignGlobal(global) => IngestError::ForeignGlobal { path, global },
            Self::Content(reason) => IngestError::Content { path, reason },
        }
    }
}
