//! Fields beyond `largest_dense`: what their sparse priors hold, beside the dense ones of the same field.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Study, field};
use cortex::{Connection, Field};
use numerics::Distribution;

const SPARSE: &str = "priors.largest_dense = 30\n[[arm]]\nsimulations = 1\n";
const DENSE: &str = "[[arm]]\nsimulations = 1\n";

/// A field of 60 neurons, of which 5 send to none.
fn wired() -> Field {
    let mut field = field("1_1_1", 60);
    let pairs = (0..60_u32).flat_map(|pre| (0..60_u32).map(move |post| (pre, post)));
    let connected =
        pairs.filter(|&(pre, post)| pre != post && pre % 12 != 7 && (pre * 7 + post * 13) % 11 == 0);
    field.connections =
        connected.map(|(pre, post)| Connection { pre, post, count: 1 + post % 3, size: None }).collect();
    field
}

#[test]
fn quantiles_and_sums_are_those_of_the_dense_matrices() {
    let study = Study::new(&["1_1_1"], SPARSE);
    study.ingest(&wired(), None);
    study.run().unwrap();
    let sparse = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    study.configure(&["1_1_1"], DENSE);
    study.run().unwrap();
    let dense = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    let probabilities = sparse.f64("communicability.probabilities", &[10_001]).unwrap();
    for form in ["published", "sound"] {
        let entries = dense.f64(&format!("communicability.{form}"), &[60, 60]).unwrap();
        let mut sorted = entries.to_vec();
        sorted.sort_by(f64::total_cmp);
        let quantiles = sparse.f64(&format!("communicability.{form}.quantiles"), &[10_001]).unwrap();
        for (&probability, found) in probabilities.iter().zip(quantiles) {
            let place = probability * 3599.0;
            let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            let expected = low + (high - low) * place.fract();
            let bound = 1.01 * Distribution::RELATIVE_ERROR * high + 1e-9;
            assert!((found - expected).abs() < bound, "{form} {probability}: {found} {expected}");
        }
        let sums = sparse.f64(&format!("communicability.{form}.row_sums"), &[60]).unwrap();
        let columns = sparse.f64(&format!("communicability.{form}.column_sums"), &[60]).unwrap();
        for neuron in 0..60 {
            let row: f64 = entries[neuron * 60..][..60].iter().sum();
            let column: f64 = entries.iter().skip(neuron).step_by(60).sum();
            assert!((sums[neuron] - row).abs() < 1e-12 * row.max(1.0), "{form} row {neuron}");
            assert!((columns[neuron] - column).abs() < 1e-12 * column.max(1.0), "{form} column {neuron}");
        }
    }
}

#[test]
fn connections_have_lengths_and_rewired_ones_keep_degrees() {
    let study = Study::new(&["1_1_1"], SPARSE);
    let field = wired();
    study.ingest(&field, None);
    study.run().unwrap();
    let priors = study.priors("1_1_1");
    let degrees = |name: &str| {
        let table = priors.table(name).unwrap();
        let (mut incoming, mut outgoing) = (vec![0; 60], vec![0; 60]);
        for (&pre, &post) in table.u32("pre").unwrap().iter().zip(table.u32("post").unwrap()) {
            outgoing[pre as usize] += 1;
            incoming[post as usize] += 1;
        }
        (incoming, outgoing)
    };
    assert_eq!(degrees("rewired.parquet"), degrees("connections.parquet"));
    assert_eq!(degrees("rewired-length.parquet"), degrees("connections.parquet"));
    let table = priors.table("connections.parquet").unwrap();
    assert_eq!(table.rows(), field.connections.len());
    let connection = field.connections[17];
    let [from, to] =
        [connection.pre, connection.post].map(|neuron| field.neurons[neuron as usize].position_um);
    let length = (0..3).map(|axis| (from[axis] - to[axis]).powi(2)).sum::<f64>().sqrt();
    assert!((table.f64("length_um").unwrap()[17] - length).abs() < 1e-12);
    let notes = study.manifest("1_1_1").notes;
    assert!(notes.iter().any(|note| note.contains("more than priors.largest_dense = 30")), "{notes:?}");
    assert!(notes.iter().any(|note| note.starts_with("communicability.sound: entries to")), "{notes:?}");
}

#[test]
fn one_thread_and_several() {
    let outputs = [1, 4].map(|threads| {
        let study = Study::new(&["1_1_1"], SPARSE);
        study.ingest(&wired(), None);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| study.run()).unwrap();
        study.manifest("1_1_1").outputs
    });
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn one_neuron_and_no_connections() {
    let study = Study::new(&["1_1_1"], "priors.largest_dense = 0\n[[arm]]\nsimulations = 1\n");
    for neurons in [1, 40] {
        let mut field = field("1_1_1", neurons);
        field.connections.clear();
        study.ingest(&field, None);
        study.run().unwrap();
        let tensors = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
        for form in ["published", "sound"] {
            let sums = tensors.f64(&format!("communicability.{form}.row_sums"), &[neurons]).unwrap();
            let quantiles = tensors.f64(&format!("communicability.{form}.quantiles"), &[10_001]).unwrap();
            assert!(sums.iter().chain(quantiles).all(|&value| value == 0.0), "{form}");
        }
        let notes = study.manifest("1_1_1").notes;
        assert!(notes.iter().any(|note| note.contains("no neuron has a synapse")), "{notes:?}");
    }
}

#[test]
fn arms_do_not_touch_sparse_priors() {
    let study = Study::new(&["1_1_1"], SPARSE);
    study.ingest(&wired(), None);
    study.run().unwrap();
    let first = study.manifest("1_1_1");
    study.configure(&["1_1_1"], &SPARSE.replace("simulations = 1", "simulations = 7"));
    study.run().unwrap();
    assert_eq!(study.manifest("1_1_1"), first);
}
