//! Trains recurrent networks from cortical priors on cognitive tasks.
//!
//! `h_t = relu(x_t W_in + h_{t−1} W + b)`, a softmax readout of the last state, cross-entropy plus a
//! penalty on `W`, Adam. One run is one network; runs are independent, single-threaded, and kept as soon
//! as they end.

pub mod adam;
pub mod initial;
pub mod network;
pub mod penalty;
pub mod recurrent;
pub mod trainer;

mod device;
mod fit;
mod plan;
mod priors;
mod run;
mod scheduler;
mod show;
mod store;
mod strength;

pub use fit::{FitArguments, fit};
pub use run::run;
pub use show::plan;
