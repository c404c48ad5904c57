use std::sync::atomic::Ordering;

use cortex::{Field, Initialiser};
use faer::Mat;
use graph::{Arrow, GraphError, rewired, rewired_keeping_lengths};
use rand::RngCore;

use super::simulation::at_spectral_radius;
use crate::{InitialWeights, PriorsError, Simulation};

/// Rewired connectomes that may be drawn before one has a directed cycle. Where one draw in a hundred has, a thousand
/// fail once in 20,000 times.
const DRAWS: usize = 1000;

/// `connectome`: synapse counts at spectral radius 0.95, the same in every simulation.
///
/// A connectome without a directed cycle has spectral radius 0 and cannot be scaled: [`PriorsError::NoCycle`].
pub(crate) struct Wiring;

/// `rewired`: the connectome rewired so that every neuron keeps its numbers of incoming and of outgoing connections
/// ([`graph::rewired`]), at spectral radius 0.95. A synapse count stays with the presynaptic neuron.
///
/// Draws without a directed cycle are drawn again: [`PriorsError::NoCycle`] if a thousand have none.
///
/// Source: Maslov & Sneppen 2002, Science 296:910.
pub(crate) struct Rewired;

/// `rewired-length`: the same with the lengths of connections kept approximately, and synapse counts with their length
/// ([`graph::rewired_keeping_lengths`]).
///
/// Source: Betzel & Bassett 2018, PNAS 115:E4880.
pub(crate) struct RewiredLength;

impl InitialWeights for Wiring {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let arrows = arrows(simulation.sources.field);
        scaled(&arrows, simulation.neurons(), Initialiser::Connectome)?
            .ok_or(PriorsError::NoCycle { initialiser: Initialiser::Connectome, connections: arrows.len() })
    }
}

impl InitialWeights for Rewired {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let neurons = simulation.neurons();
        until_cyclic(simulation, Initialiser::Rewired, |arrows, random| rewired(neurons, arrows, random))
    }
}

impl InitialWeights for RewiredLength {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let neurons = &simulation.sources.field.neurons;
        let length_um = |from: usize, to: usize| {
            let (from, to) = (neurons[from].position_um, neurons[to].position_um);
            from.iter().zip(to).map(|(from, to)| (from - to).powi(2)).sum::<f64>().sqrt()
        };
        until_cyclic(simulation, Initialiser::RewiredLength, |arrows, random| {
            rewired_keeping_lengths(neurons.len(), arrows, length_um, random)
        })
    }
}

/// Rewires until there is a directed cycle.
fn until_cyclic(
    simulation: &Simulation<'_>,
    initialiser: Initialiser,
    rewire: impl Fn(&[Arrow], &mut dyn RngCore) -> Result<Vec<Arrow>, GraphError>,
) -> Result<Mat<f64>, PriorsError> {
    let arrows = arrows(simulation.sources.field);
    let mut random = simulation.stream(initialiser);
    for redrawn in 0..DRAWS {
        if let Some(weights) = scaled(&rewire(&arrows, &mut random)?, simulation.neurons(), initialiser)? {
            simulation.sources.redrawn.fetch_add(redrawn, Ordering::Relaxed);
            return Ok(weights);
        }
    }
    Err(PriorsError::NoCycle { initialiser, connections: arrows.len() })
}

fn arrows(field: &Field) -> Vec<Arrow> {
    let arrow = |connection: &cortex::Connection| Arrow {
        from: connection.pre as usize,
        to: connection.post as usize,
        weight: f64::from(connection.count),
    };
    field.connections.iter().map(arrow).collect()
}

/// The weights at spectral radius 0.95; `None` if there is no directed cycle.
fn scaled(
    arrows: &[Arrow],
    neurons: usize,
    initialiser: Initialiser,
) -> Result<Option<Mat<f64>>, PriorsError> {
    let mut weights = Mat::zeros(neurons, neurons);
    for arrow in arrows {
        weights[(arrow.from, arrow.to)] = arrow.weight;
    }
    match at_spectral_radius(&weights, initialiser) {
        Ok(scaled) => Ok(Some(scaled)),
        Err(PriorsError::NoRadius { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
