use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::Kind;

/// Why an artifact could not be read or written. Every message is one line and names the path.
#[derive(Debug, Error)]
pub enum ArtifactError {
    /// Nothing is there.
    #[error("{path} is missing; make it with `{repair}`", path = path.display())]
    Missing {
        /// What was looked for.
        path: PathBuf,
        /// Command that makes it.
        repair: String,
    },
    /// A file does not hold what its manifest says, or is not what its name says.
    #[error("{path} is damaged: {reason}; {repair}", path = path.display())]
    Damaged {
        /// The damaged file.
        path: PathBuf,
        /// What was found instead.
        reason: String,
        /// What repairs it, as a phrase.
        repair: String,
    },
    /// The artifact is of another kind or format version than this program reads.
    #[error(
        "{path} is {found}, but this program reads {expected}; {repair}",
        path = path.display()
    )]
    Foreign {
        /// The artifact.
        path: PathBuf,
        /// Kind and version found.
        found: String,
        /// Kind and version expected.
        expected: String,
        /// What repairs it, as a phrase.
        repair: String,
    },
    /// A table or tensor lacks something, or has it in another type or shape.
    #[error("{item}: {reason}")]
    Content {
        /// Table column or tensor.
        item: String,
        /// What was found and expected.
        reason: String,
    },
    /// The operating system refused.
    #[error("cannot {action} {path}: {error}{remedy}", path = path.display(), remedy = remedy(error))]
    Io {
        /// What was tried: a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer; no source, as the message has it.
        error: io::Error,
    },
}

impl ArtifactError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, error }
    }

    pub(crate) fn content(item: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Content { item: item.into(), reason: reason.into() }
    }

    pub(crate) fn damaged(kind: Kind, folder: &Path, path: &Path, reason: impl Into<String>) -> Self {
        // A file of one run among many in a pack goes alone.
        let of_one_run = kind == Kind::Pack && path.parent() != Some(folder);
        let repair = kind.repair(if of_one_run { path } else { folder });
        Self::Damaged { path: path.to_owned(), reason: reason.into(), repair }
    }
}

/// What helps against an answer of the system, to be put behind it; nothing where the answer says it all.
pub fn remedy(error: &io::Error) -> &'static str {
    use io::ErrorKind::{
        FileTooLarge, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull, Unsupported,
    };
    match error.kind() {
        StorageFull => "; make room on this disk, and the same command goes on",
        QuotaExceeded => "; make room within the quota, and the same command goes on",
        FileTooLarge => "; raise the limit of a file's size (ulimit -f), and the same command goes on",
        ReadOnlyFilesystem | PermissionDenied => {
            "; see to it that this user may, or name another folder (--artifacts)"
        }
        Unsupported => "; the file system cannot do this, so name a folder on another one (--artifacts)",
        _ => "",
    }
}
