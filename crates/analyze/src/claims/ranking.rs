use config::Arm;
use cortex::{FunctionalFactor, Task, Variant, stream};
use rand::Rng;
use statistics::{Estimate, bootstrap_standard_error, kendall_tau, normal_quantile};

use crate::{ArmResults, Between, Effect, Metric, RESAMPLES};

/// The fewest variants that have an order worth the name.
const FEWEST_VARIANTS: usize = 3;

/// Two arms in the order of their names' meaning, if their rankings are to be compared: equal but for what is between.
pub(super) fn ordered<'a>(
    first: &'a ArmResults,
    second: &'a ArmResults,
    between: Between,
) -> Option<[&'a ArmResults; 2]> {
    let alike = |one: &Arm, other: &Arm| one.protocol == other.protocol && one.positive == other.positive;
    if !alike(&first.arm, &second.arm) {
        return None;
    }
    match between {
        Between::Fields => {
            (first.field != second.field && first.arm.name == second.arm.name).then_some([first, second])
        }
        Between::Factors if first.field == second.field => {
            let has = |results: &ArmResults, factor| results.arm.factors.contains(&factor);
            let correlation = |results| has(results, FunctionalFactor::Correlation);
            let precision = |results| has(results, FunctionalFactor::Precision) && !correlation(results);
            if correlation(first) && precision(second) {
                Some([first, second])
            } else {
                (precision(first) && correlation(second)).then_some([second, first])
            }
        }
        Between::Factors => None,
    }
}

/// Kendall's τ_b between the means of the variants that two arms share, averaged over tasks.
///
/// Its standard error is bootstrapped over the runs of every variant. Percentiles of the bootstrap would not do: a
/// resample has the noise of the runs twice, so that its τ is lower throughout.
pub(super) fn agreement(
    arms: [&ArmResults; 2],
    tasks: &[Task],
    task: Option<Task>,
    metric: Metric,
    seed: u64,
) -> Effect {
    let samples: Vec<Vec<[Vec<f64>; 2]>> = tasks.iter().map(|&task| shared(arms, task, metric)).collect();
    let samples: Vec<_> = samples.into_iter().filter(|variants| variants.len() >= FEWEST_VARIANTS).collect();
    let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let value = average(samples.iter().map(|variants| {
        let means = [0, 1].map(|side| variants.iter().map(|pair| mean(&pair[side])).collect::<Vec<f64>>());
        kendall_tau(&means[0], &means[1])
    }));
    let task = task.map_or("all", Task::name);
    let place = arms.map(|arm| format!("{}/{}", arm.field, arm.arm.name));
    let mut rng = stream(seed, &["ranking", &place[0], &place[1], task, metric.name()]);
    let mut resampled = |values: &Vec<f64>| {
        let count = values.len();
        let drawn = (0..count).map(|_| values[rng.random_range(0..count as u32) as usize]);
        drawn.sum::<f64>() / count as f64
    };
    let error = bootstrap_standard_error(RESAMPLES, |_| {
        average(samples.iter().map(|variants| {
            let means =
                [0, 1].map(|side| variants.iter().map(|pair| resampled(&pair[side])).collect::<Vec<f64>>());
            kendall_tau(&means[0], &means[1])
        }))
    });
    let sides = || samples.iter().flatten();
    let pairs = sides().count();
    Effect {
        estimate: value.map(|value| Estimate { value, interval: error.map(|error| around(value, error)) }),
        shift: None,
        candidates: pairs,
        pairs,
        runs: [0, 1].map(|side| sides().map(|pair| pair[side].len()).sum()),
        fewest: sides().flat_map(|pair| pair.iter().map(Vec::len)).min().unwrap_or_default(),
        diverged: arms.iter().map(|arm| diverged(arm, tasks)).sum(),
    }
}

/// The 95 % normal interval of a correlation, cut at ±1.
fn around(value: f64, error: f64) -> [f64; 2] {
    [0.025, 0.975].map(|probability| (value + normal_quantile(probability) * error).clamp(-1.0, 1.0))
}

fn shared(arms: [&ArmResults; 2], task: Task, metric: Metric) -> Vec<[Vec<f64>; 2]> {
    let others = arms[1].variants();
    let variants = arms[0].variants().into_iter().filter(|variant| others.contains(variant));
    let samples = variants.map(|variant: Variant| arms.map(|arm| arm.values(task, variant, metric)));
    samples.filter(|pair| pair.iter().all(|values| !values.is_empty())).collect()
}

fn diverged(arm: &ArmResults, tasks: &[Task]) -> usize {
    let runs = arm.runs.iter().filter(|run| tasks.contains(&run.record.key.task));
    runs.filter(|run| run.diverged()).count()
}

/// The mean of those that exist.
fn average(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let present: Vec<f64> = values.flatten().collect();
    (!present.is_empty()).then(|| present.iter().sum::<f64>() / present.len() as f64)
}
