//! Claims as data: each names a comparison and the rule of its verdict (`claims.toml`), and is tested in every field, arm
//! and task, and against every control that the study has.

mod effects;
mod file;
mod ranking;
mod table;
mod verdict;

pub use effects::Effect;
pub use file::{Between, Claim, Claims, Comparison, Gain};
pub use table::claims_table;
pub use verdict::{Decision, Rule};

use cortex::{Communicability, Distance, Task};

use crate::{ArmResults, Factor, Level, Metric};

/// What a row of a claim compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What the claim says.
    Claim,
    /// The same, less another gain.
    LargerThan,
    /// The same against a control.
    Control,
}

/// One row of `claims.parquet`: a claim in one field, arm and task.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Number of the claim.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its statement.
    pub statement: String,
    /// Field, or two of them; empty if the study has nothing to compare.
    pub field: String,
    /// Arm, or two of them; empty if the study has nothing to compare.
    pub arm: String,
    /// Protocol of the arm.
    pub protocol: &'static str,
    /// Task; `None` for all tasks together.
    pub task: Option<Task>,
    /// Metric; several where the effect is their mean.
    pub metrics: Vec<Metric>,
    /// Role of the comparison.
    pub role: Role,
    /// The comparison in words: `W* over W`.
    pub comparison: String,
    /// What was estimated.
    pub effect: Effect,
    /// The verdict.
    pub decision: Decision,
    /// Why, in words.
    pub reason: String,
}

impl Role {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::LargerThan => "larger-than",
            Self::Control => "control",
        }
    }
}

/// Judges every claim; a claim that the study cannot speak to is undecided, with the reason.
pub fn judge(claims: &Claims, arms: &[ArmResults], seed: u64) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for claim in &claims.claims {
        let judged = Judge { claim, minimum_runs: claims.minimum_runs, seed }.verdicts(arms);
        let absent = judged.is_empty();
        verdicts.extend(judged);
        if absent {
            verdicts.push(nothing_to_compare(claim));
        }
    }
    verdicts
}

fn nothing_to_compare(claim: &Claim) -> Verdict {
    Verdict {
        number: claim.number,
        name: claim.name.clone(),
        statement: claim.statement.clone(),
        field: String::new(),
        arm: String::new(),
        protocol: "",
        task: None,
        metrics: claim.metrics.clone(),
        role: Role::Claim,
        comparison: claim.comparison.to_string(),
        effect: Effect::default(),
        decision: Decision::Undecided,
        reason: "the study has nothing to compare".to_owned(),
    }
}

/// One claim at work.
struct Judge<'a> {
    claim: &'a Claim,
    minimum_runs: usize,
    seed: u64,
}

/// Where a row stands.
struct Place {
    field: String,
    arm: String,
    protocol: &'static str,
    task: Option<Task>,
    metrics: Vec<Metric>,
    role: Role,
    comparison: String,
}

