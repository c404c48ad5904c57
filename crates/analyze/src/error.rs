use std::path::PathBuf;

use artifact::ArtifactError;
use graph::GraphError;
use thiserror::Error;

/// Why a network could not be measured. Every message is one line and names the file or run.
#[derive(Debug, Error)]
pub enum AnalyzeError {
    /// A tensor is no square matrix of f32 or f64.
    #[error("{path}: tensor `{tensor}` {reason}", path = path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// What was found and what is expected.
        reason: String,
    },
    /// A matrix has no graph.
    #[error("{item}: {source}")]
    Graph {
        /// File and tensor, or run.
        item: String,
        /// Why not.
        source: GraphError,
    },
    /// The runs of an arm follow another protocol than the configuration.
    #[error(
        "{path} was trained under the {found} protocol, the configuration says {expected}; run `train run`",
        path = path.display()
    )]
    Protocol {
        /// Folder of the arm.
        path: PathBuf,
        /// Protocol of its runs.
        found: String,
        /// Protocol of the configuration.
        expected: &'static str,
    },
    /// A file of claims cannot be used.
    #[error("{path}: {message}")]
    Claims {
        /// The file.
        path: String,
        /// What was found and what is expected.
        message: String,
    },
    /// A file of published figures cannot be used.
    #[error("{path}{place}: {message}", path = path.display())]
    Published {
        /// The file.
        path: PathBuf,
        /// `, line N`, or nothing of a file that cannot be read.
        place: String,
        /// What was found and what is expected.
        message: String,
    },
    /// An artifact cannot be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}
