use artifact::Table;
use maud::{Markup, html};

use crate::{
    FieldPriors,
    columns::Columns,
    report::{
        figure::{Figure, Panel},
        legend::Key,
        scale::{Scale, extent, px},
        words,
    },
};

const WIDTH: f64 = 330.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = WIDTH - 8.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 164.0;

/// Classes of distance, each of as many pairs.
const CLASSES: usize = 16;

/// What bands are about means over pairs.
const MIDDLE_HALF: &str = "middle half of the pairs";

/// z of a 95 % interval.
const Z: f64 = 1.959_964;

/// Pairs of neurons in order of their distance, in classes of equal size.
struct Classes {
    /// Middle distance of each class, µm.
    middles: Vec<f64>,
    /// Pairs (i, j), i < j, of each class.
    pairs: Vec<Vec<(usize, usize)>>,
}

/// A value of every class with an interval around it.
struct Curve {
    name: &'static str,
    class: &'static str,
    values: Vec<f64>,
    bands: Vec<[f64; 2]>,
}

/// Curves on one scale.
struct Plot {
    title: &'static str,
    curves: Vec<Curve>,
    /// What their bands are, in tables.
    band: &'static str,
    /// Values are written this many times as large, with a unit.
    times: f64,
    unit: &'static str,
}

/// Makes the figure of what distance tells: about function, wiring, and about the distances that penalties weigh by.
pub(crate) fn figure(priors: &FieldPriors, name: &str) -> Figure {
    let classes = Classes::of(priors);
    let key = |class: &str, text: &str| {
        let mark = html! { g class=(class) { rect class="band" x="1" y="3" width="20" height="8" {} path class="training" d="M1 7H21" {} } };
        Key::new(mark, text)
    };
    let plots = if classes.middles.len() < 2 {
        Vec::new()
    } else {
        vec![function(priors, &classes), wiring(priors, &classes), penalties(priors, &classes)]
    };
    Figure {
        name: format!("{name}.distances"),
        title: format!("Distance, function and wiring, field {}", priors.name),
        caption: format!(
            "All pairs of neurons in {CLASSES} classes of equal size by the distance between their somata. Left: means of correlation and STTC with the \
             middle half of the pairs. Middle: share of ordered pairs that are connected, with 95 % Wilson intervals. Right: \
             the distances that penalties may weigh by, each divided by its mean, with the middle half of the pairs: only \
             one that rises with true distance tells where neurons sit."
        ),
        legend: vec![
            key("any", "correlation; connection probability"),
            key("accent", "STTC"),
            key("distance", "measured distance"),
            key("released", "distance as released, axes mixed"),
            key("grid", "distance on the grid"),
        ],
        panels: plots.iter().map(|plot| plot.panel(&classes.middles)).collect(),
        columns: 3,
        data: table(priors, &classes, &plots),
    }
}

/// The table of the figure: a row a curve and class.
fn table(priors: &FieldPriors, classes: &Classes, plots: &[Plot]) -> Table {
    let rows = plots.iter().flat_map(|plot| {
        plot.curves.iter().flat_map(move |curve| {
            let values = classes.middles.iter().zip(&curve.values).zip(&curve.bands);
            values.map(move |((&middle, &value), &band)| (plot, curve, middle, value, band))
        })
    });
    let rows: Vec<(&Plot, &Curve, f64, f64, [f64; 2])> = rows.collect();
    let columns = Columns(&rows);
    Table::new()
        .with("field", columns.text(|_| priors.name.to_string()))
        .with("measure", columns.text(|(_, curve, ..)| curve.name.to_owned()))
        .with("distance_um", columns.number(|&(_, _, middle, ..)| Some(middle)))
        .with("value", columns.number(|&(.., value, _)| Some(value)))
        .with("low", columns.number(|(.., band)| Some(band[0])))
        .with("high", columns.number(|(.., band)| Some(band[1])))
        .with("band", columns.text(|(plot, ..)| plot.band.to_owned()))
}

