use std::fmt;

use crate::{Coordinates, GridSpacing, Protocol, nearest::nearest};

/// Which distance weighs the penalty: the D part of a variant, written `D`, `D*`, `D~name` or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// No D: every pair weighs the same.
    None,
    /// `D`: the grid control, in the protocol's spacing.
    Grid,
    /// `D*`: measured positions, in the protocol's coordinates.
    Measured,
    /// `D~name`: this matrix, whatever the protocol says.
    Exactly(DistanceMatrix),
}

/// A distance matrix of a field's priors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistanceMatrix {
    /// Measured positions, every axis scaled to \[0, 1\].
    Measured,
    /// Measured positions with their axes mixed, as the released code does.
    Published,
    /// The grid of integer spacing.
    Grid,
    /// The grid scaled to \[0, 1\] per axis.
    GridUnit,
    /// `measured` with positions dealt to other neurons, another deal in every simulation.
    Permuted,
    /// `measured` scaled to the mean that `grid-unit-equal-mean` has too.
    MeasuredEqualMean,
    /// `grid-unit` scaled to the mean that `measured-equal-mean` has too.
    GridUnitEqualMean,
}

impl Distance {
    /// The matrix that this distance is under a protocol; `None` for no D.
    pub fn under(self, protocol: Protocol) -> Option<DistanceMatrix> {
        match (self, protocol.coordinates, protocol.grid) {
            (Self::None, _, _) => None,
            (Self::Grid, _, GridSpacing::Grid) => Some(DistanceMatrix::Grid),
            (Self::Grid, _, GridSpacing::GridUnit) => Some(DistanceMatrix::GridUnit),
            (Self::Measured, Coordinates::Published, _) => Some(DistanceMatrix::Published),
            (Self::Measured, Coordinates::Measured, _) => Some(DistanceMatrix::Measured),
            (Self::Exactly(matrix), _, _) => Some(matrix),
        }
    }
}

impl DistanceMatrix {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Measured,
        Self::Published,
        Self::Grid,
        Self::GridUnit,
        Self::Permuted,
        Self::MeasuredEqualMean,
        Self::GridUnitEqualMean,
    ];

    /// Name after `D~`; the tensor in `priors.safetensors` is called `distance.NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Published => "published",
            Self::Grid => "grid",
            Self::GridUnit => "grid-unit",
            Self::Permuted => "permuted",
            Self::MeasuredEqualMean => "measured-equal-mean",
            Self::GridUnitEqualMean => "grid-unit-equal-mean",
        }
    }

    /// Finds the matrix of a name, or the nearest known name.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        nearest(name, &Self::ALL, Self::name)
    }
}

impl fmt::Display for Distance {
    /// Writes the D part of a variant: nothing, `D`, `D*` or `D~name`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Grid => formatter.pad("D"),
            Self::Measured => formatter.pad("D*"),
            Self::Exactly(matrix) => formatter.pad(&format!("D~{}", matrix.name())),
        }
    }
}
