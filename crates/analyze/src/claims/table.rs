use artifact::Table;
use cortex::Task;

use crate::{Verdict, columns::Columns};

/// Makes `claims.parquet`.
pub fn claims_table(rows: &[Verdict]) -> Table {
    let columns = Columns(rows);
    Table::new()
        .with("claim", columns.count(|row| row.number as usize))
        .with("name", columns.text(|row| row.name.clone()))
        .with("statement", columns.text(|row| row.statement.clone()))
        .with("field", columns.text(|row| row.field.clone()))
        .with("arm", columns.text(|row| row.arm.clone()))
        .with("protocol", columns.text(|row| row.protocol.to_owned()))
        .with("task", columns.text(|row| row.task.map_or("all", Task::name).to_owned()))
        .with(
            "metric",
            columns.text(|row| row.metrics.iter().map(|metric| metric.name()).collect::<Vec<_>>().join(", ")),
        )
        .with("role", columns.text(|row| row.role.name().to_owned()))
        .with("comparison", columns.text(|row| row.comparison.clone()))
        .beside(columns.effect(|row| row.effect))
        .with("verdict", columns.text(|row| row.decision.name().to_owned()))
        .with("reason", columns.text(|row| row.reason.clone()))
}
