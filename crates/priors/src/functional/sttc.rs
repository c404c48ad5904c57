use faer::Mat;
use rayon::prelude::*;

use crate::EventTrains;

/// Computes the spike time tiling coefficient of every pair of neurons.
///
/// `STTC = ½[(P_A − T_B)/(1 − P_A T_B) + (P_B − T_A)/(1 − P_B T_A)]` with `T_A` the fraction of the recording
/// `[0, T]` within `window_seconds` of an event of A, and `P_A` the fraction of A's events within `window_seconds`
/// of an event of B. The result is `[N, N]`, symmetric, dimensionless, with a diagonal of 1; a silent neuron has 0
/// with every other.
///
/// A half is 1 where `P_A T_B = 1`: both then are 1, and 1 is its value for `P_A = 1` and any smaller `T_B`. The
/// authors' program gives 0/0 there.
///
/// Source: Cutts & Eglen 2014, J. Neurosci. 34:14288.
pub fn sttc(events: &EventTrains, window_seconds: f64) -> Mat<f64> {
    let trains = events.trains();
    let tiled: Vec<f64> =
        trains.par_iter().map(|train| tiled_fraction(train, window_seconds, events.end_s())).collect();
    let near: Vec<Vec<f64>> = near_fractions(trains, window_seconds);
    Mat::from_fn(trains.len(), trains.len(), |a, b| {
        if a == b {
            1.0
        } else if trains[a].is_empty() || trains[b].is_empty() {
            0.0
        } else {
            0.5 * (half(near[b][a], tiled[b]) + half(near[a][b], tiled[a]))
        }
    })
}

/// `(P − T) / (1 − P T)`.
fn half(near: f64, tiled: f64) -> f64 {
    let remainder = 1.0 - near * tiled;
    if remainder == 0.0 { 1.0 } else { (near - tiled) / remainder }
}

/// The fraction of `[0, end]` that lies within `window` of an event.
fn tiled_fraction(train: &[f64], window: f64, end: f64) -> f64 {
    let mut tiles =
        train.iter().map(|&time| ((time - window).clamp(0.0, end), (time + window).clamp(0.0, end)));
    let Some((mut start, mut stop)) = tiles.next() else {
        return 0.0;
    };
    let mut total = 0.0;
    for (low, high) in tiles {
        if low <= stop {
            stop = stop.max(high);
        } else {
            total += stop - start;
            (start, stop) = (low, high);
        }
    }
    (total + stop - start) / end
}

/// `[b][a]`: the fraction of the events of `a` that are within `window` of an event of `b`.
///
/// Whether an instant is near an event of `b` is marked once for all instants at which anything happens; every pair
/// then costs one look-up an event.
fn near_fractions(trains: &[Vec<f64>], window: f64) -> Vec<Vec<f64>> {
    let mut instants: Vec<f64> = trains.iter().flatten().copied().collect();
    instants.par_sort_unstable_by(f64::total_cmp);
    instants.dedup();
    let places: Vec<Vec<usize>> = trains
        .par_iter()
        .map(|train| train.iter().map(|&time| instants.partition_point(|&instant| instant < time)).collect())
        .collect();
    let rows = trains.par_iter().zip(&places).map(|(train, own)| {
        let near = near_instants(train, own, &instants, window);
        let fraction = |places: &Vec<usize>| {
            places.iter().filter(|&&place| near[place]).count() as f64 / places.len() as f64
        };
        places.iter().map(fraction).collect()
    });
    rows.collect()
}

/// Marks the instants that are within `window` of an event of `train`, whose own instants are at `places`.
fn near_instants(train: &[f64], places: &[usize], instants: &[f64], window: f64) -> Vec<bool> {
    let mut near = vec![false; instants.len()];
    let mut next = 0;
    for (&time, &place) in train.iter().zip(places) {
        next = next.max(instants[..place].partition_point(|&instant| time - instant > window));
        while next < instants.len() && instants[next] - time <= window {
            near[next] = true;
            next += 1;
        }
    }
    near
}
