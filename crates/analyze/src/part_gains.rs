use cortex::{Communicability, Distance, Initialiser, Task};

use crate::{ArmResults, Decision, Effect, Gain, Level, Metric, Rule, claims::other_levels};

/// The least Cliff's δ that counts as an effect.
///
/// Source: Romano et al. 2006, Florida Association of Institutional Research annual conference: below it, effects are called
/// negligible.
pub(crate) const SMALL: f64 = 0.147;

/// The parts of the prior, each over what stands in its place in a network without it.
const PARTS: [Gain; 4] = [
    Gain {
        of: Level::Initialiser(Initialiser::Functional),
        over: Level::Initialiser(Initialiser::Orthogonal),
    },
    Gain { of: Level::Distance(Distance::Measured), over: Level::Distance(Distance::Grid) },
    Gain {
        of: Level::Communicability(Communicability::Own),
        over: Level::Communicability(Communicability::None),
    },
    Gain {
        of: Level::Communicability(Communicability::Empirical),
        over: Level::Communicability(Communicability::None),
    },
];

/// What a part of the prior does to accuracy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It raises accuracy by an effect that is not negligible.
    Helps,
    /// It lowers accuracy by such an effect.
    Hinders,
    /// Its effect is negligible.
    NoDifference,
    /// The runs leave it open.
    Undecided,
}

/// The gain in accuracy of one part of the prior in one arm.
#[derive(Clone, Debug)]
pub struct PartGain {
    /// The part and what it is compared with.
    pub gain: Gain,
    /// Whether it is compared with a control instead of what a network without the prior has.
    pub control: bool,
    /// The effect over all tasks.
    pub effect: Effect,
    /// What it says.
    pub outcome: Outcome,
    /// The effect in every task that has it.
    pub by_task: Vec<(Task, Effect)>,
}

impl Outcome {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helps => "helps",
            Self::Hinders => "hinders",
            Self::NoDifference => "no difference",
            Self::Undecided => "undecided",
        }
    }

    /// Judges an effect by the rules of claims, at a threshold of 0.147; undecided below so many runs of a compared variant.
    fn of(effect: &Effect, minimum_runs: usize) -> Self {
        let bears_out = |rule: Rule| rule.decide(effect.estimate, SMALL).0 == Decision::Supported;
        if effect.fewest < minimum_runs {
            Self::Undecided
        } else if bears_out(Rule::Greater) {
            Self::Helps
        } else if bears_out(Rule::Less) {
            Self::Hinders
        } else if bears_out(Rule::Same) {
            Self::NoDifference
        } else {
            Self::Undecided
        }
    }
}

/// Measures what every part of the prior gains over its absence, then over each control that the arm has; those without
/// variants to compare are left out.
pub fn part_gains(results: &ArmResults, minimum_runs: usize) -> Vec<PartGain> {
    let controls = PARTS
        .into_iter()
        .flat_map(|part| other_levels(results, part).map(move |over| (Gain { of: part.of, over }, true)));
    let gains = PARTS.into_iter().map(|part| (part, false)).chain(controls);
    let tasks = results.tasks();
    let effect = |gain, tasks: &[Task]| Effect::of_gain(results, tasks, Metric::Accuracy, gain);
    gains
        .filter_map(|(gain, control)| {
            let together = effect(gain, &tasks);
            let by_task = tasks.iter().map(|&task| (task, effect(gain, &[task])));
            (together.candidates > 0).then(|| PartGain {
                gain,
                control,
                effect: together,
                outcome: Outcome::of(&together, minimum_runs),
                by_task: by_task.filter(|(_, effect)| effect.pairs > 0).collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use statistics::Estimate;

    use super::*;

    #[test]
    fn an_outcome_needs_runs_an_interval_and_an_effect_worth_the_name() {
        let effect = |value, interval, fewest| Effect {
            estimate: Some(Estimate { value, interval }),
            fewest,
            ..Effect::default()
        };
        for (value, interval, fewest, expected) in [
            (0.5, Some([0.2, 0.7]), 5, Outcome::Helps),
            (-0.5, Some([-0.7, -0.2]), 5, Outcome::Hinders),
            (0.05, Some([0.01, 0.1]), 5, Outcome::NoDifference),
            (0.1, Some([0.01, 0.2]), 5, Outcome::Undecided),
            (0.5, Some([-0.1, 0.7]), 5, Outcome::Undecided),
            (0.5, Some([0.2, 0.7]), 4, Outcome::Undecided),
            (1.0, None, 5, Outcome::Undecided),
        ] {
            assert_eq!(Outcome::of(&effect(value, interval, fewest), 5), expected, "{value} {interval:?}");
        }
    }
}
