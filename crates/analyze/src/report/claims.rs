//! What the runs say of the study's claims.

use maud::{Markup, html};
use statistics::Estimate;

use crate::{
    Decision, Role, Verdict,
    report::{scroll::scroll, words},
};

const DECIMALS: usize = 2;

/// Shows every claim with its verdicts over all tasks, and those of single tasks and controls behind a fold.
pub(crate) fn section(verdicts: &[Verdict]) -> Markup {
    let mut names: Vec<&str> = verdicts.iter().map(|verdict| verdict.name.as_str()).collect();
    names.dedup();
    html! {
        section id="claims" {
            h2 { "Claims" }
            p {
                "Each claim of the study as a comparison of variants that differ in one part alone, averaged over the pairs that the "
                "study has. Effects are Cliff’s δ, from −1 to 1 (0.15 is small, 0.33 medium, 0.47 large), with 95 % intervals that "
                "are not adjusted for the number of claims; rankings are compared by Kendall’s τ."
            }
            @if names.is_empty() { p { "There are no claims." } }
            @for name in names {
                @let own: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.name == name).collect();
                @for first in own.iter().take(1) {
                    h3 { (first.number) ". " (first.statement) }
                    @if first.field.is_empty() {
                        p { "Undecided: " (first.reason) " (" (first.comparison) ")." }
                    } @else {
                        (claim(&own))
                    }
                }
            }
        }
    }
}

fn claim(own: &[&Verdict]) -> Markup {
    // A study of one task has no row for all of them.
    let together = own.iter().any(|verdict| verdict.task.is_none());
    let main = |verdict: &&&Verdict| verdict.role == Role::Claim && (verdict.task.is_none() || !together);
    let (first, rest): (Vec<&Verdict>, Vec<&Verdict>) = (
        own.iter().filter(main).copied().collect(),
        own.iter().filter(|verdict| !main(verdict)).copied().collect(),
    );
    html! {
        (table(&first))
        @if !rest.is_empty() {
            details {
                summary { "By task, against other gains and controls: " (words::counted(rest.len(), "verdict")) }
                (table(&rest))
            }
        }
    }
}

fn table(verdicts: &[&Verdict]) -> Markup {
    html! {
        (scroll("Verdicts", &html! {
            table {
                thead {
                    tr {
                        th scope="col" class="text" { "Field, arm" }
                        th scope="col" class="text" { "Verdict" }
                        th scope="col" { "Effect" }
                        th scope="col" { "Shift" }
                        th scope="col" class="text" { "Comparison" }
                        th scope="col" class="text" { "Task" }
                        th scope="col" { "Runs" }
                    }
                }
                tbody {
                    @for verdict in verdicts {
                        tr {
                            th scope="row" { (verdict.field) small { (verdict.arm) } }
                            td class="text wrap" { (decision(verdict.decision)) small { (verdict.reason) } }
                            td { (estimate(verdict.effect.estimate, DECIMALS)) }
                            td { (estimate(verdict.effect.shift, DECIMALS + 1)) }
                            td class="text" { (verdict.comparison) small { (metrics(verdict)) } }
                            td class="text" { (verdict.task.map_or("all", words::task)) }
                            td {
                                (verdict.effect.runs[0]) " / " (verdict.effect.runs[1])
                                @if verdict.effect.diverged > 0 { small { (verdict.effect.diverged) " diverged" } }
                            }
                        }
                    }
                }
            }
        }))
    }
}

fn metrics(verdict: &Verdict) -> String {
    match verdict.metrics[..] {
        [metric] => metric.title().to_owned(),
        _ => words::counted(verdict.metrics.len(), "metric"),
    }
}

fn estimate(estimate: Option<Estimate>, decimals: usize) -> Markup {
    html! {
        @match estimate {
            Some(Estimate { value, interval }) => {
                (words::fixed(value, decimals))
                @if let Some(interval) = interval { small { (words::interval(interval, decimals)) } }
            }
            None => (words::NOTHING),
        }
    }
}

fn decision(decision: Decision) -> Markup {
    html! {
        @if decision == Decision::Supported { strong { (decision.name()) } } @else { (decision.name()) }
    }
}
