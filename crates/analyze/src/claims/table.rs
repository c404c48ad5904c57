use artifact::{Column, Table};
use cortex::Task;
use statistics::Estimate;

use crate::Verdict;

/// Makes `claims.parquet`.
pub fn claims_table(rows: &[Verdict]) -> Table {
    let text = |value: &dyn Fn(&Verdict) -> String| Column::Text(rows.iter().map(value).collect());
    let count =
        |value: &dyn Fn(&Verdict) -> usize| Column::U32(rows.iter().map(|row| value(row) as u32).collect());
    let number =
        |value: &dyn Fn(&Verdict) -> Option<f64>| Column::OptionalF64(rows.iter().map(value).collect());
    let end = |estimate: Option<Estimate>, end: usize| Some(estimate?.interval?[end]);
    Table::new()
        .with("claim", count(&|row| row.number as usize))
        .with("name", text(&|row| row.name.clone()))
        .with("statement", text(&|row| row.statement.clone()))
        .with("field", text(&|row| row.field.clone()))
        .with("arm", text(&|row| row.arm.clone()))
        .with("protocol", text(&|row| row.protocol.to_owned()))
        .with("task", text(&|row| row.task.map_or("all", Task::name).to_owned()))
        .with(
            "metric",
            text(&|row| row.metrics.iter().map(|metric| metric.name()).collect::<Vec<_>>().join(", ")),
        )
        .with("role", text(&|row| row.role.name().to_owned()))
        .with("comparison", text(&|row| row.comparison.clone()))
        .with("effect", number(&|row| Some(row.effect.estimate?.value)))
        .with("effect95_low", number(&|row| end(row.effect.estimate, 0)))
        .with("effect95_high", number(&|row| end(row.effect.estimate, 1)))
        .with("shift", number(&|row| Some(row.effect.shift?.value)))
        .with("shift95_low", number(&|row| end(row.effect.shift, 0)))
        .with("shift95_high", number(&|row| end(row.effect.shift, 1)))
        .with("pairs", count(&|row| row.effect.pairs))
        .with("first_runs", count(&|row| row.effect.runs[0]))
        .with("second_runs", count(&|row| row.effect.runs[1]))
        .with("diverged", count(&|row| row.effect.diverged))
        .with("verdict", text(&|row| row.decision.name().to_owned()))
        .with("reason", text(&|row| row.reason.clone()))
}
