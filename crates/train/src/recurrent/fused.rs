use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Storage, Tensor, bail};

use super::{Dynamics, Sequence, sweep::Sweep};
use crate::network::Network;

/// Memory that one network in training keeps from batch to batch, so that no time step allocates.
#[derive(Clone, Debug, Default)]
pub struct Workspace(Arc<Mutex<Sweep>>);

/// Computes the states to read out, `[reads, units]`, as one operation with its own backpropagation through time.
///
/// # Errors
/// If the sequence's channels are not the network's, or it has nothing to read out.
pub fn fused(network: &Network, sequence: &Arc<Sequence>, workspace: &Workspace) -> Result<Tensor> {
    let layer =
        Layer { sequence: sequence.clone(), dynamics: network.dynamics(), workspace: workspace.clone() };
    network.kernel().apply_op3(network.recurrent_kernel(), network.bias(), layer)
}

/// The recurrent layer as a function of kernel, recurrent kernel and bias. The workspace holds the states
/// of the latest forward pass, which backpropagation needs: one batch at a time.
struct Layer {
    sequence: Arc<Sequence>,
    dynamics: Dynamics,
    workspace: Workspace,
}

impl Layer {
    fn sweep(&self) -> MutexGuard<'_, Sweep> {
        self.workspace.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CustomOp3 for Layer {
    fn name(&self) -> &'static str {
        "recurrent-layer"
    }

    fn cpu_fwd(
        &self,
        kernel: &CpuStorage,
        kernel_layout: &Layout,
        recurrent: &CpuStorage,
        recurrent_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (channels, units) = kernel_layout.shape().dims2()?;
        self.sequence.check(channels)?;
        let mut sweep = self.sweep();
        sweep.forward(
            contiguous(recurrent, recurrent_layout)?,
            contiguous(kernel, kernel_layout)?,
            contiguous(bias, bias_layout)?,
            &self.sequence,
            self.dynamics,
        );
        let read = sweep.read(&self.sequence);
        Ok((CpuStorage::F32(read), Shape::from((self.sequence.reads.len(), units))))
    }

    fn bwd(
        &self,
        kernel: &Tensor,
        recurrent: &Tensor,
        bias: &Tensor,
        _read: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let (storage, layout) = gradient.storage_and_layout();
        let Storage::Cpu(storage) = &*storage else { bail!("the fused layer is for the CPU") };
        let mut sweep = self.sweep();
        sweep.backward(contiguous(storage, layout)?, &self.sequence, self.dynamics);
        let mut rest = sweep.gradient.as_slice();
        let mut next = |like: &Tensor| {
            let (part, after) = rest.split_at(like.elem_count());
            rest = after;
            Tensor::from_slice(part, like.shape(), like.device())
        };
        let recurrent = next(recurrent)?;
        let kernel = next(kernel)?;
        Ok((Some(kernel), Some(recurrent), Some(next(bias)?)))
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("the recurrent layer takes contiguous parameters"),
    }
}
