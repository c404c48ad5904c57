//! The synapses of a volume that a field is a small part of.

use std::collections::BTreeSet;

use cortex::Field;
use rand::Rng;
use rand_distr::{Distribution, LogNormal};

use super::sheet::{Cells, Sheet};

/// Rows of a batch; every batch has a random stream of its own, so that batches can be made in any order.
pub(super) const BATCH: usize = 1 << 16;

/// Root ids of the rest of the volume lie above those of synthetic fields.
const OTHER_ROOTS: std::ops::Range<i64> = 864_691_138_000_000_000..864_691_140_000_000_000;

/// Nuclei of the rest of the volume, likewise.
const OTHER_NUCLEI: std::ops::Range<i64> = 1_000_000..9_000_000;

/// Supervoxels, of the size that MICrONS gives.
const SUPERVOXELS: std::ops::Range<i64> = 75_000_000_000_000_000..112_000_000_000_000_000;

/// Of the synapses outside the field, those that one of its neurons sends or receives, and those onto no segment.
const HALF_OUTSIDE: f64 = 0.02;
const UNRESOLVED: f64 = 0.001;

/// μ and σ of the log-normal size of a synaptic cleft, voxels.
const CLEFT_SIZE: (f64, f64) = (7.0, 0.8);

/// Corner and edges of the volume, voxels.
const CORNER: [i64; 3] = [26_000, 50_000, 14_800];
const EDGES: [i64; 3] = [380_000, 220_000, 13_000];

/// A synapse within the field.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Inside {
    row: u64,
    pre: u32,
    post: u32,
    size: i64,
}

/// One end of a synapse.
#[derive(Clone, Copy, Debug)]
struct End {
    root: i64,
    neuron: Option<u32>,
}

/// A table of synapses: those within a field, scattered among many more.
#[derive(Clone, Debug)]
pub(super) struct Volume<'a> {
    field: &'a Field,
    seed: u64,
    rows: u64,
    inside: Vec<Inside>,
}

impl<'a> Volume<'a> {
    /// A volume of `rows` synapses that holds those of the field, at random rows.
    ///
    /// `rows` is at least the number of synapses within the field.
    pub(super) fn new(field: &'a Field, rows: u64, seed: u64) -> Self {
        let mut random = cortex::stream(seed, &["synthesize", field.name.as_str(), "places"]);
        let synapses: usize = field.connections.iter().map(|connection| connection.count as usize).sum();
        let mut places = BTreeSet::new();
        while places.len() < synapses {
            places.insert(random.random_range(0..rows));
        }
        let mut inside: Vec<Inside> = field
            .connections
            .iter()
            .flat_map(|connection| {
                let sizes = parts(connection.size.unwrap_or_default() as i64, connection.count, &mut random);
                sizes.into_iter().map(|size| Inside {
                    row: 0,
                    pre: connection.pre,
                    post: connection.post,
                    size,
                })
            })
            .collect();
        rand::seq::SliceRandom::shuffle(&mut inside[..], &mut random);
        inside.iter_mut().zip(places).for_each(|(synapse, row)| synapse.row = row);
        Self { field, seed, rows, inside }
    }

    /// Rows of a table with a row a synapse.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// One batch as rows of `synapses_pni_2`; only ids where `full` is false.
    pub(super) fn batch(&self, index: u64, full: bool) -> Sheet {
        let first = index * BATCH as u64;
        let count = BATCH.min((self.rows - first) as usize);
        let mut random = self.stream("synapses", index);
        let mut ends = self.outside(count, &mut random);
        let mut sizes = sizes(count, &mut random);
        let begin = self.inside.partition_point(|synapse| synapse.row < first);
        for synapse in self.inside[begin..].iter().take_while(|synapse| synapse.row < first + count as u64) {
            let row = (synapse.row - first) as usize;
            ends[row] = [synapse.pre, synapse.post].map(|neuron| self.end(neuron));
            sizes[row] = synapse.size;
        }
        let [pre, post] = [0, 1].map(|end| Cells::Integers(ends.iter().map(|ends| ends[end].root).collect()));
        let id = Cells::Integers((1..=count as i64).map(|row| first as i64 + row).collect());
        if !full {
            return Sheet::new().with("id", id).with("pre_pt_root_id", pre).with("post_pt_root_id", post);
        }
        let mut supervoxels =
            || Cells::Integers((0..count).map(|_| random.random_range(SUPERVOXELS)).collect());
        let (pre_supervoxels, post_supervoxels) = (supervoxels(), supervoxels());
        let centres: Vec<[i64; 3]> = (0..count)
            .map(|_| [0, 1, 2].map(|axis| CORNER[axis] + random.random_range(0..EDGES[axis])))
            .collect();
        let mut beside = || {
            let shift =
                |centre: &[i64; 3]| centre.map(|coordinate| coordinate + random.random_range(-40..=40));
            Cells::Positions(centres.iter().map(shift).collect())
        };
        let (pre_positions, post_positions) = (beside(), beside());
        Sheet::new()
            .with("id", id)
            .with("valid", Cells::Booleans(vec![true; count]))
            .with("size", Cells::Integers(sizes))
            .with("pre_pt_supervoxel_id", pre_supervoxels)
            .with("pre_pt_root_id", pre)
            .with("pre_pt_position", pre_positions)
            .with("post_pt_supervoxel_id", post_supervoxels)
            .with("post_pt_root_id", post)
            .with("post_pt_position", post_positions)
            .with("ctr_pt_position", Cells::Positions(centres))
    }

