use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    ArmResults, Verdict,
    report::{
        Provenance, accuracy, claims, diverged,
        figure::Figure,
        graph_metrics, learning,
        legend::Key,
        overview,
        priors::PriorsSection,
        provenance::{artifacts, settings},
        style, words,
    },
};

/// What the page says of one arm of one field.
pub(crate) struct Section<'a> {
    results: &'a ArmResults,
    name: String,
    accuracy: Figure,
    learning: Vec<Figure>,
    /// A figure a task, in the order of the tasks.
    graph_metrics: Vec<Figure>,
}

impl<'a> Section<'a> {
    pub(crate) fn of(results: &'a ArmResults) -> Self {
        let name = format!("{}.{}", results.field, results.arm.name);
        let tasks = results.tasks();
        Self {
            accuracy: accuracy::figure(results, &name),
            learning: tasks.iter().map(|&task| learning::figure(results, task, &name)).collect(),
            graph_metrics: tasks.iter().map(|&task| graph_metrics::figure(results, task, &name)).collect(),
            results,
            name,
        }
    }

    /// Its figures, in the order of the page; none without runs.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Figure> {
        let all = std::iter::once(&self.accuracy).chain(&self.learning).chain(&self.graph_metrics);
        all.filter(|figure| !figure.panels.is_empty())
    }

    fn markup(&self) -> Markup {
        let results = self.results;
        html! {
            section id=(self.name) {
                h2 { "Field " (results.field) ", arm " (results.arm.name) }
                @if results.runs.is_empty() {
                    p { "This arm has no runs." }
                } @else {
                    (overview::arm(results))
                    h3 { "Accuracy" }
                    (self.accuracy.on_page())
                    (accuracy::table(results))
                    h3 { "Learning curves" }
                    (shared(&self.learning))
                    @for (task, figure) in results.tasks().into_iter().zip(&self.learning) {
                        h4 { (words::task(task)) }
                        (figure.grid())
                    }
                    h3 { "Graph metrics" }
                    (shared(&self.graph_metrics))
                    @for (task, figure) in results.tasks().into_iter().zip(&self.graph_metrics) {
                        h4 { (words::task(task)) }
                        (figure.grid())
                        (graph_metrics::table(results, task))
                    }
                    h3 { "Diverged runs" }
                    (diverged::list(results))
                }
            }
        }
    }
}

/// Caption and legend of figures that have them in common.
fn shared(figures: &[Figure]) -> Markup {
    html! {
        @for figure in figures.iter().take(1) {
            p { (figure.caption) }
            (Key::list(&figure.legend))
        }
    }
}

/// The whole page.
pub(crate) fn page(
    sections: &[Section<'_>],
    verdicts: &[Verdict],
    priors: &[PriorsSection<'_>],
    provenance: &Provenance,
) -> Markup {
    let arms: Vec<&ArmResults> = sections.iter().map(|section| section.results).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Cortical priors in recurrent networks: report of a study" }
                style { (PreEscaped(style::page())) }
            }
            body {
                main {
                    header {
                        h1 { "Cortical priors in recurrent networks" }
                        (overview::study(&arms))
                        @if sections.len() > 1 { (contents(sections)) }
                    }
                    (claims::section(verdicts))
                    @for section in sections { (section.markup()) }
                    @for section in priors { (section.markup()) }
                    section id="provenance" {
                        h2 { "Provenance" }
                        (settings(provenance))
                        (artifacts(provenance))
                    }
                }
            }
        }
    }
}

fn contents(sections: &[Section<'_>]) -> Markup {
    html! {
        nav class="scroll" aria-label="Contents" {
            table {
                thead {
                    tr {
                        th scope="col" class="text" { "Field, arm" }
                        th scope="col" { "Units" }
                        th scope="col" class="text" { "Protocol" }
                        th scope="col" { "Runs" }
                        th scope="col" { "Diverged" }
                    }
                }
                tbody {
                    @for Section { results, name, .. } in sections {
                        tr {
                            th scope="row" {
                                a href={ "#" (name) } { (results.field) ", " (results.arm.name) }
                            }
                            td { (words::listed(&results.units.iter().map(ToString::to_string).collect::<Vec<_>>())) }
                            td class="text" { (results.arm.protocol.name()) }
                            td { (results.runs.len()) }
                            td { (results.diverged()) }
                        }
                    }
                }
            }
        }
    }
}
