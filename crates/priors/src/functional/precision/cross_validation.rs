use faer::Mat;
use rayon::prelude::*;

use super::{folds::Fold, select};
use crate::{Counts, Moments, PriorsError};

/// Folds of the cross-validation.
const FOLDS: usize = 5;

/// Penalties of a grid.
const PENALTIES: usize = 4;

/// Grids, each around the best penalty of the ones before it.
const GRIDS: usize = 4;

/// Smallest penalty of the first grid as a share of its largest, and of a grid below all others as a share of its
/// upper end.
const SPAN: f64 = 0.01;

/// A penalty of the graphical lasso, chosen by cross-validation.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    /// The penalty, events² per bin².
    pub alpha: f64,
    /// All penalties that were tried, descending.
    pub tried: Vec<Tried>,
    /// Neurons that the choice rests on: their counts vary in every training set.
    pub neurons: usize,
}

/// A penalty with the mean log-likelihood, over the folds, of counts that were left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// The penalty, events² per bin².
    pub alpha: f64,
    /// The mean log-likelihood of a bin; −∞ where the sweeps of a fold did not converge.
    pub likelihood: f64,
}

/// Chooses the penalty of the graphical lasso for binned counts by cross-validation, as scikit-learn's
/// `GraphicalLassoCV` does by default.
///
/// Bins are cut into 5 consecutive folds. For every fold and α, Θ is estimated from the other folds and scored on the
/// fold: `½ (log det Θ − tr(S Θ) − N log 2π)`, S the covariance within the fold. Of 4 penalties between 0.01
/// and 1 times the largest covariance of two neurons, evenly spaced in their logarithms, the one of the highest mean
/// score is taken, the smaller one of equals; 3 more grids of 4 follow, each between the neighbours of the best penalty so far.
///
/// Every estimate is converged ([`graphical_lasso`](crate::graphical_lasso)), where scikit-learn stops after 10 sweeps
/// or at a duality gap of 1e-4; where two penalties score alike within that gap, the choices may differ by one
/// step of the last grid.
///
/// Neurons whose counts are constant in a training set have no precision there and take no part in the choice. The result is
/// `None` if no two neurons are correlated: their precision then is the same whatever the penalty.
///
/// # Errors
/// [`PriorsError::Folds`] if there are fewer than 5 bins or no two neurons vary in every training set,
/// [`PriorsError::Likelihood`] if no penalty has an estimate in every fold.
pub fn cross_validation(counts: &Counts, moments: &Moments) -> Result<Option<CrossValidation>, PriorsError> {
    let covariance = moments.covariance();
    if largest_pair(&covariance) == 0.0 {
        return Ok(None);
    }
    let bins = counts.bins();
    if bins < FOLDS as u64 {
        return Err(PriorsError::Folds { neurons: moments.neurons(), bins, folds: FOLDS });
    }
    let sets = training_and_left_out(counts, moments);
    let neurons: Vec<usize> = (0..moments.neurons())
        .filter(|&neuron| sets.iter().all(|(training, _)| !training.is_constant(neuron)))
        .collect();
    let largest = largest_pair(&select(&covariance, &neurons));
    if largest == 0.0 {
        return Err(PriorsError::Folds { neurons: neurons.len(), bins, folds: FOLDS });
    }
    let folds: Vec<Fold> =
        sets.par_iter().map(|(training, left_out)| Fold::new(training, left_out, &neurons)).collect();
    let mut tried: Vec<Tried> = Vec::new();
    let mut grid = logarithmic(largest, SPAN * largest, PENALTIES);
    let mut best = 0;
    for _ in 0..GRIDS {
        let scores: Vec<Vec<f64>> = folds.par_iter().map(|fold| fold.scores(&grid)).collect();
        tried.extend(grid.iter().enumerate().map(|(place, &alpha)| {
            let likelihood = scores.iter().map(|fold| fold[place]).sum::<f64>() / FOLDS as f64;
            Tried { alpha, likelihood }
        }));
        tried.sort_by(|a, b| b.alpha.total_cmp(&a.alpha));
        best = best_of(&tried).ok_or(PriorsError::Likelihood { neurons: neurons.len(), bins })?;
        let (upper, lower) = around(&tried, best);
        let finer = logarithmic(upper, lower, PENALTIES + 2);
        grid = finer[1..=PENALTIES].to_vec();
    }
    Ok(Some(CrossValidation { alpha: tried[best].alpha, tried, neurons: neurons.len() }))
}

/// Sums over the bins outside and inside of every fold. The first `bins mod 5` folds have one bin more.
fn training_and_left_out(counts: &Counts, all: &Moments) -> Vec<(Moments, Moments)> {
    let (length, longer) = (counts.bins() / FOLDS as u64, counts.bins() % FOLDS as u64);
    let start = |fold: u64| fold * length + fold.min(longer);
    (0..FOLDS as u64)
        .map(|fold| {
            let left_out = Moments::over(counts, start(fold)..start(fold + 1));
            (all.without(&left_out), left_out)
        })
        .collect()
}

/// The place of the highest likelihood, the last one of equals; `None` if none is finite.
fn best_of(tried: &[Tried]) -> Option<usize> {
    let finite = tried.iter().enumerate().filter(|(_, tried)| tried.likelihood.is_finite());
    finite.max_by(|(_, a), (_, b)| a.likelihood.total_cmp(&b.likelihood)).map(|(place, _)| place)
}

/// The ends of a finer grid around the best penalty: its neighbours; at the upper end itself and its neighbour; at
/// the lower end, or of those that converged, itself and what lies below.
fn around(tried: &[Tried], best: usize) -> (f64, f64) {
    let alpha = |place: usize| tried[place].alpha;
    let last_finite = tried.iter().rposition(|tried| tried.likelihood.is_finite());
    match tried.get(best + 1) {
        None => (alpha(best), SPAN * alpha(best)),
        Some(below) if best == 0 || Some(best) == last_finite => (alpha(best), below.alpha),
        Some(below) => (alpha(best - 1), below.alpha),
    }
}

/// `count` numbers from `upper` to `lower`, evenly spaced in their logarithms.
fn logarithmic(upper: f64, lower: f64, count: usize) -> Vec<f64> {
    let (first, last) = (upper.log10(), lower.log10());
    let step = (last - first) / (count - 1) as f64;
    (0..count).map(|place| 10.0_f64.powf(first + step * place as f64)).collect()
}

/// The largest covariance of two neurons, by magnitude.
fn largest_pair(covariance: &Mat<f64>) -> f64 {
    let pairs = (0..covariance.nrows()).flat_map(|i| (0..i).map(move |j| (i, j)));
    pairs.map(|pair| covariance[pair].abs()).fold(0.0, f64::max)
}
