//! Functional measures: what the activity of two neurons has in common.

mod counts;
mod events;
mod measures;
mod moments;
mod precision;
mod sttc;

pub use counts::{Counts, counts};
pub use events::EventTrains;
pub use measures::FunctionalMeasures;
pub use moments::{Moments, correlation};
pub use precision::{
    CrossValidation, GraphicalLasso, Precision, Tried, cross_validation, graphical_lasso, inverse, penalised,
};
pub use sttc::sttc;
