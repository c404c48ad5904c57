//! The synapses between the neurons of a field.

use faer::{Mat, MatRef};
use sprs::{CsMat, TriMat};

use crate::{NumericsError, SparseCommunicability, ZeroStrength, communicability};

/// Pairs of neurons to one connection from which sparse columns are faster than dense products: 18 sparse terms against
/// 5 products at some fifteen times the rate.
const SPARSE_FROM: usize = 64;

/// Synapse counts between N neurons, sparse, row = presynaptic.
///
/// ```
/// use numerics::{Connectome, ZeroStrength};
/// let connectome = Connectome::new(3, [(0, 1, 1.0), (1, 0, 2.0), (0, 1, 1.0), (0, 2, 1.0)])?;
/// assert_eq!(connectome.strengths(), [3.0, 2.0, 0.0]);
/// assert_eq!(connectome.out_degrees(), [2, 1, 0]);
/// assert!(connectome.communicability(ZeroStrength::SOUND)?[(0, 1)] > 0.0);
/// # Ok::<(), numerics::NumericsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Connectome(CsMat<f64>);

impl Connectome {
    /// Collects (presynaptic, postsynaptic, synapse count) triplets; repeated pairs are summed, zero counts
    /// dropped.
    ///
    /// # Errors
    /// [`NumericsError::NeuronOutOfRange`] if an index is not below `neurons`; [`NumericsError::Count`] if a count
    /// is negative, NaN or infinite.
    pub fn new(
        neurons: usize,
        synapses: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Result<Self, NumericsError> {
        let mut triplets = TriMat::new((neurons, neurons));
        for (synapse, (pre, post, count)) in synapses.into_iter().enumerate() {
            if pre >= neurons || post >= neurons {
                return Err(NumericsError::NeuronOutOfRange { synapse, pre, post, neurons });
            }
            if !(count.is_finite() && count >= 0.0) {
                return Err(NumericsError::Count { synapse, count });
            }
            if count > 0.0 {
                triplets.add_triplet(pre, post, count);
            }
        }
        Ok(Self(triplets.to_csr()))
    }

    /// Collects the non-zero entries of a matrix of counts, `[N, N]`.
    ///
    /// # Errors
    /// [`NumericsError::NotSquare`]; [`NumericsError::Count`], which numbers entries in row-major order.
    pub fn from_dense(counts: MatRef<'_, f64>) -> Result<Self, NumericsError> {
        let neurons = crate::matrix::square("the matrix of synapse counts", counts)?;
        let pairs = (0..neurons).flat_map(|pre| (0..neurons).map(move |post| (pre, post)));
        Self::new(neurons, pairs.map(|(pre, post)| (pre, post, counts[(pre, post)])))
    }

    /// The number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.0.rows()
    }

    /// The number of connected ordered pairs.
    pub fn edges(&self) -> usize {
        self.0.nnz()
    }

    /// The counts, compressed by row.
    pub fn counts(&self) -> &CsMat<f64> {
        &self.0
    }

    /// The counts as a dense matrix, `[N, N]`.
    pub fn to_dense(&self) -> Mat<f64> {
        let mut dense = Mat::zeros(self.neurons(), self.neurons());
        for (&count, (pre, post)) in &self.0 {
            dense[(pre, post)] = count;
        }
        dense
    }

    /// The number of synapses that every neuron makes, `S_i = Σ_j W_ij`.
    pub fn strengths(&self) -> Vec<f64> {
        self.0.outer_iterator().map(|row| row.iter().map(|(_, count)| count).sum()).collect()
    }

    /// The number of neurons that every neuron projects to.
    pub fn out_degrees(&self) -> Vec<usize> {
        self.0.outer_iterator().map(|row| row.nnz()).collect()
    }

    /// The number of neurons that project to every neuron.
    pub fn in_degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.neurons()];
        self.0.indices().iter().for_each(|&post| degrees[post] += 1);
        degrees
    }

    /// Computes the connectome's communicability, `[N, N]`, as [`communicability()`] does, by sparse columns where that
    /// is faster.
    ///
    /// [`ZeroStrength::PUBLISHED`] is the released code's, with entries up to 1e5 out of counts below 5;
    /// [`ZeroStrength::SOUND`] leaves neurons without outgoing synapses out.
    ///
    /// # Errors
    /// [`NumericsError::Setting`] if `zero_strength` holds a negative number, NaN or infinity;
    /// [`NumericsError::Overflow`] if a strength exceeds the range of f64.
    pub fn communicability(&self, zero_strength: ZeroStrength) -> Result<Mat<f64>, NumericsError> {
        let cheap = self.edges() * SPARSE_FROM <= self.neurons() * self.neurons();
        if cheap && !matches!(zero_strength, ZeroStrength::Added(_)) {
            return SparseCommunicability::new(self)?.to_dense(zero_strength);
        }
        communicability(self.to_dense().as_ref(), zero_strength)
    }
}
