//! Times the measures of one run of 312 units, and the null graphs of that size, against their limits.
//!
//! `measures` is everything that a run's row holds but what needs null graphs: its final kernel, then its initial one, on
//! one core. `nulls` is a thousand published null graphs, drawn and measured on all cores that rayon may use.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{hint::black_box, time::Instant};

use analyze::{FieldContext, MeasuredKernel, nulls};
use cortex::stream;
use graph::{EdgeCountNulls, PublishedNulls, RewiredNulls, WeightMatrix};
use rand::Rng;
use statistics::ranks;

const UNITS: usize = 312;

fn main() {
    let mut random = stream(1, &["benchmark"]);
    // Sums of uniform numbers, scaled as an orthogonal matrix is: all eigenvalues matter, none is easy to find.
    let mut kernel = || -> Vec<f64> {
        let scale = (12.0 / 4.0 / UNITS as f64).sqrt();
        (0..UNITS * UNITS)
            .map(|_| (0..4).map(|_| random.random::<f64>() - 0.5).sum::<f64>() * scale)
            .collect()
    };
    let (last, first) = (kernel(), kernel());
    let mut pairs = || Some(ranks(&kernel()[..UNITS * (UNITS - 1)]));
    let context = FieldContext { units: UNITS, distance: pairs(), functional: pairs(), connectome: pairs() };
    let weights = |values| WeightMatrix::new(values, UNITS).unwrap();
    let measured = MeasuredKernel::of(weights(&last), Some(weights(&first)), &context).unwrap();
    let graph = &measured.graph;
    println!("{:<44} {:>9} {:>9} {:>6}", format!("N = {UNITS}"), "ms", "limit, ms", "ratio");
    row("measures of the final kernel, one core", 150.0, 10, || {
        black_box(MeasuredKernel::of(weights(&last), Some(weights(&first)), &context).unwrap());
    });
    row("the same and those of the initial kernel", 150.0, 10, || {
        black_box(MeasuredKernel::of(weights(&last), Some(weights(&first)), &context).unwrap());
        black_box(MeasuredKernel::of(weights(&first), None, &context).unwrap());
    });
    row("1,000 published nulls, all cores", 1000.0, 3, || {
        black_box(PublishedNulls { nodes: UNITS }.summary(nulls::COUNT, 1).unwrap());
    });
    let edges = graph.edge_count();
    row("50 nulls of as many edges, all cores", 1000.0, 3, || {
        black_box(EdgeCountNulls { nodes: UNITS, edges }.summary(nulls::SOUND_COUNT, 1).unwrap());
    });
    row("50 nulls of the same degrees, all cores", 1000.0, 3, || {
        black_box(RewiredNulls { graph }.summary(nulls::SOUND_COUNT, 1).unwrap());
    });
}

/// Prints the best of several times, its limit, and their ratio.
fn row(name: &str, limit_ms: f64, times: usize, mut work: impl FnMut()) {
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e3
    };
    let best = (0..times).map(|_| time(&mut work)).fold(f64::INFINITY, f64::min);
    println!("{name:<44} {best:>9.1} {limit_ms:>9.0} {:>6.2}", best / limit_ms);
}
