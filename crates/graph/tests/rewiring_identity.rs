//! What rewiring of a directed network keeps, and that it moves the rest.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;

use graph::{Arrow, GraphError, LENGTH_CLASSES, rewired, rewired_keeping_lengths};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const NODES: usize = 312;

/// A sparse network on random positions in which near nodes are joined more often, as in cortex, and stronger.
fn network() -> (Vec<Arrow>, Vec<[f64; 3]>) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let places: Vec<[f64; 3]> = (0..NODES)
        .map(|_| [500.0 * rng.random::<f64>(), 300.0 * rng.random::<f64>(), 40.0 * rng.random::<f64>()])
        .collect();
    let mut arrows = vec![Arrow { from: 5, to: 5, weight: 9.0 }];
    for from in 0..NODES {
        for to in (0..NODES).filter(|&to| to != from) {
            let length = length(&places, from, to);
            if rng.random::<f64>() < 0.04 * (-length / 100.0).exp() {
                arrows.push(Arrow {
                    from,
                    to,
                    weight: f64::from(rng.random_range(1..4_u8)) + 100.0 / length,
                });
            }
        }
    }
    (arrows, places)
}

fn length(places: &[[f64; 3]], from: usize, to: usize) -> f64 {
    places[from].iter().zip(places[to]).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn degrees(arrows: &[Arrow]) -> (Vec<usize>, Vec<usize>) {
    let (mut out, mut into) = (vec![0; NODES], vec![0; NODES]);
    for arrow in arrows {
        out[arrow.from] += 1;
        into[arrow.to] += 1;
    }
    (out, into)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn pairs(arrows: &[Arrow]) -> BTreeSet<(usize, usize)> {
    arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect()
}

/// Degrees in both directions, distinct pairs, weights and self-connections are those of the original.
fn assert_kept(original: &[Arrow], other: &[Arrow]) {
    assert_eq!(degrees(other), degrees(original));
    assert_eq!(pairs(other).len(), original.len(), "a pair is joined twice");
    assert_eq!(
        sorted(other.iter().map(|arrow| arrow.weight)),
        sorted(original.iter().map(|arrow| arrow.weight))
    );
    let loops =
        |arrows: &[Arrow]| arrows.iter().filter(|arrow| arrow.from == arrow.to).copied().collect::<Vec<_>>();
    assert_eq!(loops(other), loops(original));
}

#[test]
fn rewiring_keeps_degrees_in_both_directions_and_strengths_of_the_outgoing() {
    let (original, _) = network();
    let other = rewired(NODES, &original, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    assert_kept(&original, &other);
    for node in 0..NODES {
        let strengths = |arrows: &[Arrow]| sorted(arrows.iter().filter(|a| a.from == node).map(|a| a.weight));
        assert_eq!(strengths(&other), strengths(&original), "node {node}");
    }
    let kept = pairs(&original).intersection(&pairs(&other)).count();
    assert!(kept < original.len() / 20, "{kept} of {} connections stayed", original.len());
    let again = rewired(NODES, &original, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    assert_eq!(again, other, "the same numbers, the same network");
}

#[test]
fn rewiring_with_lengths_keeps_every_class_of_length_with_its_weights() {
    let (original, places) = network();
    let of = |from: usize, to: usize| length(&places, from, to);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let other = rewired_keeping_lengths(NODES, &original, of, &mut rng).unwrap();
    assert_kept(&original, &other);
    let proper = |arrows: &[Arrow]| arrows.iter().filter(|a| a.from != a.to).copied().collect::<Vec<_>>();
    let lengths = sorted(proper(&original).iter().map(|a| of(a.from, a.to)));
    let (shortest, longest) = (lengths[0], lengths[lengths.len() - 1]);
    let class = |arrow: &Arrow| {
        let place = (of(arrow.from, arrow.to) - shortest) / (longest - shortest) * LENGTH_CLASSES as f64;
        (place as usize).min(LENGTH_CLASSES - 1)
    };
    for number in 0..LENGTH_CLASSES {
        let weights = |arrows: &[Arrow]| {
            sorted(proper(arrows).iter().filter(|arrow| class(arrow) == number).map(|arrow| arrow.weight))
        };
        assert_eq!(weights(&other), weights(&original), "class {number}");
    }
    // So that ordered lengths differ by less than a class, where free rewiring makes connections much longer.
    let found = sorted(proper(&other).iter().map(|a| of(a.from, a.to)));
    let step = (longest - shortest) / LENGTH_CLASSES as f64;
    assert!(lengths.iter().zip(&found).all(|(a, b)| (a - b).abs() <= step));
    let mean = |lengths: &[f64]| lengths.iter().sum::<f64>() / lengths.len() as f64;
    let free = rewired(NODES, &original, &mut rng).unwrap();
    let free = sorted(proper(&free).iter().map(|a| of(a.from, a.to)));
    assert!((mean(&found) / mean(&lengths) - 1.0).abs() < 0.05, "{} {}", mean(&found), mean(&lengths));
    assert!(mean(&free) > 1.3 * mean(&lengths), "{} {}", mean(&free), mean(&lengths));
    let kept = pairs(&original).intersection(&pairs(&other)).count();
    assert!(kept < original.len() / 4, "{kept} of {} connections stayed", original.len());
}

/// Three nodes a, b, c that each project to one of three others: six networks of these degrees, which swaps visit
/// equally often if refused ones count.
#[test]
fn rewiring_is_uniform_over_the_six_matchings_of_three_to_three() {
    let original = [(0, 3), (1, 4), (2, 5)].map(|(from, to)| Arrow { from, to, weight: 1.0 });
    let mut times = std::collections::BTreeMap::<Vec<usize>, u32>::new();
    for seed in 0..6000 {
        let other = rewired(6, &original, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
        *times.entry(other.iter().map(|arrow| arrow.to).collect()).or_default() += 1;
    }
    assert_eq!(times.len(), 6);
    // Five standard deviations of a binomial of 6000 and 1/6.
    assert!(times.values().all(|&times| times.abs_diff(1000) < 145), "{times:?}");
}

#[test]
fn networks_that_cannot_be_rewired_stay_as_they_are() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    assert_eq!(rewired(0, &[], &mut rng).unwrap(), []);
    let one = [Arrow { from: 0, to: 1, weight: 2.0 }];
    assert_eq!(rewired(2, &one, &mut rng).unwrap(), one);
    let complete: Vec<Arrow> = (0..9)
        .map(|pair| Arrow { from: pair / 3, to: pair % 3, weight: pair as f64 })
        .filter(|arrow| arrow.from != arrow.to)
        .collect();
    assert_eq!(rewired(3, &complete, &mut rng).unwrap(), complete);
    assert_eq!(rewired_keeping_lengths(3, &complete, |_, _| 1.0, &mut rng).unwrap(), complete);
}

#[test]
fn impossible_networks_are_refused_by_name() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let arrow = |from, to| Arrow { from, to, weight: 1.0 };
    let error = rewired(2, &[arrow(0, 2)], &mut rng).unwrap_err();
    assert_eq!(error, GraphError::NodeOutOfRange { first: 0, second: 2, nodes: 2 });
    let error = rewired(2, &[arrow(0, 1), arrow(0, 1)], &mut rng).unwrap_err();
    assert_eq!(error, GraphError::RepeatedArrow { from: 0, to: 1 });
    assert!(matches!(rewired(1 << 20, &[], &mut rng), Err(GraphError::TooManyNodes { .. })));
    let error = rewired_keeping_lengths(2, &[arrow(0, 1)], |_, _| f64::NAN, &mut rng).unwrap_err();
    assert!(matches!(error, GraphError::Length { from: 0, to: 1, .. }), "{error}");
}
