use artifact::Table;

use crate::{
    FieldPriors,
    columns::Columns,
    field_priors::InitialKernel,
    report::{
        figure::Figure,
        heat_map::{self, Block, HeatMap, Scale, blocks},
        neuron_order::NeuronOrder,
        words,
    },
};

/// Where colours are as dark as they get: this share of the magnitudes off the diagonal lies below.
const SATURATION: f64 = 0.99;

/// Name of the matrix of synapse counts.
const SYNAPSES: &str = "synapses";

/// How the colours of a matrix are chosen from its values.
type Choose<'a> = &'a dyn Fn(&[f64]) -> Scale;

/// Makes the figure of a field's measures.
pub(crate) fn figure(priors: &FieldPriors, order: &NeuronOrder, name: &str) -> Figure {
    let synapses = synapse_counts(priors);
    let signed = |values: &[f64]| Scale::Diverging { limit: quantile_off_diagonal(values, SATURATION) };
    let rising = |values: &[f64]| Scale::Sequential { low: 0.0, high: largest(values) };
    let logarithmic = |values: &[f64]| {
        let high = largest(values).log10().ceil().clamp(-5.0, 6.0);
        Scale::Logarithmic { low: high - 5.0, high, signed: false }
    };
    let measures: [(&str, &str, &'static str, Choose<'_>); 9] = [
        ("Correlation", "of binned counts", "correlation", &signed),
        ("STTC", "spike time tiling", "sttc", &signed),
        ("Precision", "inverse covariance", "precision", &signed),
        ("Synapses", "counts, row to column", SYNAPSES, &rising),
        ("Communicability", "of the connectome, sound", "communicability.sound", &logarithmic),
        ("Communicability", "as released", "communicability.published", &logarithmic),
        ("Distance", "between somata, µm", "distance.micrometre", &rising),
        ("Distance", "as released, axes mixed", "distance.published", &rising),
        ("Distance", "on the grid", "distance.grid", &rising),
    ];
    let maps = measures.into_iter().filter_map(|(title, note, matrix, scale)| {
        let values = if matrix == SYNAPSES { &synapses } else { priors.matrix(matrix)? };
        let (title, note) = (title.to_owned(), note.to_owned());
        Some((matrix, HeatMap { title, note, scale: scale(values), blocks: blocks(values, order) }))
    });
    let maps: Vec<(&str, HeatMap)> = maps.collect();
    let shown = maps.iter().flat_map(|(matrix, map)| map.blocks.iter().map(move |block| (*matrix, block)));
    let shown: Vec<(&str, &Block)> = shown.collect();
    let columns = Columns(&shown);
    let matrix = Table::new().with("matrix", columns.text(|(matrix, _)| (*matrix).to_owned()));
    Figure {
        name: format!("{name}.measures"),
        title: format!("Measures of field {}", priors.name),
        caption: "Row: presynaptic neuron, column: postsynaptic. Strips at the sides are communities. Correlation, STTC and precision \
                  reach the end of their colours at the 99th percentile off the diagonal; communicability has logarithmic ones. Where \
                  neurons share a pixel, the entry of largest magnitude shows."
            .to_owned(),
        legend: Vec::new(),
        panels: maps.iter().map(|(_, map)| map.panel(order)).collect(),
        columns: 5,
        data: heat_map::table(&priors.name, matrix, &shown),
    }
}

/// The columns that name an initial kernel.
pub(crate) fn kernel_columns<T>(rows: &[(&InitialKernel, T)]) -> Table {
    let columns = Columns(rows);
    let factors = |kernel: &InitialKernel| kernel.factors.iter().map(ToString::to_string).collect::<Vec<_>>();
    Table::new()
        .with("initialiser", columns.text(|(kernel, _)| kernel.initialiser.to_string()))
        .with("factors", columns.text(|(kernel, _)| factors(kernel).join(", ")))
}

/// Makes the figure of the weights that networks begin with.
pub(crate) fn initial_figure(priors: &FieldPriors, order: &NeuronOrder, name: &str) -> Figure {
    let map = |kernel: &InitialKernel| HeatMap {
        title: label(priors, kernel),
        note: words::initial_weights(kernel.initialiser).to_owned(),
        blocks: blocks(&kernel.weights, order),
        scale: Scale::WEIGHTS,
    };
    let maps: Vec<HeatMap> = priors.initial.iter().map(map).collect();
    let shown = priors.initial.iter().zip(&maps);
    let shown = shown.flat_map(|(kernel, map)| map.blocks.iter().map(move |block| (kernel, block)));
    let shown: Vec<(&InitialKernel, &Block)> = shown.collect();
    Figure {
        name: format!("{name}.initial"),
        title: format!("Initial weights of field {}", priors.name),
        caption: format!(
            "The recurrent weights that networks begin with, one simulation of each initialiser of the study. One logarithmic \
             scale for all: {}.",
            Scale::WEIGHTS_IN_WORDS
        ),
        legend: Vec::new(),
        panels: maps.iter().map(|map| map.panel(order)).collect(),
        columns: 5,
        data: heat_map::table(&priors.name, kernel_columns(&shown), &shown),
    }
}

/// How a kernel is called: by its initialiser, and by its factors where the study has several.
pub(crate) fn label(priors: &FieldPriors, kernel: &InitialKernel) -> String {
    let same = |other: &&InitialKernel| other.initialiser == kernel.initialiser;
    if priors.initial.iter().filter(same).count() < 2 {
        return kernel.initialiser.to_string();
    }
    let factors: Vec<&str> = kernel.factors.iter().map(|&factor| words::factor(factor)).collect();
    format!("{} {}", kernel.initialiser, factors.join("·"))
}

fn synapse_counts(priors: &FieldPriors) -> Vec<f64> {
    let neurons = priors.neurons();
    let mut counts = vec![0.0; neurons * neurons];
    for connection in &priors.connections {
        counts[connection.pre as usize * neurons + connection.post as usize] = f64::from(connection.count);
    }
    counts
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

/// The quantile of the magnitudes off the diagonal; the largest entry where all of these are zero.
fn quantile_off_diagonal(values: &[f64], quantile: f64) -> f64 {
    let neurons = values.len().isqrt();
    let mut magnitudes: Vec<f64> = values
        .iter()
        .enumerate()
        .filter(|(at, _)| at / neurons != at % neurons)
        .map(|(_, value)| value.abs())
        .collect();
    magnitudes.sort_unstable_by(f64::total_cmp);
    let place = (magnitudes.len() as f64 * quantile) as usize;
    match magnitudes.get(place.min(magnitudes.len().saturating_sub(1))) {
        Some(&magnitude) if magnitude > 0.0 => magnitude,
        _ => largest(values),
    }
}
