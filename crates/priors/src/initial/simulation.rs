use std::sync::atomic::AtomicUsize;

use config::PriorSettings;
use cortex::{Field, FunctionalFactor, Initialiser, stream};
use faer::{Mat, MatRef};
use numerics::perron_root;
use rand::RngCore;

use super::functional::{SPECTRAL_RADIUS, functional_weights, lognormal};
use crate::{EventTrains, PriorsError};

/// A way to make the recurrent weights that networks start from.
pub trait InitialWeights: Sync {
    /// Makes the weights of one simulation, `[N, N]`, `W[pre, post]`, dimensionless, in double precision.
    ///
    /// # Errors
    /// [`PriorsError::NoCycle`], [`PriorsError::NoRadius`] if they cannot be scaled to a spectral radius,
    /// [`PriorsError::NothingToShift`] without event times; [`PriorsError::Numerics`], [`PriorsError::Graph`].
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError>;
}

/// What the initial weights of a field and an arm are made from, besides random numbers.
#[derive(Debug)]
pub struct FieldSources<'a> {
    /// Seed of the study.
    pub seed: u64,
    /// The field: its connections and positions.
    pub field: &'a Field,
    /// Event times, where the field has them.
    pub events: Option<&'a EventTrains>,
    /// Functional factors of `W*`.
    pub factors: &'a [FunctionalFactor],
    /// Settings of functional measures.
    pub settings: &'a PriorSettings,
    /// Rewired connectomes that had no directed cycle and were drawn again, over all simulations.
    pub redrawn: AtomicUsize,
}

/// One simulation of a field and an arm: its log-normal draw and its `W*`.
#[derive(Debug)]
pub struct Simulation<'a> {
    /// What it is made from.
    pub sources: &'a FieldSources<'a>,
    /// Number of the simulation, from 0.
    pub number: u32,
    /// The draw `W_ln`, `[N, N]`.
    pub lognormal: Mat<f64>,
    /// The functional weights `W*`, `[N, N]`.
    pub functional: Mat<f64>,
}

impl<'a> Simulation<'a> {
    /// Draws a simulation with the functional factor `F`, `[N, N]`, of [`factor_product`](crate::factor_product).
    ///
    /// # Errors
    /// Those of [`functional_weights`].
    pub fn new(
        sources: &'a FieldSources<'a>,
        factor: MatRef<'_, f64>,
        number: u32,
    ) -> Result<Self, PriorsError> {
        let lognormal = lognormal(sources.seed, &sources.field.name, number, factor.nrows());
        let functional = functional_weights(lognormal.as_ref(), factor)?;
        Ok(Self { sources, number, lognormal, functional })
    }

    /// The number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.functional.nrows()
    }

    /// Opens the random stream `initial/NAME/FIELD/SIMULATION`: no initialiser's draw depends on which others a study
    /// has, on its arms, variants or simulations.
    pub fn stream(&self, initialiser: Initialiser) -> impl RngCore + use<> {
        let (field, number) = (self.sources.field.name.as_str(), self.number.to_string());
        stream(self.sources.seed, &["initial", initialiser.name(), field, &number])
    }

    /// Mean of the diagonal of `W*`, and mean of its off-diagonal: 0 for a single neuron.
    pub fn mean_diagonal_and_off_diagonal(&self) -> [f64; 2] {
        let neurons = self.neurons();
        let diagonal: f64 = (0..neurons).map(|neuron| self.functional[(neuron, neuron)]).sum();
        let pairs = (neurons * neurons.saturating_sub(1)).max(1) as f64;
        [diagonal / neurons as f64, (self.functional.sum() - diagonal) / pairs]
    }
}

/// Scales weights that are not negative to the spectral radius of `W*`, 0.95.
///
/// # Errors
/// [`PriorsError::NoRadius`] if they have spectral radius 0.
pub(super) fn at_spectral_radius(
    weights: &Mat<f64>,
    initialiser: Initialiser,
) -> Result<Mat<f64>, PriorsError> {
    let radius = perron_root(weights.as_ref())?;
    if radius > 0.0 {
        Ok(weights.map(|weight| weight * (SPECTRAL_RADIUS / radius)))
    } else {
        Err(PriorsError::NoRadius { initialiser })
    }
}
