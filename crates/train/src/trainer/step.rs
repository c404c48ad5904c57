use candle_core::{Result, Tensor};

use super::{batch::Batch, evaluation::answers_right};
use crate::{
    adam::Adam,
    network::Network,
    penalty::PenaltyTerm,
    recurrent::{Workspace, read_states},
};

/// A network that learns.
pub(super) struct Learner<'a> {
    pub(super) network: &'a Network,
    pub(super) penalty: &'a PenaltyTerm,
    pub(super) workspace: Workspace,
    pub(super) adam: Adam,
}

/// What one step found.
pub(super) struct Step {
    /// Loss before the step.
    pub(super) loss: f64,
    /// Number of right answers.
    pub(super) right: usize,
    /// Whether loss, weights and moments are finite.
    pub(super) finite: bool,
}

impl Learner<'_> {
    /// Learns from one batch, at `factor` times the learning rate.
    pub(super) fn learn(&mut self, batch: &Batch, factor: f64) -> Result<Step> {
        let network = self.network;
        let states = read_states(network, batch.sequence(), &self.workspace)?;
        let logits = network.readout(&states)?;
        let labels = Tensor::from_slice(batch.labels(), batch.labels().len(), logits.device())?;
        let cross_entropy = candle_nn::loss::cross_entropy(&logits, &labels)?;
        let (penalty, penalty_value) = self.penalty.forward(network.recurrent_kernel())?;
        let loss = f64::from(cross_entropy.to_scalar::<f32>()?) + penalty_value;
        let finite = loss.is_finite() && self.adam.step(&(cross_entropy + penalty)?.backward()?, factor)?;
        let right = answers_right(&logits, batch.labels())?.into_iter().filter(|&right| right).count();
        Ok(Step { loss, right, finite })
    }
}
