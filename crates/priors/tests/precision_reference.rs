//! Graphical lasso of synthetic trains, from scikit-learn 1.9: `tests/golden/generate_graphical_lasso.py` with
//! tolerances under which nothing changes any more, and `tests/golden/generate.py` with
//!
//! ```python
//! lasso_cov, lasso = graphical_lasso(covariance, alpha=0.002, tol=1e-8, max_iter=500)
//! cv = GraphicalLassoCV().fit(counts.T)
//! ```
//!
//! whose default `enet_tol` of 1e-4 stops the inner lassos 1.8e-4 short of the minimum.
#![allow(clippy::unwrap_used, missing_docs)]

use fixtures::{Golden, golden_json, largest_difference};
use numerics::{row_major, to_row_major};
use priors::{
    Counts, EventTrains, Moments, counts, cross_validation, factor_product, functional_weights,
    graphical_lasso, penalised, sttc,
};

const NEURONS: usize = 24;

fn golden_trains(golden: &Golden) -> EventTrains {
    let train = |neuron| golden.tensor(&format!("spikes.{neuron:02}")).values;
    EventTrains::new((0..NEURONS).map(train).collect()).unwrap()
}

fn golden_counts(golden: &Golden) -> (Counts, Moments) {
    let counts = counts(&golden_trains(golden), 0.2).unwrap();
    let moments = Moments::of(&counts);
    (counts, moments)
}

#[test]
fn a_given_penalty() {
    let (golden, converged) = (Golden::open("priors"), Golden::open("graphical_lasso"));
    let (_, moments) = golden_counts(&golden);
    let found = graphical_lasso(moments.covariance().as_ref(), 0.002).unwrap();
    let (precision, expected) =
        (to_row_major(found.precision.as_ref()), converged.tensor("precision").values);
    let difference = largest_difference(&precision, &expected);
    assert!(difference < 1e-7, "{difference:e}");
    let zeros = |values: &[f64]| values.iter().filter(|value| **value == 0.0).count();
    assert_eq!(zeros(&precision), zeros(&expected));
    let covariance = to_row_major(found.covariance.as_ref());
    let difference = largest_difference(&covariance, &converged.tensor("covariance").values);
    assert!(difference < 1e-11, "{difference:e}");
    let difference = largest_difference(&covariance, &golden.tensor("graphical_lasso_covariance").values);
    assert!(difference < 1e-6, "{difference:e}");
    let stopped = golden.tensor("graphical_lasso_precision").values;
    let difference = largest_difference(&precision, &stopped);
    assert!(difference < 2e-4, "{difference:e}");
    assert_eq!(penalised(&moments, 0.002).unwrap().matrix, found.precision);
}

#[test]
fn a_cross_validated_penalty() {
    let golden = Golden::open("priors");
    let (counts, moments) = golden_counts(&golden);
    let choice = cross_validation(&counts, &moments).unwrap().unwrap();
    let expected = golden_json()["graphical_lasso_cv_alpha"].as_f64().unwrap();
    assert!((choice.alpha / expected - 1.0).abs() < 1e-12, "{} for {expected}", choice.alpha);
    assert_eq!((choice.tried.len(), choice.neurons), (16, NEURONS));
    let precision = to_row_major(penalised(&moments, choice.alpha).unwrap().matrix.as_ref());
    let stopped = golden.tensor("graphical_lasso_cv_precision").values;
    let difference = largest_difference(&precision, &stopped);
    assert!(difference < 1e-3, "{difference:e}");
    let converged = Golden::open("graphical_lasso").tensor("cv_precision").values;
    let difference = largest_difference(&precision, &converged);
    assert!(difference < 1e-7, "{difference:e}");
}

#[test]
fn every_penalty_that_is_tried_and_its_likelihood() {
    let (golden, converged) = (Golden::open("priors"), Golden::open("graphical_lasso"));
    let (counts, moments) = golden_counts(&golden);
    let choice = cross_validation(&counts, &moments).unwrap().unwrap();
    let (alphas, likelihoods) =
        (converged.tensor("cv_alphas").values, converged.tensor("cv_likelihoods").values);
    assert_eq!(alphas.len(), choice.tried.len());
    for ((found, alpha), likelihood) in choice.tried.iter().zip(alphas).zip(likelihoods) {
        assert!((found.alpha / alpha - 1.0).abs() < 1e-12, "{} for {alpha}", found.alpha);
        assert!((found.likelihood - likelihood).abs() < 1e-8, "{} for {likelihood}", found.likelihood);
    }
}

#[test]
fn functional_weights_of_cross_validated_precision_and_sttc() {
    let golden = Golden::open("priors");
    let (counts, moments) = golden_counts(&golden);
    let choice = cross_validation(&counts, &moments).unwrap().unwrap();
    let precision = penalised(&moments, choice.alpha).unwrap().matrix;
    let sttc = sttc(&golden_trains(&golden), 0.1);
    let product = factor_product(NEURONS, [precision.as_ref(), sttc.as_ref()]).unwrap();
    let lognormal = golden.tensor("lognormal").values;
    let lognormal = row_major(&lognormal, NEURONS, NEURONS).unwrap();
    let weights = to_row_major(functional_weights(lognormal, product.as_ref()).unwrap().as_ref());
    let difference = largest_difference(&weights, &golden.tensor("w_precision_sttc").values);
    assert!(difference < 1e-5, "scikit-learn's precision is converged to 2e-4: {difference:e}");
}
