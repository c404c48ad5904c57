//! The recurrent layer: `h_t = relu(x_t K + h_{t−1} W + b)`, `h_0 = 0`; the last state is its result.
//!
//! [`fused`] computes a whole sequence in one operation on the CPU; [`plain`] spells it out in candle
//! operations, for other devices and as the reference that the fused one must agree with.

mod fused;

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use crate::network::Network;
pub use fused::{Workspace, fused};

/// Inputs of a batch, time-major `[steps, trials, channels]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Time steps.
    pub steps: usize,
    /// Trials.
    pub trials: usize,
    /// Input channels.
    pub channels: usize,
    /// Elements, channels fastest.
    pub values: Vec<f32>,
}

/// Computes the last state `[trials, units]` in the way that suits the network's device.
///
/// # Errors
/// If the sequence's channels are not the network's.
pub fn last_state(network: &Network, sequence: &Arc<Sequence>, workspace: &Workspace) -> Result<Tensor> {
    match network.kernel().device() {
        Device::Cpu => fused(network, sequence, workspace),
        _ => plain(network, sequence),
    }
}

/// Computes the last state `[trials, units]` by candle operations, one step after the other.
///
/// # Errors
/// If the sequence's channels are not the network's.
pub fn plain(network: &Network, sequence: &Sequence) -> Result<Tensor> {
    let device = network.kernel().device();
    let Sequence { steps, trials, channels, ref values } = *sequence;
    let mut state: Option<Tensor> = None;
    for step in 0..steps {
        let size = trials * channels;
        let inputs = Tensor::from_slice(&values[step * size..][..size], (trials, channels), device)?;
        let mut drive = inputs.matmul(network.kernel())?.broadcast_add(network.bias())?;
        if let Some(state) = state {
            drive = (drive + state.matmul(network.recurrent_kernel())?)?;
        }
        state = Some(drive.relu()?);
    }
    state.map_or_else(|| candle_core::bail!("a sequence has no steps"), Ok)
}
