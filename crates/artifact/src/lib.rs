//! Versioned artifacts: the only crate that opens, writes and replaces files of `artifacts/`.
//!
//! An artifact is a folder of Parquet and safetensors files with a `manifest.json` that names its
//! kind, format version, the settings and inputs it was made from, and a BLAKE3 fingerprint of every
//! file. It is drafted in a hidden sibling and moved to its place whole ([`Draft`]), verified whenever
//! it is opened ([`Artifact`]), and remade only when its [`Recipe`] no longer matches ([`Decision`]).

mod draft;
mod error;
mod field;
mod fingerprint;
mod kind;
mod lock;
mod manifest;
mod opened;
mod page_header;
mod pages;
mod recipe;
mod remains;
mod runs;
mod table;
mod tensor_file;
mod tensors;
mod transient;

pub use draft::{Draft, remove, write_atomically};
pub use error::{ArtifactError, remedy};
pub use field::{read_field, write_field, write_field_with};
pub use fingerprint::Fingerprint;
pub use kind::Kind;
pub use lock::{Claim, Lock};
pub use manifest::{Count, Manifest, Output, Times, Treatment};
pub use opened::{Artifact, Slice};
pub use pages::{ReadAt, check_pages};
pub use recipe::{Decision, Recipe};
pub use remains::{clear_remains, clear_remains_of};
pub use runs::{
    EpochRecord, Measures, RunRecord, Status, epoch_table, epochs_from_table, run_table, runs_from_table,
};
pub use table::{Column, Table};
pub use tensor_file::{ForeignTensor, TensorFile};
pub use tensors::{Tensor, TensorData, Tensors};
pub use transient::{Abandoned, abandon};
