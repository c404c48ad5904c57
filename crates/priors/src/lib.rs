//! The stage `priors`: from a field of cortex to what a network can be born with.
//!
//! Functional measures from event trains ([`FunctionalMeasures`]), distances between neurons
//! ([`Distances`]), the connectome's communicability (`numerics`), functional initial weights `W*`
//! ([`functional_weights`]) and the controls beside them ([`initial_weights`]).
//!
//! Matrices are `[N, N]`, f64, in the neuron order of the field; `W[pre, post]`.

mod error;
mod functional;
mod geometry;
mod initial;
mod recipe;
mod run;
mod sparse;

pub use error::PriorsError;
pub use functional::{
    Counts, CrossValidation, EventTrains, FunctionalMeasures, GraphicalLasso, Moments, Precision, Tried,
    correlation, counts, cross_validation, graphical_lasso, inverse, penalised, sttc,
};
pub use geometry::{Distances, flat_axes, grid_shape};
pub use initial::{
    FieldSources, InitialWeights, SPECTRAL_RADIUS, Simulation, factor_product, functional_weights,
    initial_weights, lognormal,
};
pub use recipe::STAGE_VERSION;
pub use run::run;
