//! The spike time tiling coefficient, fast and straight from its definition: every pair of events, every piece of
//! the recording. Trains of different rates tell P_A from P_B and T_A from T_B.
#![allow(clippy::unwrap_used, missing_docs)]

use cortex::stream;
use priors::{EventTrains, sttc};
use rand_distr::{Distribution, Open01};

/// Events within `seconds` at several rates a second, half of them copied from the first train with jitter.
fn random_trains(name: &str, seconds: f64, rates: &[f64], round: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
    let mut random = stream(7, &["sttc", name]);
    let mut uniform = move || -> f64 { Open01.sample(&mut random) };
    let mut trains: Vec<Vec<f64>> = Vec::new();
    for rate in rates {
        let mut train: Vec<f64> = (0..(seconds * rate) as usize)
            .map(|_| match trains.first() {
                Some(first) if uniform() < 0.5 => {
                    first[(uniform() * first.len() as f64) as usize] + 0.2 * uniform()
                }
                _ => seconds * uniform(),
            })
            .map(&round)
            .collect();
        train.sort_by(f64::total_cmp);
        trains.push(train);
    }
    trains
}

/// (P_A, T_B, P_B, T_A) by their definitions.
fn by_definition(a: &[f64], b: &[f64], window: f64, end: f64) -> [f64; 4] {
    let near = |x: &[f64], y: &[f64]| {
        let near = x.iter().filter(|&x| y.iter().any(|y| (x - y).abs() <= window)).count();
        near as f64 / x.len() as f64
    };
    let tiled = |x: &[f64]| {
        let mut cuts: Vec<f64> = x.iter().flat_map(|x| [x - window, x + window]).chain([0.0, end]).collect();
        cuts.retain(|cut| (0.0..=end).contains(cut));
        cuts.sort_by(f64::total_cmp);
        let covered = |piece: &&[f64]| {
            let middle = 0.5 * (piece[0] + piece[1]);
            x.iter().any(|x| (x - middle).abs() < window)
        };
        cuts.windows(2).filter(covered).map(|piece| piece[1] - piece[0]).sum::<f64>() / end
    };
    [near(a, b), tiled(b), near(b, a), tiled(a)]
}

fn formula([p_a, t_b, p_b, t_a]: [f64; 4]) -> f64 {
    0.5 * ((p_a - t_b) / (1.0 - p_a * t_b) + (p_b - t_a) / (1.0 - p_b * t_a))
}

fn check(trains: &[Vec<f64>], window: f64) {
    let events = EventTrains::new(trains.to_owned()).unwrap();
    let found = sttc(&events, window);
    let mut told_apart = false;
    for (i, a) in trains.iter().enumerate() {
        for (j, b) in trains.iter().enumerate().filter(|&(j, _)| j != i) {
            let terms = by_definition(a, b, window, events.end_s());
            let (value, expected) = (found[(i, j)], formula(terms));
            assert!((value - expected).abs() < 1e-12, "[{i}, {j}] {value} {expected}");
            let [p_a, t_b, p_b, t_a] = terms;
            told_apart |= (formula([p_a, t_a, p_b, t_b]) - expected).abs() > 1e-3
                && (formula([p_b, t_b, p_a, t_a]) - expected).abs() > 1e-3;
        }
        assert_eq!(found[(i, i)], 1.0);
    }
    assert!(told_apart, "trains too alike: swapped terms would pass");
}

#[test]
fn trains_of_continuous_times() {
    check(&random_trains("continuous", 60.0, &[0.4, 3.0, 1.0, 8.0, 0.1], |time| time), 0.1);
}

#[test]
fn trains_of_imaging_frames_with_repeated_times() {
    let frames = |time: f64| (time / 0.158_707).ceil() * 0.158_707;
    check(&random_trains("frames", 90.0, &[2.0, 0.5, 5.0, 0.2], frames), 0.1);
}

#[test]
fn windows_of_several_frames_and_on_the_spacing_itself() {
    for window in [0.25, 0.5, 1.0] {
        let quarters = |time: f64| (time * 4.0).round() / 4.0;
        check(&random_trains("quarters", 40.0, &[0.3, 0.05, 0.8], quarters), window);
    }
}
