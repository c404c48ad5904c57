use artifact::{Column, Table};
use cortex::{FieldName, Task, Variant, stream};
use rayon::prelude::*;

use crate::{ArmResults, Metric};

/// Samples drawn with replacement for a bootstrap interval.
pub const RESAMPLES: usize = 2000;

/// A metric over the simulations of one variant in one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Values that count.
    pub count: usize,
    /// Runs that diverged, whether they count or not.
    pub diverged: usize,
    /// Mean; absent if no value counts.
    pub mean: Option<f64>,
    /// Standard deviation, divided by `count − 1`; absent below two values.
    pub sd: Option<f64>,
    /// 95 % t interval of the mean; absent below two values.
    pub t95: Option<[f64; 2]>,
}

/// One row of `statistics.parquet`.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// Field.
    pub field: FieldName,
    /// Arm.
    pub arm: String,
    /// Task.
    pub task: Task,
    /// Variant.
    pub variant: Variant,
    /// Metric.
    pub metric: Metric,
    /// Its summary.
    pub summary: Summary,
    /// 95 % bootstrap interval of the mean; absent below two values.
    pub bootstrap95: Option<[f64; 2]>,
}

impl Summary {
    /// Summarises values ([`statistics::Summary::of`]).
    pub fn of(values: &[f64], diverged: usize) -> Self {
        let statistics::Summary { count, mean, sd, t95 } = statistics::Summary::of(values);
        Self { count, diverged, mean, sd, t95 }
    }
}

/// Summarises every metric of every variant and task of every arm.
///
/// Bootstrap intervals are BCa of [`RESAMPLES`] samples; each draws from the stream that the study's seed and its own
/// place name.
pub fn summaries(arms: &[ArmResults], seed: u64) -> Vec<Statistic> {
    let mut places = Vec::new();
    for results in arms {
        for task in results.tasks() {
            for variant in results.variants() {
                if results.runs_of(task, variant).next().is_some() {
                    places.extend(Metric::all().map(|metric| (results, task, variant, metric)));
                }
            }
        }
    }
    let summarise = |(results, task, variant, metric): (&ArmResults, Task, Variant, Metric)| {
        let values = results.values(task, variant, metric);
        let (field, arm) = (results.field.as_str(), results.arm.name.as_str());
        let name = ["bootstrap", field, arm, task.name(), &variant.to_string(), metric.name()];
        Statistic {
            field: results.field.clone(),
            arm: results.arm.name.clone(),
            task,
            variant,
            metric,
            summary: results.summary(task, variant, metric),
            bootstrap95: statistics::bootstrap_mean_interval(&values, RESAMPLES, &mut stream(seed, &name)),
        }
    };
    places.into_par_iter().map(summarise).collect()
}

/// Makes `statistics.parquet`: one row a field, arm, task, variant and metric.
pub fn summaries_table(rows: &[Statistic]) -> Table {
    let text = |value: &dyn Fn(&Statistic) -> String| Column::Text(rows.iter().map(value).collect());
    let number = |value: &dyn Fn(&Summary) -> Option<f64>| {
        Column::OptionalF64(rows.iter().map(|row| value(&row.summary)).collect())
    };
    let bootstrap = |end: usize| {
        Column::OptionalF64(rows.iter().map(|row| row.bootstrap95.map(|interval| interval[end])).collect())
    };
    Table::new()
        .with("field", text(&|row| row.field.to_string()))
        .with("arm", text(&|row| row.arm.clone()))
        .with("task", text(&|row| row.task.to_string()))
        .with("variant", text(&|row| row.variant.to_string()))
        .with("metric", text(&|row| row.metric.name().to_owned()))
        .with("count", Column::U32(rows.iter().map(|row| row.summary.count as u32).collect()))
        .with("diverged", Column::U32(rows.iter().map(|row| row.summary.diverged as u32).collect()))
        .with("mean", number(&|summary| summary.mean))
        .with("sd", number(&|summary| summary.sd))
        .with("t95_low", number(&|summary| summary.t95.map(|[low, _]| low)))
        .with("t95_high", number(&|summary| summary.t95.map(|[_, high]| high)))
        .with("bootstrap95_low", bootstrap(0))
        .with("bootstrap95_high", bootstrap(1))
}
