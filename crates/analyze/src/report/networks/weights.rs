use super::{Network, ShownNetworks, network_columns};
use crate::report::{
    figure::Figure,
    heat_map::{self, Block, HeatMap, Scale},
    words,
};

/// Makes the figure of the recurrent weights of trained networks.
pub(super) fn figure(shown: &ShownNetworks<'_>, name: &str) -> Figure {
    let maps: Vec<HeatMap<'_>> = shown.networks.iter().map(map).collect();
    let blocks =
        shown.networks.iter().zip(&maps).flat_map(|(network, map)| {
            map.blocks(&shown.order).into_iter().map(move |block| (network, block))
        });
    let blocks: Vec<(&Network<'_>, Block)> = blocks.collect();
    let order = if shown.priors.is_some() {
        "Neurons stand as in the field’s matrices, by functional community and depth."
    } else {
        "Units stand as they are stored."
    };
    Figure {
        name: format!("{name}.trained-weights"),
        title: shown.title("Trained weights"),
        caption: format!(
            "{} Row: from, column: to. {order} One logarithmic scale for all, that of the initial weights: seven steps from 10⁻⁵ to 1 \
             for either sign (blue positive, orange negative), and what is smaller in the colour of zero. Where neurons share \
             a pixel, the entry of largest magnitude shows.",
            shown.sentence()
        ),
        legend: Vec::new(),
        panels: maps.iter().map(|map| map.panel(&shown.order)).collect(),
        columns: 5,
        data: heat_map::table(&shown.results.field, &network_columns(&blocks), &blocks),
    }
}

fn map<'a>(network: &'a Network<'_>) -> HeatMap<'a> {
    let accuracy =
        network.run.accuracy.map_or_else(|| words::NOTHING.to_owned(), |value| words::fixed(value, 3));
    HeatMap {
        title: network.title(),
        note: format!("simulation {}, accuracy {accuracy}", network.run.record.key.simulation),
        values: &network.weights,
        scale: Scale::WEIGHTS,
    }
}
