//! Distances between neurons.

use faer::{Mat, MatRef};

use crate::{
    NumericsError,
    matrix::{check_finite, check_shape, square, to_row_major},
};

const NAME: &str = "the table of positions";

/// Computes distances between soma positions, every axis scaled to [0, 1] on its own.
///
/// `d_ij = ‖p_i − p_j‖` with `p = (x − min x) / (max x − min x)` and so on; an axis of zero extent contributes 0.
/// `positions` is `[N, 3]`, any unit; the result is `[N, N]`, symmetric, dimensionless, at most √3.
///
/// # Errors
/// [`NumericsError::Shape`] if there are not three columns; [`NumericsError::NotFinite`] names the first row and
/// axis that is NaN or infinite; [`NumericsError::Overflow`] if an extent exceeds the range of f64.
pub fn measured(positions: MatRef<'_, f64>) -> Result<Mat<f64>, NumericsError> {
    check(positions)?;
    pairwise(&unit_axes([0, 1, 2].map(|axis| positions.col(axis).iter().copied().collect()))?)
}

/// Computes distances as the released code does, which mixes the axes.
///
/// The `[N, 3]` table is flattened row by row and cut into three rows of N, which are then treated as the axes of
/// [`measured`]. `positions` is `[N, 3]`, voxels; the result is `[N, N]`, symmetric, dimensionless.
///
/// # Errors
/// Those of [`measured`].
pub fn published(positions: MatRef<'_, f64>) -> Result<Mat<f64>, NumericsError> {
    check(positions)?;
    let flat = to_row_major(positions);
    let neurons = positions.nrows();
    pairwise(&unit_axes([0, 1, 2].map(|row| flat[row * neurons..(row + 1) * neurons].to_vec()))?)
}

/// Computes Euclidean distances between positions in micrometres.
///
/// `positions_um` is `[N, 3]`, µm; the result is `[N, N]`, symmetric, µm.
///
/// # Errors
/// Those of [`measured`].
pub fn micrometre(positions_um: MatRef<'_, f64>) -> Result<Mat<f64>, NumericsError> {
    check(positions_um)?;
    pairwise(&[0, 1, 2].map(|axis| positions_um.col(axis).iter().copied().collect()))
}

/// Computes distances between the points of an integer grid of spacing 1.
///
/// The points are in the order of `numpy.meshgrid(x, y, z)` ravelled: z fastest, then x, then y.
/// `shape` counts the points along x, y and z; the result is `[N, N]` with N their product, in grid steps.
///
/// # Errors
/// [`NumericsError::TooLarge`] if the matrix cannot be addressed.
pub fn grid(shape: [usize; 3]) -> Result<Mat<f64>, NumericsError> {
    pairwise(&grid_axes(shape)?)
}

/// Computes distances between the points of the same grid as [`grid`], every axis scaled to [0, 1].
///
/// An axis of one point stays 0. The result is `[N, N]`, dimensionless, at most √3.
///
/// # Errors
/// [`NumericsError::TooLarge`] if the matrix cannot be addressed.
pub fn grid_unit(shape: [usize; 3]) -> Result<Mat<f64>, NumericsError> {
    pairwise(&unit_axes(grid_axes(shape)?)?)
}

/// Scales distances so that their mean over pairs of two neurons is `mean`.
///
/// `distance` is `[N, N]` with a zero diagonal, and so is the result; that of fewer than two neurons is zero.
///
/// # Errors
/// [`NumericsError::NotSquare`]; [`NumericsError::OnePlace`] if all distances are zero.
pub fn scaled_to_mean(distance: MatRef<'_, f64>, mean: f64) -> Result<Mat<f64>, NumericsError> {
    let neurons = square("the distance matrix", distance)?;
    let pairs = (neurons * neurons.saturating_sub(1)) as f64;
    if pairs == 0.0 {
        return Ok(distance.to_owned());
    }
    let found = distance.sum() / pairs;
    if found > 0.0 {
        Ok(Mat::from_fn(neurons, neurons, |i, j| distance[(i, j)] * (mean / found)))
    } else {
        Err(NumericsError::OnePlace { neurons, mean })
    }
}

/// Factorises `count` into the three sides, descending, of the box of least surface whose volume is exactly
/// `count`.
///
/// ```
/// assert_eq!(numerics::factor_grid(64), [4, 4, 4]);
/// assert_eq!(numerics::factor_grid(312), [13, 6, 4]);
/// assert_eq!(numerics::factor_grid(7), [7, 1, 1]);
/// ```
pub fn factor_grid(count: usize) -> [usize; 3] {
    let mut best = [count, 1, 1];
    if count == 0 {
        return [0; 3];
    }
    let surface = |[a, b, c]: [usize; 3]| (a as u128) * (b as u128) + (c as u128) * (a as u128 + b as u128);
    for c in (1..=count.isqrt()).take_while(|c| c * c <= count / c).filter(|c| count.is_multiple_of(*c)) {
        let rest = count / c;
        let middle = (c..=rest.isqrt()).rev().find(|b| rest.is_multiple_of(*b));
        let sides = middle.map_or(best, |b| [rest / b, b, c]);
        if surface(sides) < surface(best) {
            best = sides;
        }
    }
    best
}

type Axes = [Vec<f64>; 3];

fn check(positions: MatRef<'_, f64>) -> Result<(), NumericsError> {
    check_shape(NAME, positions, (positions.nrows(), 3))?;
    check_finite(NAME, positions)
}

fn grid_axes(shape: [usize; 3]) -> Result<Axes, NumericsError> {
    let points = shape.iter().try_fold(1_usize, |product, &side| product.checked_mul(side));
    let addressable = points.filter(|&n| {
        n.checked_mul(n)
            .and_then(|entries| entries.checked_mul(size_of::<f64>()))
            .is_some_and(|b| isize::try_from(b).is_ok())
    });
    let Some(points) = addressable else {
        return Err(NumericsError::TooLarge {
            matrix: "a grid distance",
            rows: points.unwrap_or(usize::MAX),
        });
    };
    let [along_x, _, along_z] = shape;
    let axis = |coordinate: fn(usize, usize, usize) -> usize| {
        (0..points).map(|point| coordinate(point, along_x, along_z) as f64).collect()
    };
    Ok([axis(|p, x, z| p / z % x), axis(|p, x, z| p / z / x), axis(|p, _, z| p % z)])
}

fn unit_axes(mut axes: Axes) -> Result<Axes, NumericsError> {
    for axis in &mut axes {
        let low = axis.iter().copied().fold(f64::INFINITY, f64::min);
        let extent = axis.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low;
        if extent == f64::INFINITY {
            return Err(NumericsError::Overflow { quantity: "the extent of the positions" });
        }
        for x in axis {
            *x = if extent > 0.0 { (*x - low) / extent } else { 0.0 };
        }
    }
    Ok(axes)
}

fn pairwise([x, y, z]: &Axes) -> Result<Mat<f64>, NumericsError> {
    let squared = |axis: &[f64], i: usize, j: usize| (axis[i] - axis[j]) * (axis[i] - axis[j]);
    let distance = |i, j| (squared(x, i, j) + squared(y, i, j) + squared(z, i, j)).sqrt();
    let distances = Mat::from_fn(x.len(), x.len(), distance);
    if distances.is_all_finite() {
        Ok(distances)
    } else {
        Err(NumericsError::Overflow { quantity: "the distance between two positions" })
    }
}
