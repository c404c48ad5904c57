//! Options of training that the study does without. One that is off leaves no trace in recipes, so that
//! finished runs stay current when options are added to the program.

use std::str::FromStr;

use cortex::Activation;
use serde::{Deserialize, Serialize};

/// How training may depart from the study's; the default does not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TrainOptions {
    /// How rates follow drives.
    #[serde(skip_serializing_if = "is_default")]
    pub activation: Activation,
    /// Time constant τ of the leaky update in time steps, at least 1; 1 is the update without a leak.
    #[serde(skip_serializing_if = "is_one")]
    pub time_constant_steps: f64,
    /// Largest Euclidean norm of the gradient of all parameters together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_clip_norm: Option<f64>,
    /// How the learning rate changes.
    #[serde(skip_serializing_if = "is_default")]
    pub learning_rate_schedule: LearningRateSchedule,
    /// Decoupled weight decay, a share of the learning rate.
    #[serde(skip_serializing_if = "is_default")]
    pub weight_decay: f64,
    /// Epochs without a lower validation loss after which training ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping_epochs: Option<u32>,
    /// Whether the weights are kept after every epoch.
    #[serde(skip_serializing_if = "is_default")]
    pub snapshots: bool,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            activation: Activation::Relu,
            time_constant_steps: 1.0,
            gradient_clip_norm: None,
            learning_rate_schedule: LearningRateSchedule::Constant,
            weight_decay: 0.0,
            early_stopping_epochs: None,
            snapshots: false,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

// Serde passes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(value: &f64) -> bool {
    *value == 1.0
}

/// How the learning rate changes in the course of training.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LearningRateSchedule {
    /// Not at all.
    #[default]
    Constant,
    /// It falls along a line that would reach 0 one step after the last.
    Linear,
    /// It falls along half a cosine that would reach 0 one step after the last.
    Cosine,
    /// After every epoch it is multiplied by this factor, above 0 and at most 1.
    Exponential(f64),
}

impl LearningRateSchedule {
    /// The factor of the learning rate in step `step`, from 0, of `steps` in all, with `steps_per_epoch` an epoch.
    pub fn factor(self, step: usize, steps: usize, steps_per_epoch: usize) -> f64 {
        let progress = step as f64 / steps.max(1) as f64;
        match self {
            Self::Constant => 1.0,
            Self::Linear => 1.0 - progress,
            Self::Cosine => f64::midpoint(1.0, (std::f64::consts::PI * progress).cos()),
            Self::Exponential(factor) => factor.powi((step / steps_per_epoch.max(1)) as i32),
        }
    }

    /// Whether the factor of an exponential fall is one: above 0 and at most 1.
    pub(crate) fn is_sound(self) -> bool {
        match self {
            Self::Exponential(factor) => factor > 0.0 && factor <= 1.0,
            Self::Constant | Self::Linear | Self::Cosine => true,
        }
    }
}

impl FromStr for LearningRateSchedule {
    type Err = String;

    /// Reads `constant`, `linear`, `cosine` and `exponential=FACTOR`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let schedule = match text.split_once('=') {
            None if text == "constant" => Some(Self::Constant),
            None if text == "linear" => Some(Self::Linear),
            None if text == "cosine" => Some(Self::Cosine),
            Some(("exponential", factor)) => factor.parse().ok().map(Self::Exponential),
            _ => None,
        };
        schedule.filter(|schedule| schedule.is_sound()).ok_or_else(|| {
            "use constant, linear, cosine or exponential=FACTOR, a factor above 0 and at most 1".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::LearningRateSchedule as Schedule;

    #[test]
    fn schedules_begin_at_one_and_fall_as_they_say() {
        for schedule in [Schedule::Constant, Schedule::Linear, Schedule::Cosine, Schedule::Exponential(0.5)] {
            assert_eq!(schedule.factor(0, 400, 40), 1.0, "{schedule:?}");
        }
        assert_eq!(Schedule::Constant.factor(399, 400, 40), 1.0);
        assert_eq!(Schedule::Linear.factor(100, 400, 40), 0.75);
        assert!((Schedule::Cosine.factor(200, 400, 40) - 0.5).abs() < 1e-15);
        assert!(Schedule::Cosine.factor(399, 400, 40) < 1e-4);
        let epochs = [39, 40, 79, 80].map(|step| Schedule::Exponential(0.5).factor(step, 400, 40));
        assert_eq!(epochs, [1.0, 0.5, 0.5, 0.25]);
    }

    #[test]
    fn schedules_read_from_words() {
        assert_eq!("cosine".parse(), Ok(Schedule::Cosine));
        assert_eq!("exponential=0.9".parse(), Ok(Schedule::Exponential(0.9)));
        for text in ["", "Cosine", "exponential", "exponential=0", "exponential=2", "exponential=x"] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
    }
}