impl Judge<'_> {
    fn verdicts(&self, arms: &[ArmResults]) -> Vec<Verdict> {
        match &self.claim.comparison {
            Comparison::Gain { gain, larger_than, controls } => {
                arms.iter().flat_map(|results| self.gains(results, *gain, larger_than, *controls)).collect()
            }
            Comparison::Selective { gain, against } => {
                arms.iter().flat_map(|results| self.selective(results, *gain, *against)).collect()
            }
            Comparison::Positive { of } => {
                arms.iter().flat_map(|results| self.positive(results, arms, *of)).collect()
            }
            Comparison::Ranking(between) => self.rankings(arms, *between),
        }
    }

    fn gains(&self, results: &ArmResults, gain: Gain, larger_than: &[Gain], controls: bool) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for &metric in &self.claim.metrics {
            for (task, tasks) in tasks(results) {
                let own = Effect::of_gain(results, &tasks, metric, gain);
                if own.candidates == 0 {
                    continue;
                }
                let place = |role, comparison| Place { role, comparison, ..of(results, task, metric) };
                verdicts.push(self.verdict(place(Role::Claim, gain.to_string()), own));
                for &other in larger_than {
                    let than = Effect::of_gain(results, &tasks, metric, other);
                    if than.candidates > 0 {
                        let comparison = format!("{gain}, less {other}");
                        verdicts.push(self.verdict(place(Role::LargerThan, comparison), own.less(than)));
                    }
                }
                for control in other_levels(results, gain).filter(|_| controls) {
                    let against = Gain { of: gain.of, over: control };
                    let effect = Effect::of_gain(results, &tasks, metric, against);
                    if effect.candidates > 0 {
                        verdicts.push(self.verdict(place(Role::Control, against.to_string()), effect));
                    }
                }
            }
        }
        verdicts
    }

    fn selective(&self, results: &ArmResults, gain: Gain, against: Metric) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let comparison = self.claim.comparison.to_string();
        for (task, tasks) in tasks(results) {
            let moved = |metric| Effect::of_gain(results, &tasks, metric, gain).magnitude();
            let topology: Vec<Effect> = self.claim.metrics.iter().map(|&metric| moved(metric)).collect();
            let (topology, accuracy) = (Effect::mean(&topology), moved(against));
            if topology.candidates == 0 || accuracy.candidates == 0 {
                continue;
            }
            let place = of(results, task, against);
            let metrics = self.claim.metrics.clone();
            let place = Place { metrics, comparison: comparison.clone(), ..place };
            verdicts.push(self.verdict(place, topology.less(accuracy)));
        }
        verdicts
    }

    fn positive(&self, results: &ArmResults, arms: &[ArmResults], of_level: Level) -> Vec<Verdict> {
        let alike = |other: &&ArmResults| {
            other.field == results.field
                && !other.arm.positive
                && other.arm.protocol == results.arm.protocol
                && other.arm.factors == results.arm.factors
        };
        let Some(free) = arms.iter().filter(|_| results.arm.positive).find(alike) else {
            return Vec::new();
        };
        let comparison = format!("{of_level} in arm {} over arm {}", results.arm.name, free.arm.name);
        let mut verdicts = Vec::new();
        for &metric in &self.claim.metrics {
            for (task, tasks) in tasks(results) {
                let effect = Effect::between_arms([results, free], &tasks, metric, of_level);
                if effect.candidates > 0 {
                    let place = Place { comparison: comparison.clone(), ..of(results, task, metric) };
                    verdicts.push(self.verdict(place, effect));
                }
            }
        }
        verdicts
    }

    fn rankings(&self, arms: &[ArmResults], between: Between) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for (index, first) in arms.iter().enumerate() {
            for second in &arms[index + 1..] {
                let Some(pair) = ranking::ordered(first, second, between) else { continue };
                for &metric in &self.claim.metrics {
                    for (task, tasks) in tasks(pair[0]) {
                        let effect = ranking::agreement(pair, &tasks, task, metric, self.seed);
                        if effect.pairs == 0 {
                            continue;
                        }
                        let mut place = of(pair[0], task, metric);
                        if between == Between::Fields {
                            place.field = format!("{}, {}", pair[0].field, pair[1].field);
                        } else {
                            place.arm = format!("{}, {}", pair[0].arm.name, pair[1].arm.name);
                        }
                        let place = Place { comparison: "ranking of the variants".to_owned(), ..place };
                        verdicts.push(self.verdict(place, effect));
                    }
                }
            }
        }
        verdicts
    }

    fn verdict(&self, place: Place, effect: Effect) -> Verdict {
        let claim = self.claim;
        let (decision, reason) = if effect.fewest == 0 {
            (Decision::Undecided, "no two variants have values to compare".to_owned())
        } else if effect.fewest < self.minimum_runs {
            let runs = if effect.fewest == 1 { "run" } else { "runs" };
            (
                Decision::Undecided,
                format!("a variant has {} {runs}, {} are needed", effect.fewest, self.minimum_runs),
            )
        } else {
            claim.rule.decide(effect.estimate, claim.threshold)
        };
        Verdict {
            number: claim.number,
            name: claim.name.clone(),
            statement: claim.statement.clone(),
            field: place.field,
            arm: place.arm,
            protocol: place.protocol,
            task: place.task,
            metrics: place.metrics,
            role: place.role,
            comparison: place.comparison,
            effect,
            decision,
            reason,
        }
    }
}

/// The levels beside those of a gain, in order: what else could have been in their place.
pub(crate) fn other_levels(results: &ArmResults, gain: Gain) -> impl Iterator<Item = Level> {
    let factor = gain.of.factor();
    let mut levels: Vec<Level> =
        results.variants().into_iter().map(|variant| factor.level(variant)).collect();
    levels.sort();
    levels.dedup();
    let absent = [Level::Distance(Distance::None), Level::Communicability(Communicability::None)];
    levels.into_iter().filter(move |level| {
        *level != gain.of
            && *level != gain.over
            && !absent.contains(level)
            && factor != Factor::Communicability
    })
}

fn of(results: &ArmResults, task: Option<Task>, metric: Metric) -> Place {
    Place {
        field: results.field.as_str().to_owned(),
        arm: results.arm.name.clone(),
        protocol: results.arm.protocol.name(),
        task,
        metrics: vec![metric],
        role: Role::Claim,
        comparison: String::new(),
    }
}

/// All tasks together where there are several, then each.
fn tasks(results: &ArmResults) -> Vec<(Option<Task>, Vec<Task>)> {
    let tasks = results.tasks();
    let each = tasks.iter().map(|&task| (Some(task), vec![task]));
    let together = (tasks.len() > 1).then(|| (None, tasks.clone()));
    together.into_iter().chain(each).collect()
}
