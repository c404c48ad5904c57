use artifact::Table;
use maud::{Markup, html};

use crate::{
    FieldPriors,
    columns::Columns,
    report::{
        figure::{Figure, Panel},
        legend::Key,
        neuron_order::{COLOURED, NeuronOrder},
        scale::{Scale, dots, extent, px},
        words,
    },
};

const WIDTH: f64 = 330.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 22.0;

/// Angles of the view from above and aside, radians.
const AZIMUTH: f64 = 0.6;
const ELEVATION: f64 = 0.42;

const AXES: [&str; 3] = ["x", "y", "z"];

/// Outer edges of the box that say how long its axes are: axis, the corners (bit k set where axis k is at its high end), and
/// how and where the label stands beside the middle.
const EDGES: [(usize, [usize; 2], &str, [f64; 2]); 3] = [
    (0, [0b110, 0b111], "end", [-4.0, 13.0]),
    (1, [0b100, 0b110], "end", [-5.0, 3.0]),
    (2, [0b011, 0b111], "", [6.0, 11.0]),
];

/// Makes the figure of soma positions: in space, and along pairs of axes.
pub(crate) fn figure(priors: &FieldPriors, order: &NeuronOrder, name: &str) -> Figure {
    let groups = order.groups().enumerate();
    let legend = groups.map(|(index, group)| {
        let mark = html! { g class={ "cluster" (index) } { circle class="named" cx="11" cy="7" r="4" {} } };
        let name =
            if index == COLOURED { "smaller ones".to_owned() } else { format!("community {}", index + 1) };
        Key::new(mark, format!("{name}, {}", words::counted(group.len(), "neuron")))
    });
    Figure {
        name: format!("{name}.positions"),
        title: format!("Soma positions, field {}", priors.name),
        caption: "Soma positions in µm, coloured by functional community: in space, and seen along two axes at one scale (y is depth, downwards)."
            .to_owned(),
        legend: legend.collect(),
        panels: vec![in_space(priors, order), along(priors, order, [0, 1]), along(priors, order, [0, 2])],
        columns: 3,
        data: table(priors, order),
    }
}

/// The table of the figure: a row a neuron, in the order of every matrix.
fn table(priors: &FieldPriors, order: &NeuronOrder) -> Table {
    let groups = order.groups().zip(1..);
    let neurons: Vec<(usize, usize)> =
        groups.flat_map(|(group, community)| group.iter().map(move |&neuron| (neuron, community))).collect();
    let columns = Columns(&neurons);
    let position = |axis: usize| columns.number(|&(neuron, _)| Some(priors.positions_um[neuron][axis]));
    Table::new()
        .with("field", columns.text(|_| priors.name.to_string()))
        .with("neuron", columns.count(|&(neuron, _)| neuron))
        .with("community", columns.count(|&(_, community)| community))
        .with("x_um", position(0))
        .with("y_um", position(1))
        .with("z_um", position(2))
}

/// Dots of every community at the places that `place` gives its neurons.
fn somata(order: &NeuronOrder, place: impl Fn(usize) -> [f64; 2]) -> Markup {
    html! {
        @for (index, group) in order.groups().enumerate() {
            g class={ "cluster" (index) } {
                path class="somata" d=(dots(group.iter().map(|&neuron| place(neuron)))) {}
            }
        }
    }
}

/// Extents of the three axes, µm; a flat one gets a micrometre.
fn extents(priors: &FieldPriors) -> [[f64; 2]; 3] {
    [0, 1, 2].map(|axis| {
        let values = priors.positions_um.iter().map(|position| position[axis]);
        extent(values, 0.0).unwrap_or([0.0, 1.0])
    })
}

