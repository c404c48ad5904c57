use super::{Network, ShownNetworks, network_columns};
use crate::{
    RunMetrics,
    report::{
        figure::Figure,
        heat_map::{self, Block, HeatMap, Scale, blocks},
        neuron_order::NeuronOrder,
        words,
    },
};

/// Makes the figure of the recurrent weights of trained networks.
pub(super) fn figure(shown: &ShownNetworks<'_>, name: &str) -> Figure {
    let pixels = shown.networks.iter();
    let pixels = pixels.flat_map(|network| network.weights.blocks.iter().map(move |block| (network, block)));
    let pixels: Vec<(&Network<'_>, &Block)> = pixels.collect();
    let order = if shown.priors.is_some() {
        "Neurons stand as in the field’s matrices, by functional community and depth."
    } else {
        "Units stand as they are stored."
    };
    Figure {
        name: format!("{name}.trained-weights"),
        title: shown.title("Trained weights"),
        caption: format!(
            "{} Row: from, column: to. {order} One logarithmic scale for all, that of the initial weights: {}. Where neurons \
             share a pixel, the entry of largest magnitude shows.",
            shown.sentence(),
            Scale::WEIGHTS_IN_WORDS
        ),
        legend: Vec::new(),
        panels: shown.networks.iter().map(|network| network.weights.panel(&shown.order)).collect(),
        columns: 5,
        data: heat_map::table(&shown.results.field, network_columns(&pixels), &pixels),
    }
}

/// The recurrent weights of a network, row-major `[N, N]`, as a picture.
pub(super) fn map(run: &RunMetrics, weights: &[f64], order: &NeuronOrder) -> HeatMap {
    let accuracy = run.accuracy.map_or_else(|| words::NOTHING.to_owned(), |value| words::fixed(value, 3));
    let key = &run.record.key;
    HeatMap {
        title: key.variant.to_string(),
        note: format!("simulation {}, accuracy {accuracy}", key.simulation),
        blocks: blocks(weights, order),
        scale: Scale::WEIGHTS,
    }
}
