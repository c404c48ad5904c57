use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A cognitive task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Remember a goal, then pick the choice that serves it.
    OneChoiceInference,
    /// Respond to one of two stimuli after a delay.
    GoNogo,
    /// Tell which of two noisy stimuli was stronger, after a delay.
    PerceptualDecision,
}

/// A string that names no task.
#[derive(Debug, Error)]
#[error("unknown task `{0}`: use one-choice-inference, go-nogo or perceptual-decision")]
pub struct UnknownTask(String);

impl Task {
    /// All tasks, in the order of the study.
    pub const ALL: [Self; 3] = [Self::OneChoiceInference, Self::GoNogo, Self::PerceptualDecision];

    /// Name in configurations, tables and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneChoiceInference => "one-choice-inference",
            Self::GoNogo => "go-nogo",
            Self::PerceptualDecision => "perceptual-decision",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Task {
    type Err = UnknownTask;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|task| task.name() == text).ok_or_else(|| UnknownTask(text.to_owned()))
    }
}
