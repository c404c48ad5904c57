//! Trained networks for PyTorch.

use std::path::{Path, PathBuf};

use artifact::{TensorFile, Tensors, write_atomically};
use clap::Args;

use crate::AnalyzeError;

/// Arguments of `pytorch`.
#[derive(Args, Clone, Debug)]
pub struct PytorchArguments {
    /// Weights of a network: a file of `weights/`, or `weights.safetensors` of `train fit`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Safetensors file to write
    #[arg(value_name = "OUTPUT")]
    pub output: PathBuf,
}

/// The five weights of a network, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Inputs, units, outputs.
    pub sizes: [usize; 3],
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

/// Writes the weights of one network as a state that PyTorch loads ([`Network::to_pytorch`]).
///
/// # Errors
/// [`AnalyzeError::Tensor`] or [`AnalyzeError::Artifact`] if the file is not one of weights; what the disk refuses.
pub fn pytorch(arguments: &PytorchArguments) -> anyhow::Result<()> {
    let state = Network::read(&arguments.file)?.to_pytorch();
    write_atomically(&arguments.output, &state.to_safetensors(&arguments.output.display().to_string())?)?;
    println!("{}", arguments.output.display());
    Ok(())
}

impl Network {
    /// Reads the weights of one network.
    ///
    /// # Errors
    /// [`AnalyzeError::Artifact`] if the file or a tensor is missing; [`AnalyzeError::Tensor`] names the first tensor
    /// whose shape does not fit the others.
    pub fn read(path: &Path) -> Result<Self, AnalyzeError> {
        let file = TensorFile::open(path)?;
        let tensor = |name: &str, shape: &dyn Fn(&[usize]) -> bool, expected: &str| {
            let tensor = file.tensor(name)?;
            if tensor.integers || !shape(&tensor.shape) {
                let kind = if tensor.integers { "integers of " } else { "" };
                let reason = format!("has {kind}the shape {:?}, expected {expected}", tensor.shape);
                return Err(AnalyzeError::Tensor { path: path.to_owned(), tensor: name.to_owned(), reason });
            }
            Ok((tensor.shape, tensor.values.iter().map(|&value| value as f32).collect::<Vec<f32>>()))
        };
        let (shape, recurrent_kernel) =
            tensor("recurrent_kernel", &|shape| shape.len() == 2 && shape[0] == shape[1], "[units, units]")?;
        let units = shape[0];
        let (shape, kernel) =
            tensor("kernel", &|shape| shape.len() == 2 && shape[1] == units, &format!("[inputs, {units}]"))?;
        let inputs = shape[0];
        let (_, bias) = tensor("bias", &|shape| shape == [units], &format!("[{units}]"))?;
        let (shape, readout_kernel) = tensor(
            "readout_kernel",
            &|shape| shape.len() == 2 && shape[0] == units,
            &format!("[{units}, outputs]"),
        )?;
        let outputs = shape[1];
        let (_, readout_bias) = tensor("readout_bias", &|shape| shape == [outputs], &format!("[{outputs}]"))?;
        Ok(Self {
            sizes: [inputs, units, outputs],
            kernel,
            recurrent_kernel,
            bias,
            readout_kernel,
            readout_bias,
        })
    }

    /// The state of a module that has a `torch.nn.RNN(inputs, units, nonlinearity="relu", batch_first=True)` called `rnn`
    /// and a `torch.nn.Linear(units, outputs)` called `readout`.
    ///
    /// PyTorch computes `h_t = relu(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)` on column vectors, so kernels are transposed;
    /// the bias becomes `b_ih`, and `b_hh` is zero. A network trained with tanh needs `nonlinearity="tanh"`; one with a time
    /// constant has no counterpart.
    ///
    /// Source: documentation of `torch.nn.RNN` and `torch.nn.Linear`.
    pub fn to_pytorch(&self) -> Tensors {
        let [inputs, units, outputs] = self.sizes;
        let mut state = Tensors::new();
        state.insert_f32("rnn.weight_ih_l0", &[units, inputs], transposed(&self.kernel, inputs, units));
        state.insert_f32(
            "rnn.weight_hh_l0",
            &[units, units],
            transposed(&self.recurrent_kernel, units, units),
        );
        state.insert_f32("rnn.bias_ih_l0", &[units], self.bias.clone());
        state.insert_f32("rnn.bias_hh_l0", &[units], vec![0.0; units]);
        state.insert_f32(
            "readout.weight",
            &[outputs, units],
            transposed(&self.readout_kernel, units, outputs),
        );
        state.insert_f32("readout.bias", &[outputs], self.readout_bias.clone());
        state
    }
}

/// The transpose of a row-major matrix.
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}
