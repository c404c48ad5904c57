//! What a synthetic cortex promises: the same from the same seed, and relations as in cortex.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeSet;

use common::name;
use cortex::VOXEL_UM;
use ingest::{FRAME_SECONDS, SyntheticCortex, synthesize};

fn cortex(neurons: usize) -> SyntheticCortex {
    synthesize(&name(&format!("synthetic_{neurons}")), 1).unwrap()
}

#[test]
fn the_same_seed_and_name_make_the_same_field_and_others_another() {
    assert_eq!(cortex(64).field, cortex(64).field);
    let other = synthesize(&name("synthetic_64"), 2).unwrap().field;
    assert_ne!(cortex(64).field.neurons, other.neurons);
    assert_ne!(cortex(64).field.events, other.events);
    assert_ne!(cortex(64).field.neurons[0], cortex(65).field.neurons[0]);
}

#[test]
fn fields_of_every_size_are_whole() {
    for neurons in [2, 3, 17, 64, 700] {
        let field = cortex(neurons).field;
        assert_eq!(field.neurons.len(), neurons);
        let roots: BTreeSet<_> = field.neurons.iter().map(|neuron| neuron.root.unwrap()).collect();
        let nuclei: BTreeSet<_> = field.neurons.iter().map(|neuron| neuron.nucleus).collect();
        let units: BTreeSet<_> = field.neurons.iter().map(|neuron| neuron.unit).collect();
        assert_eq!([roots.len(), nuclei.len(), units.len()], [neurons; 3]);
        assert!(roots.iter().all(|root| root.0 > 1 << 53));
        for neuron in &field.neurons {
            let um = [0, 1, 2].map(|axis| neuron.position_voxel[axis] as f64 * VOXEL_UM[axis]);
            assert_eq!(neuron.position_um, um);
        }
        let pairs: Vec<_> = field.connections.iter().map(|pair| (pair.pre, pair.post)).collect();
        assert!(pairs.is_sorted_by(|a, b| a < b));
        assert!(field.connections.iter().all(|pair| pair.pre != pair.post && (1..=8).contains(&pair.count)));
        assert!(field.connections.iter().all(|pair| pair.size.unwrap() > 0.0));
        let trains = field.event_trains();
        assert!(trains.iter().all(|train| !train.is_empty() && train.is_sorted_by(|a, b| a < b)));
        let on_grid =
            |time: f64| ((time / FRAME_SECONDS).round() * FRAME_SECONDS).to_bits() == time.to_bits();
        assert!(field.events.iter().all(|event| on_grid(event.time_s) && event.time_s < 900.0));
    }
}

#[test]
fn the_default_field_has_a_graph_and_activity_worth_studying() {
    let field = cortex(64).field;
    let sources: BTreeSet<_> = field.connections.iter().map(|pair| pair.pre).collect();
    assert!((150..=250).contains(&field.connections.len()), "{} connections", field.connections.len());
    assert!((1..=12).contains(&(64 - sources.len())), "{} without outgoing synapses", 64 - sources.len());
    let single = field.connections.iter().filter(|pair| pair.count == 1).count();
    assert!(single * 4 > field.connections.len() * 3, "{single} single synapses");
    let rate = field.events.len() as f64 / 64.0 / 900.0;
    assert!((0.15..0.5).contains(&rate), "{rate} Hz; the released fields have 0.23 to 0.5 Hz");
}

#[test]
fn connections_are_near_and_between_like_tuned_neurons() {
    let SyntheticCortex { field, preferred_direction } = cortex(400);
    let distance = |a: usize, b: usize| {
        let square =
            |axis: usize| (field.neurons[a].position_um[axis] - field.neurons[b].position_um[axis]).powi(2);
        (0..3).map(square).sum::<f64>().sqrt()
    };
    let likeness = |a: usize, b: usize| (preferred_direction[a] - preferred_direction[b]).cos();
    let all: Vec<_> = (0..400).flat_map(|a| (0..400).filter(move |&b| b != a).map(move |b| (a, b))).collect();
    let connected: Vec<_> =
        field.connections.iter().map(|pair| (pair.pre as usize, pair.post as usize)).collect();
    let mean = |pairs: &[(usize, usize)], of: &dyn Fn(usize, usize) -> f64| {
        pairs.iter().map(|&(a, b)| of(a, b)).sum::<f64>() / pairs.len() as f64
    };
    let near = |pairs: &[(usize, usize)], below: f64, above: f64| {
        pairs.iter().filter(|&&(a, b)| (above..below).contains(&distance(a, b))).count() as f64
    };
    // Two shells one length scale apart: connections are e times rarer in the further one.
    let ratio = |above: f64, below: f64| near(&connected, below, above) / near(&all, below, above);
    let decay = ratio(50.0, 100.0) / ratio(150.0, 200.0);
    assert!((2.0..3.7).contains(&decay), "{decay} times rarer, expected about e");
    let likeness_excess = mean(&connected, &likeness) - mean(&all, &likeness);
    assert!((0.3..0.6).contains(&likeness_excess), "{likeness_excess}, expected I1(1)/I0(1) = 0.45");
}

#[test]
fn neurons_of_like_tuning_fire_together() {
    let SyntheticCortex { field, preferred_direction } = cortex(100);
    let trains = field.event_trains();
    let frames = 5670;
    let centred: Vec<Vec<f64>> = trains
        .iter()
        .map(|train| {
            let mut counts = vec![-(train.len() as f64) / f64::from(frames); frames as usize];
            for time in train {
                counts[(time / FRAME_SECONDS).round() as usize] += 1.0;
            }
            counts
        })
        .collect();
    let product = |a: usize, b: usize| centred[a].iter().zip(&centred[b]).map(|(a, b)| a * b).sum::<f64>();
    let correlation = |a: usize, b: usize| product(a, b) / (product(a, a) * product(b, b)).sqrt();
    let (mut like, mut unlike) = (Vec::new(), Vec::new());
    for a in 0..100 {
        for b in 0..a {
            let likeness = (preferred_direction[a] - preferred_direction[b]).cos();
            if likeness > 0.7 {
                like.push(correlation(a, b));
            } else if likeness < 0.0 {
                unlike.push(correlation(a, b));
            }
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (like, unlike) = (mean(&like), mean(&unlike));
    assert!(like > 2.0 * unlike && unlike > 0.0, "alike {like}, unlike {unlike}");
    assert!((0.01..0.15).contains(&like), "{like}; the released fields have means near 0.03");
}

#[test]
fn sizes_without_sense_are_refused() {
    for field in ["synthetic_0", "synthetic_1", "synthetic_99999999999", "synthetic_", "6_6_2"] {
        let message = synthesize(&name(field), 1).unwrap_err().to_string();
        assert!(message.contains(field) && message.contains("from 2 to"), "{message}");
    }
}
