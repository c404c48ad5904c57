//! What functional initial weights have in common whatever they are made of.
#![allow(clippy::unwrap_used, missing_docs)]

use numerics::{Mat, spectral_radius, to_row_major};
use priors::{PriorsError, SPECTRAL_RADIUS, factor_product, functional_weights, lognormal};

const NEURONS: usize = 200;

/// A symmetric factor with a strong diagonal and some zeros.
fn factor(name: &str) -> Mat<f64> {
    let draw = lognormal(3, &name.parse().unwrap(), 0, NEURONS);
    Mat::from_fn(NEURONS, NEURONS, |i, j| match i.abs_diff(j) {
        0 => 20.0,
        1 => 0.0,
        _ => draw[(i.min(j), i.max(j))] - 0.5,
    })
}

#[test]
fn the_spectral_radius_is_exact_and_zeros_stay_zero() {
    let factors = [factor("a"), factor("b")];
    let product = factor_product(NEURONS, factors.iter().map(Mat::as_ref)).unwrap();
    for simulation in 0..3 {
        let draw = lognormal(1, &"6_6_2".parse().unwrap(), simulation, NEURONS);
        let weights = functional_weights(draw.as_ref(), product.as_ref()).unwrap();
        assert!((spectral_radius(weights.as_ref()).unwrap() - SPECTRAL_RADIUS).abs() < 1e-9);
        let smallest = to_row_major(weights.as_ref()).into_iter().filter(|&weight| weight != 0.0);
        let smallest = smallest.fold(f64::INFINITY, f64::min);
        let mut floored = 0;
        for i in 0..NEURONS {
            for j in 0..NEURONS {
                assert_eq!(weights[(i, j)] == 0.0, product[(i, j)] == 0.0);
                floored += usize::from(weights[(i, j)] == smallest);
            }
        }
        assert!(smallest > 0.0 && floored > 1, "weights below the floor all have its value, {floored} do");
    }
}

#[test]
fn the_logarithms_of_the_draw_are_normal() {
    let logarithms: Vec<f64> = to_row_major(lognormal(1, &"6_6_2".parse().unwrap(), 0, 312).as_ref())
        .iter()
        .map(|x| x.ln())
        .collect();
    let count = logarithms.len() as f64;
    let mean = logarithms.iter().sum::<f64>() / count;
    let variance = logarithms.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    let within = logarithms.iter().filter(|x| (**x + 0.5).abs() < 0.5).count() as f64 / count;
    // Five standard errors.
    assert!((mean + 0.5).abs() < 5.0 * 0.5 / count.sqrt(), "{mean}");
    assert!((variance - 0.25).abs() < 5.0 * 0.25 * (2.0 / count).sqrt(), "{variance}");
    assert!((within - 0.682_689).abs() < 5.0 * (0.217 / count).sqrt(), "{within}");
}

#[test]
fn every_simulation_field_and_seed_has_a_draw_of_its_own() {
    let draw = |seed, field: &str, simulation| lognormal(seed, &field.parse().unwrap(), simulation, 4);
    let first = draw(1, "6_6_2", 0);
    assert_eq!(first, draw(1, "6_6_2", 0));
    for other in [draw(2, "6_6_2", 0), draw(1, "5_3_4", 0), draw(1, "6_6_2", 1)] {
        assert_ne!(first, other);
    }
}

#[test]
fn weights_that_vanish_are_refused() {
    let draw = Mat::from_fn(3, 3, |_, _| 1.0);
    let refused = |factor: Mat<f64>| functional_weights(draw.as_ref(), factor.as_ref()).unwrap_err();
    let error = refused(Mat::zeros(3, 3));
    assert!(matches!(error, PriorsError::Vanishing { quantity: "mean", .. }), "{error}");
    let error = refused(Mat::from_fn(3, 3, |i, j| f64::from(u8::from(i < j))));
    assert!(matches!(error, PriorsError::Vanishing { quantity: "spectral radius", .. }), "{error}");
    let error = refused(Mat::from_fn(3, 3, |_, _| f64::NAN));
    assert!(matches!(error, PriorsError::Vanishing { .. }), "{error}");
    assert!(factor_product(3, [Mat::from_fn(3, 3, |_, _| f64::NAN).as_ref()]).is_err());
    assert!(functional_weights(Mat::new().as_ref(), Mat::new().as_ref()).is_err());
}

#[test]
fn a_single_neuron_gets_the_spectral_radius() {
    let one = Mat::from_fn(1, 1, |_, _| 0.7);
    let product = factor_product(1, [one.as_ref(), one.as_ref()]).unwrap();
    let weight = functional_weights(one.as_ref(), product.as_ref()).unwrap()[(0, 0)];
    assert!((weight - SPECTRAL_RADIUS).abs() < 1e-15);
}
