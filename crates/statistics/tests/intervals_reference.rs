//! Bootstrap intervals against SciPy's, and the coverage of every interval on samples whose truth is known.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{assert_close, numbers, scipy};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statistics::{Estimate, bootstrap_mean_interval, bootstrap_standard_error, cliffs_delta, hodges_lehmann};

/// Both intervals are of 400,000 resamples, whose quantiles vary by 5e-4 or less.
#[test]
fn the_bca_interval_of_a_skewed_sample_is_that_of_scipy() {
    let known = &scipy()["bootstrap"];
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let found = bootstrap_mean_interval(&numbers(&known["values"]), 400_000, &mut rng).unwrap();
    for (found, expected) in found.into_iter().zip(numbers(&known["bca"])) {
        assert_close("BCa", found, expected, 4e-3);
    }
}

#[test]
fn bootstrap_intervals_of_little_or_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    assert_eq!(bootstrap_mean_interval(&[1.0], 100, &mut rng), None);
    assert_eq!(bootstrap_mean_interval(&[1.0, 2.0], 0, &mut rng), None);
    assert_eq!(bootstrap_mean_interval(&[0.3; 5], 100, &mut rng), Some([0.3, 0.3]));
    assert_eq!(bootstrap_standard_error(10, |_| None), None);
    // Of a mean it is √(Σ (x − mean)²) / n: here √20 / 5.
    let values = [1.0, 3.0, 5.0, 7.0, 4.0];
    let drawn = |rng: &mut ChaCha8Rng| (0..5).map(|_| values[rng.random_range(0..5)]).sum::<f64>() / 5.0;
    let found = bootstrap_standard_error(20_000, |_| Some(drawn(&mut rng))).unwrap();
    assert_close("standard error", found, 20.0_f64.sqrt() / 5.0, 0.02);
}

/// Share of 2,000 samples whose interval holds the truth; four standard errors are 0.02.
fn coverage(truth: f64, mut interval: impl FnMut(&mut ChaCha8Rng) -> [f64; 2]) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let holds = |[low, high]: [f64; 2]| low <= truth && truth <= high;
    (0..2000).filter(|_| holds(interval(&mut rng))).count() as f64 / 2000.0
}

/// x uniform on [shift, 1 + shift] against y uniform on [0, 1]: `P(x > y) = 1 − (1 − shift)² / 2`.
#[test]
fn intervals_of_effect_sizes_hold_the_truth_as_often_as_they_say() {
    for shift in [0.0_f64, 0.4, 0.8] {
        let draw = |rng: &mut ChaCha8Rng| {
            let x: Vec<f64> = (0..20).map(|_| shift + rng.random::<f64>()).collect();
            let y: Vec<f64> = (0..20).map(|_| rng.random()).collect();
            (x, y)
        };
        let delta = 1.0 - (1.0 - shift).powi(2);
        let found = coverage(delta, |rng| {
            let (x, y) = draw(rng);
            cliffs_delta(&x, &y).unwrap().interval.unwrap()
        });
        assert!((0.93..0.995).contains(&found), "delta at {shift}: {found}");
        let found = coverage(shift, |rng| {
            let (x, y) = draw(rng);
            hodges_lehmann(&x, &y).unwrap().interval.unwrap()
        });
        assert!((0.93..0.98).contains(&found), "shift of {shift}: {found}");
        let found = coverage(delta, |rng| {
            let both = [draw(rng), draw(rng)].map(|(x, y)| cliffs_delta(&x, &y).unwrap());
            Estimate::mean(&both).unwrap().interval.unwrap()
        });
        assert!((0.93..0.995).contains(&found), "mean delta at {shift}: {found}");
    }
}

#[test]
fn combined_estimates_are_those_of_pythagoras() {
    let first = Estimate { value: 3.0, interval: Some([0.0, 5.0]) };
    let second = Estimate { value: 1.0, interval: Some([-3.0, 2.0]) };
    let sum = Estimate::combined(&[(1.0, first), (1.0, second)]).unwrap();
    assert_eq!((sum.value, sum.interval), (4.0, Some([-1.0, 4.0 + 5.0_f64.sqrt()])));
    let difference = Estimate::combined(&[(1.0, first), (-1.0, second)]).unwrap();
    assert_eq!(difference.value, 2.0);
    assert_eq!(difference.interval, Some([2.0 - 10.0_f64.sqrt(), 2.0 + 20.0_f64.sqrt()]));
    assert_eq!(Estimate::mean(&[first]), Some(first));
    let unsure = Estimate { value: 2.0, interval: None };
    assert_eq!(Estimate::mean(&[first, unsure]), Some(Estimate { value: 2.5, interval: None }));
    assert_eq!(Estimate::mean(&[]), None);
    let magnitude = |low, high| Estimate { value: 0.0, interval: Some([low, high]) }.magnitude().interval;
    assert_eq!(magnitude(-0.4, 0.1), Some([0.0, 0.4]));
    assert_eq!(magnitude(-0.4, -0.1), Some([0.1, 0.4]));
}
