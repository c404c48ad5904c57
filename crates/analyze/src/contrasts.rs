use artifact::Table;
use cortex::{FieldName, Task, Variant};
use rayon::prelude::*;
use statistics::{Estimate, MannWhitney, cliffs_delta, hodges_lehmann, holm, mann_whitney};

use crate::{ArmResults, Factor, Metric, columns::Columns};

/// Comparisons whose p values are adjusted together: those of one field, arm, task and metric that are
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// between every two variants;
    Pairs,
    /// between every two variants that differ in one factor, the others held fixed: its simple effects.
    Simple(Factor),
}

/// One row of `contrasts.parquet`: two variants over their simulations.
#[derive(Clone, Debug)]
pub struct Contrast {
    /// Field.
    pub field: FieldName,
    /// Arm.
    pub arm: String,
    /// Task.
    pub task: Task,
    /// Metric.
    pub metric: Metric,
    /// Family that its p value is adjusted in.
    pub family: Family,
    /// The variants.
    pub variants: [Variant; 2],
    /// Their values that count.
    pub counts: [usize; 2],
    /// Their runs that diverged.
    pub diverged: [usize; 2],
    /// Mann-Whitney test; absent if a variant has no value.
    pub test: Option<MannWhitney>,
    /// p adjusted by Holm's method.
    pub p_holm: Option<f64>,
    /// Tests in the family.
    pub family_size: usize,
    /// Cliff's δ.
    pub delta: Option<Estimate>,
    /// Hodges-Lehmann shift of the first against the second.
    pub shift: Option<Estimate>,
}

impl Family {
    const ALL: [Self; 4] = [
        Self::Pairs,
        Self::Simple(Factor::Initialiser),
        Self::Simple(Factor::Distance),
        Self::Simple(Factor::Communicability),
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pairs => "pairs",
            Self::Simple(factor) => factor.name(),
        }
    }

    fn holds(self, first: Variant, second: Variant) -> bool {
        match self {
            Self::Pairs => true,
            Self::Simple(factor) => factor.alone_differs(first, second),
        }
    }
}

/// Compares the variants of every arm, task and metric, in every family.
pub fn contrasts(arms: &[ArmResults]) -> Vec<Contrast> {
    let mut places = Vec::new();
    for results in arms {
        for task in results.tasks() {
            places.extend(Metric::compared().map(|metric| (results, task, metric)));
        }
    }
    let compared = places.into_par_iter().flat_map_iter(|(results, task, metric)| {
        let pairs = pairs(results, task, metric);
        Family::ALL.into_iter().flat_map(move |family| in_family(&pairs, family)).collect::<Vec<_>>()
    });
    compared.collect()
}

/// Compares every two variants that have runs, before adjustment.
fn pairs(results: &ArmResults, task: Task, metric: Metric) -> Vec<Contrast> {
    let variants: Vec<(Variant, Vec<f64>)> = results
        .variants()
        .into_iter()
        .filter(|&variant| results.runs_of(task, variant).next().is_some())
        .map(|variant| (variant, results.values(task, variant, metric)))
        .collect();
    let mut pairs = Vec::new();
    for (index, (first, own)) in variants.iter().enumerate() {
        for (second, other) in &variants[index + 1..] {
            pairs.push(Contrast {
                field: results.field.clone(),
                arm: results.arm.name.clone(),
                task,
                metric,
                family: Family::Pairs,
                variants: [*first, *second],
                counts: [own.len(), other.len()],
                diverged: [*first, *second].map(|variant| results.diverged_of(task, variant)),
                test: mann_whitney(own, other),
                p_holm: None,
                family_size: 0,
                delta: cliffs_delta(own, other),
                shift: hodges_lehmann(own, other),
            });
        }
    }
    pairs
}

fn in_family(pairs: &[Contrast], family: Family) -> Vec<Contrast> {
    let mut own: Vec<Contrast> =
        pairs.iter().filter(|pair| family.holds(pair.variants[0], pair.variants[1])).cloned().collect();
    let p_values: Vec<f64> = own.iter().filter_map(|pair| Some(pair.test?.p)).collect();
    let mut adjusted = holm(&p_values).into_iter();
    for pair in &mut own {
        pair.family = family;
        pair.family_size = p_values.len();
        pair.p_holm = pair.test.and_then(|_| adjusted.next());
    }
    own
}

/// Makes `contrasts.parquet`.
pub fn contrasts_table(rows: &[Contrast]) -> Table {
    let columns = Columns(rows);
    Table::new()
        .with("field", columns.text(|row| row.field.to_string()))
        .with("arm", columns.text(|row| row.arm.clone()))
        .with("task", columns.text(|row| row.task.to_string()))
        .with("metric", columns.text(|row| row.metric.name().to_owned()))
        .with("family", columns.text(|row| row.family.name().to_owned()))
        .with("first", columns.text(|row| row.variants[0].to_string()))
        .with("second", columns.text(|row| row.variants[1].to_string()))
        .with("first_count", columns.count(|row| row.counts[0]))
        .with("second_count", columns.count(|row| row.counts[1]))
        .with("first_diverged", columns.count(|row| row.diverged[0]))
        .with("second_diverged", columns.count(|row| row.diverged[1]))
        .with("u", columns.number(|row| Some(row.test?.u)))
        .with("p", columns.number(|row| Some(row.test?.p)))
        .with("method", columns.optional_text(|row| Some(row.test?.method.name().to_owned())))
        .with("p_holm", columns.number(|row| row.p_holm))
        .with("family_size", columns.count(|row| row.family_size))
        .beside(columns.estimate("cliffs_delta", |row| row.delta))
        .beside(columns.estimate("shift", |row| row.shift))
}
