//! Learning curves: accuracy after every epoch.

use std::collections::BTreeMap;

use artifact::{EpochRecord, Table};
use cortex::{Task, Variant};
use maud::{Markup, html};

use crate::{
    ArmResults,
    arms::chance,
    columns::Columns,
    report::{
        figure::{Figure, Panel},
        groups::groups,
        legend::Key,
        scale::{Scale, extent, px},
        style, words,
    },
};

/// One variant in one task, over the simulations that reached each epoch.
struct Curve {
    variant: Variant,
    training: Vec<Point>,
    validation: Vec<Point>,
}

/// Accuracy after one epoch.
#[derive(Clone, Copy)]
struct Point {
    epoch: f64,
    /// Simulations that reached it.
    count: usize,
    low: f64,
    mean: f64,
    high: f64,
}

const WIDTH: f64 = 160.0;
const LEFT: f64 = 22.0;
const RIGHT: f64 = WIDTH - 4.0;
/// A longer name has its initialiser on a line of its own.
const NAME_CHARACTERS: usize = 13;
const LINE: f64 = 12.0;
const TOP: f64 = 20.0;
const PLOT: f64 = 80.0;
const EPOCHS: f64 = 16.0;

/// Makes the figure of a task: a panel a variant, all on one scale.
pub(crate) fn figure(results: &ArmResults, task: Task, name: &str) -> Figure {
    let variants: Vec<Variant> =
        groups(&results.variants()).into_iter().flat_map(|group| group.variants).collect();
    let curves: Vec<Curve> = variants.iter().map(|&variant| Curve::of(results, task, variant)).collect();
    let points = || curves.iter().flat_map(|curve| curve.training.iter().chain(&curve.validation));
    let last_epoch = points().map(|point| point.epoch).fold(1.0, f64::max);
    let low = extent(points().map(|point| point.low).chain([chance(task)]), 0.0).map_or(0.0, |[low, _]| low);
    let second_line = variants.iter().any(|&variant| is_long(variant));
    let top = if second_line { TOP + LINE } else { TOP };
    let x = Scale { domain: [1.0, last_epoch], range: [LEFT, RIGHT] };
    let y = Scale { domain: [(low - 0.05).max(0.0), 1.0], range: [top + PLOT, top] };
    let any = |marks: Markup| html! { g class="any" { (marks) } };
    let mut legend = Key::initialisers(&variants, results.arm.protocol);
    let band = html! { path class="band" d="M1 1H21V13H1Z" {} path class="training" d="M1 7H21" {} };
    legend.push(Key::new(any(band), "training: mean, least to greatest"));
    legend.push(Key::new(html! { path class="validation" d="M1 7H21" {} }, "validation: mean"));
    legend.push(Key::new(html! { path class="chance" d="M1 7H21" {} }, "chance"));
    Figure {
        name: format!("{name}.learning-curves.{task}"),
        title: format!(
            "Learning curves, {}, field {}, arm {}",
            words::task(task),
            results.field,
            results.arm.name
        ),
        caption: "Accuracy after every epoch, over the simulations that reached it. The number is the mean \
                  training accuracy of the last epoch."
            .to_owned(),
        legend,
        panels: curves.iter().map(|curve| curve.panel(x, y, chance(task))).collect(),
        columns: 6,
        data: table(&curves, results, task),
    }
}

