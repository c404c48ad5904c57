//! Input that leaves a measure undefined, and what stands for it.
#![allow(clippy::unwrap_used, missing_docs)]

use numerics::Mat;
use priors::{
    Counts, EventTrains, Moments, PriorsError, correlation, counts, cross_validation, inverse, penalised,
    sttc,
};

fn binned(trains: Vec<Vec<f64>>) -> (Counts, Moments) {
    let counts = counts(&EventTrains::new(trains).unwrap(), 0.5).unwrap();
    let moments = Moments::of(&counts);
    (counts, moments)
}

fn moments(trains: Vec<Vec<f64>>) -> Moments {
    binned(trains).1
}

fn assert_alone(matrix: &Mat<f64>, neuron: usize, diagonal: f64) {
    for other in 0..matrix.nrows() {
        let expected = if other == neuron { diagonal } else { 0.0 };
        assert_eq!((matrix[(neuron, other)], matrix[(other, neuron)]), (expected, expected), "with {other}");
    }
}

#[test]
fn a_silent_neuron_is_alone() {
    let trains = vec![vec![0.1, 1.2, 1.3, 3.0], vec![], vec![0.1, 2.2, 2.9, 3.2]];
    let moments = moments(trains.clone());
    assert_alone(&correlation(&moments), 1, 1.0);
    assert_alone(&sttc(&EventTrains::new(trains).unwrap(), 0.1), 1, 1.0);
    let precision = inverse(&moments).unwrap();
    assert_alone(&precision.matrix, 1, 0.0);
    assert_eq!((precision.varying, precision.rank), (2, 2));
    assert!(precision.matrix[(0, 0)] > 0.0);
}

#[test]
fn a_neuron_of_equal_counts_in_every_bin_has_no_correlation() {
    let moments = moments(vec![vec![0.1, 0.6, 1.1, 1.6], vec![0.2, 1.3, 1.4], vec![0.7, 1.9]]);
    assert_eq!(moments.bins(), 4);
    assert_alone(&correlation(&moments), 0, 1.0);
    assert_alone(&inverse(&moments).unwrap().matrix, 0, 0.0);
}

#[test]
fn a_single_neuron() {
    let trains = vec![vec![0.2, 0.4, 1.7]];
    let moments = moments(trains.clone());
    assert_eq!(correlation(&moments)[(0, 0)], 1.0);
    assert_eq!(sttc(&EventTrains::new(trains).unwrap(), 0.1)[(0, 0)], 1.0);
    let product = inverse(&moments).unwrap().matrix[(0, 0)] * moments.covariance()[(0, 0)];
    assert!((product - 1.0).abs() < 1e-15);
}

#[test]
fn neurons_that_fire_together_have_a_pseudo_inverse() {
    let train = vec![0.1, 1.2, 1.3, 3.0, 4.4];
    let moments = moments(vec![train.clone(), vec![0.1, 2.2, 2.9, 3.2], train]);
    let precision = inverse(&moments).unwrap();
    assert_eq!((precision.varying, precision.rank), (3, 2));
    let covariance = moments.covariance();
    let back = &covariance * &precision.matrix * &covariance;
    assert!((back - &covariance).norm_max() < 1e-14);
    let back = &precision.matrix * &covariance * &precision.matrix;
    assert!((back - &precision.matrix).norm_max() < 1e-12 * precision.matrix.norm_max());
}

#[test]
fn trains_that_tile_the_whole_recording_have_a_coefficient_of_one() {
    let all_the_time: Vec<f64> = (0..=40).map(|step| f64::from(step) * 0.1).collect();
    let trains = EventTrains::new(vec![all_the_time.clone(), all_the_time]).unwrap();
    let tiled = sttc(&trains, 0.2);
    assert_eq!(tiled[(0, 1)], 1.0);
}

#[test]
fn trains_that_cannot_be_are_refused_by_name() {
    let found = |trains: &[&[f64]]| {
        EventTrains::new(trains.iter().map(|train| train.to_vec()).collect()).unwrap_err()
    };
    for (train, event) in
        [(&[0.1, f64::NAN][..], 1), (&[-0.5][..], 0), (&[0.3, 0.2][..], 1), (&[f64::INFINITY], 0)]
    {
        let error = found(&[&[0.1], train]);
        assert!(
            matches!(error, PriorsError::EventTime { neuron: 1, event: place, .. } if place == event),
            "{error}"
        );
    }
    assert!(matches!(found(&[&[], &[]]), PriorsError::NoEvents));
    assert!(matches!(found(&[]), PriorsError::NoEvents));
}

#[test]
fn sums_over_folds_add_up_to_the_whole() {
    let trains = vec![vec![0.1, 1.2, 1.3, 3.0, 4.4], vec![0.1, 2.2, 2.9, 3.2]];
    let counts = counts(&EventTrains::new(trains).unwrap(), 0.5).unwrap();
    assert_eq!(Moments::over(&counts, 0..counts.bins()), Moments::of(&counts));
    let empty = Moments::over(&counts, 3..3);
    assert_eq!((empty.bins(), empty.neurons()), (0, 2));
}

