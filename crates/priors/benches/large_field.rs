//! Makes the sparse priors of a synthetic field of 12,000 neurons and 2 million synapses: seconds and peak memory.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{collections::BTreeMap, fs, time::Instant};

use artifact::{Draft, Kind, Recipe, write_field};
use cortex::{Connection, Field, Neuron, NucleusId, RootId, UnitId, VOXEL_UM, stream};
use rand::Rng;
use stage::{RunArguments, StudyArguments};

const NEURONS: usize = 12_000;
const SYNAPSES: u32 = 2_000_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let artifacts = folder.path().join("artifacts");
    ingest(&field(), &artifacts);
    let config = folder.path().join("pipeline.toml");
    let source = "source = { kind = \"bundle\", path = \"none\", fields = [\"9_9_9\"] }";
    fs::write(&config, format!("artifacts = '{}'\n{source}\n[[arm]]\n", artifacts.display())).unwrap();
    let before = peak_megabytes();
    let started = Instant::now();
    let arguments = RunArguments { quiet: true, ..StudyArguments::of(config).into() };
    priors::run(arguments).unwrap();
    println!("{NEURONS} neurons, {SYNAPSES} synapses on {} threads", rayon::current_num_threads());
    println!("sparse priors in {:.1} s; at most 300 are allowed", started.elapsed().as_secs_f64());
    println!("peak memory {:.0} MB, {before:.0} before; at most 4096 are allowed", peak_megabytes());
}

/// Somata in a slab, synapses between random pairs, rarer with distance.
fn field() -> Field {
    let mut random = stream(1, &["large field"]);
    let neurons: Vec<Neuron> = (0..NEURONS as i64)
        .map(|index| {
            let position_voxel = [300_000, 250_000, 2_500].map(|extent| random.random_range(0..extent));
            Neuron {
                unit: UnitId(index),
                nucleus: NucleusId(index),
                root: Some(RootId(index)),
                position_um: std::array::from_fn(|axis| position_voxel[axis] as f64 * VOXEL_UM[axis]),
                position_voxel,
            }
        })
        .collect();
    let mut counts: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut made = 0;
    while made < SYNAPSES {
        let (pre, post) = (random.random_range(0..NEURONS as u32), random.random_range(0..NEURONS as u32));
        let [from, to] = [pre, post].map(|neuron| neurons[neuron as usize].position_um);
        let length = (0..3).map(|axis| (from[axis] - to[axis]).powi(2)).sum::<f64>().sqrt();
        // Every hundredth neuron sends to none.
        if pre != post && pre % 100 != 0 && random.random::<f64>() < (-length / 300.0).exp() {
            *counts.entry((pre, post)).or_default() += 1;
            made += 1;
        }
    }
    let connections =
        counts.into_iter().map(|((pre, post), count)| Connection { pre, post, count, size: None }).collect();
    Field { name: "9_9_9".parse().unwrap(), neurons, connections, events: Vec::new() }
}

fn ingest(field: &Field, artifacts: &std::path::Path) {
    let mut draft = Draft::begin(&artifacts.join("ingest").join(field.name.as_str())).unwrap();
    write_field(&mut draft, field).unwrap();
    let recipe = Recipe {
        kind: Kind::Field,
        stage_version: 1,
        seed: 1,
        settings: serde_json::Value::Null,
        inputs: BTreeMap::new(),
    };
    draft.commit(&recipe).unwrap();
}

/// Largest resident memory of this process so far; 0 where the system does not tell.
fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
