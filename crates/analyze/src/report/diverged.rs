use maud::{Markup, html};

use crate::{
    ArmResults,
    report::{scroll::scroll, style, words},
};

/// Lists the runs that diverged, those of a variant and task together; says so if there are none.
pub(crate) fn list(results: &ArmResults) -> Markup {
    let mut rows = Vec::new();
    for task in results.tasks() {
        for variant in results.variants() {
            let diverged: Vec<_> =
                results.runs_of(task, variant).filter(|run| run.diverged()).map(|run| &run.record).collect();
            if !diverged.is_empty() {
                rows.push((task, variant, diverged));
            }
        }
    }
    if rows.is_empty() {
        return html! { p { "No run diverged." } };
    }
    html! {
        p { "The loss, the weights or the optimiser's moments of these runs stopped being finite; they ended there." }
        (scroll("Diverged runs", &html! {
            table {
                thead {
                    tr {
                        th scope="col" class="text" { "Variant" }
                        th scope="col" class="text" { "Task" }
                        th scope="col" { "Runs" }
                        th scope="col" class="text" { "Simulation (epochs completed)" }
                    }
                }
                tbody {
                    @for (task, variant, runs) in rows {
                        tr {
                            th scope="row" class={ "variant " (style::class(variant.initialiser)) } { (variant) }
                            td class="text" { (words::task(task)) }
                            td { (runs.len()) " of " (results.runs_of(task, variant).count()) }
                            td class="text wrap" {
                                @for (index, run) in runs.iter().enumerate() {
                                    @if index > 0 { ", " }
                                    (run.key.simulation) " (" (run.epochs) ")"
                                }
                            }
                        }
                    }
                }
            }
        }))
    }
}
