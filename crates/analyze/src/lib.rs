//! The last stage: graph metrics of every trained network, statistics over simulations, and the report.
//!
//! Every run of every arm is measured once ([`measure_runs`]); small-worldness is relative to null graphs
//! that all studies share ([`nulls`]). [`statistics()`] summarises the runs of each variant and task, and
//! [`report`] shows them beside the figures that the study published ([`published`]).

pub mod nulls;
pub mod published;
pub mod report;

mod arms;
mod error;
mod graph_of_file;
mod metrics;
mod run;
mod statistics;
mod student;

pub use arms::{ArmResults, OpenArm};
pub use error::AnalyzeError;
pub use graph_of_file::{GraphArguments, graph_of_file};
pub use metrics::{Metric, RunMetrics, measure_runs, metrics_table};
pub use run::run;
pub use statistics::{Statistic, Summary, statistics, statistics_table};
pub use student::student_quantile;
