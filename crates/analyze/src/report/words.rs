//! How the report writes names and numbers.

use cortex::{DivergedRuns, FunctionalFactor, Initialiser, Protocol, Relabelling, ReportedAccuracy, Task};

use crate::Metric;

/// What stands where there is no number.
pub(crate) const NOTHING: &str = "—";

/// Writes a number with so many decimals and a true minus sign, without a negative zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

/// Writes an interval as `[low, high]`.
pub(crate) fn interval([low, high]: [f64; 2], decimals: usize) -> String {
    format!("[{}, {}]", fixed(low, decimals), fixed(high, decimals))
}

/// Writes a count and its noun, in the plural where it is not one.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{} {}", grouped(count), nouns(count, noun))
}

/// A noun in the singular or plural that so many need.
pub(crate) fn nouns(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// Writes a count with its thousands apart.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Joins names as a sentence does.
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

pub(crate) fn task(task: Task) -> &'static str {
    match task {
        Task::OneChoiceInference => "One-choice inference",
        Task::GoNogo => "Go/NoGo",
        Task::PerceptualDecision => "Perceptual decision",
    }
}

pub(crate) fn factor(factor: FunctionalFactor) -> &'static str {
    match factor {
        FunctionalFactor::Correlation => "correlation",
        FunctionalFactor::Precision => "precision",
        FunctionalFactor::Sttc => "STTC",
    }
}

pub(crate) fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Accuracy => "Accuracy",
        Metric::Modularity => "Modularity",
        Metric::SmallWorldness => "Small-worldness",
        Metric::Assortativity => "Assortativity",
        Metric::Entropy => "Entropy (bits)",
        Metric::Clustering => "Clustering",
        Metric::Efficiency => "Efficiency",
        Metric::Communities => "Communities",
        Metric::Edges => "Edges",
    }
}

/// An initialiser, its sign, and what it is under a protocol.
pub(crate) fn initialiser(initialiser: Initialiser, protocol: Protocol) -> (&'static str, &'static str) {
    match (initialiser, protocol.relabelling) {
        (Initialiser::Functional, _) => ("W*", "functional weights"),
        (Initialiser::Relabelled, Relabelling::Neurons) => ("W!", "functional, neurons relabelled"),
        (Initialiser::Relabelled, Relabelling::Entries) => ("W!", "functional, all entries permuted"),
        (Initialiser::Orthogonal, _) => ("W", "random orthogonal"),
    }
}

/// What the reported accuracy of a protocol is.
pub(crate) fn reported_accuracy(protocol: Protocol) -> &'static str {
    match protocol.accuracy {
        ReportedAccuracy::Training => {
            "Accuracy is that on the training trials during the last epoch, with input noise, as the \
             released code reports it."
        }
        ReportedAccuracy::Test => {
            "Accuracy is that on test trials that training never saw, without input noise."
        }
    }
}

/// What becomes of diverged runs in statistics under a protocol.
pub(crate) fn diverged_runs(protocol: Protocol) -> &'static str {
    match protocol.diverged {
        DivergedRuns::Chance => {
            "A run that diverged counts with the accuracy of chance, and has no graph metrics."
        }
        DivergedRuns::Apart => "A run that diverged is counted apart and enters no mean.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_true_minus_and_no_negative_zero() {
        assert_eq!(fixed(-0.0004, 3), "0.000");
        assert_eq!(fixed(-0.0216, 3), "−0.022");
        assert_eq!(fixed(f64::NAN, 3), NOTHING);
        assert_eq!([grouped(0), grouped(999), grouped(12_034)], ["0", "999", "12,034"]);
        assert_eq!(interval([0.25, 1.0], 2), "[0.25, 1.00]");
    }
}