impl Classes {
    fn of(priors: &FieldPriors) -> Self {
        let distance = |i: usize, j: usize| {
            let pairs = priors.positions_um[i].iter().zip(priors.positions_um[j]);
            pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        let neurons = priors.neurons();
        let mut pairs: Vec<(f64, usize, usize)> =
            (0..neurons).flat_map(|i| (i + 1..neurons).map(move |j| (distance(i, j), i, j))).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let size = pairs.len().div_ceil(CLASSES).max(1);
        let chunks: Vec<&[(f64, usize, usize)]> = pairs.chunks(size).collect();
        Self {
            middles: chunks.iter().map(|chunk| chunk[chunk.len() / 2].0).collect(),
            pairs: chunks.iter().map(|chunk| chunk.iter().map(|&(_, i, j)| (i, j)).collect()).collect(),
        }
    }

    /// Mean of a matrix over the pairs of each class, with the quarters of the pairs; in units of `unit`.
    fn curve(&self, [name, class]: [&'static str; 2], matrix: &[f64], neurons: usize, unit: f64) -> Curve {
        let (mut values, mut bands) = (Vec::new(), Vec::new());
        for pairs in &self.pairs {
            let mut entries: Vec<f64> = pairs.iter().map(|&(i, j)| matrix[i * neurons + j] / unit).collect();
            entries.sort_unstable_by(f64::total_cmp);
            values.push(entries.iter().sum::<f64>() / entries.len() as f64);
            bands.push([entries[entries.len() / 4], entries[entries.len() * 3 / 4]]);
        }
        Curve { name, class, values, bands }
    }
}

fn function(priors: &FieldPriors, classes: &Classes) -> Plot {
    let curve = |[name, class]: [&'static str; 2]| {
        Some(classes.curve([name, class], priors.matrix(name)?, priors.neurons(), 1.0))
    };
    let curves = [["correlation", "any"], ["sttc", "accent"]].into_iter().filter_map(curve).collect();
    Plot { title: "Function by distance", curves, band: MIDDLE_HALF, times: 1.0, unit: "" }
}

fn wiring(priors: &FieldPriors, classes: &Classes) -> Plot {
    let neurons = priors.neurons();
    let mut joined = vec![false; neurons * neurons];
    for connection in &priors.connections {
        joined[connection.pre as usize * neurons + connection.post as usize] = true;
    }
    let (mut values, mut bands) = (Vec::new(), Vec::new());
    for pairs in &classes.pairs {
        let both = pairs
            .iter()
            .map(|&(i, j)| usize::from(joined[i * neurons + j]) + usize::from(joined[j * neurons + i]));
        let (count, all) = (both.sum::<usize>() as f64, 2.0 * pairs.len() as f64);
        values.push(count / all);
        bands.push(wilson(count, all));
    }
    let curve = Curve { name: "connection_probability", class: "any", values, bands };
    let title = "Connection probability by distance";
    Plot { title, curves: vec![curve], band: "95 % Wilson interval", times: 100.0, unit: " %" }
}

fn penalties(priors: &FieldPriors, classes: &Classes) -> Plot {
    let neurons = priors.neurons();
    let curve = |[name, class]: [&'static str; 2]| {
        let matrix = priors.matrix(name)?;
        let mean = matrix.iter().sum::<f64>() / (neurons * (neurons - 1)) as f64;
        (mean > 0.0).then(|| classes.curve([name, class], matrix, neurons, mean))
    };
    let distances =
        [["distance.grid", "grid"], ["distance.published", "released"], ["distance.measured", "distance"]];
    let curves = distances.into_iter().filter_map(curve).collect();
    Plot { title: "Distances of penalties, over their mean", curves, band: MIDDLE_HALF, times: 1.0, unit: "" }
}

/// The 95 % interval of a share.
///
/// Source: Wilson 1927, J. Am. Stat. Assoc. 22:209.
fn wilson(count: f64, all: f64) -> [f64; 2] {
    let (share, z2) = (count / all, Z * Z);
    let centre = (share + z2 / (2.0 * all)) / (1.0 + z2 / all);
    let half = Z / (1.0 + z2 / all) * (share * (1.0 - share) / all + z2 / (4.0 * all * all)).sqrt();
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

impl Plot {
    fn panel(&self, middles: &[f64]) -> Panel {
        let &Self { title, ref curves, times, unit, .. } = self;
        let last = middles.last().copied().unwrap_or(0.0);
        let x = Scale { domain: [0.0, last * 1.02], range: [LEFT, RIGHT] };
        let bounds = curves.iter().flat_map(|curve| curve.bands.iter().flatten().chain(&curve.values));
        let domain =
            extent(bounds.copied().chain([0.0]).map(|value| value * times), 0.04).unwrap_or([0.0, 1.0]);
        let y = Scale { domain, range: [BOTTOM, TOP] };
        let (y_ticks, decimals) = y.ticks(4);
        let marks = html! {
            text class="title" x="0" y="12" { (title) }
            @for tick in y_ticks {
                path class="guide" d=(format!("M{} {}H{}", px(LEFT), px(y.at(tick)), px(RIGHT))) {}
                text class="small end" x=(px(LEFT - 5.0)) y=(px(y.at(tick) + 3.5)) { (words::fixed(tick, decimals)) (unit) }
            }
            @for tick in x.ticks(6).0 {
                text class="small mid" x=(px(x.at(tick))) y=(px(BOTTOM + 14.0)) { (words::fixed(tick, 0)) }
            }
            @for curve in curves { (curve.marks(middles, x, y, times)) }
            path class="axis" d=(format!("M{} {}H{}", px(LEFT), px(BOTTOM), px(RIGHT))) {}
            text class="small mid" x=(px(f64::midpoint(LEFT, RIGHT))) y=(px(BOTTOM + 29.0)) { "distance between somata, µm" }
        };
        Panel {
            width: WIDTH,
            height: BOTTOM + 34.0,
            description: format!("{title}, in {} classes", middles.len()),
            marks,
        }
    }
}

impl Curve {
    fn marks(&self, middles: &[f64], x: Scale, y: Scale, times: f64) -> Markup {
        let point = |at: f64, value: f64| format!("{} {}", px(x.at(at)), px(y.at(value * times)));
        let path = |points: Vec<String>| format!("M{}", points.join("L"));
        let line = path(middles.iter().zip(&self.values).map(|(&at, &value)| point(at, value)).collect());
        let low = middles.iter().zip(&self.bands).map(|(&at, band)| point(at, band[0]));
        let high = middles.iter().zip(&self.bands).rev().map(|(&at, band)| point(at, band[1]));
        let band = path(low.chain(high).collect());
        html! {
            g class=(self.class) {
                path class="band" d=(format!("{band}Z")) {}
                path class="training" d=(line) {}
            }
        }
    }
}
