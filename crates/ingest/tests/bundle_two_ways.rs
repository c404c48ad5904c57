//! The real fields: counts that are known of them, and correlations computed here from the events that
//! were read against the matrices that were released.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeSet;

use common::name;
use ingest::{Bundle, CleanField};

/// Neurons, connections, synapses, neurons without outgoing synapses, events: counted with NumPy.
const FIELDS: [(&str, [usize; 5]); 6] = [
    ("4_7_2", [88, 38, 42, 65, 245_206]),
    ("5_3_4", [70, 13, 14, 58, 225_657]),
    ("5_3_8", [42, 4, 5, 38, 65_389]),
    ("5_6_8", [160, 56, 58, 122, 255_797]),
    ("6_6_2", [312, 316, 338, 166, 0]),
    ("9_3_2", [632, 1070, 1222, 278, 0]),
];

#[test]
fn the_real_fields_hold_what_is_known_of_them() {
    let Some(folder) = fixtures::microns_folder() else { return };
    let bundle = Bundle::open(&folder).unwrap();
    let names: Vec<String> = bundle.fields().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, FIELDS.map(|(name, _)| name));
    for (field, expected) in FIELDS {
        let clean = bundle.field(&name(field)).unwrap().read().unwrap();
        let sources: BTreeSet<u32> =
            clean.field.connections.iter().map(|connection| connection.pre).collect();
        let neurons = clean.field.neurons.len();
        let found = [
            neurons,
            clean.field.connections.len(),
            clean.synapses() as usize,
            neurons - sources.len(),
            clean.field.events.len(),
        ];
        assert_eq!(found, expected, "{field}");
        assert_eq!(clean.released.names().count(), 3, "{field}");
    }
}

#[test]
fn released_correlations_follow_from_the_events_that_were_read() {
    let Some(folder) = fixtures::microns_folder() else { return };
    let bundle = Bundle::open(&folder).unwrap();
    for field in ["5_3_8", "5_6_8"] {
        let clean = bundle.field(&name(field)).unwrap().read().unwrap();
        let neurons = clean.field.neurons.len();
        let released = clean.released.f64("correlation", &[neurons, neurons]).unwrap();
        let difference = fixtures::largest_difference(&correlation(&clean), released);
        assert!(difference < 1e-12, "{field}: {difference:e}");
    }
}

/// Pearson correlation of counts in complete bins of 0.2 s, up to 0.1 s after the last event.
fn correlation(clean: &CleanField) -> Vec<f64> {
    let trains = clean.field.event_trains();
    let end = trains.iter().flatten().copied().fold(0.0, f64::max) + 0.1;
    let bins = (end / 0.2).floor() as usize;
    let centred: Vec<Vec<f64>> = trains
        .iter()
        .map(|train| {
            let mut counts = vec![0.0; bins];
            for bin in train.iter().map(|time| (time / 0.2).floor() as usize).filter(|&bin| bin < bins) {
                counts[bin] += 1.0;
            }
            let mean = counts.iter().sum::<f64>() / bins as f64;
            counts.iter().map(|count| count - mean).collect()
        })
        .collect();
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norms: Vec<f64> = centred.iter().map(|train| product(train, train).sqrt()).collect();
    let count = trains.len();
    (0..count * count)
        .map(|pair| {
            let (a, b) = (pair / count, pair % count);
            product(&centred[a], &centred[b]) / (norms[a] * norms[b])
        })
        .collect()
}
