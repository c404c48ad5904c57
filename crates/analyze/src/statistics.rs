use artifact::{Column, Table};
use cortex::{FieldName, Task, Variant};

use crate::{ArmResults, Metric, student_quantile};

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
}

impl Summary {
    /// Summarises values.
    ///
    /// `mean ± t₀.₉₇₅,ₙ₋₁ · sd / √n`, `sd² = Σ (x − mean)² / (n − 1)`.
    pub fn of(values: &[f64], diverged: usize) -> Self {
        let count = values.len();
        let mean = (count > 0).then(|| values.iter().sum::<f64>() / count as f64);
        let sd = mean.filter(|_| count > 1).map(|mean| {
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            (squares / (count - 1) as f64).sqrt()
        });
        let t95 = mean.zip(sd).and_then(|(mean, sd)| {
            let half_width = student_quantile(0.975, (count - 1) as f64)? * sd / (count as f64).sqrt();
            Some([mean - half_width, mean + half_width])
        });
        Self { count, diverged, mean, sd, t95 }
    }
}

/// Summarises every metric of every variant and task of every arm.
pub fn statistics(arms: &[ArmResults]) -> Vec<Statistic> {
    let mut statistics = Vec::new();
    for results in arms {
        for task in results.tasks() {
            for variant in results.variants() {
                if results.runs_of(task, variant).next().is_none() {
                    continue;
                }
                statistics.extend(Metric::ALL.map(|metric| Statistic {
                    field: results.field.clone(),
                    arm: results.arm.name.clone(),
                    task,
                    variant,
                    metric,
                    summary: results.summary(task, variant, metric),
                }));
            }
        }
    }
    statistics
}

/// Makes `statistics.parquet`: one row a field, arm, task, variant and metric.
pub fn statistics_table(rows: &[Statistic]) -> Table {
    let text = |value: &dyn Fn(&Statistic) -> String| Column::Text(rows.iter().map(value).collect());
    let number = |value: &dyn Fn(&Summary) -> Option<f64>| {
        Column::OptionalF64(rows.iter().map(|row| value(&row.summary)).collect())
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
}
