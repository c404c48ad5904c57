use cortex::{Task, Variant};
use statistics::{Estimate, cliffs_delta, hodges_lehmann};

use crate::{ArmResults, Gain, Level, Metric};

/// An effect and the runs behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effect {
    /// The effect that decides: a mean of Cliff's δ over pairs of variants, a difference of such, or Kendall's τ.
    pub estimate: Option<Estimate>,
    /// The mean Hodges-Lehmann shift over the same pairs, in the metric's own unit, where the effect is such a mean.
    pub shift: Option<Estimate>,
    /// Pairs of variants and tasks that have runs.
    pub candidates: usize,
    /// Those that were compared: both sides have values.
    pub pairs: usize,
    /// Values of the first and second of all pairs.
    pub runs: [usize; 2],
    /// The fewest values of a variant in them.
    pub fewest: usize,
    /// Runs of the pairs that diverged.
    pub diverged: usize,
}

/// Two samples that differ in what is tested alone.
struct Pair {
    values: [Vec<f64>; 2],
    /// Whether both sides have runs, of whatever outcome.
    has_runs: bool,
    diverged: usize,
}

impl Pair {
    /// The runs of a variant of an arm on either side.
    fn of(sides: [(&ArmResults, Variant); 2], task: Task, metric: Metric) -> Self {
        Self {
            values: sides.map(|(arm, variant)| arm.values(task, variant, metric)),
            has_runs: sides.iter().all(|(arm, variant)| arm.runs_of(task, *variant).next().is_some()),
            diverged: sides.iter().map(|(arm, variant)| arm.diverged_of(task, *variant)).sum(),
        }
    }
}

impl Effect {
    /// The mean effect of one level over another, over all tasks and all variants that have both.
    pub(crate) fn of_gain(results: &ArmResults, tasks: &[Task], metric: Metric, gain: Gain) -> Self {
        let variants = results.variants();
        let both = || {
            let with = variants.iter().filter(|&&variant| gain.of.factor().level(variant) == gain.of);
            with.map(|&variant| [variant, gain.over.put_in(variant)])
                .filter(|[_, other]| variants.contains(other))
        };
        let pairs = tasks.iter().flat_map(|&task| {
            both().map(move |pair| Pair::of(pair.map(|variant| (results, variant)), task, metric))
        });
        Self::of(pairs)
    }

    /// The mean effect of one arm over another, over all tasks and all variants of a level that both have.
    pub(super) fn between_arms(arms: [&ArmResults; 2], tasks: &[Task], metric: Metric, level: Level) -> Self {
        let others = arms[1].variants();
        let variants = arms[0].variants().into_iter();
        let variants: Vec<_> = variants
            .filter(|variant| level.factor().level(*variant) == level && others.contains(variant))
            .collect();
        let pairs = tasks.iter().flat_map(|&task| {
            variants
                .iter()
                .map(move |&variant| Pair::of(arms.map(|results| (results, variant)), task, metric))
        });
        Self::of(pairs)
    }

    /// Averages over pairs; one of which a side has no value is left out, but for its diverged runs.
    fn of(pairs: impl Iterator<Item = Pair>) -> Self {
        let (mut deltas, mut shifts) = (Vec::new(), Vec::new());
        let mut effect = Self { fewest: usize::MAX, ..Self::default() };
        for Pair { values: [first, second], has_runs, diverged } in pairs {
            effect.candidates += usize::from(has_runs);
            effect.diverged += diverged;
            let (Some(delta), Some(shift)) = (cliffs_delta(&first, &second), hodges_lehmann(&first, &second))
            else {
                continue;
            };
            deltas.push(delta);
            shifts.push(shift);
            effect.pairs += 1;
            effect.runs[0] += first.len();
            effect.runs[1] += second.len();
            effect.fewest = effect.fewest.min(first.len()).min(second.len());
        }
        effect.estimate = Estimate::mean(&deltas);
        effect.shift = Estimate::mean(&shifts);
        if effect.pairs == 0 {
            effect.fewest = 0;
        }
        effect
    }

    /// The difference of two effects.
    pub(super) fn less(self, other: Self) -> Self {
        let both = self.estimate.zip(other.estimate);
        Self {
            estimate: both.and_then(|(own, other)| Estimate::combined(&[(1.0, own), (-1.0, other)])),
            shift: None,
            candidates: self.candidates + other.candidates,
            pairs: self.pairs + other.pairs,
            runs: [self.runs[0] + other.runs[0], self.runs[1] + other.runs[1]],
            fewest: self.fewest.min(other.fewest),
            diverged: self.diverged + other.diverged,
        }
    }

    /// Its magnitude.
    pub(super) fn magnitude(self) -> Self {
        Self { estimate: self.estimate.map(Estimate::magnitude), shift: None, ..self }
    }

    /// The mean of effects on several metrics of the same runs; those without values are left out, unless all are.
    pub(super) fn mean(effects: &[Self]) -> Self {
        let present: Vec<Self> = effects.iter().copied().filter(|effect| effect.pairs > 0).collect();
        let estimates: Vec<Estimate> = present.iter().filter_map(|effect| effect.estimate).collect();
        let Some(&first) = present.first() else { return effects.first().copied().unwrap_or_default() };
        let fewest = present.iter().map(|effect| effect.fewest).min().unwrap_or_default();
        Self { estimate: Estimate::mean(&estimates), shift: None, fewest, ..first }
    }
}
