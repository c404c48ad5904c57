//! Trains recurrent networks from cortical priors on cognitive tasks.
//!
//! `h_t = relu(x_t W_in + h_{t−1} W + b)`, or tanh, or with a leak; a softmax readout of the last state, or of several;
//! cross-entropy plus a penalty on `W`; Adam. One run is one network; runs are independent, single-threaded, and kept as soon
//! as they end.

pub mod adam;
pub mod cost;
pub mod initial;
pub mod lessons;
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
mod shard;
mod show;
mod signal;
mod store;
mod strength;
mod weights;

pub use fit::{FitArguments, fit};
pub use run::{TrainArguments, run};
pub use show::{PlanArguments, plan};
pub use weights::{WeightsArguments, weights};
