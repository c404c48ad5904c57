//! The mathematics of Lamina: matrix exponential and its adjoint, communicability, penalties,
//! distances, spectral radius. No input or output, one thread, the same bits for the same arguments.
//!
//! Matrices are `W[pre, post]`: row = presynaptic neuron, column = postsynaptic neuron, as in the Keras
//! recurrence `h_t = relu(x_t W_in + h_{t−1} W + b)`. Arguments are [`MatRef`] of any stride, so that a
//! row-major slice is passed without a copy through [`row_major`]; results are [`Mat`] and go back through
//! [`to_row_major`]. Row-major weights are the fast case of [`Communicability`] and [`Penalty`].
//!
//! Bad input is an error that names the entry, never a panic.
//!
//! ```
//! use numerics::{communicability, row_major, to_row_major, ZeroStrength};
//! // Neuron 0 projects to 1 and 2, neuron 1 to 0, neuron 2 to none: it is isolated.
//! let weights = [0.0, 1.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0];
//! let weights = row_major(&weights, 3, 3)?;
//! let result = to_row_major(communicability(weights, ZeroStrength::Isolated)?.as_ref());
//! assert!(result[1] > 0.0 && result[2] == 0.0 && result[0] == 0.0);
//! # Ok::<(), numerics::NumericsError>(())
//! ```

#![allow(
    clippy::inline_always,
    reason = "loops only gain from an instruction set if they are inlined into what pulp compiles for it"
)]

mod combination;
mod communicability;
mod components;
mod connectome;
mod distance;
mod distribution;
mod error;
mod exponential;
mod growth;
mod matrix;
mod orthogonal;
mod penalty;
mod perron;
mod plan;
mod ranking;
mod real;
mod record;
mod scaling;
mod schemes;
mod sparse_communicability;
mod sparse_exponential;
mod spectral;
mod taylor;
mod workspace;

pub use faer::{Mat, MatMut, MatRef};

pub use crate::{
    communicability::{Communicability, ZeroStrength, communicability},
    connectome::Connectome,
    distance::{factor_grid, grid, grid_unit, measured, micrometre, published, scaled_to_mean},
    distribution::Distribution,
    error::NumericsError,
    exponential::{Exponential, exponential},
    matrix::{row_major, row_major_mut, to_row_major},
    orthogonal::orthogonal,
    penalty::{Penalty, PenaltyKind, PenaltyTerms},
    perron::perron_root,
    real::Real,
    scaling::min_max,
    sparse_communicability::{SparseCommunicability, Tally, TransitionColumns},
    spectral::{eigenvalues, spectral_radius},
    workspace::Workspace,
};
