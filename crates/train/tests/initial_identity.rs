//! What each initialiser promises, at N = 312.
#![allow(missing_docs, clippy::unwrap_used)]

use cortex::{Relabelling, RunKey, Task, stream};
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

fn functional() -> Vec<f32> {
    let mut random = stream(9, &["functional weights of a test"]);
    (0..UNITS * UNITS).map(|_| random.random()).collect()
}

fn recurrent(variant: &str, simulation: u32, relabelling: Relabelling) -> Vec<f32> {
    let functional = functional();
    let shape = tasks::shape(Task::GoNogo);
    let key = key(variant, simulation);
    initial::weights(1, &key, shape, UNITS, Some(&functional), relabelling).unwrap().recurrent_kernel
}

fn sorted(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    values
}

fn diagonal(weights: &[f32]) -> Vec<f32> {
    weights.iter().step_by(UNITS + 1).copied().collect()
}

#[test]
fn orthogonal_kernels_are_orthogonal_and_differ_between_simulations() {
    let weights = recurrent("W", 0, Relabelling::Neurons);
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
    assert_ne!(weights, recurrent("W", 1, Relabelling::Neurons));
}

#[test]
fn relabelled_neurons_keep_the_graph_and_relabelled_entries_only_the_entries() {
    let weights = functional();
    assert_eq!(recurrent("W*", 0, Relabelling::Neurons), weights);
    let neurons = recurrent("W!", 0, Relabelling::Neurons);
    assert_ne!(neurons, weights);
    assert_eq!(sorted(neurons.clone()), sorted(weights.clone()));
    assert_eq!(sorted(diagonal(&neurons)), sorted(diagonal(&weights)));
    // The same neuron is renamed in rows and columns: rows, sorted within, are the same rows.
    let rows = |weights: &[f32]| {
        let mut rows: Vec<Vec<f32>> = weights.chunks_exact(UNITS).map(|row| sorted(row.to_vec())).collect();
        rows.sort_by(|a, b| a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap());
        rows
    };
    assert_eq!(rows(&neurons), rows(&weights));
    let entries = recurrent("W!", 0, Relabelling::Entries);
    assert_eq!(sorted(entries.clone()), sorted(weights.clone()));
    assert_ne!(sorted(diagonal(&entries)), sorted(diagonal(&weights)));
}

#[test]
fn all_tasks_of_a_simulation_are_relabelled_alike() {
    let functional = functional();
    let of = |task: Task, variant: &str| {
        let key = RunKey { task, ..key(variant, 3) };
        let shape = tasks::shape(task);
        initial::weights(1, &key, shape, UNITS, Some(&functional), Relabelling::Neurons)
            .unwrap()
            .recurrent_kernel
    };
    assert_eq!(of(Task::GoNogo, "W!D*C"), of(Task::PerceptualDecision, "W!D*C*"));
}

#[test]
fn glorot_kernels_fill_their_range() {
    let shape = tasks::shape(Task::OneChoiceInference);
    let key = RunKey { task: Task::OneChoiceInference, ..key("W", 0) };
    let weights = initial::weights(1, &key, shape, UNITS, None, Relabelling::Neurons).unwrap();
    for (values, sides) in [(&weights.kernel, 8 + UNITS), (&weights.readout_kernel, UNITS + 4)] {
        let limit = (6.0 / sides as f64).sqrt() as f32;
        let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert!(largest <= limit && largest > 0.99 * limit, "{largest} of {limit}");
    }
    assert!(weights.bias.iter().chain(&weights.readout_bias).all(|&value| value == 0.0));
}
