//! The first stage: cortex from the study's released bundle, or synthesised, as one clean and checked
//! field at a time.
//!
//! Sources are read as they are found and judged here, once: what cannot be used is an error that names
//! the file, what is odd but usable is noted in the artifact's manifest, and later stages rely on the rest.

mod activity;
mod bundle;
mod clean_field;
mod error;
mod fetch;
mod inspect;
mod run;
mod synthesize;
mod synthetic;
mod tables;

pub use bundle::{Bundle, BundleField};
pub use clean_field::CleanField;
pub use error::IngestError;
pub use fetch::{FetchArguments, fetch};
pub use inspect::{InspectArguments, inspect};
pub use run::run;
pub use synthesize::{ActivityShape, Dialect, SynapseShape, SynthesizeArguments, write_synthetic};
pub use synthetic::{FRAME_SECONDS, LARGEST_SYNTHETIC, SyntheticCortex, synthesize};
pub use tables::Tables;
