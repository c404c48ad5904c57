use artifact::{Measures, Status};
use candle_core::Result;

use crate::network::{Network, Weights};

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
    /// All epochs were trained, or enough of them.
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
    /// Where snapshots are asked for, the initial weights and those after every completed epoch.
    pub snapshots: Vec<Weights>,
}

impl Outcome {
    pub(super) fn begin(initial: &Weights, snapshots: bool) -> Self {
        Self {
            ending: Ending::Interrupted,
            epochs: Vec::new(),
            losses: Vec::new(),
            weights: initial.clone(),
            snapshots: if snapshots { vec![initial.clone()] } else { Vec::new() },
        }
    }

    /// Keeps the weights after an epoch, where asked.
    pub(super) fn keep(&mut self, weights: Weights) {
        if !self.snapshots.is_empty() {
            self.snapshots.push(weights);
        }
    }

    pub(super) fn end(mut self, ending: Ending, network: &Network) -> Result<Self> {
        self.ending = ending;
        self.weights = network.weights()?;
        Ok(self)
    }

    /// How the run stands in tables.
    pub fn status(&self) -> Status {
        if self.ending == Ending::Done { Status::Done } else { Status::Diverged }
    }

    /// The last epoch of a run that was trained to its end; a diverged one has no figures.
    pub fn last_epoch(&self) -> Option<&Epoch> {
        self.epochs.last().filter(|_| self.ending == Ending::Done)
    }
}
