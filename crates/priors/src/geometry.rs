use cortex::Field;
use faer::Mat;
use numerics::{factor_grid, grid, grid_unit, measured, micrometre, published};

use crate::PriorsError;

/// Distances between the neurons of a field, each `[N, N]`, symmetric.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    /// Every axis scaled to [0, 1].
    pub measured: Mat<f64>,
    /// As the released code mixes the axes.
    pub published: Mat<f64>,
    /// Between points of the integer grid.
    pub grid: Mat<f64>,
    /// Between points of the grid scaled to [0, 1] per axis.
    pub grid_unit: Mat<f64>,
    /// Between somata, µm.
    pub micrometre: Mat<f64>,
}

impl Distances {
    /// Computes all distances: `measured` and `published` from voxel positions, `micrometre` from those in µm,
    /// and both grids from a shape whose product is N.
    ///
    /// # Errors
    /// [`PriorsError::Numerics`] if a position is NaN or infinite, or the grid has another number of points.
    pub fn of(field: &Field, shape: [usize; 3]) -> Result<Self, PriorsError> {
        let neurons = &field.neurons;
        let voxel = Mat::from_fn(neurons.len(), 3, |row, axis| neurons[row].position_voxel[axis] as f64);
        let um = Mat::from_fn(neurons.len(), 3, |row, axis| neurons[row].position_um[axis]);
        Ok(Self {
            measured: measured(voxel.as_ref())?,
            published: published(voxel.as_ref())?,
            grid: grid(shape)?,
            grid_unit: grid_unit(shape)?,
            micrometre: micrometre(um.as_ref())?,
        })
    }

    /// The distances with their names in `priors.safetensors`.
    pub fn named(&self) -> [(&'static str, &Mat<f64>); 5] {
        [
            ("distance.measured", &self.measured),
            ("distance.published", &self.published),
            ("distance.grid", &self.grid),
            ("distance.grid-unit", &self.grid_unit),
            ("distance.micrometre", &self.micrometre),
        ]
    }
}

/// Decides the shape of a field's grid control: the one that is `set`, or the factors of N nearest to a cube.
///
/// # Errors
/// [`PriorsError::Grid`] if the set shape does not have N points.
pub fn grid_shape(neurons: usize, set: Option<[usize; 3]>) -> Result<[usize; 3], PriorsError> {
    let Some(shape) = set else {
        return Ok(factor_grid(neurons));
    };
    let points = shape.iter().fold(1_u128, |points, &side| points.saturating_mul(side as u128));
    if points == neurons as u128 { Ok(shape) } else { Err(PriorsError::Grid { neurons, shape, points }) }
}

/// Names the axes along which all neurons of a field lie at the same voxel.
pub fn flat_axes(field: &Field) -> Vec<&'static str> {
    let flat = |axis: usize| {
        field.neurons.windows(2).all(|pair| pair[0].position_voxel[axis] == pair[1].position_voxel[axis])
    };
    ["x", "y", "z"].into_iter().enumerate().filter(|&(axis, _)| flat(axis)).map(|(_, name)| name).collect()
}
