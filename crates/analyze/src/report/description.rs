//! What was trained, in words.

use cortex::{Communicability, FieldName, Variant};
use maud::{Markup, html};

use crate::{ArmResults, report::words};

/// Says in one paragraph what was trained.
pub(crate) fn study(arms: &[&ArmResults]) -> Markup {
    let runs: usize = arms.iter().map(|arm| arm.runs.len()).sum();
    let diverged: usize = arms.iter().map(|arm| arm.diverged()).sum();
    let mut fields: Vec<&FieldName> = arms.iter().map(|arm| &arm.field).collect();
    fields.dedup();
    let mut names: Vec<String> = arms.iter().map(|arm| arm.arm.name.clone()).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let fields_text = match fields[..] {
        [field] => format!("field {field}"),
        _ => words::counted(fields.len(), "field"),
    };
    html! {
        p {
            (words::counted(runs, "recurrent network")) " trained on cognitive tasks from the cortical priors of "
            (fields_text) ", " (words::nouns(names.len(), "arm")) " " (words::listed(&names)) ". "
            (sentence_of_divergence(diverged))
        }
    }
}

/// Says what one arm of one field is.
pub(crate) fn arm(results: &ArmResults) -> Markup {
    let protocol = results.arm.protocol;
    let units: Vec<String> = results.units.iter().map(ToString::to_string).collect();
    let tasks: Vec<String> = results.tasks().into_iter().map(|task| words::task(task).to_owned()).collect();
    let factors: Vec<String> =
        results.arm.factors.iter().map(|&factor| words::factor(factor).to_owned()).collect();
    html! {
        p {
            (words::counted(results.runs.len(), "network")) " of " (words::listed(&units)) " units: "
            (words::counted(results.variants().len(), "variant")) " on " (words::counted(tasks.len(), "task"))
            " (" (words::listed(&tasks)) "), " (words::counted(results.simulations(), "simulation")) " each. "
            "Functional weights are a log-normal draw times " (words::listed(&factors)) ". "
            @if results.arm.positive { "Recurrent weights are kept at or above zero. " }
            (sentence_of_divergence(results.diverged()))
        }
        p {
            "Protocol: " (protocol.name()) ". " (words::reported_accuracy(protocol)) " "
            (words::diverged_runs(protocol))
        }
        (signs(&results.variants(), results))
    }
}

fn sentence_of_divergence(diverged: usize) -> String {
    match diverged {
        0 => "No run diverged.".to_owned(),
        _ => format!("{} diverged.", words::counted(diverged, "run")),
    }
}

/// Explains the letters of variants, as far as they occur.
fn signs(variants: &[Variant], results: &ArmResults) -> Markup {
    let mut signs: Vec<String> = Vec::new();
    let mut add = |sign: &str, meaning: &str| {
        let text = format!("{sign} {meaning}");
        if !signs.contains(&text) {
            signs.push(text);
        }
    };
    for variant in variants {
        let meaning = words::initialiser(variant.initialiser, results.arm.protocol);
        add(&variant.initialiser.to_string(), meaning);
    }
    for variant in variants {
        if let Some(matrix) = variant.distance.under(results.arm.protocol) {
            add(&variant.distance.to_string(), words::distance(matrix));
        }
    }
    for variant in variants {
        match variant.communicability {
            Communicability::Own => add("C", "the network’s communicability in the penalty"),
            Communicability::Empirical => add("C*", "communicability drawn to the connectome’s"),
            Communicability::None => {}
        }
    }
    html! { p class="note" { "A variant is written initial weights · distance · communicability: " (signs.join("; ")) "." } }
}
