//! The words of the domain, shared by every other crate: fields and neurons, variants, tasks,
//! protocols, runs, and the named random streams that make a study repeatable.
//!
//! No file is opened here and nothing is computed from data.
//!
//! Convention, stated once for the whole workspace: a recurrent or synaptic matrix is `W[pre, post]`,
//! row-major wherever it lies in a flat slice or a file.

mod activation;
mod distance;
mod field;
mod functional;
mod initialiser;
mod nearest;
mod protocol;
mod run;
mod stream;
mod task;
mod variant;

pub use activation::{Activation, UnknownActivation};
pub use distance::{Distance, DistanceMatrix};
pub use field::{
    Connection, Event, Field, FieldName, FieldNameError, Neuron, NucleusId, RootId, UnitId, VOXEL_UM,
};
pub use functional::{FunctionalFactor, UnknownFactor};
pub use initialiser::Initialiser;
pub use protocol::{
    AnalysedVariants, Baseline, Coordinates, DivergedRuns, EmpiricalZeroStrength, GridSpacing, Protocol,
    Relabelling, ReportedAccuracy,
};
pub use run::RunKey;
pub use stream::stream;
pub use task::{Task, UnknownTask};
pub use variant::{Communicability, Variant, VariantError};
