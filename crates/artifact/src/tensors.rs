use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use safetensors::{Dtype, SafeTensors, View};

use crate::{ArtifactError, Fingerprint};

/// Elements of a tensor, last axis fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum TensorData {
    /// Single precision: network weights.
    F32(Vec<f32>),
    /// Double precision: measures.
    F64(Vec<f64>),
}

/// A tensor with its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// Elements.
    pub data: TensorData,
}

/// Bytes are made when a tensor is written, one tensor at a time: a file may be hundreds of megabytes.
impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        match self.data {
            TensorData::F32(_) => Dtype::F32,
            TensorData::F64(_) => Dtype::F64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(match &self.data {
            TensorData::F32(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            TensorData::F64(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        })
    }

    fn data_len(&self) -> usize {
        match &self.data {
            TensorData::F32(values) => size_of_val(values.as_slice()),
            TensorData::F64(values) => size_of_val(values.as_slice()),
        }
    }
}

/// Named tensors: a safetensors file in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensors {
    tensors: BTreeMap<String, Tensor>,
}

impl Tensors {
    /// No tensors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a double-precision tensor.
    pub fn insert_f64(&mut self, name: impl Into<String>, shape: &[usize], data: Vec<f64>) {
        self.tensors.insert(name.into(), Tensor { shape: shape.to_vec(), data: TensorData::F64(data) });
    }

    /// Adds a single-precision tensor.
    pub fn insert_f32(&mut self, name: impl Into<String>, shape: &[usize], data: Vec<f32>) {
        self.tensors.insert(name.into(), Tensor { shape: shape.to_vec(), data: TensorData::F32(data) });
    }

    /// Names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// The tensor of this name.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if there is none.
    pub fn get(&self, name: &str) -> Result<&Tensor, ArtifactError> {
        self.tensors.get(name).ok_or_else(|| {
            ArtifactError::content(
                format!("tensor {name}"),
                format!("not among {}", self.names().collect::<Vec<_>>().join(", ")),
            )
        })
    }

    /// Elements of a double-precision tensor of this shape.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if it is missing, or of another type or shape.
    pub fn f64(&self, name: &str, shape: &[usize]) -> Result<&[f64], ArtifactError> {
        match &self.get(name)?.data {
            TensorData::F64(values) => self.shaped(name, shape).map(|()| values.as_slice()),
            TensorData::F32(_) => {
                Err(ArtifactError::content(format!("tensor {name}"), "found f32, expected f64"))
            }
        }
    }

    /// Elements of a single-precision tensor of this shape.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if it is missing, or of another type or shape.
    pub fn f32(&self, name: &str, shape: &[usize]) -> Result<&[f32], ArtifactError> {
        match &self.get(name)?.data {
            TensorData::F32(values) => self.shaped(name, shape).map(|()| values.as_slice()),
            TensorData::F64(_) => {
                Err(ArtifactError::content(format!("tensor {name}"), "found f64, expected f32"))
            }
        }
    }

    /// Shapes by name.
    pub fn shapes(&self) -> BTreeMap<String, Vec<usize>> {
        self.tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shape.clone())).collect()
    }

    /// Fingerprints of slices by name: of a tensor of three axes one along its first, of any other a single one.
    pub(crate) fn slices(&self) -> BTreeMap<String, Vec<Fingerprint>> {
        let slices = |tensor: &Tensor| {
            let count = if tensor.shape.len() == 3 { tensor.shape[0] } else { 1 };
            match &tensor.data {
                TensorData::F32(values) => parts(values, count).map(Fingerprint::of_f32).collect(),
                TensorData::F64(values) => parts(values, count).map(Fingerprint::of_f64).collect(),
            }
        };
        self.tensors.iter().map(|(name, tensor)| (name.clone(), slices(tensor))).collect()
    }

    fn shaped(&self, name: &str, shape: &[usize]) -> Result<(), ArtifactError> {
        let found = &self.get(name)?.shape;
        if found == shape {
            Ok(())
        } else {
            Err(ArtifactError::content(
                format!("tensor {name}"),
                format!("found shape {found:?}, expected {shape:?}"),
            ))
        }
    }

    /// Writes the tensors as safetensors; equal tensors are equal bytes.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if a shape does not fit its data.
    pub fn to_safetensors(&self, name: &str) -> Result<Vec<u8>, ArtifactError> {
        // One entry only: the order of several would depend on a hash map.
        let metadata = HashMap::from([("format".to_owned(), "lamina".to_owned())]);
        for tensor in self.tensors.keys() {
            self.check(tensor)?;
        }
        safetensors::serialize(&self.tensors, Some(metadata))
            .map_err(|error| ArtifactError::content(name, error.to_string()))
    }

    /// Whether a tensor has as many elements as its shape says.
    fn check(&self, name: &str) -> Result<(), ArtifactError> {
        let tensor = self.get(name)?;
        let found = match &tensor.data {
            TensorData::F32(values) => values.len(),
            TensorData::F64(values) => values.len(),
        };
        if tensor.shape.iter().product::<usize>() == found {
            return Ok(());
        }
        let reason = format!("{found} elements do not fill shape {:?}", tensor.shape);
        Err(ArtifactError::content(format!("tensor {name}"), reason))
    }

    /// Reads a safetensors file of f32 and f64 tensors.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if it is not such a file.
    pub fn from_safetensors(name: &str, bytes: &[u8]) -> Result<Self, ArtifactError> {
        let failed = |error: &dyn std::fmt::Display| ArtifactError::content(name, error.to_string());
        let file = SafeTensors::deserialize(bytes).map_err(|error| failed(&error))?;
        let mut tensors = Self::new();
        for (tensor_name, view) in file.iter() {
            let bytes = view.data();
            match view.dtype() {
                Dtype::F32 => {
                    let values =
                        bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
                    tensors.insert_f32(tensor_name, view.shape(), values);
                }
                Dtype::F64 => {
                    let values =
                        bytes.as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
                    tensors.insert_f64(tensor_name, view.shape(), values);
                }
                other => {
                    return Err(failed(&format!("tensor {tensor_name} is {other:?}, expected f32 or f64")));
                }
            }
        }
        Ok(tensors)
    }
}

/// Cuts values into `count` parts of equal length.
fn parts<T>(values: &[T], count: usize) -> impl Iterator<Item = &[T]> {
    let length = values.len().checked_div(count).unwrap_or(0);
    (0..count).map(move |part| &values[part * length..(part + 1) * length])
}
