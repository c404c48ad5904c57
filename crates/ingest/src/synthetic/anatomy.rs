use std::collections::HashSet;

use cortex::{Neuron, NucleusId, RootId, UnitId, VOXEL_UM};
use rand::Rng;

/// Corner of the slab, micrometres: where the imaged volume lies within MICrONS. y is cortical depth.
const CORNER_UM: [f64; 3] = [560.0, 400.0, 620.0];

/// Edges of the slab, micrometres.
const EDGES_UM: [f64; 3] = [600.0, 30.0, 450.0];

/// Neurons that one slab holds; more make it deeper, so that they stay as dense as in cortex.
const NEURONS_A_SLAB: f64 = 500.0;

/// Smallest root id, of the size that MICrONS gives: above 2^53, so that f64 cannot hold it.
const SMALLEST_ROOT: i64 = 864_691_134_884_000_000;

/// Places `count` neurons uniformly in the slab and gives them distinct ids.
pub(super) fn neurons(count: usize, random: &mut impl Rng) -> Vec<Neuron> {
    let deeper = (count as f64 / NEURONS_A_SLAB).max(1.0);
    let edges = [EDGES_UM[0], EDGES_UM[1] * deeper, EDGES_UM[2]];
    let roots = distinct(count, SMALLEST_ROOT, 2_315_000_000, random);
    let nuclei = distinct(count, 150_000, 550_000, random);
    let units = distinct(count, 1, 20 * count as i64, random);
    let neuron = |index: usize| {
        let position_voxel = [0, 1, 2].map(|axis| {
            let um = CORNER_UM[axis] + edges[axis] * random.random::<f64>();
            (um / VOXEL_UM[axis]).round() as i64
        });
        Neuron {
            unit: UnitId(units[index]),
            nucleus: NucleusId(nuclei[index]),
            root: Some(RootId(roots[index])),
            position_um: [0, 1, 2].map(|axis| position_voxel[axis] as f64 * VOXEL_UM[axis]),
            position_voxel,
        }
    };
    (0..count).map(neuron).collect()
}

/// Draws `count` different integers from `range` ones, the smallest of which is `start`.
fn distinct(count: usize, start: i64, range: i64, random: &mut impl Rng) -> Vec<i64> {
    let mut seen = HashSet::new();
    let mut drawn = Vec::with_capacity(count);
    while drawn.len() < count {
        let id = start + random.random_range(0..range);
        if seen.insert(id) {
            drawn.push(id);
        }
    }
    drawn
}
