//! `pipeline.toml` to checked settings.
//!
//! One file is one study. The file as it is written is read, `--set` changes are laid over it, and
//! only a checked [`Study`] reaches the stages. Paths are relative to the working directory.

mod activity;
mod arm;
mod check;
mod error;
mod file;
mod load;
mod options;
mod study;
mod syntax;
mod tables;

pub use activity::{ActivitySettings, EventRule, ThresholdUnit};
pub use error::ConfigError;
pub use load::load;
pub use options::{LearningRateSchedule, TrainOptions};
pub use study::{
    Arm, ClaimsFile, Device, FieldSelection, PrecisionEstimator, PriorSettings, Source, Study, TrainSettings,
};
pub use tables::{Angles, Filters, TableSettings, UnitOfNucleus, Wiring};
