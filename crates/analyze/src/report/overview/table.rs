use artifact::Table;
use cortex::Task;
use maud::{Markup, html};
use statistics::Estimate;

use super::ArmGains;
use crate::{
    ArmResults, Effect, Gain, Metric, Outcome, PartGain,
    columns::Columns,
    report::{scroll::scroll, words},
};

/// A table of so many rows is unfolded.
const OPEN_UP_TO: usize = 12;

/// One row of the figure's table.
struct Row<'a> {
    results: &'a ArmResults,
    gain: &'a PartGain,
    /// `None` for all tasks.
    task: Option<Task>,
    effect: Effect,
}

/// The table of the figure: a row an arm, comparison and task, and one for all tasks.
pub(super) fn data(arms: &[ArmGains<'_>]) -> Table {
    let rows: Vec<Row<'_>> = arms
        .iter()
        .flat_map(|arm| arm.gains.iter().map(|gain| (arm.results, gain)))
        .flat_map(|(results, gain)| {
            let together = std::iter::once((None, gain.effect));
            let each = gain.by_task.iter().map(|&(task, effect)| (Some(task), effect));
            together.chain(each).map(move |(task, effect)| Row { results, gain, task, effect })
        })
        .collect();
    let columns = Columns(&rows);
    Table::new()
        .with("field", columns.text(|row| row.results.field.to_string()))
        .with("arm", columns.text(|row| row.results.arm.name.clone()))
        .with("protocol", columns.text(|row| row.results.arm.protocol.name().to_owned()))
        .with("task", columns.text(|row| row.task.map_or("all", Task::name).to_owned()))
        .with("metric", columns.text(|_| Metric::Accuracy.name().to_owned()))
        .with("comparison", columns.text(|row| row.gain.gain.to_string()))
        .with("role", columns.text(|row| if row.gain.control { "control" } else { "part" }.to_owned()))
        .beside(columns.effect(|row| row.effect))
        .with(
            "outcome",
            columns.optional_text(|row| row.task.is_none().then(|| row.gain.outcome.name().to_owned())),
        )
}

/// The same over all tasks on the page: a row a comparison and arm.
pub(super) fn table(arms: &[ArmGains<'_>]) -> Markup {
    let rows: Vec<(&ArmResults, &PartGain)> =
        arms.iter().flat_map(|arm| arm.gains.iter().map(|gain| (arm.results, gain))).collect();
    let mut comparisons: Vec<(bool, Gain)> = rows.iter().map(|(_, gain)| (gain.control, gain.gain)).collect();
    comparisons.sort();
    comparisons.dedup();
    let body = |title: &str, controls: bool| {
        let own = || comparisons.iter().filter(move |(control, _)| *control == controls);
        html! {
            @if own().next().is_some() {
                tbody { tr { th scope="rowgroup" colspan="6" { (title) } } }
                @for (_, comparison) in own() {
                    tbody {
                        @for (index, (results, gain)) in rows.iter().filter(|(_, row)| row.gain == *comparison).enumerate() {
                            (row(results, gain, index == 0))
                        }
                    }
                }
            }
        }
    };
    let markup = html! {
        table aria-label="Gains of every part of the prior, over all tasks" {
            thead {
                tr {
                    th scope="col" class="text" { "Comparison" }
                    th scope="col" class="text" { "Arm" }
                    th scope="col" class="text" { "Outcome" }
                    th scope="col" { "δ" }
                    th scope="col" { "Accuracy" }
                    th scope="col" { "Runs" }
                }
            }
            (body("Parts of the prior", false))
            (body("The same against controls", true))
        }
    };
    html! {
        details open[rows.len() <= OPEN_UP_TO] {
            summary { "In numbers: " (words::counted(rows.len(), "comparison")) }
            (scroll("Gains of every part of the prior", &markup))
        }
    }
}

fn row(results: &ArmResults, gain: &PartGain, first: bool) -> Markup {
    let Effect { estimate, shift, runs, diverged, .. } = gain.effect;
    let decided = matches!(gain.outcome, Outcome::Helps | Outcome::Hinders);
    html! {
        tr {
            th scope="row" { @if first { (gain.gain) small { (words::part(gain.gain.of, results.arm.protocol)) } } }
            td class="text" { (results.arm.name) }
            td class="text" {
                @if decided { strong { (gain.outcome.name()) } } @else { (gain.outcome.name()) }
            }
            td { (number(estimate, |value| words::fixed(value, 2))) }
            td { (number(shift, |value| words::signed(value, 3))) }
            td {
                (words::grouped(runs[0])) " / " (words::grouped(runs[1]))
                @if diverged > 0 { small { (words::grouped(diverged)) " diverged" } }
            }
        }
    }
}

fn number(estimate: Option<Estimate>, shown: impl Fn(f64) -> String) -> Markup {
    html! {
        @match estimate {
            Some(Estimate { value, interval }) => {
                (shown(value))
                @if let Some([low, high]) = interval { " [" (shown(low)) ", " (shown(high)) "]" }
            }
            None => (words::NOTHING),
        }
    }
}
