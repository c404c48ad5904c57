//! Statistics over the simulations of a study: summaries with intervals, rank tests, effect sizes, analysis of
//! variance on ranks, multiple comparisons.
//!
//! | question | function |
//! |---|---|
//! | how large, how sure | [`Summary::of`] (t interval), [`bootstrap_mean_interval`] |
//! | do several groups differ | [`kruskal_wallis`] |
//! | do two groups differ | [`mann_whitney`], over a family [`holm`] |
//! | by how much | [`cliffs_delta`], [`hodges_lehmann`] |
//! | which factor, and how much of it | [`type_two_anova`] of [`ranks`], [`variance_explained`] |
//! | do two orders agree | [`kendall_tau`]; [`pearson`] of [`ranks`] is Spearman's correlation |
//! | a sum of independent effects | [`Estimate::combined`] |
//!
//! Conventions: values are finite f64; what a sample does not have (an interval of one value) is `None`, never NaN;
//! intervals are two-sided at 95 %. Nothing does I/O, and random numbers come from the caller.

mod anova;
mod bootstrap;
mod correlation;
mod effect;
mod error;
mod estimate;
mod holm;
mod kruskal_wallis;
mod mann_whitney;
mod normal;
mod ranks;
mod student;
mod summary;
mod u_distribution;
mod variance_explained;

pub use anova::{Anova, Factor, Term, type_two_anova};
pub use bootstrap::{bootstrap_mean_interval, bootstrap_standard_error};
pub use correlation::{kendall_tau, pearson};
pub use effect::{cliffs_delta, hodges_lehmann};
pub use error::StatisticsError;
pub use estimate::Estimate;
pub use holm::holm;
pub use kruskal_wallis::{KruskalWallis, kruskal_wallis};
pub use mann_whitney::{MannWhitney, Method, mann_whitney};
pub use normal::{normal_cumulative, normal_quantile, normal_upper_tail};
pub use ranks::{ranks, tie_term};
pub use student::student_quantile;
pub use summary::Summary;
pub use variance_explained::variance_explained;
