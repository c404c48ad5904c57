use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};

use super::Sequence;
use crate::network::Network;

/// Memory that one network in training keeps from batch to batch, so that no step allocates.
#[derive(Clone, Debug, Default)]
pub struct Workspace(Arc<Mutex<Buffers>>);

#[derive(Debug, Default)]
struct Buffers {
    /// States `[steps, trials, units]`, from h_1.
    states: Vec<f32>,
    /// Gradient with respect to the drive of the current and of the previous step `[trials, units]`.
    delta: Vec<f32>,
    previous: Vec<f32>,
}

/// Computes the last state `[trials, units]` as one operation with its own backpropagation through time.
///
/// # Errors
/// If the sequence's channels are not the network's.
pub fn fused(network: &Network, sequence: &Arc<Sequence>, workspace: &Workspace) -> Result<Tensor> {
    let layer = Layer { sequence: sequence.clone(), workspace: workspace.clone() };
    network.kernel().apply_op3(network.recurrent_kernel(), network.bias(), layer)
}

/// The recurrent layer as a function of kernel, recurrent kernel and bias. The workspace holds the states
/// of the latest forward pass, which backpropagation needs: one batch at a time.
struct Layer {
    sequence: Arc<Sequence>,
    workspace: Workspace,
}

impl Layer {
    fn buffers(&self) -> MutexGuard<'_, Buffers> {
        self.workspace.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Inputs of one step `[trials, channels]`.
    fn inputs(&self, step: usize) -> MatRef<'_, f32> {
        let Sequence { trials, channels, ref values, .. } = *self.sequence;
        let size = trials * channels;
        MatRef::from_row_major_slice(&values[step * size..][..size], trials, channels)
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
        let Sequence { steps, trials, channels: found, .. } = *self.sequence;
        if found != channels || steps == 0 {
            bail!("a sequence of {steps} steps and {found} channels, the network has {channels} inputs");
        }
        let kernel = MatRef::from_row_major_slice(contiguous(kernel, kernel_layout)?, channels, units);
        let recurrent = MatRef::from_row_major_slice(contiguous(recurrent, recurrent_layout)?, units, units);
        let bias = contiguous(bias, bias_layout)?;
        let size = trials * units;
        let mut buffers = self.buffers();
        buffers.states.resize(steps * size, 0.0);
        for step in 0..steps {
            let (past, present) = buffers.states.split_at_mut(step * size);
            let state = &mut present[..size];
            for row in state.chunks_exact_mut(units) {
                row.copy_from_slice(bias);
            }
            let mut drive = MatMut::from_row_major_slice_mut(state, trials, units);
            matmul(drive.as_mut(), Accum::Add, self.inputs(step), kernel, 1.0, Par::Seq);
            if step > 0 {
                let previous = MatRef::from_row_major_slice(&past[(step - 1) * size..], trials, units);
                matmul(drive, Accum::Add, previous, recurrent, 1.0, Par::Seq);
            }
            // Not f32::max, which would turn a NaN into 0 and hide a divergence.
            for value in state {
                *value = if *value < 0.0 { 0.0 } else { *value };
            }
        }
        let last = buffers.states[(steps - 1) * size..].to_vec();
        Ok((CpuStorage::F32(last), Shape::from((trials, units))))
    }

    fn bwd(
        &self,
        kernel: &Tensor,
        recurrent: &Tensor,
        bias: &Tensor,
        _last: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (channels, units) = kernel.dims2()?;
        let Sequence { steps, trials, .. } = *self.sequence;
        let size = trials * units;
        let (storage, layout) = recurrent.storage_and_layout();
        let candle_core::Storage::Cpu(storage) = &*storage else { bail!("the fused layer is for the CPU") };
        let recurrent_values = MatRef::from_row_major_slice(contiguous(storage, layout)?, units, units);
        let mut kernel_gradient = vec![0.0; channels * units];
        let mut recurrent_gradient = vec![0.0; units * units];
        let mut bias_gradient = vec![0.0_f64; units];
        let mut buffers = self.buffers();
        let Buffers { states, delta, previous } = &mut *buffers;
        delta.clear();
        delta.extend(gradient.flatten_all()?.to_vec1::<f32>()?);
        previous.resize(size, 0.0);
        for step in (0..steps).rev() {
            let state = &states[step * size..][..size];
            for (delta, &state) in delta.iter_mut().zip(state) {
                *delta = if state > 0.0 { *delta } else { 0.0 };
            }
            for row in delta.chunks_exact(units) {
                bias_gradient.iter_mut().zip(row).for_each(|(sum, &delta)| *sum += f64::from(delta));
            }
            let change = MatRef::from_row_major_slice(delta, trials, units);
            let sum = MatMut::from_row_major_slice_mut(&mut kernel_gradient, channels, units);
            matmul(sum, Accum::Add, self.inputs(step).transpose(), change, 1.0, Par::Seq);
            if step == 0 {
                break;
            }
            let state = MatRef::from_row_major_slice(&states[(step - 1) * size..][..size], trials, units);
            let sum = MatMut::from_row_major_slice_mut(&mut recurrent_gradient, units, units);
            matmul(sum, Accum::Add, state.transpose(), change, 1.0, Par::Seq);
            let passed = MatMut::from_row_major_slice_mut(previous, trials, units);
            matmul(passed, Accum::Replace, change, recurrent_values.transpose(), 1.0, Par::Seq);
            std::mem::swap(delta, previous);
        }
        let tensor = |values: Vec<f32>, like: &Tensor| Tensor::from_vec(values, like.shape(), like.device());
        Ok((
            Some(tensor(kernel_gradient, kernel)?),
            Some(tensor(recurrent_gradient, recurrent)?),
            Some(tensor(bias_gradient.into_iter().map(|sum| sum as f32).collect(), bias)?),
        ))
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("the recurrent layer takes contiguous parameters"),
    }
}
