//! Trains one network.

mod evaluation;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use artifact::{Measures, Status};
use candle_core::{Device, Result, Tensor};
use rand::{Rng, RngCore};
use rand_distr::StandardNormal;
use tasks::Trials;

use crate::{
    adam::Adam,
    network::{Network, Weights},
    penalty::PenaltyTerm,
    recurrent::{Sequence, Workspace, last_state},
};
use evaluation::{Evaluation, answers_right};

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
}

/// The three sets of trials; validation and test may be absent.
#[derive(Clone, Copy, Debug)]
pub struct TrialSets<'a> {
    /// Trials to learn from.
    pub training: &'a Trials,
    /// Trials to judge by after every epoch, without noise.
    pub validation: Option<&'a Trials>,
    /// Trials to judge by once, after the last epoch, without noise.
    pub test: Option<&'a Trials>,
}

/// State after one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Accuracies and losses.
    pub measures: Measures,
    /// Penalty of the weights after the epoch.
    pub penalty: f64,
}

/// How training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All epochs were trained.
    Done,
    /// Loss, weights or Adam's moments stopped being finite.
    Diverged,
    /// It was asked to stop.
    Interrupted,
}

/// What training left.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Completed epochs.
    pub epochs: Vec<Epoch>,
    /// Loss of every step, cross-entropy plus penalty, before the step.
    pub losses: Vec<f64>,
    /// Final weights; where training diverged, those at that moment.
    pub weights: Weights,
}

impl Outcome {
    /// How the run stands in tables.
    pub fn status(&self) -> Status {
        if self.ending == Ending::Done { Status::Done } else { Status::Diverged }
    }

    /// The last epoch of a run that was trained to its end; a diverged one has no figures.
    pub fn last_epoch(&self) -> Option<&Epoch> {
        self.epochs.last().filter(|_| self.ending == Ending::Done)
    }
}

/// Trains a network on batches in the trials' order, with cross-entropy plus penalty and Adam.
///
/// `noise` is the stream of the input noise. `stop` ends training before its next step.
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
    stop: &AtomicBool,
) -> Result<Outcome> {
    let network = Network::new(initial, device)?;
    let mut adam = Adam::new(network.parameters(), schedule.learning_rate)?;
    let workspace = Workspace::default();
    let validation = trials.validation.map(Evaluation::new);
    let test = trials.test.map(Evaluation::new);
    let (mut epochs, mut losses) = (Vec::new(), Vec::new());
    let ended = |ending, epochs, losses, network: &Network| {
        Ok(Outcome { ending, epochs, losses, weights: network.weights()? })
    };
    for epoch in 1..=schedule.epochs {
        let (mut loss_sum, mut right, mut seen) = (0.0, 0, 0);
        for start in (0..trials.training.len()).step_by(schedule.batch) {
            if stop.load(Ordering::Relaxed) {
                return ended(Ending::Interrupted, epochs, losses, &network);
            }
            let end = (start + schedule.batch).min(trials.training.len());
            let mut sequence = batch(trials.training, start..end);
            add_noise(&mut sequence.values, schedule.input_noise, &mut noise);
            let labels = &trials.training.labels[start..end];
            let step = Step { network: &network, penalty, workspace: &workspace, adam: &mut adam };
            let StepResult { loss, right: right_now, finite } =
                step.take(sequence, labels, schedule.positive)?;
            losses.push(loss);
            if !finite || !network.is_finite()? {
                return ended(Ending::Diverged, epochs, losses, &network);
            }
            loss_sum += loss * labels.len() as f64;
            right += right_now;
            seen += labels.len();
        }
        let weights = network.weights()?;
        let penalty = penalty.value(&weights.recurrent_kernel, weights.units)?;
        let mut measures = Measures {
            train_accuracy: Some(right as f64 / seen as f64),
            train_loss: Some(loss_sum / seen as f64),
            ..Measures::default()
        };
        if let Some(validation) = &validation {
            let (accuracy, cross_entropy) = validation.judge(&network, &workspace)?;
            measures.validation_accuracy = Some(accuracy);
            measures.validation_loss = Some(cross_entropy + penalty);
        }
        if let Some(test) = test.as_ref().filter(|_| epoch == schedule.epochs) {
            let (accuracy, cross_entropy) = test.judge(&network, &workspace)?;
            measures.test_accuracy = Some(accuracy);
            measures.test_loss = Some(cross_entropy + penalty);
        }
        let finite = [measures.validation_loss, measures.test_loss, Some(penalty)];
        if finite.into_iter().flatten().any(|value| !value.is_finite()) {
            return ended(Ending::Diverged, epochs, losses, &network);
        }
        epochs.push(Epoch { measures, penalty });
    }
    ended(Ending::Done, epochs, losses, &network)
}

/// One step of gradient descent.
struct Step<'a> {
    network: &'a Network,
    penalty: &'a PenaltyTerm,
    workspace: &'a Workspace,
    adam: &'a mut Adam,
}

/// What one step found.
struct StepResult {
    /// Loss before the step.
    loss: f64,
    /// Number of right answers.
    right: usize,
    /// Whether loss and moments are finite.
    finite: bool,
}

impl Step<'_> {
    /// Learns from one batch.
    fn take(self, sequence: Sequence, labels: &[u32], positive: bool) -> Result<StepResult> {
        let network = self.network;
        let device = network.kernel().device();
        let state = last_state(network, &Arc::new(sequence), self.workspace)?;
        let logits = network.readout(&state)?;
        let labels_tensor = Tensor::from_slice(labels, labels.len(), device)?;
        let cross_entropy = candle_nn::loss::cross_entropy(&logits, &labels_tensor)?;
        let (penalty, penalty_value) = self.penalty.forward(network.recurrent_kernel())?;
        let loss = f64::from(cross_entropy.to_scalar::<f32>()?) + penalty_value;
        let mut finite = loss.is_finite();
        if finite {
            finite = self.adam.step(&(cross_entropy + penalty)?.backward()?)?;
            if positive {
                network.clip_recurrent()?;
            }
        }
        let right = answers_right(&logits, labels)?.iter().filter(|&&right| right).count();
        Ok(StepResult { loss, right, finite })
    }
}

/// Copies trials into a time-major sequence.
fn batch(trials: &Trials, range: std::ops::Range<usize>) -> Sequence {
    let (steps, channels) = (trials.shape.steps, trials.shape.inputs);
    let count = range.len();
    let mut values = vec![0.0; steps * count * channels];
    for (place, trial) in range.enumerate() {
        let inputs = &trials.inputs[trial * steps * channels..][..steps * channels];
        for (step, inputs) in inputs.chunks_exact(channels).enumerate() {
            values[(step * count + place) * channels..][..channels].copy_from_slice(inputs);
        }
    }
    Sequence { steps, trials: count, channels, values }
}

fn add_noise(values: &mut [f32], sd: f64, random: &mut impl RngCore) {
    if sd > 0.0 {
        let sd = sd as f32;
        for value in values {
            let noise: f32 = random.sample(StandardNormal);
            *value += sd * noise;
        }
    }
}
