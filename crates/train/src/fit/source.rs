use std::{path::PathBuf, str::FromStr};

use anyhow::{Context, bail, ensure};
use artifact::{ForeignTensor, TensorFile};
use numerics::{Mat, row_major};
use tasks::{Shape, Trials};

use crate::network::Weights;

/// A safetensors file, and a tensor or a prefix of tensors in it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    path: PathBuf,
    name: Option<String>,
}

impl FromStr for Source {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.rsplit_once(':') {
            Some((path, name)) => Self { path: path.into(), name: Some(name.to_owned()) },
            None => Self { path: text.into(), name: None },
        })
    }
}

impl Source {
    /// Reads a tensor, of the name that follows the prefix; every element must be finite.
    fn tensor(&self, file: &TensorFile, name: &str) -> anyhow::Result<ForeignTensor> {
        let name = match &self.name {
            Some(prefix) if name.is_empty() => prefix.clone(),
            Some(prefix) => format!("{prefix}.{name}"),
            None => name.to_owned(),
        };
        let tensor = file.tensor(&name)?;
        if let Some(place) = tensor.values.iter().position(|value| !value.is_finite()) {
            bail!("{}: tensor `{name}`: element {place} is {}", self.path.display(), tensor.values[place]);
        }
        Ok(tensor)
    }

    /// Reads a tensor of this shape in single precision.
    fn shaped(&self, file: &TensorFile, name: &str, shape: &[usize]) -> anyhow::Result<Vec<f32>> {
        let tensor = self.tensor(file, name)?;
        ensure!(
            tensor.shape == shape,
            "{}: {name} has the shape {:?}, expected {shape:?}",
            self.path.display(),
            tensor.shape
        );
        Ok(tensor.values.into_iter().map(|value| value as f32).collect())
    }

    /// Reads the five parameters of a network.
    pub(super) fn weights(&self) -> anyhow::Result<Weights> {
        let file = TensorFile::open(&self.path)?;
        let shape = |name: &str| match self.tensor(&file, name)?.shape[..] {
            [rows, columns] if rows > 0 && columns > 0 => Ok((rows, columns)),
            ref other => bail!("{}: {name} has the shape {other:?}, expected a matrix", self.path.display()),
        };
        let ((inputs, units), (_, outputs)) = (shape("kernel")?, shape("readout_kernel")?);
        Ok(Weights {
            inputs,
            units,
            outputs,
            kernel: self.shaped(&file, "kernel", &[inputs, units])?,
            recurrent_kernel: self.shaped(&file, "recurrent_kernel", &[units, units])?,
            bias: self.shaped(&file, "bias", &[units])?,
            readout_kernel: self.shaped(&file, "readout_kernel", &[units, outputs])?,
            readout_bias: self.shaped(&file, "readout_bias", &[outputs])?,
        })
    }

    /// Reads trials that fit a network of these weights.
    pub(super) fn trials(&self, weights: &Weights) -> anyhow::Result<Trials> {
        let path = self.path.display();
        let file = TensorFile::open(&self.path)?;
        let x = self.tensor(&file, "x")?;
        let &[trials, steps, inputs] = &x.shape[..] else {
            bail!("{path}: x has the shape {:?}, expected [trials, steps, inputs]", x.shape);
        };
        ensure!(trials > 0 && steps > 0, "{path}: x has the shape {:?}, there is nothing to learn", x.shape);
        ensure!(
            inputs == weights.inputs,
            "{path}: x has {inputs} inputs, the initial kernel has {}",
            weights.inputs
        );
        let y = self.tensor(&file, "y")?;
        let outputs = weights.outputs;
        let labels = match y.shape[..] {
            [found] if found == trials => y.values.iter().map(|&label| integer_label(label)).collect(),
            [found, width] if found == trials && width == outputs => {
                y.values.chunks_exact(width).map(one_hot_label).collect::<Vec<_>>()
            }
            _ => bail!(
                "{path}: y has the shape {:?}, expected [{trials}, {outputs}] one-hot or [{trials}] labels",
                y.shape
            ),
        };
        let labels = labels.into_iter().enumerate().map(|(trial, label)| {
            label.filter(|&label| (label as usize) < outputs).with_context(|| {
                format!(
                    "{path}: the label of trial {trial} in y is not one of {outputs} outputs, or not one-hot"
                )
            })
        });
        Ok(Trials {
            shape: Shape { steps, inputs, outputs },
            inputs: x.values.into_iter().map(|value| value as f32).collect(),
            labels: labels.collect::<anyhow::Result<_>>()?,
        })
    }

    /// Reads the named matrix `[units, units]`.
    pub(super) fn square(&self, units: usize) -> anyhow::Result<Mat<f64>> {
        ensure!(self.name.is_some(), "{}: name the tensor as FILE:TENSOR", self.path.display());
        let tensor = self.tensor(&TensorFile::open(&self.path)?, "")?;
        ensure!(
            tensor.shape == [units, units],
            "{}: tensor `{}` has the shape {:?}, the network has {units} units",
            self.path.display(),
            self.name.as_deref().unwrap_or_default(),
            tensor.shape
        );
        Ok(row_major(&tensor.values, units, units)?.to_owned())
    }
}

fn integer_label(value: f64) -> Option<u32> {
    (value >= 0.0 && value.fract() == 0.0 && value <= f64::from(u32::MAX)).then_some(value as u32)
}

fn one_hot_label(row: &[f64]) -> Option<u32> {
    let label = row.iter().position(|&value| value == 1.0)?;
    let others = row.iter().enumerate().filter(|&(place, _)| place != label);
    others.into_iter().all(|(_, &value)| value == 0.0).then_some(label as u32)
}
