//! Graph metrics of the trained recurrent kernels, by task, variant and metric.

use cortex::{Task, Variant};
use maud::{Markup, html};

use crate::{
    ArmResults, Metric, nulls,
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

/// Makes the figure of a task: a panel a metric, on the scale that the metric has in all tasks.
pub(crate) fn figure(results: &ArmResults, task: Task, name: &str) -> Figure {
    let plots: Vec<DotPlot> = Metric::GRAPH.into_iter().map(|metric| plot(results, task, metric)).collect();
    let mut legend = Key::initialisers(&results.variants(), results.arm.protocol);
    legend.extend(DotPlot::keys(&plots));
    Figure {
        name: format!("{name}.graph-metrics.{task}"),
        title: format!(
            "Graph metrics, {}, field {}, arm {}",
            words::task(task),
            results.field,
            results.arm.name
        ),
        caption: format!(
            "Of the trained recurrent kernel: the strongest tenth of the weights by magnitude, as an undirected \
             graph. Small-worldness is relative to {} random graphs of density 0.18, as published, entropy is that of the \
             signed weights. Runs that diverged have no graph. A metric has one scale in all tasks.",
            words::grouped(nulls::COUNT)
        ),
        legend,
        panels: plots.iter().map(DotPlot::panel).collect(),
        columns: 3,
        data: DotPlot::table(&plots, results),
    }
}

fn plot(results: &ArmResults, task: Task, metric: Metric) -> DotPlot {
    let row = |&variant: &Variant| Row {
        variant,
        dots: results
            .runs_of(task, variant)
            .filter_map(|run| {
                Some(Dot { simulation: run.record.key.simulation, value: metric.of(run)?, diverged: false })
            })
            .collect(),
        summary: results.summary(task, variant, metric),
        published: None,
    };
    let groups: Vec<(&'static str, Vec<Row>)> = groups(&results.variants())
        .iter()
        .map(|group| (group.sign(), group.variants.iter().map(row).collect()))
        .collect();
    let domain = extent(results.runs.iter().filter_map(|run| metric.of(run)), 0.06).unwrap_or([0.0, 1.0]);
    let title = metric.title().to_owned();
    DotPlot { title, axis: "", task, metric, groups, domain, reference: None, named: false }
}

/// Makes the table of a task: a row a variant, a column a metric.
pub(crate) fn table(results: &ArmResults, task: Task) -> Markup {
    html! {
        p class="note" {
            @if results.simulations() == 1 { "Values of the one simulation, so no interval." }
            @else { "Mean over simulations and its 95 % t interval." }
        }
        (scroll(&format!("Graph metrics, {}", words::task(task)), &html! {
            table aria-label={ "Graph metrics, " (words::task(task)) } {
                thead {
                    tr {
                        th scope="col" class="text" { "Variant" }
                        @for metric in Metric::GRAPH { th scope="col" { (metric.title()) } }
                    }
                }
                @for group in groups(&results.variants()) { (rows(results, task, &group)) }
            }
        }))
    }
}

fn rows(results: &ArmResults, task: Task, group: &Group) -> Markup {
    html! {
        tbody {
            tr { th scope="rowgroup" colspan=(1 + Metric::GRAPH.len()) { (group.title()) } }
            @for &variant in &group.variants {
                tr {
                    th scope="row" class={ "variant " (style::class(variant.initialiser)) } { (variant) }
                    @for metric in Metric::GRAPH {
                        @let summary = results.summary(task, variant, metric);
                        td {
                            (summary.mean.map_or(words::NOTHING.to_owned(), |mean| words::fixed(mean, DECIMALS)))
                            @if let Some(interval) = summary.t95 { small { (words::interval(interval, DECIMALS)) } }
                        }
                    }
                }
            }
        }
    }
}