/// A view from above and aside, with the box around all somata.
fn in_space(priors: &FieldPriors, order: &NeuronOrder) -> Panel {
    let extents = extents(priors);
    let middle = extents.map(|[low, high]| f64::midpoint(low, high));
    let turn = |position: [f64; 3]| {
        let [x, y, z] = [0, 1, 2].map(|axis| position[axis] - middle[axis]);
        let across = x * AZIMUTH.cos() - z * AZIMUTH.sin();
        let away = x * AZIMUTH.sin() + z * AZIMUTH.cos();
        [across, y * ELEVATION.cos() + away * ELEVATION.sin()]
    };
    let corner = |index: usize| [0, 1, 2].map(|axis| extents[axis][(index >> axis) & 1]);
    let corners: Vec<[f64; 2]> = (0..8).map(|index| turn(corner(index))).collect();
    let domain = |axis: usize| extent(corners.iter().map(|corner| corner[axis]), 0.02).unwrap_or([0.0, 1.0]);
    let (across, down) = (domain(0), domain(1));
    let per_um = (WIDTH - 110.0) / (across[1] - across[0]);
    let height = ((down[1] - down[0]) * per_um).clamp(60.0, 300.0);
    let per_um = per_um.min(height / (down[1] - down[0]));
    let centre = WIDTH / 2.0;
    let place = |[x, y]: [f64; 2]| {
        let (x0, y0) = (f64::midpoint(across[0], across[1]), f64::midpoint(down[0], down[1]));
        [centre + (x - x0) * per_um, TOP + height / 2.0 + (y - y0) * per_um]
    };
    let edges = (0..8_usize).flat_map(|from| (0..3).map(move |axis| (from, from | (1 << axis))));
    let frame = edges
        .filter(|(from, to)| from != to)
        .map(|(from, to)| {
            let ([x1, y1], [x2, y2]) = (place(corners[from]), place(corners[to]));
            format!("M{} {}L{} {}", px(x1), px(y1), px(x2), px(y2))
        })
        .collect::<Vec<_>>()
        .concat();
    let marks = html! {
        text class="title" x="0" y="12" { "In space" }
        path class="axis" d=(frame) {}
        (somata(order, |neuron| place(turn(priors.positions_um[neuron]))))
        @for (axis, ends, anchor, [right, down]) in EDGES {
            @let [x, y] = middle_of(place(corners[ends[0]]), place(corners[ends[1]]));
            text class={ "small " (anchor) } x=(px(x + right)) y=(px(y + down)) {
                (AXES[axis]) " " (words::fixed(extents[axis][1] - extents[axis][0], 0)) " µm"
            }
        }
    };
    let description = format!("{} somata in space, by community", priors.neurons());
    Panel { width: WIDTH, height: TOP + height + 20.0, description, marks }
}

fn middle_of([x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) -> [f64; 2] {
    [f64::midpoint(x1, x2), f64::midpoint(y1, y2)]
}

/// Positions along two axes, at one scale.
fn along(priors: &FieldPriors, order: &NeuronOrder, [first, second]: [usize; 2]) -> Panel {
    let extents = extents(priors);
    let padded = |axis: usize| {
        let [low, high] = extents[axis];
        let padding = 0.03 * (high - low).max(1.0);
        [low - padding, high + padding]
    };
    let (across, down) = (padded(first), padded(second));
    let per_um = (WIDTH - LEFT - 8.0) / (across[1] - across[0]);
    let height = ((down[1] - down[0]) * per_um).clamp(40.0, 300.0);
    let per_um = per_um.min(height / (down[1] - down[0]));
    let x = Scale { domain: across, range: [LEFT, LEFT + (across[1] - across[0]) * per_um] };
    let y = Scale { domain: down, range: [TOP, TOP + (down[1] - down[0]) * per_um] };
    let [right, bottom] = [x.range[1], y.range[1]];
    // Labels need a line each.
    let lines = ((bottom - TOP) / 24.0).clamp(1.0, 4.0) as usize;
    let (x_ticks, y_ticks) = (x.ticks(5).0, y.ticks(lines).0);
    let marks = html! {
        text class="title" x="0" y="12" { (AXES[first]) " and " (AXES[second]) ", µm" }
        @for tick in x_ticks {
            path class="guide" d=(format!("M{} {}V{}", px(x.at(tick)), px(TOP), px(bottom))) {}
            text class="small mid" x=(px(x.at(tick))) y=(px(bottom + 13.0)) { (words::fixed(tick, 0)) }
        }
        @for tick in y_ticks {
            path class="guide" d=(format!("M{} {}H{}", px(LEFT), px(y.at(tick)), px(right))) {}
            text class="small end" x=(px(LEFT - 5.0)) y=(px(y.at(tick) + 3.5)) { (words::fixed(tick, 0)) }
        }
        rect class="axis" x=(px(LEFT)) y=(px(TOP)) width=(px(right - LEFT)) height=(px(bottom - TOP)) {}
        (somata(order, |neuron| {
            let position = priors.positions_um[neuron];
            [x.at(position[first]), y.at(position[second])]
        }))
    };
    let description =
        format!("{} somata along {} and {}, by community", priors.neurons(), AXES[first], AXES[second]);
    Panel { width: WIDTH, height: bottom + 20.0, description, marks }
}
