//! The last stage: graph metrics of every trained network, statistics over simulations, and the report.
//!
//! Every run of every arm is measured once ([`measure_runs`]), its final and its initial kernel, within what is known of
//! its field ([`FieldContext`]); small-worldness is relative to null graphs that all studies share ([`nulls`]).
//! [`summaries()`] describes the runs of each variant and task, [`contrasts()`] compares variants, [`omnibus()`] tests all of
//! them and the factors that they are made of, and [`claims`] judges what the study claims. [`report`] shows them
//! beside the figures that the study published ([`published`]).

pub mod claims;
pub mod nulls;
pub mod published;
pub mod report;

mod arms;
mod columns;
mod compare;
mod context;
mod contrasts;
mod error;
mod export;
mod factor;
mod field_priors;
mod graph_of_file;
mod kernel;
mod measure;
mod metrics;
mod omnibus;
mod part_gains;
mod pytorch;
mod remembered;
mod run;
mod summaries;

pub use arms::{ArmResults, OpenArm};
pub use claims::{Between, Claim, Claims, Comparison, Decision, Effect, Gain, Role, Rule, Verdict};
pub use compare::{CompareArguments, PublishedFigure, compare, read_published};
pub use context::FieldContext;
pub use contrasts::{Contrast, Family, contrasts, contrasts_table};
pub use error::AnalyzeError;
pub use export::{ExportArguments, export};
pub use factor::{Factor, Level, LevelError};
pub use field_priors::{FieldPriors, InitialKernel};
pub use graph_of_file::{GraphArguments, graph_of_file};
pub use kernel::{KernelMeasures, MeasuredKernel};
pub use measure::{MeasuredArm, measure_runs};
pub use metrics::{Measure, Metric, RunMetrics, metrics_table};
pub use omnibus::{Omnibus, omnibus, omnibus_table};
pub use part_gains::{Outcome, PartGain, part_gains};
pub use pytorch::{Network, PytorchArguments, pytorch};
pub use remembered::{Remembered, RememberedRun};
pub use run::run;
pub use summaries::{RESAMPLES, Statistic, Summary, summaries, summaries_table};
