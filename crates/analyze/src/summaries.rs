use artifact::Table;
use cortex::{FieldName, Task, Variant, stream};
use rayon::prelude::*;

use crate::{ArmResults, Metric, columns::Columns};

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
    let columns = Columns(rows);
    Table::new()
        .with("field", columns.text(|row| row.field.to_string()))
        .with("arm", columns.text(|row| row.arm.clone()))
        .with("task", columns.text(|row| row.task.to_string()))
        .with("variant", columns.text(|row| row.variant.to_string()))
        .with("metric", columns.text(|row| row.metric.name().to_owned()))
        .with("count", columns.count(|row| row.summary.count))
        .with("diverged", columns.count(|row| row.summary.diverged))
        .with("mean", columns.number(|row| row.summary.mean))
        .with("sd", columns.number(|row| row.summary.sd))
        .with("t95_low", columns.number(|row| Some(row.summary.t95?[0])))
        .with("t95_high", columns.number(|row| Some(row.summary.t95?[1])))
        .with("bootstrap95_low", columns.number(|row| Some(row.bootstrap95?[0])))
        .with("bootstrap95_high", columns.number(|row| Some(row.bootstrap95?[1])))
}
