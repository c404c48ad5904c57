use cortex::Initialiser;
use faer::Mat;
use rand::Rng;

use super::functional::{factor_product, functional_weights};
use crate::{FunctionalMeasures, InitialWeights, PriorsError, Simulation};

/// `shifted`: `W*` of event trains that are each rotated by a random lag.
///
/// Rates and autocorrelations stay, what two neurons have in common goes. Lags are uniform on `[0, T)`, T the end of
/// the recording, one a neuron and simulation; the arm's measures, factors and the log-normal draw are those of `W*`.
pub(crate) struct Shifted;

impl InitialWeights for Shifted {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let sources = simulation.sources;
        let events = sources.events.ok_or(PriorsError::NothingToShift)?;
        let mut random = simulation.stream(Initialiser::Shifted);
        let lags_s: Vec<f64> =
            (0..events.neurons()).map(|_| random.random_range(0.0..events.end_s())).collect();
        let mut measures = FunctionalMeasures::of_events(events.rotated(&lags_s));
        let factors = sources.factors.iter().map(|&factor| measures.measure(factor, sources.settings));
        let factors = factors.collect::<Result<Vec<_>, _>>()?;
        let product =
            factor_product(simulation.neurons(), factors.iter().map(|factor| factor.as_ref().as_ref()))?;
        functional_weights(simulation.lognormal.as_ref(), product.as_ref())
    }
}
