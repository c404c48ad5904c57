//! How long a run is expected to train.

use config::TrainSettings;
use cortex::{Task, Variant};
use numerics::PenaltyKind;
use tasks::Shape;

use crate::strength::penalty_kind;

/// Floats in a vector register that products are made with: a row of units takes whole ones.
const LANES: usize = 16;

/// Microseconds of one core, by what they are spent on. Fitted by `cargo bench --workspace --bench training_step -- cost` on a core
/// of an AMD EPYC (Zen 4, AVX-512): docs/scale.md has the residuals. On another machine times differ, their ratios less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostModel {
    /// Of each of [`RunSize::terms`].
    pub terms: [f64; 5],
    /// Of each of [`RunSize::penalty_terms`], by the kind of penalty: `W`, `WD`, `WDC`, `WDC*`.
    pub penalty: [[f64; 2]; 4],
}

/// What a run consists of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunSize {
    /// Units of the network.
    pub units: usize,
    /// Time steps, inputs and outputs of a trial.
    pub shape: Shape,
    /// Trials in a batch.
    pub batch: usize,
    /// Training steps in all.
    pub steps: usize,
    /// Trials of validation and test in all that are computed.
    pub evaluated: usize,
    /// Penalty.
    pub penalty: PenaltyKind,
}

impl RunSize {
    /// Inputs, states and products along connections of training; states and products of evaluation.
    pub fn terms(&self) -> [f64; 5] {
        let padded = self.units.next_multiple_of(LANES);
        let trained = self.steps * self.batch * self.shape.steps;
        let evaluated = self.evaluated * self.shape.steps;
        [
            trained * self.shape.inputs,
            trained * padded,
            trained * padded * self.units,
            evaluated * padded,
            evaluated * padded * self.units,
        ]
        .map(|count| count as f64)
    }

    /// Connections that the penalty weighs, and products of its exponential, over all training steps.
    pub fn penalty_terms(&self) -> [f64; 2] {
        let connections = (self.steps * self.units * self.units) as f64;
        [connections, connections * self.units as f64]
    }
}

impl CostModel {
    /// The fitted model.
    pub const FITTED: Self = Self {
        terms: [7.53e-3, 1.005e-3, 5.625e-5, 3.85e-4, 1.85e-5],
        penalty: [[0.0; 2], [0.0; 2], [1.52e-2, 2.42e-4], [3.08e-2, 2.34e-4]],
    };

    /// Microseconds that a run takes.
    pub fn microseconds(&self, run: &RunSize) -> f64 {
        let of = |terms: &[f64], costs: &[f64]| {
            terms.iter().zip(costs).map(|(term, cost)| term * cost).sum::<f64>()
        };
        of(&run.terms(), &self.terms) + of(&run.penalty_terms(), &self.penalty[run.penalty as usize])
    }
}

/// Expected microseconds of a run: what the longest-first order, the shares of shards and the time left go by.
pub(crate) fn cost(settings: &TrainSettings, task: Task, variant: Variant, units: usize) -> u64 {
    let epochs = settings.epochs as usize;
    // Trials of the other tasks repeat without noise, and each is computed once.
    let evaluated = match task {
        Task::PerceptualDecision => epochs * settings.validation_trials + settings.test_trials,
        Task::OneChoiceInference | Task::GoNogo => 0,
    };
    let size = RunSize {
        units,
        shape: tasks::shape(task),
        batch: settings.batch,
        steps: epochs * (settings.training_trials / settings.batch),
        evaluated,
        penalty: penalty_kind(variant),
    };
    CostModel::FITTED.microseconds(&size).ceil() as u64
}
