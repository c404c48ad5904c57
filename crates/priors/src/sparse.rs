//! Priors of a field whose N × N matrices would not fit in memory.

use std::time::Instant;

use artifact::{Column, Draft, Table, Tensors};
use config::Study;
use cortex::{Field, stream};
use graph::{Arrow, MAXIMUM_NODES, rewired, rewired_keeping_lengths};
use numerics::{Connectome, Distribution, SparseCommunicability, Tally, ZeroStrength};
use rayon::prelude::*;
use stage::Console;

/// Steps of the probabilities that quantiles are kept at.
const STEPS: u32 = 10_000;

/// Blocks of columns that are computed before they are tallied, in order: 1.5 MB each at N = 12,000.
const BLOCKS_AT_ONCE: usize = 32;

/// Computes and writes everything about one field that is sparse or of length N: the connectome with its lengths, two
/// rewired ones, and row sums, column sums and quantiles of both communicabilities.
pub(crate) fn fill_sparse(
    draft: &mut Draft,
    study: &Study,
    field: &Field,
    console: Console,
) -> anyhow::Result<()> {
    let (neurons, largest) = (field.neurons.len(), study.priors.largest_dense);
    draft.note(format!(
        "{neurons} neurons are more than priors.largest_dense = {largest}: only sparse priors are made, and no network can \
         be trained on this field"
    ));
    add_connections(draft, study, field)?;
    let started = Instant::now();
    let connectome = connectome(field)?;
    if connectome.edges() == 0 {
        draft.note("no neuron has a synapse on another: communicability is 0");
    }
    let mut tensors = Tensors::new();
    add_communicability(draft, &mut tensors, &connectome, field, console)?;
    draft.tensors("priors.safetensors", &tensors)?;
    draft.time("communicability", started.elapsed().as_secs_f64());
    Ok(())
}

/// The synapse counts of a field, sparse.
pub(crate) fn connectome(field: &Field) -> Result<Connectome, numerics::NumericsError> {
    let synapses = field
        .connections
        .iter()
        .map(|connection| (connection.pre as usize, connection.post as usize, f64::from(connection.count)));
    Connectome::new(field.neurons.len(), synapses)
}

fn add_communicability(
    draft: &mut Draft,
    tensors: &mut Tensors,
    connectome: &Connectome,
    field: &Field,
    console: Console,
) -> anyhow::Result<()> {
    let sparse = SparseCommunicability::new(connectome)?;
    let forms = [("published", ZeroStrength::PUBLISHED), ("sound", ZeroStrength::SOUND)];
    let (mut published, mut sound) = (sparse.tally(forms[0].1)?, sparse.tally(forms[1].1)?);
    let blocks: Vec<usize> = (0..sparse.blocks()).collect();
    let groups = blocks.chunks(BLOCKS_AT_ONCE);
    let progress = console.progress(groups.len(), &format!("{} communicability", field.name));
    for group in groups {
        let columns: Vec<_> = group.par_iter().map(|&block| sparse.columns(block)).collect();
        let all = |tally: &mut Tally| columns.iter().for_each(|columns| tally.add(columns));
        rayon::join(|| all(&mut published), || all(&mut sound));
        progress.advance(&format!("{} columns", columns.len() * SparseCommunicability::BLOCK_COLUMNS));
    }
    progress.finish();
    let probabilities: Vec<f64> = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS)).collect();
    for ((name, form), tally) in forms.into_iter().zip([published, sound]) {
        let mut insert = |part: &str, values: Vec<f64>| {
            tensors.insert_f64(format!("communicability.{name}.{part}"), &[values.len()], values);
        };
        insert("quantiles", tally.distribution().quantiles(&probabilities));
        insert("row_sums", tally.row_sums().to_vec());
        insert("column_sums", tally.column_sums().to_vec());
        draft.note(format!(
            "communicability.{name}: entries to {:.1e} of themselves plus {:.1e}, quantiles of all N² entries to another {:.1e} \
             of themselves",
            sparse.relative_error(),
            sparse.truncation_error(form)?,
            Distribution::RELATIVE_ERROR
        ));
    }
    tensors.insert_f64("communicability.probabilities", &[probabilities.len()], probabilities);
    Ok(())
}

/// Writes `connections.parquet`, `rewired.parquet` and `rewired-length.parquet`.
fn add_connections(draft: &mut Draft, study: &Study, field: &Field) -> anyhow::Result<()> {
    let started = Instant::now();
    let nodes = field.neurons.len();
    let arrows = field.connections.iter().map(|connection| Arrow {
        from: connection.pre as usize,
        to: connection.post as usize,
        weight: f64::from(connection.count),
    });
    let arrows: Vec<Arrow> = arrows.collect();
    let random = |name: &str| stream(study.seed, &["sparse", field.name.as_str(), name]);
    let length = |from: usize, to: usize| length_um(field, from, to);
    draft.table("connections.parquet", &table(field, &arrows))?;
    if nodes > MAXIMUM_NODES {
        draft.note(format!("the connectome is not rewired: {nodes} neurons are more than {MAXIMUM_NODES}"));
    } else {
        let (any, kept) = rayon::join(
            || rewired(nodes, &arrows, &mut random("rewired")),
            || rewired_keeping_lengths(nodes, &arrows, length, &mut random("rewired-length")),
        );
        draft.table("rewired.parquet", &table(field, &any?))?;
        draft.table("rewired-length.parquet", &table(field, &kept?))?;
    }
    draft.time("connections", started.elapsed().as_secs_f64());
    Ok(())
}

fn table(field: &Field, arrows: &[Arrow]) -> Table {
    Table::new()
        .with("pre", Column::U32(arrows.iter().map(|arrow| arrow.from as u32).collect()))
        .with("post", Column::U32(arrows.iter().map(|arrow| arrow.to as u32).collect()))
        .with("count", Column::U32(arrows.iter().map(|arrow| arrow.weight as u32).collect()))
        .with(
            "length_um",
            Column::F64(arrows.iter().map(|arrow| length_um(field, arrow.from, arrow.to)).collect()),
        )
}

/// Distance between two somata, µm.
fn length_um(field: &Field, from: usize, to: usize) -> f64 {
    let (from, to) = (field.neurons[from].position_um, field.neurons[to].position_um);
    from.iter().zip(to).map(|(from, to)| (from - to).powi(2)).sum::<f64>().sqrt()
}