    /// Ends of `count` synapses that are not within the field: pre, post.
    fn outside(&self, count: usize, random: &mut impl Rng) -> Vec<[End; 2]> {
        let other = |random: &mut _| End { root: Rng::random_range(random, OTHER_ROOTS), neuron: None };
        let ends = |_| {
            let mut ends = [other(random), other(random)];
            let kind = random.random::<f64>();
            if kind < HALF_OUTSIDE {
                let neuron = random.random_range(0..self.field.neurons.len() as u32);
                ends[usize::from(random.random::<bool>())] = self.end(neuron);
            } else if kind < HALF_OUTSIDE + UNRESOLVED {
                ends[usize::from(random.random::<bool>())].root = 0;
            }
            ends
        };
        (0..count).map(ends).collect()
    }

    fn end(&self, neuron: u32) -> End {
        let root = self.field.neurons[neuron as usize].root.map_or(0, |root| root.0);
        End { root, neuron: Some(neuron) }
    }

    /// One batch as rows of `connections_with_nuclei`: the field's connections first, then single synapses elsewhere.
    pub(super) fn connection_batch(&self, index: u64) -> Sheet {
        let first = index as usize * BATCH;
        let count = BATCH.min(self.connection_rows() as usize - first);
        let mut random = self.stream("connections", index);
        let mut ends = self.outside(count, &mut random);
        let mut summed = sizes(count, &mut random);
        let mut synapses = vec![1; count];
        for (row, connection) in self.field.connections.iter().skip(first).take(count).enumerate() {
            ends[row] = [connection.pre, connection.post].map(|neuron| self.end(neuron));
            synapses[row] = i64::from(connection.count);
            summed[row] = connection.size.unwrap_or_default() as i64;
        }
        let mut nucleus = |end: End| match end.neuron {
            Some(neuron) => self.field.neurons[neuron as usize].nucleus.0,
            None => random.random_range(OTHER_NUCLEI),
        };
        let nuclei: Vec<[i64; 2]> = ends.iter().map(|pair| pair.map(&mut nucleus)).collect();
        let root = |side: usize| Cells::Integers(ends.iter().map(|pair| pair[side].root).collect());
        let nucleus = |side: usize| Cells::Integers(nuclei.iter().map(|pair| pair[side]).collect());
        Sheet::new()
            .with("pre_pt_root_id", root(0))
            .with("post_pt_root_id", root(1))
            .with("n_syn", Cells::Integers(synapses))
            .with("sum_size", Cells::Integers(summed))
            .with("pre_nuc_id", nucleus(0))
            .with("post_nuc_id", nucleus(1))
    }

    fn stream(&self, table: &str, batch: u64) -> impl Rng + use<> {
        cortex::stream(self.seed, &["synthesize", self.field.name.as_str(), table, &batch.to_string()])
    }

    /// Rows of `connections_with_nuclei`.
    pub(super) fn connection_rows(&self) -> u64 {
        self.rows - self.inside.len() as u64 + self.field.connections.len() as u64
    }
}

/// Draws sizes of clefts, voxels, at least 1.
fn sizes(count: usize, random: &mut impl Rng) -> Vec<i64> {
    let (mu, sigma) = CLEFT_SIZE;
    LogNormal::new(mu, sigma).map_or_else(
        |_| vec![1; count],
        |size| (0..count).map(|_| size.sample(random).round().max(1.0) as i64).collect(),
    )
}

/// Splits a whole number into `count` random ones, each at least 1 where it suffices.
fn parts(total: i64, count: u32, random: &mut impl Rng) -> Vec<i64> {
    let mut rest = total;
    let part = |left: u32| {
        let most = (rest - i64::from(left)).max(0);
        let part = if left == 0 { rest } else { random.random_range(0..=most).max(1.min(most)) };
        rest -= part;
        part
    };
    (0..count).rev().map(part).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::synthesize;

    #[test]
    fn parts_are_positive_and_sum_up() {
        let mut random = cortex::stream(1, &["parts"]);
        for (total, count) in [(1, 1), (8, 8), (1000, 3), (2345, 8)] {
            let parts = parts(total, count, &mut random);
            assert_eq!((parts.len(), parts.iter().sum::<i64>()), (count as usize, total));
            assert!(parts.iter().all(|&part| part >= 1), "{parts:?}");
        }
    }

    #[test]
    fn a_volume_holds_every_synapse_of_its_field_once_whatever_the_batch() {
        let field = synthesize(&"synthetic_40".parse().unwrap(), 3).unwrap().field;
        let volume = Volume::new(&field, 3 * BATCH as u64 / 2, 3);
        let mut found = std::collections::BTreeMap::new();
        for index in 0..2 {
            let sheet = volume.batch(index, true);
            let column =
                |name: &str| match &sheet.columns.iter().find(|(column, _)| column == name).unwrap().1 {
                    Cells::Integers(cells) => cells.clone(),
                    other => panic!("{other:?}"),
                };
            let (pre, post, size) = (column("pre_pt_root_id"), column("post_pt_root_id"), column("size"));
            assert_eq!(volume.batch(index, false).columns[1].1, Cells::Integers(pre.clone()));
            for ((pre, post), size) in pre.into_iter().zip(post).zip(size) {
                let place = |root| field.neurons.iter().position(|neuron| neuron.root.unwrap().0 == root);
                if let (Some(pre), Some(post)) = (place(pre), place(post)) {
                    let connection = found.entry((pre as u32, post as u32)).or_insert((0, 0.0));
                    *connection = (connection.0 + 1, connection.1 + size as f64);
                }
            }
        }
        let expected: Vec<_> =
            field.connections.iter().map(|c| ((c.pre, c.post), (c.count, c.size.unwrap()))).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }
}
