//! Functional measures and functional weights of synthetic trains, from NumPy, as `tests/golden/generate.py` makes
//! them:
//!
//! ```python
//! edges = np.arange(int(recording_end(trains) / width) + 1) * width
//! counts = np.array([np.histogram(t, bins=edges)[0] for t in trains])
//! corr, sttc = np.corrcoef(counts), sttc_matrix(trains, 0.1)
//! covariance = np.cov(counts, ddof=0)
//! w = lognormal * np.prod([min_max(f) for f in factors], axis=0)
//! w = w * (0.1 / w.mean())
//! w = np.maximum(w, 0.01 * (w != 0))
//! w = w * (0.95 / np.abs(np.linalg.eigvals(w)).max())
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

use fixtures::{Golden, largest_difference};
use numerics::{row_major, to_row_major};
use priors::{EventTrains, Moments, correlation, counts, factor_product, functional_weights, inverse, sttc};

const NEURONS: usize = 24;

fn golden_trains(golden: &Golden) -> EventTrains {
    let train = |neuron| golden.tensor(&format!("spikes.{neuron:02}")).values;
    EventTrains::new((0..NEURONS).map(train).collect()).unwrap()
}

#[test]
fn counts_are_those_of_numpy_histogram() {
    let golden = Golden::open("priors");
    let expected = golden.tensor("counts");
    let counts = counts(&golden_trains(&golden), 0.2).unwrap();
    assert_eq!(counts.bins() as usize, expected.shape[1]);
    let mut dense = vec![0.0; expected.values.len()];
    for neuron in 0..NEURONS {
        for &(bin, count) in counts.occupied(neuron) {
            dense[neuron * expected.shape[1] + bin as usize] = f64::from(count);
        }
    }
    assert_eq!(dense, expected.values);
}

#[test]
fn correlation_and_covariance() {
    let golden = Golden::open("priors");
    let moments = Moments::of(&counts(&golden_trains(&golden), 0.2).unwrap());
    let found = to_row_major(correlation(&moments).as_ref());
    assert!(largest_difference(&found, &golden.tensor("correlation").values) < 1e-12);
    let found = to_row_major(moments.covariance().as_ref());
    assert!(largest_difference(&found, &golden.tensor("covariance").values) < 1e-14);
}

#[test]
fn spike_time_tiling_coefficients() {
    let golden = Golden::open("priors");
    let found = to_row_major(sttc(&golden_trains(&golden), 0.1).as_ref());
    assert!(largest_difference(&found, &golden.tensor("sttc").values) < 1e-12);
}

#[test]
fn the_inverse_times_the_covariance_of_numpy_is_one() {
    let golden = Golden::open("priors");
    let precision = inverse(&Moments::of(&counts(&golden_trains(&golden), 0.2).unwrap())).unwrap();
    assert_eq!((precision.varying, precision.rank), (NEURONS, NEURONS));
    let covariance = golden.tensor("covariance").values;
    let product = &precision.matrix * row_major(&covariance, NEURONS, NEURONS).unwrap();
    let identity = |i, j| f64::from(u8::from(i == j));
    for i in 0..NEURONS {
        for j in 0..NEURONS {
            assert!((product[(i, j)] - identity(i, j)).abs() < 1e-12, "[{i}, {j}] {}", product[(i, j)]);
        }
    }
}

#[test]
fn functional_weights_of_every_choice_of_factors() {
    let golden = Golden::open("priors");
    let lognormal = golden.tensor("lognormal").values;
    for (name, factors) in [
        ("w_corr_sttc", &["correlation", "sttc"][..]),
        ("w_precision_sttc", &["graphical_lasso_cv_precision", "sttc"]),
        ("w_sttc", &["sttc"]),
    ] {
        let factors: Vec<Vec<f64>> = factors.iter().map(|factor| golden.tensor(factor).values).collect();
        let views = factors.iter().map(|factor| row_major(factor, NEURONS, NEURONS).unwrap());
        let product = factor_product(NEURONS, views).unwrap();
        let lognormal = row_major(&lognormal, NEURONS, NEURONS).unwrap();
        let weights = functional_weights(lognormal, product.as_ref()).unwrap();
        let found = to_row_major(weights.as_ref());
        assert!(largest_difference(&found, &golden.tensor(name).values) < 1e-12, "{name}");
    }
}
