//! What each initialiser promises, at N = 312.
#![allow(missing_docs, clippy::unwrap_used)]

use cortex::{RunKey, Task, stream};
use rand::Rng;
use train::initial;

const UNITS: usize = 312;

fn key(variant: &str, simulation: u32) -> RunKey {
    RunKey {
        field: "6_6_2".parse().unwrap(),
        arm: "main".to_owned(),
        task: Task::GoNogo,
        variant: variant.parse().unwrap(),
        simulation,
    }
}

fn of_the_field() -> Vec<f32> {
    let mut random = stream(9, &["initial weights of a test"]);
    (0..UNITS * UNITS).map(|_| random.random()).collect()
}

fn recurrent(variant: &str, simulation: u32, weights: Option<Vec<f32>>) -> anyhow::Result<Vec<f32>> {
    let shape = tasks::shape(Task::GoNogo);
    Ok(initial::weights(1, &key(variant, simulation), shape, UNITS, weights)?.recurrent_kernel)
}

#[test]
fn orthogonal_kernels_are_orthogonal_and_differ_between_simulations() {
    let weights = recurrent("W", 0, None).unwrap();
    for row in [0, 1, 155, 311] {
        for other in [0, 7, 155, 311] {
            let product: f64 = (0..UNITS)
                .map(|column| {
                    f64::from(weights[row * UNITS + column]) * f64::from(weights[other * UNITS + column])
                })
                .sum();
            assert!((product - f64::from(u8::from(row == other))).abs() < 1e-6, "{row} {other}: {product}");
        }
    }
    assert_ne!(weights, recurrent("W", 1, None).unwrap());
}

#[test]
fn other_kernels_are_those_of_the_field_and_must_be_there() {
    let weights = of_the_field();
    for variant in ["W*", "W!D*C", "W~identity", "W~rewired-length D* C*"] {
        assert_eq!(recurrent(variant, 3, Some(weights.clone())).unwrap(), weights);
    }
    let error = recurrent("W~identity D*", 0, None).unwrap_err().to_string();
    assert!(error.contains("6_6_2/main/go-nogo/W~identity D*/0 has no identity weights"), "{error}");
}

#[test]
fn glorot_kernels_fill_their_range() {
    let shape = tasks::shape(Task::OneChoiceInference);
    let key = RunKey { task: Task::OneChoiceInference, ..key("W", 0) };
    let weights = initial::weights(1, &key, shape, UNITS, None).unwrap();
    for (values, sides) in [(&weights.kernel, 8 + UNITS), (&weights.readout_kernel, UNITS + 4)] {
        let limit = (6.0 / sides as f64).sqrt() as f32;
        let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert!(largest <= limit && largest > 0.99 * limit, "{largest} of {limit}");
    }
    assert!(weights.bias.iter().chain(&weights.readout_bias).all(|&value| value == 0.0));
}
