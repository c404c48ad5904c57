use std::{path::PathBuf, str::FromStr};

use anyhow::{Context, bail, ensure};
use artifact::{ForeignTensor, TensorFile};
use numerics::{Mat, row_major};
use tasks::{Shape, Trials};

use crate::{lessons::Lessons, network::Weights};

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
    /// Name of a tensor in the file, behind the prefix.
    fn full_name(&self, name: &str) -> String {
        match &self.name {
            Some(prefix) if name.is_empty() => prefix.clone(),
            Some(prefix) => format!("{prefix}.{name}"),
            None => name.to_owned(),
        }
    }

    /// Reads a tensor, of the name that follows the prefix; every element must be finite.
    fn tensor(&self, file: &TensorFile, name: &str) -> anyhow::Result<ForeignTensor> {
        let name = self.full_name(name);
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

    /// Reads trials that fit a network of these weights: `x`, `y` and, where there are labels for every step, `mask`.
    pub(super) fn lessons(&self, weights: &Weights) -> anyhow::Result<Lessons> {
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
        let outputs = weights.outputs;
        let y = self.tensor(&file, "y")?;
        let one_hot = match y.shape[..] {
            [found] if found == trials => false,
            // Where there are as many steps as outputs, integers tell labels a step from one-hot rows.
            [found, width] if found == trials && width == outputs && !(width == steps && y.integers) => true,
            [found, width] if found == trials && width == steps => false,
            [found, length, width] if found == trials && length == steps && width == outputs => true,
            _ => bail!(
                "{path}: y has the shape {:?}, expected [{trials}, {outputs}] one-hot, [{trials}] labels, or a label a step, [{trials}, {steps}] or [{trials}, {steps}, {outputs}]",
                y.shape
            ),
        };
        let labels: Vec<Option<u32>> = if one_hot {
            y.values.chunks_exact(outputs).map(one_hot_label).collect()
        } else {
            y.values.iter().map(|&label| integer_label(label)).collect()
        };
        let labels = labels.into_iter().map(|label| label.filter(|&label| (label as usize) < outputs));
        let shape = Shape { steps, inputs, outputs };
        let x: Vec<f32> = x.values.into_iter().map(|value| value as f32).collect();
        let mask = self.mask(&file, trials, steps)?;
        if labels.len() == trials && steps > 1 {
            ensure!(
                mask.is_none(),
                "{path}: there is a mask [{trials}, {steps}], but y has one label a trial"
            );
            let labels = labels.enumerate().map(|(trial, label)| {
                label.with_context(|| {
                    format!("{path}: the label of trial {trial} in y is not one of {outputs} outputs, or not one-hot")
                })
            });
            return Ok(Trials { shape, inputs: x, labels: labels.collect::<anyhow::Result<_>>()? }.into());
        }
        let asked = mask.unwrap_or_else(|| vec![true; trials * steps]);
        let labels = labels.zip(&asked).enumerate().map(|(place, (label, &asked))| match label {
            None if asked => bail!(
                "{path}: the label of trial {}, step {} in y is not one of {outputs} outputs, or not one-hot",
                place / steps,
                place % steps
            ),
            other => Ok(other.unwrap_or_default()),
        });
        let labels = labels.collect::<anyhow::Result<Vec<_>>>()?;
        Lessons::of_steps(shape, x, &labels, &asked).with_context(|| {
            let silent =
                asked.chunks_exact(steps).position(|steps| !steps.contains(&true)).unwrap_or_default();
            format!(
                "{path}: the mask of trial {silent} asks for no answer; leave the trial out or mask a step in"
            )
        })
    }

    /// Reads where the labels count, if the file says so.
    fn mask(&self, file: &TensorFile, trials: usize, steps: usize) -> anyhow::Result<Option<Vec<bool>>> {
        if !file.has(&self.full_name("mask")) {
            return Ok(None);
        }
        let (path, mask) = (self.path.display(), self.tensor(file, "mask")?);
        ensure!(
            mask.shape == [trials, steps],
            "{path}: mask has the shape {:?}, expected [{trials}, {steps}]",
            mask.shape
        );
        if let Some(place) = mask.values.iter().position(|&value| value != 0.0 && value != 1.0) {
            bail!(
                "{path}: the mask of trial {}, step {} is {}, expected 0 or 1",
                place / steps,
                place % steps,
                mask.values[place]
            );
        }
        Ok(Some(mask.values.into_iter().map(|value| value == 1.0).collect()))
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
