//! The parameters of a network, as numbers and as candle variables.

use candle_core::{Device, Result, Tensor, Var};

use crate::recurrent::Dynamics;

/// Parameters of a network: every matrix row-major, `[from, to]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Input channels.
    pub inputs: usize,
    /// Recurrent units.
    pub units: usize,
    /// Possible answers.
    pub outputs: usize,
    /// `[inputs, units]`.
    pub kernel: Vec<f32>,
    /// `[units, units]`, `W[pre, post]`.
    pub recurrent_kernel: Vec<f32>,
    /// `[units]`.
    pub bias: Vec<f32>,
    /// `[units, outputs]`.
    pub readout_kernel: Vec<f32>,
    /// `[outputs]`.
    pub readout_bias: Vec<f32>,
}

/// Place of the recurrent kernel among the parameters.
pub(crate) const RECURRENT_KERNEL: usize = 1;

/// Names of the parameters, in the order of [`Weights::parts`] and [`Network::parameters`].
pub const PARAMETERS: [&str; 5] = ["kernel", "recurrent_kernel", "bias", "readout_kernel", "readout_bias"];

impl Weights {
    /// Shape and elements of every parameter, in the order of [`PARAMETERS`].
    pub fn parts(&self) -> [(Vec<usize>, &[f32]); 5] {
        [
            (vec![self.inputs, self.units], &self.kernel),
            (vec![self.units, self.units], &self.recurrent_kernel),
            (vec![self.units], &self.bias),
            (vec![self.units, self.outputs], &self.readout_kernel),
            (vec![self.outputs], &self.readout_bias),
        ]
    }
}

/// A network in training.
#[derive(Clone, Debug)]
pub struct Network {
    inputs: usize,
    units: usize,
    outputs: usize,
    dynamics: Dynamics,
    parameters: [Var; 5],
}

impl Network {
    /// Puts weights on a device.
    ///
    /// # Errors
    /// If a part has not the length that its shape says.
    pub fn new(weights: &Weights, dynamics: Dynamics, device: &Device) -> Result<Self> {
        let [kernel, recurrent, bias, readout, readout_bias] = weights.parts();
        let variable = |(shape, values): (Vec<usize>, &[f32])| {
            Var::from_tensor(&Tensor::from_slice(values, shape, device)?)
        };
        Ok(Self {
            inputs: weights.inputs,
            units: weights.units,
            outputs: weights.outputs,
            dynamics,
            parameters: [
                variable(kernel)?,
                variable(recurrent)?,
                variable(bias)?,
                variable(readout)?,
                variable(readout_bias)?,
            ],
        })
    }

    /// The parameters in the order of [`PARAMETERS`].
    pub fn parameters(&self) -> &[Var; 5] {
        &self.parameters
    }

    /// `[inputs, units]`.
    pub fn kernel(&self) -> &Tensor {
        &self.parameters[0]
    }

    /// `[units, units]`.
    pub fn recurrent_kernel(&self) -> &Var {
        &self.parameters[RECURRENT_KERNEL]
    }

    /// `[units]`.
    pub fn bias(&self) -> &Tensor {
        &self.parameters[2]
    }

    /// How states follow drives.
    pub fn dynamics(&self) -> Dynamics {
        self.dynamics
    }

    /// Reads states `[reads, units]` out as logits `[reads, outputs]`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn readout(&self, state: &Tensor) -> Result<Tensor> {
        state.matmul(&self.parameters[3])?.broadcast_add(&self.parameters[4])
    }

    /// Fetches the weights from the device.
    ///
    /// # Errors
    /// If the device fails.
    pub fn weights(&self) -> Result<Weights> {
        let fetch = |parameter: &Var| parameter.flatten_all()?.to_vec1::<f32>();
        let [kernel, recurrent, bias, readout, readout_bias] = &self.parameters;
        Ok(Weights {
            inputs: self.inputs,
            units: self.units,
            outputs: self.outputs,
            kernel: fetch(kernel)?,
            recurrent_kernel: fetch(recurrent)?,
            bias: fetch(bias)?,
            readout_kernel: fetch(readout)?,
            readout_bias: fetch(readout_bias)?,
        })
    }
}
