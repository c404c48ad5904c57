use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a configuration cannot be used. Every message is one line and names the file or key.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}; name a configuration with --config FILE", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer; no source, as the message has it.
        error: io::Error,
    },
    /// The file is not TOML, has an unknown key or a value of the wrong type.
    #[error("{}{place}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// `:line`, or nothing where it is unknown.
        place: String,
        /// What is wrong, with the nearest known key where one is near.
        message: String,
    },
    /// A value is out of its range, or two values do not go together.
    #[error("{}: {key}: {message}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Dotted key.
        key: String,
        /// What was found and what is expected.
        message: String,
    },
    /// A `--set` argument cannot be applied.
    #[error("--set {argument}: {message}")]
    Set {
        /// The argument.
        argument: String,
        /// What is wrong with it.
        message: String,
    },
}
