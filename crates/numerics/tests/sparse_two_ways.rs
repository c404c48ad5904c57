//! Communicability by columns of a sparse exponential against the dense one, within the bound that is stated.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::Normals;
use fixtures::microns_folder;
use numerics::{Connectome, Mat, NumericsError, SparseCommunicability, ZeroStrength, communicability};

/// About `degree` connections from every neuron but each tenth, which has none.
fn connectome(neurons: usize, degree: f64) -> Connectome {
    let mut random = Normals::new(41);
    let pairs = (0..neurons).flat_map(|pre| (0..neurons).map(move |post| (pre, post)));
    let synapses: Vec<_> = pairs
        .filter(|&(pre, post)| pre % 10 != 3 && pre != post && random.uniform() < degree / neurons as f64)
        .map(|(pre, post)| (pre, post, 1.0 + ((pre + post) % 4) as f64))
        .collect();
    Connectome::new(neurons, synapses).unwrap()
}

fn check(connectome: &Connectome) {
    let sparse = SparseCommunicability::new(connectome).unwrap();
    for form in [ZeroStrength::SOUND, ZeroStrength::PUBLISHED] {
        let dense = communicability(connectome.to_dense().as_ref(), form).unwrap();
        let found = sparse.to_dense(form).unwrap();
        let truncation = sparse.truncation_error(form).unwrap();
        let strengths = connectome.strengths();
        let scale = |neuron: usize| match (form, strengths[neuron]) {
            (ZeroStrength::Replaced(value), 0.0) => value,
            (_, strength) => strength,
        };
        for pre in 0..connectome.neurons() {
            for post in 0..connectome.neurons() {
                let (found, dense) = (found[(pre, post)], dense[(pre, post)]);
                // The dense route rounds in proportion to the largest entries of e^P, which are below e.
                let ratio = if scale(post) > 0.0 { (scale(pre) / scale(post)).sqrt() } else { 0.0 };
                let bound = truncation + sparse.relative_error() * found + 4e-15 * ratio;
                assert!((found - dense).abs() <= bound, "{form:?} [{pre}, {post}]: {found} {dense}");
            }
        }
    }
}

#[test]
fn random_connectomes() {
    for (neurons, degree) in [(1, 0.0), (2, 2.0), (17, 0.0), (17, 3.0), (160, 40.0), (632, 6.0)] {
        check(&connectome(neurons, degree));
    }
    check(&Connectome::new(0, []).unwrap());
}

#[test]
fn the_dense_result_of_a_sparse_connectome_is_that_of_the_dense_route() {
    let connectome = connectome(312, 1.0);
    for form in [ZeroStrength::SOUND, ZeroStrength::PUBLISHED, ZeroStrength::MATCHED] {
        let dense = communicability(connectome.to_dense().as_ref(), form).unwrap();
        let found = connectome.communicability(form).unwrap();
        assert!((found - &dense).norm_max() < 1e-14 * dense.norm_max().max(1.0), "{form:?}");
    }
}

#[test]
fn the_canonical_field() {
    let Some(folder) = microns_folder() else { return };
    let text = std::fs::read_to_string(folder.join("6_6_2/connectome_6_6_2.csv")).unwrap();
    let mut synapses = Vec::new();
    for (pre, line) in text.lines().skip(1).enumerate() {
        let counts = line.split(',').skip(1).map(|count| count.parse::<f64>().unwrap());
        synapses.extend(counts.enumerate().map(|(post, count)| (pre, post, count)));
    }
    let connectome = Connectome::new(312, synapses).unwrap();
    check(&connectome);
    let sparse = SparseCommunicability::new(&connectome).unwrap();
    let mut tally = sparse.tally(ZeroStrength::PUBLISHED).unwrap();
    (0..sparse.blocks()).for_each(|block| tally.add(&sparse.columns(block)));
    assert!((tally.distribution().largest() / 1.41e5 - 1.0).abs() < 0.01);
    assert_eq!(tally.distribution().count(), 312 * 312);
}

#[test]
fn strengths_that_cannot_be_are_refused() {
    let sparse = SparseCommunicability::new(&connectome(17, 3.0)).unwrap();
    for value in [-1.0, f64::NAN] {
        let error = sparse.tally(ZeroStrength::Replaced(value)).unwrap_err();
        assert!(matches!(error, NumericsError::Setting { .. }), "{error}");
    }
    assert_eq!(sparse.tally(ZeroStrength::MATCHED).unwrap_err(), NumericsError::AddedStrength);
    let overflowing = Connectome::new(3, [(0, 1, f64::MAX), (0, 2, f64::MAX)]).unwrap();
    assert!(matches!(SparseCommunicability::new(&overflowing).unwrap_err(), NumericsError::Overflow { .. }));
    assert_eq!(
        Mat::<f64>::zeros(0, 0),
        SparseCommunicability::new(&Connectome::new(0, []).unwrap())
            .unwrap()
            .to_dense(ZeroStrength::SOUND)
            .unwrap()
    );
}
