//! Input that leaves a measure undefined, and what stands for it.
#![allow(clippy::unwrap_used, missing_docs)]

use numerics::Mat;
use priors::{EventTrains, Moments, PriorsError, correlation, counts, inverse, sttc};

fn moments(trains: Vec<Vec<f64>>) -> Moments {
    Moments::of(&counts(&EventTrains::new(trains).unwrap(), 0.5).unwrap())
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
