//! Trials with the answers that are asked of a network.

use tasks::{Shape, Trials};

/// An answer asked of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// Step after which the network is read out, from 0.
    pub step: u32,
    /// The right output.
    pub label: u32,
}

/// Trials, each with one answer or several.
#[derive(Clone, Debug, PartialEq)]
pub struct Lessons {
    shape: Shape,
    /// Inputs `[trials, steps, inputs]`, last axis fastest.
    inputs: Vec<f32>,
    /// Answers of all trials, one trial after the other, by step.
    answers: Vec<Answer>,
    /// Where the answers of every trial end.
    ends: Vec<usize>,
}

impl From<Trials> for Lessons {
    /// One answer a trial, at its last step.
    fn from(trials: Trials) -> Self {
        let step = trials.shape.steps.saturating_sub(1) as u32;
        let answers: Vec<Answer> = trials.labels.iter().map(|&label| Answer { step, label }).collect();
        Self { shape: trials.shape, inputs: trials.inputs, ends: (1..=answers.len()).collect(), answers }
    }
}

impl Lessons {
    /// Trials whose network is read out at several steps: `labels` and `asked` are `[trials, steps]`, and a label
    /// counts where `asked` says so. Nothing if a trial asks for no answer, or the lengths do not fit the shape.
    pub fn of_steps(shape: Shape, inputs: Vec<f32>, labels: &[u32], asked: &[bool]) -> Option<Self> {
        let trials = labels.len() / shape.steps.max(1);
        let whole = trials * shape.steps;
        if labels.len() != whole || asked.len() != whole || inputs.len() != whole * shape.inputs {
            return None;
        }
        let (mut answers, mut ends) = (Vec::new(), Vec::new());
        for (labels, asked) in labels.chunks_exact(shape.steps).zip(asked.chunks_exact(shape.steps)) {
            let before = answers.len();
            let steps = labels.iter().zip(asked).zip(0..).filter(|((_, asked), _)| **asked);
            answers.extend(steps.map(|((&label, _), step)| Answer { step, label }));
            if answers.len() == before {
                return None;
            }
            ends.push(answers.len());
        }
        Some(Self { shape, inputs, answers, ends })
    }

    /// Sizes of every trial.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Number of trials.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no trials.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Inputs of all trials `[trials, steps, inputs]`.
    pub fn all_inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// Inputs of one trial `[steps, inputs]`.
    pub fn inputs(&self, trial: usize) -> &[f32] {
        let size = self.shape.steps * self.shape.inputs;
        &self.inputs[trial * size..][..size]
    }

    /// Answers of one trial, by step.
    pub fn answers(&self, trial: usize) -> &[Answer] {
        let start = trial.checked_sub(1).map_or(0, |previous| self.ends[previous]);
        &self.answers[start..self.ends[trial]]
    }
}