/// Events late in bins of 0.5 s, so that the bin of the last event is complete.
fn in_bins(bins: &[u32]) -> Vec<f64> {
    bins.iter().map(|&bin| 0.45 + 0.5 * f64::from(bin)).collect()
}

#[test]
fn a_silent_neuron_has_no_sparse_precision_either() {
    let (first, second) = (in_bins(&[0, 3, 4, 7, 9, 12, 13, 16]), in_bins(&[0, 3, 5, 7, 10, 12, 14, 16, 19]));
    let (with, all) = binned(vec![first.clone(), vec![], second.clone()]);
    let (without, two) = binned(vec![first, second]);
    let precision = penalised(&all, 0.01).unwrap();
    assert_alone(&precision.matrix, 1, 0.0);
    assert_eq!((precision.varying, precision.rank), (2, 2));
    let alone = penalised(&two, 0.01).unwrap().matrix;
    assert_eq!((precision.matrix[(0, 0)], precision.matrix[(0, 2)]), (alone[(0, 0)], alone[(0, 1)]));
    assert!(alone[(0, 1)] < 0.0);
    let (choice, expected) =
        (cross_validation(&with, &all).unwrap().unwrap(), cross_validation(&without, &two).unwrap().unwrap());
    assert_eq!(choice, expected);
    assert_eq!(choice.neurons, 2);
}

#[test]
fn a_neuron_that_fires_in_one_fold_alone_takes_no_part_in_the_choice() {
    let (first, second) = (in_bins(&[0, 3, 4, 7, 9, 12, 13, 16]), in_bins(&[0, 3, 5, 7, 10, 12, 14, 16, 19]));
    let (counts, moments) = binned(vec![first, second, in_bins(&[8, 10])]);
    assert_eq!(counts.bins(), 20);
    let choice = cross_validation(&counts, &moments).unwrap().unwrap();
    assert_eq!(choice.neurons, 2);
    assert!(choice.tried.iter().all(|tried| tried.likelihood.is_finite()));
    assert!(penalised(&moments, choice.alpha).unwrap().matrix[(2, 2)] > 0.0);
}

#[test]
fn single_and_uncorrelated_neurons_need_no_penalty() {
    let (counts, moments) = binned(vec![in_bins(&[0, 3, 4])]);
    assert_eq!(cross_validation(&counts, &moments).unwrap(), None);
    let precision = penalised(&moments, 0.3).unwrap().matrix;
    assert!((precision[(0, 0)] * moments.covariance()[(0, 0)] - 1.0).abs() < 1e-15);
    // Of four bins, each fires in two and both in one: the covariance is 1/4 − 1/2 · 1/2.
    let (counts, moments) = binned(vec![in_bins(&[0, 1]), in_bins(&[1, 3])]);
    assert_eq!((counts.bins(), moments.covariance()[(0, 1)]), (4, 0.0));
    assert_eq!(cross_validation(&counts, &moments).unwrap(), None);
    assert_eq!(penalised(&moments, 0.3).unwrap().matrix[(0, 1)], 0.0);
}

#[test]
fn a_recording_too_short_for_folds_is_refused() {
    let (counts, moments) = binned(vec![in_bins(&[0, 2, 3]), in_bins(&[0, 3])]);
    let error = cross_validation(&counts, &moments).unwrap_err();
    assert!(matches!(error, PriorsError::Folds { bins: 4, folds: 5, .. }), "{error}");
    // Every event of the second neuron lies in one fold.
    let (counts, moments) = binned(vec![in_bins(&[0, 3, 4, 19]), in_bins(&[3])]);
    let error = cross_validation(&counts, &moments).unwrap_err();
    assert!(matches!(error, PriorsError::Folds { bins: 20, neurons: 1, .. }), "{error}");
    assert!(error.to_string().contains("set priors.precision to { graphical-lasso = ALPHA }"), "{error}");
}

#[test]
fn neurons_that_fire_together_have_a_sparse_precision() {
    let train = in_bins(&[0, 3, 4, 7, 9, 12, 13, 16]);
    let (counts, moments) = binned(vec![train.clone(), in_bins(&[0, 3, 5, 7, 10, 12, 14, 16, 19]), train]);
    let precision = penalised(&moments, 0.01).unwrap();
    assert_eq!((precision.varying, precision.rank), (3, 3));
    let [a, b] = [(0, 0), (2, 2)].map(|place| precision.matrix[place]);
    assert!((a - b).abs() < 1e-7 * a && precision.matrix[(0, 2)] < 0.0, "{a} {b}");
    // The likelihood of two equal trains grows without bound as the penalty falls.
    let choice = cross_validation(&counts, &moments).unwrap().unwrap();
    assert!(choice.alpha < 1e-3 * moments.covariance()[(0, 0)]);
    let error = penalised(&moments, 1e-15).unwrap_err();
    assert!(matches!(error, PriorsError::Unconverged { neurons: 3, .. }), "{error}");
}
