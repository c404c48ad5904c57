use crate::GraphError;

/// A square matrix of finite weights, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct WeightMatrix<'a> {
    values: &'a [f64],
    nodes: usize,
}

impl<'a> WeightMatrix<'a> {
    /// Checks and wraps `values`, row-major `[nodes, nodes]`, `W[pre, post]`.
    ///
    /// # Errors
    /// [`GraphError::NotSquare`] if there are not `nodes`² values; [`GraphError::NotFinite`] names the
    /// first that is NaN or infinite.
    pub fn new(values: &'a [f64], nodes: usize) -> Result<Self, GraphError> {
        if nodes.checked_mul(nodes) != Some(values.len()) {
            return Err(GraphError::NotSquare { nodes, found: values.len() });
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => {
                Err(GraphError::NotFinite { row: index / nodes, column: index % nodes, value: values[index] })
            }
            None => Ok(Self { values, nodes }),
        }
    }

    /// The values, row-major.
    pub fn values(&self) -> &'a [f64] {
        self.values
    }

    /// Rows, and columns.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The weights between different nodes, row by row.
    pub fn off_diagonal(&self) -> impl Iterator<Item = f64> + use<'a> {
        let nodes = self.nodes;
        self.values
            .iter()
            .enumerate()
            .filter(move |(index, _)| index / nodes != index % nodes)
            .map(|(_, &value)| value)
    }

    /// `[W_ij, W_ji]` for every pair i > j.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = [f64; 2]> + use<'a> {
        let (values, nodes) = (self.values, self.nodes);
        (0..nodes).flat_map(move |row| {
            (0..row).map(move |column| [values[row * nodes + column], values[column * nodes + row]])
        })
    }

    /// Mean of the diagonal, and mean magnitude off it; absent where there is no such weight.
    pub fn diagonal_and_off_diagonal_mean(&self) -> [Option<f64>; 2] {
        let nodes = self.nodes;
        let diagonal: f64 = (0..nodes).map(|node| self.values[node * nodes + node]).sum();
        let rest: f64 = self.off_diagonal().map(f64::abs).sum();
        [
            (nodes > 0).then(|| diagonal / nodes as f64),
            (nodes > 1).then(|| rest / (nodes * (nodes - 1)) as f64),
        ]
    }

    /// The quantile of the magnitudes, as `numpy.quantile(abs(W), quantile)`: linear interpolation
    /// between order statistics at `quantile (N² − 1)`. `None` of an empty matrix.
    pub(crate) fn magnitude_quantile(&self, quantile: f64) -> Option<f64> {
        let mut magnitudes: Vec<f64> = self.values.iter().map(|value| value.abs()).collect();
        let last = magnitudes.len().checked_sub(1)?;
        let position = last as f64 * quantile;
        let fraction = position.fract();
        let (_, &mut below, beyond) = magnitudes.select_nth_unstable_by(position as usize, f64::total_cmp);
        let above = beyond.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
        let step = above - below;
        // NumPy interpolates from the nearer end, which decides the last bit.
        Some(if fraction >= 0.5 { above - step * (1.0 - fraction) } else { below + step * fraction })
    }
}
