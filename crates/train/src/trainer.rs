//! Trains one network.

mod batch;
mod evaluation;
mod outcome;
mod patience;
mod step;

use std::sync::atomic::{AtomicBool, Ordering};

use artifact::Measures;
use candle_core::{Device, Result};
use config::TrainOptions;
use rand::RngCore;

use crate::{
    adam::{Adam, AdamSettings},
    lessons::Lessons,
    network::{Network, RECURRENT_KERNEL, Weights},
    penalty::PenaltyTerm,
    recurrent::{Dynamics, Workspace},
};
use batch::Batch;
use evaluation::Evaluation;
pub use outcome::{Ending, Epoch, Outcome};
use patience::Patience;
use step::{Learner, Step};

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Passes over the training trials.
    pub epochs: u32,
    /// Trials in a batch; batches follow each other in the trials' order.
    pub batch: usize,
    /// Adam's learning rate.
    pub learning_rate: f64,
    /// Standard deviation of Gaussian noise added to inputs in training.
    pub input_noise: f64,
    /// Whether recurrent weights are clipped at zero after every step.
    pub positive: bool,
    /// What departs from the study's way to train.
    pub options: TrainOptions,
}

impl Default for Schedule {
    /// The study's.
    fn default() -> Self {
        Self {
            epochs: 10,
            batch: 128,
            learning_rate: 0.001,
            input_noise: 0.05,
            positive: false,
            options: TrainOptions::default(),
        }
    }
}

impl Schedule {
    /// How states follow drives.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics::new(self.options.activation, self.options.time_constant_steps)
    }
}

/// The three sets of trials; validation and test may be absent.
#[derive(Clone, Copy, Debug)]
pub struct TrialSets<'a> {
    /// Trials to learn from.
    pub training: &'a Lessons,
    /// Trials to judge by after every epoch, without noise.
    pub validation: Option<&'a Lessons>,
    /// Trials to judge by once, after the last epoch, without noise.
    pub test: Option<&'a Lessons>,
}

/// Who looks on while a network trains.
pub trait Watch {
    /// Whether training shall end before its next step.
    fn stops(&self) -> bool;

    /// Hears of an epoch, numbered from 1, that is over.
    fn epoch_over(&self, _number: u32, _epoch: &Epoch) {}
}

impl Watch for AtomicBool {
    fn stops(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}

/// Trains a network on batches in the trials' order, with cross-entropy plus penalty and Adam.
///
/// Cross-entropy is the mean over all answers that a batch asks for. `noise` is the stream of the input noise.
///
/// # Errors
/// If the device fails or shapes do not fit.
pub fn train(
    initial: &Weights,
    trials: TrialSets<'_>,
    penalty: &PenaltyTerm,
    schedule: Schedule,
    mut noise: impl RngCore,
    device: &Device,
    watch: &impl Watch,
) -> Result<Outcome> {
    let options = schedule.options;
    let network = Network::new(initial, schedule.dynamics(), device)?;
    let positive: &[usize] = if schedule.positive { &[RECURRENT_KERNEL] } else { &[] };
    let settings = AdamSettings {
        learning_rate: schedule.learning_rate,
        weight_decay: options.weight_decay,
        clip_norm: options.gradient_clip_norm,
    };
    let adam = Adam::new(network.parameters(), settings, positive)?;
    let mut learner = Learner { network: &network, penalty, workspace: Workspace::default(), adam };
    let mut validation = trials.validation.map(Evaluation::new);
    let mut test = trials.test.map(Evaluation::new);
    let mut patience = options.early_stopping_epochs.map(Patience::new);
    let mut outcome = Outcome::begin(initial, options.snapshots);
    let count = trials.training.len();
    let steps_per_epoch = count.div_ceil(schedule.batch);
    let steps = steps_per_epoch * schedule.epochs as usize;
    let mut batch = Batch::default();
    for number in 1..=schedule.epochs {
        let (mut loss_sum, mut right, mut answers) = (0.0, 0, 0);
        for start in (0..count).step_by(schedule.batch) {
            if watch.stops() {
                return outcome.end(Ending::Interrupted, &network);
            }
            batch.fill(trials.training, start..(start + schedule.batch).min(count));
            batch.add_noise(schedule.input_noise, &mut noise);
            let factor = options.learning_rate_schedule.factor(outcome.losses.len(), steps, steps_per_epoch);
            let Step { loss, right: right_now, finite } = learner.learn(&batch, factor)?;
            outcome.losses.push(loss);
            if !finite {
                return outcome.end(Ending::Diverged, &network);
            }
            loss_sum += loss * batch.labels().len() as f64;
            right += right_now;
            answers += batch.labels().len();
        }
        let weights = network.weights()?;
        let penalty = penalty.value(&weights.recurrent_kernel, weights.units)?;
        let mut measures = Measures {
            train_accuracy: Some(right as f64 / answers as f64),
            train_loss: Some(loss_sum / answers as f64),
            ..Measures::default()
        };
        if let Some(validation) = &mut validation {
            let (accuracy, cross_entropy) = validation.judge(&network, &learner.workspace)?;
            measures.validation_accuracy = Some(accuracy);
            measures.validation_loss = Some(cross_entropy + penalty);
        }
        let enough = patience
            .as_mut()
            .zip(measures.validation_loss)
            .is_some_and(|(patience, loss)| patience.is_over(loss));
        let last = enough || number == schedule.epochs;
        if let Some(test) = test.as_mut().filter(|_| last) {
            let (accuracy, cross_entropy) = test.judge(&network, &learner.workspace)?;
            measures.test_accuracy = Some(accuracy);
            measures.test_loss = Some(cross_entropy + penalty);
        }
        let finite = [measures.validation_loss, measures.test_loss, Some(penalty)];
        if finite.into_iter().flatten().any(|value| !value.is_finite()) {
            return outcome.end(Ending::Diverged, &network);
        }
        let epoch = Epoch { measures, penalty };
        watch.epoch_over(number, &epoch);
        outcome.epochs.push(epoch);
        outcome.keep(weights);
        if last {
            break;
        }
    }
    outcome.end(Ending::Done, &network)
}
