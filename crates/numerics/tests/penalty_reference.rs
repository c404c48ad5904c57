//! Penalties against TensorFlow, in f64.
//!
//! ```python
//! def comm(a, epsilon):
//!     inv = tf.pow(tf.reduce_sum(a, axis=1) + epsilon, -0.5)
//!     c = tf.linalg.expm(inv[:, None] * a * inv[None, :])
//!     return tf.linalg.set_diag(c, tf.zeros(c.shape[0], dtype))
//! "W":   lam * tf.reduce_sum(a)                          # a = tf.abs(w)
//! "WD":  lam * tf.reduce_sum(a * dist)
//! "WDC": lam * tf.reduce_sum(a * comm(a, 0.0) * dist)
//! "WDC_EMD": lam * tf.reduce_sum(a * dist)
//!     + lam_emd * tf.reduce_mean(tf.abs(tf.sort(empirical) - tf.sort(tf.reshape(comm(a, 1e-10), [-1]))))
//! values[kind] = float(loss); tape.gradient(loss, v)
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{narrow, relative_difference, widen};
use fixtures::{Golden, golden_json};
use numerics::{Penalty, PenaltyKind, PenaltyTerms, Real, row_major, to_row_major};

const CASES: [(&str, PenaltyKind, f64); 5] = [
    ("W_published", PenaltyKind::Weight, 1.0),
    ("W", PenaltyKind::Weight, 0.3),
    ("WD", PenaltyKind::Distance, 0.3),
    ("WDC", PenaltyKind::Communicability, 0.3),
    ("WDC_EMD", PenaltyKind::MatchedCommunicability, 0.3),
];

fn check<T: Real>(tolerance: f64) {
    let (priors, penalties) = (Golden::open("priors"), Golden::open("penalties"));
    let (distance, empirical) =
        (priors.tensor("distance_measured"), priors.tensor("communicability_empirical"));
    let weights = penalties.tensor("w");
    let weights = narrow::<T>(row_major(&weights.values, 24, 24).unwrap());
    for (name, kind, lambda) in CASES {
        let terms = PenaltyTerms {
            lambda,
            lambda_emd: 0.1,
            distance: Some(row_major(&distance.values, 24, 24).unwrap()),
            empirical: Some(row_major(&empirical.values, 24, 24).unwrap()),
        };
        let mut penalty = Penalty::<T>::new(kind, &terms).unwrap();
        let (value, gradient) = penalty.value_and_gradient(weights.as_ref()).unwrap();
        let expected = golden_json()["penalties"][name].as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < tolerance, "{name}: {value}, expected {expected}");
        let expected = penalties.tensor(&format!("gradient.{name}"));
        let error = relative_difference(
            widen(gradient.as_ref()).as_ref(),
            row_major(&expected.values, 24, 24).unwrap(),
        );
        assert!(error < tolerance, "gradient of {name}: {error:e}");

        // Row-major weights, the fast case, a second evaluation, and the value alone.
        let (mut rows, mut values) = (to_row_major(weights.as_ref()), vec![T::from_f64(f64::NAN); 24 * 24]);
        let into = numerics::row_major_mut(&mut values, 24, 24).unwrap();
        let again = penalty.value_and_gradient_into(row_major(&rows, 24, 24).unwrap(), into).unwrap();
        assert!(again.to_bits() == value.to_bits() && values == to_row_major(gradient.as_ref()), "{name}");
        assert!(penalty.value(row_major(&rows, 24, 24).unwrap()).unwrap().to_bits() == value.to_bits());
        rows[0] = T::from_f64(f64::NAN);
        assert!(penalty.value(row_major(&rows, 24, 24).unwrap()).is_err());
    }
}

#[test]
fn double_precision_penalties_are_those_of_tensorflow() {
    check::<f64>(1e-9);
}

#[test]
fn single_precision_penalties_are_those_of_tensorflow() {
    check::<f32>(1e-4);
}
