//! Accuracy by variant and task, beside what the study published.

use cortex::{Protocol, Task, Variant};
use maud::{Markup, html};

use crate::{
    ArmResults, Metric, RunMetrics,
    arms::chance,
    published,
    report::{
        dot_plot::{Dot, DotPlot, Row},
        figure::Figure,
        groups::{Group, groups},
        legend::Key,
        scale::extent,
        scroll::scroll,
        style, words,
    },
};

const DECIMALS: usize = 3;

/// Makes the figure of an arm: a panel a task.
pub(crate) fn figure(results: &ArmResults, name: &str) -> Figure {
    let variants = results.variants();
    let plots: Vec<DotPlot> = results.tasks().into_iter().map(|task| plot(results, task)).collect();
    let mut legend = Key::initialisers(&variants, results.arm.protocol);
    legend.extend(DotPlot::keys(&plots));
    Figure {
        name: format!("{name}.accuracy"),
        title: format!("Accuracy, field {}, arm {}", results.field, results.arm.name),
        caption: format!(
            "Accuracy of every run, by variant, grouped by communicability (C). {}",
            comparison(results)
        ),
        legend,
        panels: plots.iter().map(DotPlot::panel).collect(),
        columns: 3,
        data: DotPlot::table(&plots, results),
    }
}

fn plot(results: &ArmResults, task: Task) -> DotPlot {
    let row = |&variant: &Variant| Row {
        variant,
        dots: dots(results, task, variant),
        summary: results.summary(task, variant, Metric::Accuracy),
        published: published::accuracy(task, variant).map(|published| (published.mean, published.t95)),
    };
    let groups: Vec<(&'static str, Vec<Row>)> = groups(&results.variants())
        .iter()
        .map(|group| (group.sign(), group.variants.iter().map(row).collect()))
        .collect();
    let rows = || groups.iter().flat_map(|(_, rows)| rows);
    let values = rows()
        .flat_map(|row| row.dots.iter().map(|dot| dot.value).chain(row.published.map(|(mean, _)| mean)));
    let low = extent(values.chain([chance(task)]), 0.0).map_or(0.0, |[low, _]| low);
    let domain = [(low - 0.03).max(-0.01), 1.02];
    DotPlot {
        title: words::task(task).to_owned(),
        axis: "accuracy",
        task,
        metric: Metric::Accuracy,
        groups,
        domain,
        reference: Some(chance(task)),
        named: true,
    }
}

fn dots(results: &ArmResults, task: Task, variant: Variant) -> Vec<Dot> {
    let runs = results.runs_of(task, variant);
    let dot = |run: &RunMetrics| {
        let value = results.counted(run, Metric::Accuracy)?;
        Some(Dot { simulation: run.record.key.simulation, value, diverged: run.diverged() })
    };
    runs.filter_map(dot).collect()
}

/// Says what the published values are of, and in what this arm differs.
fn comparison(results: &ArmResults) -> String {
    let arm = &results.arm;
    let differences = [
        ("another field", results.field.as_str() != published::FIELD),
        ("another number of simulations", results.simulations() != published::SIMULATIONS as usize),
        ("another protocol", arm.protocol != Protocol::PUBLISHED),
        ("other functional factors", arm.factors != published::FACTORS),
        ("non-negative recurrence", arm.positive),
    ];
    let differences: Vec<String> =
        differences.iter().filter(|(_, differs)| *differs).map(|(aspect, _)| (*aspect).to_owned()).collect();
    let comparison = match differences[..] {
        [] => "as here".to_owned(),
        _ => format!("this arm has {}", words::listed(&differences)),
    };
    format!(
        "Published values are those of field {} with {} simulations; {comparison}.",
        published::FIELD,
        published::SIMULATIONS
    )
}

/// Makes the table of an arm: a row a variant, and for every task this study beside the published one.
pub(crate) fn table(results: &ArmResults) -> Markup {
    let tasks = results.tasks();
    html! {
        p class="note" { "Mean accuracy over simulations and its 95 % t interval, beside the published ones." }
        (scroll("Accuracy beside the published one", &html! {
            table aria-label="Accuracy beside the published one" {
                thead {
                    tr {
                        th scope="col" rowspan="2" class="text" { "Variant" }
                        @for &task in &tasks { th scope="colgroup" colspan="2" class="first" { (words::task(task)) } }
                    }
                    tr {
                        @for _ in &tasks {
                            th scope="col" class="first" { "this study" }
                            th scope="col" { "published" }
                        }
                    }
                }
                @for group in groups(&results.variants()) { (rows(results, &tasks, &group)) }
            }
        }))
        @if results.simulations() == 1 {
            p class="note" { "There is one simulation, so no interval." }
        }
    }
}

fn rows(results: &ArmResults, tasks: &[Task], group: &Group) -> Markup {
    html! {
        tbody {
            tr { th scope="rowgroup" colspan=(1 + 2 * tasks.len()) { (group.title()) } }
            @for &variant in &group.variants {
                tr {
                    th scope="row" class={ "variant " (style::class(variant.initialiser)) } { (variant) }
                    @for &task in tasks {
                        td class="first" { (measured(results, task, variant)) }
                        td { (reported(task, variant)) }
                    }
                }
            }
        }
    }
}

fn measured(results: &ArmResults, task: Task, variant: Variant) -> Markup {
    let summary = results.summary(task, variant, Metric::Accuracy);
    let runs = results.runs_of(task, variant).count();
    html! {
        (summary.mean.map_or(words::NOTHING.to_owned(), |mean| words::fixed(mean, DECIMALS)))
        small { (summary.t95.map_or(words::NOTHING.to_owned(), |interval| words::interval(interval, DECIMALS))) }
        @if summary.diverged > 0 { small { (summary.diverged) " of " (runs) " diverged" } }
    }
}

fn reported(task: Task, variant: Variant) -> Markup {
    html! {
        @match published::accuracy(task, variant) {
            Some(published) => {
                (words::fixed(published.mean, DECIMALS))
                small { (words::interval(published.t95, DECIMALS)) }
            }
            None => (words::NOTHING),
        }
    }
}
