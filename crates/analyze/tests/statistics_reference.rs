//! Means, standard deviations and t intervals (`scipy.stats.t.interval`, `tests/golden/generate.py`).
#![allow(clippy::unwrap_used, missing_docs)]

use analyze::{Summary, student_quantile};

fn assert_close(name: &str, found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs() / expected.abs();
    assert!(error <= tolerance, "{name}: found {found}, expected {expected}");
}

#[test]
fn intervals_of_the_golden_table() {
    let golden = fixtures::golden_json();
    let known = &golden["statistics"];
    let table = known["table"].as_object().unwrap();
    assert_eq!(table.len(), 11);
    for (variant, values) in table {
        let values: Vec<f64> =
            values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
        assert_eq!(values.len(), 20);
        let expected = &known["confidence"][variant];
        let summary = Summary::of(&values, 0);
        let [low, high] = summary.t95.unwrap();
        assert_close(variant, summary.mean.unwrap(), expected["mean"].as_f64().unwrap(), 1e-12);
        assert_close(variant, summary.sd.unwrap(), expected["sd"].as_f64().unwrap(), 1e-12);
        assert_close(variant, low, expected["t95"][0].as_f64().unwrap(), 1e-9);
        assert_close(variant, high, expected["t95"][1].as_f64().unwrap(), 1e-9);
    }
}

/// With one degree of freedom the quantile is tan π(p − ½), with two (2p − 1) / √(2p (1 − p)).
#[test]
fn student_quantiles_of_one_and_two_degrees_of_freedom_are_closed_forms() {
    for p in [0.01, 0.3, 0.6, 0.975, 0.9995] {
        let cauchy = (std::f64::consts::PI * (p - 0.5)).tan();
        let two: f64 = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
        assert_close("1", student_quantile(p, 1.0).unwrap(), cauchy, 1e-12);
        assert_close("2", student_quantile(p, 2.0).unwrap(), two, 1e-12);
    }
    assert!(student_quantile(0.5, 7.0).unwrap().abs() < 1e-12);
    assert_eq!([student_quantile(1.0, 3.0), student_quantile(0.9, 0.0)], [None, None]);
}

#[test]
fn too_few_values_have_no_interval() {
    let none = Summary::of(&[], 3);
    assert_eq!((none.count, none.diverged, none.mean, none.sd, none.t95), (0, 3, None, None, None));
    let one = Summary::of(&[0.7], 0);
    assert_eq!((one.mean, one.sd, one.t95), (Some(0.7), None, None));
    let equal = Summary::of(&[0.5, 0.5, 0.5], 0);
    assert_eq!((equal.sd, equal.t95), (Some(0.0), Some([0.5, 0.5])));
}
