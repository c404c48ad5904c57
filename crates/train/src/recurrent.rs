//! The recurrent layer: `z_t = x_t K + h_{t−1} W + b`, `h_t = (1 − α) h_{t−1} + α f(z_t)`, `h_0 = 0`; its result are the
//! states at which the network is read out.
//!
//! [`fused`] computes a whole sequence in one operation on the CPU; [`plain`] spells it out in candle
//! operations, for other devices and as the reference that the fused one must agree with.

mod dynamics;
mod fused;
mod sweep;

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use crate::network::Network;
pub use dynamics::Dynamics;
pub use fused::{Workspace, fused};

/// Inputs of a batch, time-major `[steps, trials, channels]`, and where the network is read out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// Time steps.
    pub steps: usize,
    /// Trials.
    pub trials: usize,
    /// Input channels.
    pub channels: usize,
    /// Elements, channels fastest.
    pub values: Vec<f32>,
    /// States to read out, each as `step × trials + trial` with steps from 0; ascending.
    pub reads: Vec<usize>,
}

impl Sequence {
    /// Step and trial of every state to read out.
    fn read_places(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + ExactSizeIterator {
        self.reads.iter().map(|read| (read / self.trials, read % self.trials))
    }

    /// Fails unless the sequence fits a network of `channels` inputs.
    fn check(&self, channels: usize) -> Result<()> {
        let Self { steps, trials, channels: found, ref values, ref reads } = *self;
        if found != channels || steps == 0 || trials == 0 || values.len() != steps * trials * channels {
            candle_core::bail!(
                "a sequence of {steps} steps, {trials} trials and {found} channels in {} elements, the network has {channels} inputs",
                values.len()
            );
        }
        if reads.is_empty() || !reads.is_sorted() || reads.last().is_some_and(|&last| last >= steps * trials)
        {
            candle_core::bail!("a sequence is read out at some of its states, in order");
        }
        Ok(())
    }
}

/// Computes the states to read out, `[reads, units]`, in the way that suits the network's device.
///
/// # Errors
/// If the sequence's channels are not the network's, or it has nothing to read out.
pub fn read_states(network: &Network, sequence: &Arc<Sequence>, workspace: &Workspace) -> Result<Tensor> {
    match network.kernel().device() {
        Device::Cpu => fused(network, sequence, workspace),
        _ => plain(network, sequence),
    }
}

/// Computes the states to read out, `[reads, units]`, by candle operations, one step after the other.
///
/// # Errors
/// As [`read_states`].
pub fn plain(network: &Network, sequence: &Sequence) -> Result<Tensor> {
    let device = network.kernel().device();
    let Sequence { steps, trials, channels, ref values, .. } = *sequence;
    let (inputs, _) = network.kernel().dims2()?;
    sequence.check(inputs)?;
    let mut places = sequence.read_places().peekable();
    let mut read = Vec::new();
    let mut state: Option<Tensor> = None;
    for step in 0..steps {
        let size = trials * channels;
        let inputs = Tensor::from_slice(&values[step * size..][..size], (trials, channels), device)?;
        let mut drive = inputs.matmul(network.kernel())?.broadcast_add(network.bias())?;
        if let Some(state) = &state {
            drive = (drive + state.matmul(network.recurrent_kernel())?)?;
        }
        let present = network.dynamics().update(state.as_ref(), &drive)?;
        let mut rows = Vec::new();
        while let Some((_, trial)) = places.next_if(|&(read_step, _)| read_step == step) {
            rows.push(trial as u32);
        }
        if !rows.is_empty() {
            let count = rows.len();
            read.push(present.index_select(&Tensor::from_vec(rows, count, device)?, 0)?);
        }
        state = Some(present);
    }
    Tensor::cat(&read, 0)
}
