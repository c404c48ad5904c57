use clap::Args;
use config::{Device, LearningRateSchedule, TrainOptions};
use cortex::Activation;

use crate::trainer::Schedule;

/// How `fit` trains: the options of `[train]`.
#[derive(Args, Clone, Debug)]
pub(super) struct TrainingArguments {
    /// Clip recurrent weights at zero after every step
    #[arg(long)]
    pub(super) positive: bool,
    /// Trials in a batch
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) batch: u32,
    /// Passes over the trials
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) epochs: u32,
    /// Standard deviation of Gaussian noise added to inputs in training
    #[arg(long, value_name = "SD", default_value_t = 0.05, value_parser = not_negative)]
    pub(super) noise: f64,
    /// Adam's learning rate
    #[arg(long, value_name = "RATE", default_value_t = 0.001, value_parser = not_negative)]
    pub(super) learning_rate: f64,
    /// Strength λ of the penalty
    #[arg(long, value_name = "STRENGTH", default_value_t = 0.3, value_parser = not_negative)]
    pub(super) lambda: f64,
    /// Strength λ_EMD of the distance between communicabilities, in WDC*
    #[arg(long, value_name = "STRENGTH", default_value_t = 0.1, value_parser = not_negative)]
    pub(super) lambda_emd: f64,
    /// How rates follow drives: relu or tanh
    #[arg(long, value_name = "NAME", default_value_t = Activation::Relu)]
    activation: Activation,
    /// Time constant of the leaky update in time steps; 1 has no leak
    #[arg(long, value_name = "STEPS", default_value_t = 1.0, value_parser = at_least_one)]
    time_constant_steps: f64,
    /// Largest norm of the gradient of all parameters; 0 for no limit
    #[arg(long, value_name = "NORM", default_value_t = 0.0, value_parser = not_negative)]
    gradient_clip_norm: f64,
    /// How the learning rate falls: constant, linear, cosine or exponential=FACTOR, a factor an epoch
    #[arg(long, value_name = "SCHEDULE", default_value = "constant")]
    learning_rate_schedule: LearningRateSchedule,
    /// Decay of kernels, a share of the learning rate
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = not_negative)]
    weight_decay: f64,
    /// Epochs without a lower validation loss after which training ends; 0 for never
    #[arg(long, value_name = "N", default_value_t = 0)]
    early_stopping_epochs: u32,
    /// Keep the weights after every epoch, in snapshots.safetensors
    #[arg(long)]
    snapshots: bool,
    /// Where to train: cpu, cuda or metal
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub(super) device: Device,
    /// Seed of the noise
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
}

impl TrainingArguments {
    pub(super) fn schedule(&self) -> Schedule {
        Schedule {
            epochs: self.epochs,
            batch: self.batch as usize,
            learning_rate: self.learning_rate,
            input_noise: self.noise,
            positive: self.positive,
            options: self.options(),
        }
    }

    /// What departs from the study's way to train.
    pub(super) fn options(&self) -> TrainOptions {
        TrainOptions {
            activation: self.activation,
            time_constant_steps: self.time_constant_steps,
            gradient_clip_norm: (self.gradient_clip_norm > 0.0).then_some(self.gradient_clip_norm),
            learning_rate_schedule: self.learning_rate_schedule,
            weight_decay: self.weight_decay,
            early_stopping_epochs: (self.early_stopping_epochs > 0).then_some(self.early_stopping_epochs),
            snapshots: self.snapshots,
        }
    }
}

fn not_negative(text: &str) -> Result<f64, String> {
    number(text, 0.0).ok_or_else(|| "expected a number that is not negative".to_owned())
}

fn at_least_one(text: &str) -> Result<f64, String> {
    number(text, 1.0).ok_or_else(|| "expected a number of at least 1".to_owned())
}

fn number(text: &str, least: f64) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite() && *value >= least)
}
