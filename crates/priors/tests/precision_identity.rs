//! What a graphical lasso is known to be whatever the covariance: it meets its optimality conditions, falls apart
//! into independent blocks, and follows neurons and units.
#![allow(clippy::unwrap_used, missing_docs)]

use cortex::stream;
use numerics::Mat;
use priors::{GraphicalLasso, PriorsError, graphical_lasso};
use rand_distr::{Distribution, StandardNormal};

/// The covariance of `samples` draws of `neurons` variables of different variance, all driven by four common ones.
fn covariance(name: &str, neurons: usize, samples: usize) -> Mat<f64> {
    let mut random = stream(11, &["precision", name]);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let loadings = Mat::from_fn(4, neurons, |_, _| normal());
    let common = Mat::from_fn(samples, 4, |_, _| normal());
    let own = Mat::from_fn(samples, neurons, |_, _| normal());
    let draws = &common * &loadings * 0.3 + own;
    let scaled = Mat::from_fn(samples, neurons, |t, i| draws[(t, i)] * (0.1 + (i % 7) as f64 / 10.0));
    scaled.transpose() * &scaled * (1.0 / samples as f64)
}

fn largest_pair(covariance: &Mat<f64>) -> f64 {
    let pairs = (0..covariance.nrows()).flat_map(|i| (0..i).map(move |j| (i, j)));
    pairs.map(|pair| covariance[pair].abs()).fold(0.0, f64::max)
}

/// Θ is sparse and symmetric, W its inverse; W keeps the diagonal of S, departs from it by α towards 0 where Θ is not 0
/// and by at most α where it is.
fn assert_optimal(covariance: &Mat<f64>, alpha: f64, found: &GraphicalLasso) {
    let neurons = covariance.nrows();
    let (precision, estimate) = (&found.precision, &found.covariance);
    let product = precision * estimate;
    for i in 0..neurons {
        for j in 0..neurons {
            let scale = (covariance[(i, i)] * covariance[(j, j)]).sqrt();
            let identity = f64::from(u8::from(i == j));
            assert!((product[(i, j)] - identity).abs() < 1e-8, "product [{i}, {j}] {}", product[(i, j)]);
            assert_eq!(precision[(i, j)], precision[(j, i)]);
            let departure = (estimate[(i, j)] - covariance[(i, j)]) / scale;
            let expected = match precision[(i, j)] {
                _ if i == j => 0.0,
                0.0 => departure.clamp(-alpha / scale, alpha / scale),
                entry => alpha.copysign(entry) / scale,
            };
            assert!((departure - expected).abs() < 1e-9, "[{i}, {j}] {departure:e}, not {expected:e}");
        }
    }
}

#[test]
fn the_optimality_conditions_hold() {
    for (name, neurons, samples) in
        [("two", 2, 30), ("well", 150, 4000), ("near", 120, 130), ("singular", 100, 40)]
    {
        let covariance = covariance(name, neurons, samples);
        for share in [1.5, 0.6, 0.1, 0.02] {
            let alpha = share * largest_pair(&covariance);
            let found = graphical_lasso(covariance.as_ref(), alpha).unwrap();
            assert_optimal(&covariance, alpha, &found);
            let zeros = (0..neurons).flat_map(|j| (0..j).map(move |i| (i, j)));
            let zeros = zeros.filter(|&pair| found.precision[pair] == 0.0).count();
            let pairs = neurons * (neurons - 1) / 2;
            assert_eq!(zeros == pairs, share > 1.0, "{name} at {share}: {zeros} of {pairs} are 0");
        }
    }
}

#[test]
fn a_vanishing_penalty_leaves_the_inverse() {
    let covariance = covariance("inverse", 60, 2000);
    let found = graphical_lasso(covariance.as_ref(), 1e-9).unwrap();
    let product = &found.precision * &covariance;
    let departure = product - Mat::<f64>::identity(60, 60);
    assert!(departure.norm_max() < 1e-5, "{}", departure.norm_max());
}

