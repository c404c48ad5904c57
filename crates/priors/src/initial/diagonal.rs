use cortex::Initialiser;
use faer::Mat;

use super::{functional::lognormal_weight, simulation::at_spectral_radius};
use crate::{InitialWeights, PriorsError, Simulation};

/// `identity`: `αI + β` with α the mean diagonal and β the mean off-diagonal of `W*`.
///
/// Every entry off the diagonal is β and every one on it α + β. Nothing is left of which neurons are which.
///
/// Source: Le, Jaitly & Hinton 2015, arXiv 1504.00941, whose α is 1 and β 0.
pub(crate) struct Identity;

/// `diagonal`: `W*` without its off-diagonal: every neuron remembers for itself.
pub(crate) struct Diagonal;

/// `diagonal-lognormal`: a diagonal without cortical data but for its mean.
///
/// i.i.d. log-normal numbers, σ = 0.5, scaled so that their mean over neurons is that of the diagonal of `W*`.
pub(crate) struct DiagonalLognormal;

/// `off-diagonal`: `W*` without its diagonal, at spectral radius 0.95.
pub(crate) struct OffDiagonal;

impl InitialWeights for Identity {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let neurons = simulation.neurons();
        let [alpha, beta] = simulation.mean_diagonal_and_off_diagonal();
        Ok(Mat::from_fn(neurons, neurons, |i, j| if i == j { alpha + beta } else { beta }))
    }
}

impl InitialWeights for Diagonal {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let neurons = simulation.neurons();
        Ok(Mat::from_fn(neurons, neurons, |i, j| if i == j { simulation.functional[(i, i)] } else { 0.0 }))
    }
}

impl InitialWeights for DiagonalLognormal {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let neurons = simulation.neurons();
        let mut random = simulation.stream(Initialiser::DiagonalLognormal);
        let draw: Vec<f64> = (0..neurons).map(|_| lognormal_weight(&mut random)).collect();
        let [wanted, _] = simulation.mean_diagonal_and_off_diagonal();
        let scale = wanted / (draw.iter().sum::<f64>() / neurons as f64);
        Ok(Mat::from_fn(neurons, neurons, |i, j| if i == j { draw[i] * scale } else { 0.0 }))
    }
}

impl InitialWeights for OffDiagonal {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let mut weights = simulation.functional.clone();
        (0..simulation.neurons()).for_each(|neuron| weights[(neuron, neuron)] = 0.0);
        at_spectral_radius(&weights, Initialiser::OffDiagonal)
    }
}
