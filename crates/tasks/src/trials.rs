use cortex::Task;
use rand::RngCore;

use crate::{go_nogo, one_choice_inference, perceptual_decision};

/// Sizes of the trials of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Time steps of a trial.
    pub steps: usize,
    /// Input channels.
    pub inputs: usize,
    /// Possible answers.
    pub outputs: usize,
}

/// Trials of one task, in generation order.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// Sizes of every trial.
    pub shape: Shape,
    /// Inputs `[trials, steps, inputs]`, last axis fastest.
    pub inputs: Vec<f32>,
    /// Right answer of every trial, below `shape.outputs`.
    pub labels: Vec<u32>,
}

impl Trials {
    /// Number of trials.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no trials.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// Tells the sizes of a task's trials.
pub fn shape(task: Task) -> Shape {
    match task {
        Task::OneChoiceInference => one_choice_inference::SHAPE,
        Task::GoNogo => go_nogo::SHAPE,
        Task::PerceptualDecision => perceptual_decision::SHAPE,
    }
}

/// Generates `count` trials of a task from a random stream, one after the other.
pub fn generate(task: Task, count: usize, random: &mut impl RngCore) -> Trials {
    let shape = shape(task);
    let size = shape.steps * shape.inputs;
    let mut inputs = vec![0.0; count * size];
    let labels = inputs
        .chunks_exact_mut(size)
        .map(|trial| match task {
            Task::OneChoiceInference => one_choice_inference::fill(trial, random),
            Task::GoNogo => go_nogo::fill(trial, random),
            Task::PerceptualDecision => perceptual_decision::fill(trial, random),
        })
        .collect();
    Trials { shape, inputs, labels }
}
