//! Initial recurrent weights: `W*` and the controls that tell what in it does the work.
//!
//! Every initialiser is a small type with its definition as documentation; [`initial_weights`] finds the one of a name.

mod connectome;
mod diagonal;
mod files;
mod functional;
mod orthogonal;
mod rearranged;
mod shifted;
mod simulation;

use cortex::Initialiser;

pub use functional::{SPECTRAL_RADIUS, factor_product, functional_weights, lognormal};
pub use simulation::{FieldSources, InitialWeights, Simulation};

pub(crate) use files::{arm_initialisers, write_initial_weights};
pub(crate) use rearranged::{renamed, shuffled_order};

/// The weights that an initialiser stands for, the same in all tasks and variants of a simulation.
///
/// `None` for `W`, which every run draws for itself, and for `W!`, which the protocol makes another one
/// ([`Initialiser::under`]).
pub fn initial_weights(initialiser: Initialiser) -> Option<&'static dyn InitialWeights> {
    Some(match initialiser {
        Initialiser::Orthogonal | Initialiser::Rearranged => return None,
        Initialiser::Functional => &functional::Functional,
        Initialiser::Lognormal => &functional::Lognormal,
        Initialiser::Relabelled => &rearranged::Relabelled,
        Initialiser::Shuffled => &rearranged::Shuffled,
        Initialiser::ShuffledOffDiagonal => &rearranged::ShuffledOffDiagonal,
        Initialiser::Identity => &diagonal::Identity,
        Initialiser::Diagonal => &diagonal::Diagonal,
        Initialiser::DiagonalLognormal => &diagonal::DiagonalLognormal,
        Initialiser::OffDiagonal => &diagonal::OffDiagonal,
        Initialiser::Spectrum => &orthogonal::Spectrum,
        Initialiser::OrthogonalScaled => &orthogonal::OrthogonalScaled,
        Initialiser::OrthogonalPositive => &orthogonal::OrthogonalPositive,
        Initialiser::Shifted => &shifted::Shifted,
        Initialiser::Connectome => &connectome::Wiring,
        Initialiser::Rewired => &connectome::Rewired,
        Initialiser::RewiredLength => &connectome::RewiredLength,
    })
}
