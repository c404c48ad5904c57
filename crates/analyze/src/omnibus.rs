use artifact::Table;
use cortex::{AnalysedVariants, Communicability, FieldName, Task, Variant};
use rayon::prelude::*;
use statistics::{Anova, Estimate, KruskalWallis, kruskal_wallis, ranks, type_two_anova, variance_explained};

use crate::{ArmResults, Factor, Level, Metric, columns::Columns};

/// One row of `omnibus.parquet`: a test over several variants at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Omnibus {
    /// Field.
    pub field: FieldName,
    /// Arm.
    pub arm: String,
    /// Task.
    pub task: Task,
    /// Metric.
    pub metric: Metric,
    /// `kruskal-wallis` over variants, or `rank-anova` over the factors initialiser, distance and communicability.
    pub test: &'static str,
    /// `variant`, or the factors of a term joined by a colon, or `residual`.
    pub term: String,
    /// Variants that enter the test.
    pub variants: usize,
    /// Values that enter it.
    pub count: usize,
    /// Sum of squares of ranks.
    pub sum_of_squares: Option<f64>,
    /// Degrees of freedom.
    pub freedom: usize,
    /// H or F.
    pub statistic: Option<f64>,
    /// Its p value.
    pub p: Option<f64>,
    /// Share of the variance of ranks that the term explains beside the residual: partial η².
    pub explained: Option<Estimate>,
}

/// Tests every metric of every arm and task over its variants.
pub fn omnibus(arms: &[ArmResults]) -> Vec<Omnibus> {
    let mut places = Vec::new();
    for results in arms {
        for task in results.tasks() {
            places.extend(Metric::compared().map(|metric| (results, task, metric)));
        }
    }
    let tested = places.into_par_iter().flat_map_iter(|(results, task, metric)| tests(results, task, metric));
    tested.collect()
}

fn tests(results: &ArmResults, task: Task, metric: Metric) -> Vec<Omnibus> {
    let groups: Vec<(Variant, Vec<f64>)> = results
        .variants()
        .into_iter()
        .map(|variant| (variant, results.values(task, variant, metric)))
        .filter(|(_, values)| !values.is_empty())
        .collect();
    let row = |test: &'static str, term: String, groups: &[&(Variant, Vec<f64>)]| Omnibus {
        field: results.field.clone(),
        arm: results.arm.name.clone(),
        task,
        metric,
        test,
        term,
        variants: groups.len(),
        count: groups.iter().map(|(_, values)| values.len()).sum(),
        sum_of_squares: None,
        freedom: 0,
        statistic: None,
        p: None,
        explained: None,
    };
    let all: Vec<_> = groups.iter().collect();
    let mut rows = Vec::new();
    let values: Vec<&[f64]> = groups.iter().map(|(_, values)| values.as_slice()).collect();
    if let Some(test) = kruskal_wallis(&values) {
        rows.push(Omnibus {
            freedom: test.freedom,
            statistic: Some(test.h),
            p: Some(test.p),
            explained: explained_by_groups(test, values.iter().map(|group| group.len()).sum()),
            ..row("kruskal-wallis", "variant".to_owned(), &all)
        });
    }
    let analysed: Vec<_> = match results.arm.protocol.statistics {
        AnalysedVariants::All => all,
        AnalysedVariants::WithCommunicability => {
            all.into_iter().filter(|(variant, _)| variant.communicability != Communicability::None).collect()
        }
    };
    if let Some(anova) = rank_anova(&analysed) {
        rows.extend(anova.terms.into_iter().map(|term| Omnibus {
            sum_of_squares: Some(term.sum_of_squares),
            freedom: term.freedom,
            statistic: term.f,
            p: term.p,
            explained: term.f.and_then(|f| variance_explained(f, term.freedom, anova.residual_freedom)),
            ..row("rank-anova", term.name, &analysed)
        }));
        rows.push(Omnibus {
            sum_of_squares: Some(anova.residual),
            freedom: anova.residual_freedom,
            ..row("rank-anova", "residual".to_owned(), &analysed)
        });
    }
    rows
}

/// H / (N − 1) is the share of the variance of ranks between the groups, and so gives the F test of the same.
fn explained_by_groups(test: KruskalWallis, count: usize) -> Option<Estimate> {
    let (between, within) = (test.h, (count - 1) as f64 - test.h);
    let rest = count.checked_sub(test.freedom + 1)?;
    variance_explained(between / test.freedom as f64 / (within / rest as f64), test.freedom, rest)
}

/// Analyses the ranks over all values by the three factors of a variant; `None` if the variants differ in none.
fn rank_anova(groups: &[&(Variant, Vec<f64>)]) -> Option<Anova> {
    let values: Vec<f64> = groups.iter().flat_map(|(_, values)| values.iter().copied()).collect();
    let levels = Factor::ALL.map(|factor| -> Vec<usize> {
        let mut known: Vec<Level> = groups.iter().map(|(variant, _)| factor.level(*variant)).collect();
        known.sort();
        known.dedup();
        let of_run = |(variant, values): &&(Variant, Vec<f64>)| {
            let place = known.binary_search(&factor.level(*variant)).unwrap_or_default();
            vec![place; values.len()]
        };
        groups.iter().flat_map(of_run).collect()
    });
    let factors: Vec<statistics::Factor<'_>> = Factor::ALL
        .iter()
        .zip(&levels)
        .map(|(factor, levels)| statistics::Factor { name: factor.name(), levels })
        .collect();
    type_two_anova(&ranks(&values), &factors).ok().filter(|anova| !anova.terms.is_empty())
}

/// Makes `omnibus.parquet`.
pub fn omnibus_table(rows: &[Omnibus]) -> Table {
    let columns = Columns(rows);
    Table::new()
        .with("field", columns.text(|row| row.field.to_string()))
        .with("arm", columns.text(|row| row.arm.clone()))
        .with("task", columns.text(|row| row.task.to_string()))
        .with("metric", columns.text(|row| row.metric.name().to_owned()))
        .with("test", columns.text(|row| row.test.to_owned()))
        .with("term", columns.text(|row| row.term.clone()))
        .with("variants", columns.count(|row| row.variants))
        .with("count", columns.count(|row| row.count))
        .with("sum_of_squares", columns.number(|row| row.sum_of_squares))
        .with("freedom", columns.count(|row| row.freedom))
        .with("statistic", columns.number(|row| row.statistic))
        .with("p", columns.number(|row| row.p))
        .beside(columns.estimate("explained", |row| row.explained))
}
