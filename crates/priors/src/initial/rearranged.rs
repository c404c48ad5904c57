use cortex::{FieldName, Initialiser, stream};
use faer::{Mat, MatRef};
use numerics::{row_major, to_row_major};
use rand::seq::SliceRandom;

use crate::{InitialWeights, PriorsError, Simulation};

/// `relabelled`: `W*` with rows and columns permuted together: the same graph, in which other neurons sit.
///
/// `W_ij = W*_{p(i) p(j)}`. One permutation p a field and simulation, which all arms share.
pub(crate) struct Relabelled;

/// `shuffled`: all entries of `W*` permuted, diagonal and off-diagonal mixed. The entries themselves stay.
pub(crate) struct Shuffled;

/// `shuffled-off-diagonal`: the entries off the diagonal permuted among themselves, the diagonal left in place.
pub(crate) struct ShuffledOffDiagonal;

impl InitialWeights for Relabelled {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let (field, number) = (&simulation.sources.field.name, simulation.number);
        let names =
            shuffled_order("relabelling", simulation.sources.seed, field, number, simulation.neurons());
        Ok(renamed(simulation.functional.as_ref(), &names))
    }
}

impl InitialWeights for Shuffled {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let neurons = simulation.neurons();
        let mut entries = to_row_major(simulation.functional.as_ref());
        entries.shuffle(&mut simulation.stream(Initialiser::Shuffled));
        Ok(row_major(&entries, neurons, neurons)?.to_owned())
    }
}

impl InitialWeights for ShuffledOffDiagonal {
    fn weights(&self, simulation: &Simulation<'_>) -> Result<Mat<f64>, PriorsError> {
        let functional = &simulation.functional;
        let neurons = simulation.neurons();
        let pairs = (0..neurons).flat_map(|i| (0..neurons).map(move |j| (i, j))).filter(|(i, j)| i != j);
        let mut entries: Vec<f64> = pairs.map(|place| functional[place]).collect();
        entries.shuffle(&mut simulation.stream(Initialiser::ShuffledOffDiagonal));
        // Without the diagonal, row i has N − 1 entries, and column j stands one place earlier right of it.
        let place = |i: usize, j: usize| i * (neurons - 1) + j - usize::from(j > i);
        let entry = |i, j| if i == j { functional[(i, i)] } else { entries[place(i, j)] };
        Ok(Mat::from_fn(neurons, neurons, entry))
    }
}

/// Draws an order of the neurons from the stream `PURPOSE/FIELD/SIMULATION`.
pub(crate) fn shuffled_order(
    purpose: &str,
    seed: u64,
    field: &FieldName,
    simulation: u32,
    neurons: usize,
) -> Vec<usize> {
    let mut random = stream(seed, &[purpose, field.as_str(), &simulation.to_string()]);
    let mut order: Vec<usize> = (0..neurons).collect();
    order.shuffle(&mut random);
    order
}

/// Renames the neurons of a matrix: `result_ij = matrix_{names(i) names(j)}`.
pub(crate) fn renamed(matrix: MatRef<'_, f64>, names: &[usize]) -> Mat<f64> {
    Mat::from_fn(names.len(), names.len(), |i, j| matrix[(names[i], names[j])])
}
