use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Edge lengths of a MICrONS voxel along x, y and z, micrometres.
pub const VOXEL_UM: [f64; 3] = [0.004, 0.004, 0.04];

/// Name of a field: `session_scan_field` of the recording (`6_6_2`), or `synthetic_N`.
///
/// Only letters, digits and `_`, so that it is safe as the name of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(String);

/// A string that cannot name a field.
#[derive(Debug, Error)]
#[error("`{0}` cannot name a field: use session_scan_field such as 6_6_2, letters, digits and `_` only")]
pub struct FieldNameError(String);

impl FieldName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of neurons that a name of the form `synthetic_N` asks for.
    pub fn synthetic_neurons(&self) -> Option<usize> {
        self.0.strip_prefix("synthetic_")?.parse().ok()
    }
}

impl FromStr for FieldName {
    type Err = FieldNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let usable = !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if usable { Ok(Self(text.to_owned())) } else { Err(FieldNameError(text.to_owned())) }
    }
}

impl TryFrom<String> for FieldName {
    type Error = FieldNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Segment of the electron-microscopy volume. Changes with every materialisation version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootId(pub i64);

/// Cell nucleus of the electron-microscopy volume. Stable across materialisation versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NucleusId(pub i64);

/// Functional unit within one scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub i64);

/// A neuron of a field; its place in [`Field::neurons`] is its index everywhere else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    /// Functional unit.
    pub unit: UnitId,
    /// Nucleus.
    pub nucleus: NucleusId,
    /// Segment; `None` where the segmentation found none (`root_id` 0 in the sources).
    pub root: Option<RootId>,
    /// Soma position, micrometres.
    pub position_um: [f64; 3],
    /// Soma position, voxels of [`VOXEL_UM`].
    pub position_voxel: [i64; 3],
}

/// All synapses from one neuron to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connection {
    /// Index of the presynaptic neuron.
    pub pre: u32,
    /// Index of the postsynaptic neuron.
    pub post: u32,
    /// Number of synapses, at least 1.
    pub count: u32,
    /// Summed size of their clefts, voxels, where the source tells.
    pub size: Option<f64>,
}

/// One functional event of one neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Index of the neuron.
    pub neuron: u32,
    /// Time since the start of the recording, seconds.
    pub time_s: f64,
}

/// One field of cortex, cleaned and checked: what `ingest` hands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Name of the field.
    pub name: FieldName,
    /// Neurons; the order is the row order of every matrix of this field.
    pub neurons: Vec<Neuron>,
    /// Connections, sorted by (pre, post), without duplicates.
    pub connections: Vec<Connection>,
    /// Events, sorted by (neuron, time); empty where the source has none.
    pub events: Vec<Event>,
}

impl Field {
    /// Events of every neuron, seconds, ascending; empty trains for silent neurons.
    pub fn event_trains(&self) -> Vec<Vec<f64>> {
        let mut trains = vec![Vec::new(); self.neurons.len()];
        for event in &self.events {
            trains[event.neuron as usize].push(event.time_s);
        }
        trains
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_a_folder_are_refused() {
        for bad in ["", "..", "6/6/2", "a b", "é", &"x".repeat(65)] {
            assert!(bad.parse::<FieldName>().is_err(), "{bad}");
        }
        assert_eq!(
            "synthetic_64".parse::<FieldName>().ok().and_then(|name| name.synthetic_neurons()),
            Some(64)
        );
    }
}
