use std::ops::Range;

use faer::Mat;
use rayon::prelude::*;

use crate::Counts;

/// Sums of binned counts and of their products over a range of bins, exact.
///
/// They are integers, so that neither rounding nor the order of summation enters covariances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moments {
    bins: u64,
    /// `Σ_t c_it`.
    sums: Vec<u64>,
    /// `Σ_t c_it c_jt`, row by row.
    products: Vec<u64>,
}

/// Computes the Pearson correlation of binned counts.
///
/// `r_ij = cov(c_i, c_j) / (sd(c_i) sd(c_j))`, `[N, N]`, symmetric, `r_ii = 1`. A neuron whose counts are constant
/// has correlation 0 with every other.
pub fn correlation(moments: &Moments) -> Mat<f64> {
    let deviations: Vec<f64> = (0..moments.neurons()).map(|i| moments.scatter(i, i).sqrt()).collect();
    Mat::from_fn(moments.neurons(), moments.neurons(), |i, j| {
        if i == j {
            1.0
        } else if moments.is_constant(i) || moments.is_constant(j) {
            0.0
        } else {
            (moments.scatter(i, j) / (deviations[i] * deviations[j])).clamp(-1.0, 1.0)
        }
    })
}

impl Moments {
    /// Sums over all bins.
    pub fn of(counts: &Counts) -> Self {
        Self::over(counts, 0..counts.bins())
    }

    /// Sums over a range of bins, such as a fold of a cross-validation.
    pub fn over(counts: &Counts, bins: Range<u64>) -> Self {
        let neurons = counts.neurons();
        let within = |neuron: usize| {
            let all = counts.occupied(neuron);
            let start = all.partition_point(|&(bin, _)| bin < bins.start);
            &all[start..all.partition_point(|&(bin, _)| bin < bins.end).max(start)]
        };
        let mut events: Vec<(u64, usize, u64)> = (0..neurons)
            .flat_map(|neuron| {
                within(neuron).iter().map(move |&(bin, count)| (bin, neuron, u64::from(count)))
            })
            .collect();
        events.par_sort_unstable();
        let coactive: Vec<&[(u64, usize, u64)]> = events.chunk_by(|a, b| a.0 == b.0).collect();
        let mut memberships = vec![Vec::new(); neurons];
        for group in &coactive {
            group.iter().for_each(|&(_, neuron, count)| memberships[neuron].push((*group, count)));
        }
        let mut products = vec![0; neurons * neurons];
        products.par_chunks_mut(neurons.max(1)).zip(&memberships).for_each(|(row, memberships)| {
            for &(group, count) in memberships {
                for &(_, other, others) in group {
                    row[other] += count * others;
                }
            }
        });
        let sums = (0..neurons).map(|neuron| within(neuron).iter().map(|&(_, count)| u64::from(count)).sum());
        Self { bins: bins.end.saturating_sub(bins.start), sums: sums.collect(), products }
    }

    /// The number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.sums.len()
    }

    /// The number of bins summed over.
    pub fn bins(&self) -> u64 {
        self.bins
    }

    /// Whether a neuron has the same count in every bin.
    pub fn is_constant(&self, neuron: usize) -> bool {
        self.scatter(neuron, neuron) == 0.0
    }

    /// The neurons whose counts differ between bins.
    pub fn varying(&self) -> Vec<usize> {
        (0..self.neurons()).filter(|&neuron| !self.is_constant(neuron)).collect()
    }

    /// Sums over the bins that are not in `part`, which is of some of these bins.
    pub(crate) fn without(&self, part: &Self) -> Self {
        let rest = |all: &[u64], part: &[u64]| all.iter().zip(part).map(|(all, part)| all - part).collect();
        Self {
            bins: self.bins - part.bins,
            sums: rest(&self.sums, &part.sums),
            products: rest(&self.products, &part.products),
        }
    }

    /// The covariance with denominator `bins`, `[N, N]`, events² per bin².
    pub fn covariance(&self) -> Mat<f64> {
        let bins = self.bins as f64;
        Mat::from_fn(self.neurons(), self.neurons(), |i, j| self.scatter(i, j) / bins / bins)
    }

    /// `bins² · cov(c_i, c_j)`, computed in integers and rounded once.
    fn scatter(&self, i: usize, j: usize) -> f64 {
        let product = i128::from(self.products[i * self.neurons() + j]);
        let separate = i128::from(self.sums[i]) * i128::from(self.sums[j]);
        (i128::from(self.bins) * product - separate) as f64
    }
}
