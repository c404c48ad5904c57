use crate::{Estimate, normal::UPPER_975, u_distribution};

/// The largest sample whose shift has an exact interval; larger ones use the normal approximation.
const EXACT_UP_TO: usize = 50;

/// Halvings that bring an interval of length 1 to the last bits.
const HALVINGS: usize = 60;

/// Measures how much more often a value of the first sample is the larger one.
///
/// `δ = P(x > y) − P(x < y) = 2θ − 1` over all pairs, from −1 to 1. The interval is that of θ by the score-like method
/// that Newcombe recommends: both solutions of `(θ̂ − θ)² = z² θ (1 − θ) [1 + (k − 1) ((1 − θ) / (2 − θ) + θ / (1 + θ))] /
/// mn`, k the mean of m and n. It stays within [−1, 1] and keeps a width where the samples do not overlap. `None` if a
/// sample is empty, without interval if one has a single value.
///
/// Source: Cliff 1993, Psychol. Bull. 114:494; Newcombe 2006, Stat. Med. 25:559, method 5.
pub fn cliffs_delta(first: &[f64], second: &[f64]) -> Option<Estimate> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let mut sorted = second.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let wins = |value: f64| {
        let below = sorted.partition_point(|&other| other < value);
        let not_above = sorted.partition_point(|&other| other <= value);
        (below + not_above) as f64 * 0.5
    };
    let (m, n) = (first.len() as f64, second.len() as f64);
    let theta = first.iter().map(|&value| wins(value)).sum::<f64>() / (m * n);
    let interval = (first.len() > 1 && second.len() > 1).then(|| {
        let spread = move |theta: f64| {
            let more = (0.5 * (m + n) - 1.0) * ((1.0 - theta) / (2.0 - theta) + theta / (1.0 + theta));
            UPPER_975 * (theta * (1.0 - theta) * (1.0 + more) / (m * n)).sqrt()
        };
        [0.0, 1.0].map(|end| 2.0 * farthest_within(theta, end, spread) - 1.0)
    });
    Some(Estimate { value: 2.0 * theta - 1.0, interval })
}

/// The point between `start` and `end` at which the distance from `start` equals `spread`.
fn farthest_within(start: f64, end: f64, spread: impl Fn(f64) -> f64) -> f64 {
    let (mut inside, mut outside) = (start, end);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(inside, outside);
        if (middle - start).abs() <= spread(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    outside
}

/// Estimates by how much the first sample is shifted against the second.
///
/// The median of all mn differences x − y. Its interval lies between the k-th smallest and k-th largest difference, k
/// the largest number for which `2 P(U < k) ≤ 0.05` (normal approximation above fifty values). Ties only make this
/// closed interval wider than it need be. No interval where even the extreme differences reach less than 95 %: below
/// four values each. `None` if a sample is empty.
///
/// Source: Hodges & Lehmann 1963, Ann. Math. Stat. 34:598; Hollander & Wolfe 1973, sec. 4.3 (R's `wilcox.test`).
pub fn hodges_lehmann(first: &[f64], second: &[f64]) -> Option<Estimate> {
    let mut differences: Vec<f64> = first.iter().flat_map(|x| second.iter().map(move |y| x - y)).collect();
    differences.sort_unstable_by(f64::total_cmp);
    let count = differences.len();
    let median = match count {
        0 => return None,
        _ if count.is_multiple_of(2) => f64::midpoint(differences[count / 2 - 1], differences[count / 2]),
        _ => differences[count / 2],
    };
    let place = critical_place(first.len(), second.len());
    let interval = place.map(|place| [differences[place - 1], differences[count - place]]);
    Some(Estimate { value: median, interval })
}

/// The largest k with `2 P(U < k) ≤ 0.05`, if there is one.
fn critical_place(m: usize, n: usize) -> Option<usize> {
    let place = if m.max(n) <= EXACT_UP_TO {
        let mut tail = 0.0;
        let within = |probability: &&f64| {
            tail += **probability;
            2.0 * tail <= 0.05
        };
        u_distribution::lower_half(m, n).iter().take_while(within).count()
    } else {
        let (m, n) = (m as f64, n as f64);
        (m * n * 0.5 - UPPER_975 * (m * n * (m + n + 1.0) / 12.0).sqrt()).floor().max(0.0) as usize
    };
    (place > 0).then_some(place)
}