/// The table of a figure: a row a curve and epoch.
fn table(curves: &[Curve], results: &ArmResults, task: Task) -> Table {
    let points = curves.iter().flat_map(|curve| {
        let measures = [("train_accuracy", &curve.training), ("validation_accuracy", &curve.validation)];
        measures
            .into_iter()
            .flat_map(move |(metric, points)| points.iter().map(move |point| (curve.variant, metric, *point)))
    });
    let points: Vec<(Variant, &'static str, Point)> = points.collect();
    let columns = Columns(&points);
    Table::new()
        .with("field", columns.text(|_| results.field.to_string()))
        .with("arm", columns.text(|_| results.arm.name.clone()))
        .with("task", columns.text(|_| task.to_string()))
        .with("variant", columns.text(|(variant, ..)| variant.to_string()))
        .with("metric", columns.text(|&(_, metric, _)| metric.to_owned()))
        .with("epoch", columns.count(|(.., point)| point.epoch as usize))
        .with("count", columns.count(|(.., point)| point.count))
        .with("mean", columns.number(|(.., point)| Some(point.mean)))
        .with("least", columns.number(|(.., point)| Some(point.low)))
        .with("greatest", columns.number(|(.., point)| Some(point.high)))
}

impl Curve {
    fn of(results: &ArmResults, task: Task, variant: Variant) -> Self {
        let epochs: Vec<&EpochRecord> = results
            .history
            .iter()
            .filter(|epoch| epoch.key.task == task && epoch.key.variant == variant)
            .collect();
        Self {
            variant,
            training: points(epochs.iter().map(|epoch| (epoch.epoch, epoch.measures.train_accuracy))),
            validation: points(epochs.iter().map(|epoch| (epoch.epoch, epoch.measures.validation_accuracy))),
        }
    }

    fn panel(&self, x: Scale, y: Scale, chance: f64) -> Panel {
        let last = self.training.last().map(|point| words::fixed(point.mean, 2));
        let [bottom, top] = y.range;
        let (lines, last_line) = self.name();
        let marks = html! {
            (axes(x, y))
            path class="chance" d=(format!("M{} {}H{}", px(LEFT), px(y.at(chance)), px(RIGHT))) {}
            g class=(style::class(self.variant.initialiser)) {
                @for (line, index) in lines.iter().zip(0..) {
                    text class=(if lines.len() > 1 { "title named narrow" } else { "title named" }) x=(px(LEFT))
                        y=(px(12.0 + LINE * f64::from(index))) { (line) }
                }
                @if self.training.is_empty() {
                    text class="small" x=(px(LEFT + 4.0)) y=(px(f64::midpoint(top, bottom))) { "no epoch" }
                }
                @if let [point] = self.training[..] {
                    circle class="named" cx=(px(x.at(point.epoch))) cy=(px(y.at(point.mean))) r="2.5" {}
                }
                path class="band" d=(band(&self.training, x, y)) {}
                path class="validation" d=(line(&self.validation, x, y)) {}
                path class="training" d=(line(&self.training, x, y)) {}
            }
            @if let Some(last) = &last { text class="end" x=(px(RIGHT)) y=(px(last_line)) { (last) } }
        };
        let reached = last.map_or("no epoch".to_owned(), |last| format!("{last} in the last epoch"));
        let description = format!("Learning curve of {}: training accuracy {reached}", self.variant);
        Panel { width: WIDTH, height: bottom + EPOCHS, description, marks }
    }

    /// The name in one line or two, and the place of the accuracy of the last epoch: beside the shorter one.
    fn name(&self) -> (Vec<String>, f64) {
        let name = self.variant.to_string();
        let initialiser = self.variant.initialiser.to_string();
        match name.strip_prefix(&initialiser) {
            Some(rest) if is_long(self.variant) => {
                let place = if rest.len() > initialiser.len() { 12.0 } else { 12.0 + LINE };
                (vec![initialiser, rest.trim().to_owned()], place)
            }
            _ => (vec![name], 12.0),
        }
    }
}

fn is_long(variant: Variant) -> bool {
    variant.to_string().len() > NAME_CHARACTERS
}

/// Mean and range of the values of every epoch, in order of epochs.
fn points(values: impl Iterator<Item = (u32, Option<f64>)>) -> Vec<Point> {
    let mut by_epoch: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (epoch, value) in values {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            by_epoch.entry(epoch).or_default().push(value);
        }
    }
    let point = |(epoch, values): (u32, Vec<f64>)| Point {
        epoch: f64::from(epoch),
        count: values.len(),
        low: values.iter().copied().fold(f64::INFINITY, f64::min),
        mean: values.iter().sum::<f64>() / values.len() as f64,
        high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    };
    by_epoch.into_iter().map(point).collect()
}

fn axes(x: Scale, y: Scale) -> Markup {
    let (ticks, decimals) = y.ticks(3);
    let [first, last] = x.domain;
    let bottom = y.range[0];
    let below = px(bottom + EPOCHS - 4.0);
    html! {
        @for tick in ticks {
            @let at = y.at(tick);
            path class="guide" d=(format!("M{} {}H{}", px(LEFT), px(at), px(RIGHT))) {}
            text class="small end" x=(px(LEFT - 4.0)) y=(px(at + 3.5)) { (words::fixed(tick, decimals)) }
        }
        path class="axis" d=(format!("M{} {}H{}", px(LEFT), px(bottom), px(RIGHT))) {}
        @if last > first {
            text class="small" x=(px(LEFT)) y=(below) { (words::fixed(first, 0)) }
            text class="small mid" x=(px(f64::midpoint(LEFT, RIGHT))) y=(below) { "epoch" }
            text class="small end" x=(px(RIGHT)) y=(below) { (words::fixed(last, 0)) }
        } @else {
            text class="small mid" x=(px(f64::midpoint(LEFT, RIGHT))) y=(below) { "epoch 1" }
        }
    }
}

fn line(points: &[Point], x: Scale, y: Scale) -> String {
    path(points.iter().map(|point| (x.at(point.epoch), y.at(point.mean))))
}

/// The area between the least and the greatest value.
fn band(points: &[Point], x: Scale, y: Scale) -> String {
    let above = points.iter().map(|point| (x.at(point.epoch), y.at(point.high)));
    let below = points.iter().rev().map(|point| (x.at(point.epoch), y.at(point.low)));
    let outline = path(above.chain(below));
    if outline.is_empty() { outline } else { outline + "Z" }
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = points.map(|(x, y)| format!("{} {}", px(x), px(y))).collect();
    if points.is_empty() { String::new() } else { format!("M{}", points.join("L")) }
}
