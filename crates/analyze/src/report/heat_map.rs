//! Matrices as pictures.

mod colours;
mod image;

pub(crate) use colours::{Scale, power, short};

use artifact::Table;
use cortex::FieldName;
use maud::{Markup, html};

use crate::{
    columns::Columns,
    report::{
        figure::{Panel, heading},
        neuron_order::NeuronOrder,
        scale::px,
    },
};
use image::Image;

/// A matrix in the order of the neurons, as a picture.
pub(crate) struct HeatMap {
    pub(crate) title: String,
    /// What it is, in a few words.
    pub(crate) note: String,
    /// What it shows, row by row.
    pub(crate) blocks: Vec<Block>,
    pub(crate) scale: Scale,
}

/// What one pixel shows.
pub(crate) struct Block {
    pub(crate) row: usize,
    pub(crate) column: usize,
    /// The neurons of the entry that shows, in the order of the field.
    pub(crate) pre: usize,
    pub(crate) post: usize,
    pub(crate) value: f64,
}

const WIDTH: f64 = 186.0;
const STRIP: f64 = 4.0;
const TOP: f64 = 32.0;
const SIDE: f64 = WIDTH - STRIP - 2.0;
const HEIGHT: f64 = TOP + STRIP + 2.0 + SIDE + 26.0;

/// Pixels of a side: more neurons share them.
const MOST_PIXELS: usize = 240;

/// What a heat map shows of a matrix, row-major `[N, N]` in the order of the field: of the entries that share a pixel the
/// largest, so that diagonals and sparse connections do not fade.
pub(crate) fn blocks(values: &[f64], order: &NeuronOrder) -> Vec<Block> {
    let neurons = order.neurons();
    let side = neurons.len().div_ceil(MOST_PIXELS).max(1);
    let sides: Vec<&[usize]> = neurons.chunks(side).collect();
    let mut blocks = Vec::with_capacity(sides.len() * sides.len());
    for (row, rows) in sides.iter().enumerate() {
        for (column, columns) in sides.iter().enumerate() {
            let mut block = Block { row, column, pre: rows[0], post: columns[0], value: 0.0 };
            for (&pre, &post) in rows.iter().flat_map(|pre| columns.iter().map(move |post| (pre, post))) {
                let value = values[pre * neurons.len() + post];
                if value.abs() > block.value.abs() {
                    block = Block { pre, post, value, ..block };
                }
            }
            blocks.push(block);
        }
    }
    blocks
}

impl HeatMap {
    pub(crate) fn panel(&self, order: &NeuronOrder) -> Panel {
        let (left, top) = (STRIP + 2.0, TOP + STRIP + 2.0);
        let marks = html! {
            (heading(&self.title, &self.note))
            (strips(order, left, top))
            image x=(px(left)) y=(px(top)) width=(px(SIDE)) height=(px(SIDE)) preserveAspectRatio="none"
                style="image-rendering:pixelated" href=(self.picture()) {}
            rect class="axis" x=(px(left)) y=(px(top)) width=(px(SIDE)) height=(px(SIDE)) {}
            (self.key(left, top + SIDE + 6.0))
        };
        let description = format!(
            "{}: {}, {} by {} neurons",
            self.title,
            self.note,
            order.neurons().len(),
            order.neurons().len()
        );
        Panel { width: WIDTH, height: HEIGHT, description, marks }
    }

    fn picture(&self) -> String {
        let pixels = self.blocks.iter().map(|block| self.scale.colour(block.value)).collect();
        Image { width: self.blocks.len().isqrt(), pixels, palette: &colours::palette() }.data_uri()
    }

    /// The colours with what they stand for.
    fn key(&self, x: f64, y: f64) -> Markup {
        let ramp = self.scale.ramp();
        let step = SIDE / ramp.len() as f64;
        let [low, middle, high] = self.scale.labels();
        html! {
            g class="ink" {
                @for (index, colour) in ramp.iter().enumerate() {
                    rect x=(px(x + index as f64 * step)) y=(px(y)) width=(px(step + 0.2)) height="6" fill=(colour) {}
                }
            }
            text class="small" x=(px(x)) y=(px(y + 17.0)) { (low) }
            text class="small mid" x=(px(x + SIDE / 2.0)) y=(px(y + 17.0)) { (middle) }
            text class="small end" x=(px(x + SIDE)) y=(px(y + 17.0)) { (high) }
        }
    }
}

/// The table of heat maps: a row a block, beside the columns that name its matrix.
pub(crate) fn table<T>(field: &FieldName, matrix: Table, blocks: &[(T, &Block)]) -> Table {
    let columns = Columns(blocks);
    Table::new()
        .with("field", columns.text(|_| field.to_string()))
        .beside(matrix)
        .with("row", columns.count(|(_, block)| block.row))
        .with("column", columns.count(|(_, block)| block.column))
        .with("pre", columns.count(|(_, block)| block.pre))
        .with("post", columns.count(|(_, block)| block.post))
        .with("value", columns.number(|(_, block)| Some(block.value)))
}

/// Communities along both sides.
fn strips(order: &NeuronOrder, left: f64, top: f64) -> Markup {
    let per_neuron = SIDE / order.neurons().len().max(1) as f64;
    let mut at = 0;
    let spans: Vec<(f64, f64)> = order
        .groups()
        .map(|group| {
            let span = (at as f64 * per_neuron, group.len() as f64 * per_neuron);
            at += group.len();
            span
        })
        .collect();
    html! {
        @for (index, (start, length)) in spans.into_iter().enumerate() {
            g class={ "cluster" (index) } {
                rect class="named" x=(px(left + start)) y=(px(top - STRIP - 1.0)) width=(px(length)) height=(px(STRIP)) {}
                rect class="named" x="0" y=(px(top + start)) width=(px(STRIP)) height=(px(length)) {}
            }
        }
    }
}
