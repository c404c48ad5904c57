//! How the report writes names and numbers.

use cortex::{
    Communicability, DistanceMatrix, DivergedRuns, FunctionalFactor, Initialiser, Protocol, ReportedAccuracy,
    Task,
};

use crate::Level;

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

/// Writes a difference: the same with its sign, of a positive one too.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let above_zero = value > 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    if above_zero { format!("+{text}") } else { text }
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
    match noun.strip_suffix("ity") {
        _ if count == 1 => noun.to_owned(),
        Some(stem) => format!("{stem}ities"),
        None => format!("{noun}s"),
    }
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

/// What an initialiser is under a protocol.
pub(crate) fn initialiser(initialiser: Initialiser, protocol: Protocol) -> &'static str {
    match initialiser.under(protocol) {
        Initialiser::Orthogonal => "random orthogonal",
        Initialiser::Rearranged => "functional, rearranged",
        Initialiser::Functional => "functional weights",
        Initialiser::Relabelled => "functional, neurons relabelled",
        Initialiser::Shuffled => "functional, all entries permuted",
        Initialiser::ShuffledOffDiagonal => "functional, entries off the diagonal permuted",
        Initialiser::Identity => "identity plus constant of the means of W*",
        Initialiser::Diagonal => "diagonal of W* alone",
        Initialiser::DiagonalLognormal => "log-normal diagonal of the mean of W*’s",
        Initialiser::OffDiagonal => "W* without its diagonal",
        Initialiser::Lognormal => "log-normal without functional factors",
        Initialiser::Spectrum => "W* in a random orthogonal basis",
        Initialiser::OrthogonalScaled => "orthogonal of the L1 norm of W*",
        Initialiser::OrthogonalPositive => "magnitudes of an orthogonal matrix",
        Initialiser::Shifted => "functional, event trains rotated",
        Initialiser::Connectome => "synapse counts",
        Initialiser::Rewired => "connectome rewired, degrees kept",
        Initialiser::RewiredLength => "connectome rewired, degrees and lengths kept",
    }
}

/// What initial weights are, in a few words.
pub(crate) fn initial_weights(initialiser: Initialiser) -> &'static str {
    match initialiser {
        Initialiser::Orthogonal => "random orthogonal",
        Initialiser::Functional => "functional weights",
        Initialiser::Rearranged => "W* rearranged",
        Initialiser::Relabelled => "W*, neurons renamed",
        Initialiser::Shuffled => "W*, all entries permuted",
        Initialiser::ShuffledOffDiagonal => "W*, off-diagonal permuted",
        Initialiser::Identity => "αI + β with the means of W*",
        Initialiser::Diagonal => "the diagonal of W*",
        Initialiser::DiagonalLognormal => "a log-normal diagonal",
        Initialiser::OffDiagonal => "W* without its diagonal",
        Initialiser::Lognormal => "no functional factor",
        Initialiser::Spectrum => "W* in another basis",
        Initialiser::OrthogonalScaled => "orthogonal, L1 norm of W*",
        Initialiser::OrthogonalPositive => "magnitudes of orthogonal",
        Initialiser::Shifted => "W* of rotated event trains",
        Initialiser::Connectome => "synapse counts",
        Initialiser::Rewired => "degrees of the connectome",
        Initialiser::RewiredLength => "its degrees and lengths",
    }
}

/// What a distance that a variant names is.
pub(crate) fn distance(matrix: DistanceMatrix) -> &'static str {
    match matrix {
        DistanceMatrix::Measured => "measured distances, axes scaled",
        DistanceMatrix::Published => "measured distances, axes mixed as released",
        DistanceMatrix::Grid => "distances on the integer grid",
        DistanceMatrix::GridUnit => "distances on the unit grid",
        DistanceMatrix::Permuted => "measured positions dealt to other neurons",
        DistanceMatrix::MeasuredEqualMean => "measured distances at mean ½",
        DistanceMatrix::GridUnitEqualMean => "distances on the unit grid at mean ½",
    }
}

/// What a part of a variant is in a sentence, under a protocol.
pub(crate) fn part(level: Level, protocol: Protocol) -> &'static str {
    match level {
        Level::Initialiser(Initialiser::Functional) => "functional initialisation",
        Level::Initialiser(_) => "another initialisation",
        Level::Distance(distance) => match distance.under(protocol) {
            Some(DistanceMatrix::Measured) => "measured distance",
            Some(DistanceMatrix::Published) => "distance as released",
            _ => "another distance",
        },
        Level::Communicability(Communicability::Own) => "communicability",
        Level::Communicability(Communicability::Empirical) => "matched communicability",
        Level::Communicability(Communicability::None) => "no communicability",
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
        assert_eq!([0.0126, 0.0004, -0.0126].map(|value| signed(value, 3)), ["+0.013", "0.000", "−0.013"]);
        assert_eq!([grouped(0), grouped(999), grouped(12_034)], ["0", "999", "12,034"]);
        assert_eq!(interval([0.25, 1.0], 2), "[0.25, 1.00]");
    }
}
