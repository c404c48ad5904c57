//! Shares of a study that are trained apart.

use std::{cmp::Reverse, collections::BinaryHeap, str::FromStr};

use stage::UsageError;

/// One of the shares of a study: `I/N`, the first is `1/N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) number: usize,
    pub(crate) of: usize,
}

impl FromStr for Shard {
    type Err = UsageError;

    fn from_str(text: &str) -> Result<Self, UsageError> {
        let numbers =
            text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(UsageError(format!("--shard {text}: use I/N with I from 1 to N, such as 3/8"))),
        }
    }
}

/// Deals runs of these expected costs to `shards` shares of about equal cost: the number of each run's share, from 1.
///
/// The costliest run comes first, each goes to the share that has least so far. So a share depends on the runs of the
/// study alone, whatever is finished, and has of every kind of run: where expected costs are wrong for a kind, they
/// are so for all shares alike.
pub(crate) fn deal(costs: &[u64], shards: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by_key(|&run| Reverse(costs[run]));
    // No more shares get runs than there are runs.
    let mut shares: BinaryHeap<_> =
        (1..=shards.min(costs.len())).map(|number| Reverse((0_u128, number))).collect();
    let mut dealt = vec![0; costs.len()];
    for run in order {
        if let Some(Reverse((cost, number))) = shares.pop() {
            dealt[run] = number;
            shares.push(Reverse((cost + u128::from(costs[run]), number)));
        }
    }
    dealt
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn loads(costs: &[u64], dealt: &[usize]) -> BTreeMap<usize, u64> {
        let mut loads = BTreeMap::new();
        for (cost, number) in costs.iter().zip(dealt) {
            *loads.entry(*number).or_default() += cost;
        }
        loads
    }

    #[test]
    fn shares_are_of_about_equal_cost() {
        // Fields of three sizes, tasks of three lengths, three penalties, twenty simulations.
        let mut costs = Vec::new();
        for units in [70_u64, 312, 632] {
            for steps in [40, 41, 50] {
                for exponential in [0, 14, 18] {
                    costs.extend([units.pow(2) * (3 * 128 * steps + exponential * units); 20]);
                }
            }
        }
        let (total, most) = (costs.iter().sum::<u64>(), costs.iter().copied().max().unwrap_or_default());
        for shards in [1, 2, 7, 64] {
            let loads = loads(&costs, &deal(&costs, shards));
            assert_eq!(loads.len(), shards);
            let apart = loads.values().max().zip(loads.values().min()).map(|(most, least)| most - least);
            assert!(apart.is_some_and(|apart| apart <= most), "{shards}: {loads:?}");
            assert!(loads.values().all(|&load| load < total / shards as u64 + most));
        }
        // Where runs are many, a share is within a part in a hundred of its due.
        let loads = loads(&costs, &deal(&costs, 7));
        assert!(loads.values().all(|&load| (load as f64 / (total as f64 / 7.0) - 1.0).abs() < 0.01));
    }

    #[test]
    fn more_shares_than_runs_leave_the_last_ones_empty() {
        assert_eq!(deal(&[3, 9, 5], 1_000_000_000), [3, 1, 2]);
        assert!(deal(&[], 4).is_empty());
    }

    #[test]
    fn equal_runs_go_round() {
        assert_eq!(deal(&[5; 7], 3), [1, 2, 3, 1, 2, 3, 1]);
    }

    #[test]
    fn shards_out_of_range_are_refused() {
        for text in ["0/3", "4/3", "a/b", "1", "1/", "/2", "1/0", "-1/2", "1/2/3", ""] {
            let refused = text.parse::<Shard>().is_err_and(|error| error.to_string().contains("I/N"));
            assert!(refused, "{text}");
        }
        assert!("3/3".parse::<Shard>().is_ok_and(|shard| shard == Shard { number: 3, of: 3 }));
    }
}