#[test]
fn independent_blocks_are_solved_each_on_its_own() {
    let (first, second) = (covariance("first", 20, 300), covariance("second", 30, 300));
    // Neurons of both blocks alternate.
    let place = |i: usize| if i < 40 { (i % 2, i / 2) } else { (1, i - 20) };
    let both = Mat::from_fn(50, 50, |i, j| match (place(i), place(j)) {
        ((0, i), (0, j)) => first[(i, j)],
        ((1, i), (1, j)) => second[(i, j)],
        _ => 0.0,
    });
    let alpha = 0.05 * largest_pair(&both);
    let solve = |covariance: &Mat<f64>| graphical_lasso(covariance.as_ref(), alpha).unwrap().precision;
    let (first, second, both) = (solve(&first), solve(&second), solve(&both));
    for i in 0..50 {
        for j in 0..50 {
            let expected = match (place(i), place(j)) {
                ((0, i), (0, j)) => first[(i, j)],
                ((1, i), (1, j)) => second[(i, j)],
                _ => 0.0,
            };
            let difference = (both[(i, j)] - expected).abs();
            assert!(difference < 1e-9 * both.norm_max(), "[{i}, {j}] {difference:e}");
            assert_eq!(both[(i, j)] == 0.0, expected == 0.0);
        }
    }
}

#[test]
fn the_order_of_neurons_and_the_unit_of_counts_do_not_matter() {
    let covariance = covariance("order", 50, 200);
    let alpha = 0.05 * largest_pair(&covariance);
    let expected = graphical_lasso(covariance.as_ref(), alpha).unwrap().precision;
    let turned = Mat::from_fn(50, 50, |i, j| 1e6 * covariance[(49 - i, 49 - j)]);
    let found = graphical_lasso(turned.as_ref(), 1e6 * alpha).unwrap().precision;
    for i in 0..50 {
        for j in 0..50 {
            let difference = (1e6 * found[(49 - i, 49 - j)] - expected[(i, j)]).abs();
            assert!(difference < 1e-8 * expected.norm_max(), "[{i}, {j}] {difference:e}");
        }
    }
}

#[test]
fn a_penalty_that_a_singular_covariance_cannot_bear_is_refused() {
    let ones = Mat::from_fn(3, 3, |_, _| 1.0);
    let error = graphical_lasso(ones.as_ref(), 1e-14).unwrap_err();
    assert!(matches!(error, PriorsError::Unconverged { neurons: 3, .. }), "{error}");
    assert!(error.to_string().contains("with a larger one, or to \"inverse\""), "{error}");
    let found = graphical_lasso(ones.as_ref(), 0.01).unwrap();
    assert_optimal(&ones, 0.01, &found);
}

#[test]
fn what_is_no_covariance_is_refused() {
    let refused = |covariance: Mat<f64>, alpha: f64| graphical_lasso(covariance.as_ref(), alpha).unwrap_err();
    let identity = || Mat::<f64>::identity(2, 2);
    for alpha in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(refused(identity(), alpha), PriorsError::Penalty { .. }));
    }
    let error = refused(Mat::from_fn(2, 2, |i, _| if i == 1 { f64::NAN } else { 1.0 }), 0.1);
    assert!(error.to_string().contains("entry [1, 0]"), "{error}");
    let error = refused(Mat::zeros(2, 2), 0.1);
    assert!(matches!(error, PriorsError::Variance { neuron: 0, .. }), "{error}");
    let error = refused(Mat::zeros(2, 3), 0.1);
    assert!(error.to_string().contains("square"), "{error}");
    let error = refused(Mat::from_fn(2, 2, |i, j| if i == j { 1.0 } else { 5.0 }), 0.1);
    assert!(matches!(error, PriorsError::Unconverged { .. }), "not positive semidefinite: {error}");
    let empty = graphical_lasso(Mat::new().as_ref(), 0.1).unwrap();
    assert_eq!(empty.precision.shape(), (0, 0));
}
