//! Accuracies that the study reports for its main arm: field 6_6_2, 20 simulations, the released code.
//!
//! Source: Shakiba, Rokni, Mohammadi & Dehghani 2026, arXiv 2606.14975.

use std::sync::LazyLock;

use cortex::{FunctionalFactor, Task, Variant};

/// Field of the published values.
pub const FIELD: &str = "6_6_2";

/// Simulations behind each published value.
pub const SIMULATIONS: u32 = 20;

/// Functional factors behind them.
pub const FACTORS: [FunctionalFactor; 2] = [FunctionalFactor::Correlation, FunctionalFactor::Sttc];

/// One published accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PublishedAccuracy {
    /// Task.
    pub task: Task,
    /// Variant.
    pub variant: Variant,
    /// Mean over simulations.
    pub mean: f64,
    /// Its 95 % t interval, which may exceed 1.
    pub t95: [f64; 2],
}

/// Every published accuracy, by variant in canonical order, then task.
pub static ACCURACIES: LazyLock<Vec<PublishedAccuracy>> =
    LazyLock::new(|| include_str!("../published/accuracy_6_6_2.csv").lines().filter_map(parse).collect());

/// The published accuracy of a variant in a task, if the study has it.
pub fn accuracy(task: Task, variant: Variant) -> Option<PublishedAccuracy> {
    ACCURACIES.iter().copied().find(|published| published.task == task && published.variant == variant)
}

/// Reads a line `accuracy,VARIANT,TASK,MEAN,LOW,HIGH`; `None` for the header.
fn parse(line: &str) -> Option<PublishedAccuracy> {
    let mut cells = line.split(',');
    let mut next = || cells.next().map(str::trim);
    (next()? == "accuracy").then_some(())?;
    let (variant, task) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let mut number = || next()?.parse::<f64>().ok();
    Some(PublishedAccuracy { task, variant, mean: number()?, t95: [number()?, number()?] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_and_task_of_the_study_has_its_published_accuracy() {
        assert_eq!(ACCURACIES.len(), 33);
        for variant in Variant::PUBLISHED {
            for task in Task::ALL {
                let published = accuracy(task, variant);
                assert!(
                    published.is_some_and(|it| it.t95[0] <= it.mean && it.mean <= it.t95[1]),
                    "{variant}"
                );
            }
        }
        let best = accuracy(Task::GoNogo, Variant::PUBLISHED[0]);
        assert_eq!(best.map(|it| (it.mean, it.t95)), Some((0.948, [0.878, 1.018])));
    }
}
