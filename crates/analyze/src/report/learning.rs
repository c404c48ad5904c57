//! Learning curves: accuracy after every epoch.

use std::collections::BTreeMap;

use artifact::EpochRecord;
use cortex::{Task, Variant};
use maud::{Markup, html};

use crate::{
    ArmResults,
    arms::chance,
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
    low: f64,
    mean: f64,
    high: f64,
}

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 116.0;
const LEFT: f64 = 22.0;
const RIGHT: f64 = WIDTH - 4.0;
/// Room for a name beside the accuracy of the last epoch, and characters that fit in it.
const NAME: f64 = 108.0;
const NAME_CHARACTERS: usize = 15;
const TOP: f64 = 20.0;
const BOTTOM: f64 = HEIGHT - 16.0;

/// Makes the figure of a task: a panel a variant, all on one scale.
pub(crate) fn figure(results: &ArmResults, task: Task, name: &str) -> Figure {
    let variants: Vec<Variant> =
        groups(&results.variants()).into_iter().flat_map(|group| group.variants).collect();
    let curves: Vec<Curve> = variants.iter().map(|&variant| Curve::of(results, task, variant)).collect();
    let points = || curves.iter().flat_map(|curve| curve.training.iter().chain(&curve.validation));
    let last_epoch = points().map(|point| point.epoch).fold(1.0, f64::max);
    let low = extent(points().map(|point| point.low).chain([chance(task)]), 0.0).map_or(0.0, |[low, _]| low);
    let x = Scale { domain: [1.0, last_epoch], range: [LEFT, RIGHT] };
    let y = Scale { domain: [(low - 0.05).max(0.0), 1.0], range: [BOTTOM, TOP] };
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
    }
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
        let name = self.variant.to_string();
        // A long name is drawn as narrow as its place.
        let narrowed = (name.len() > NAME_CHARACTERS).then(|| px(NAME));
        let marks = html! {
            (axes(x, y))
            path class="chance" d=(format!("M{} {}H{}", px(LEFT), px(y.at(chance)), px(RIGHT))) {}
            g class=(style::class(self.variant.initialiser)) {
                text class="title named" x=(px(LEFT)) y="12" textLength=[&narrowed]
                    lengthAdjust=[narrowed.as_ref().map(|_| "spacingAndGlyphs")] { (name) }
                @if self.training.is_empty() {
                    text class="small" x=(px(LEFT + 4.0)) y=(px(f64::midpoint(TOP, BOTTOM))) { "no epoch" }
                }
                @if let [point] = self.training[..] {
                    circle class="named" cx=(px(x.at(point.epoch))) cy=(px(y.at(point.mean))) r="2.5" {}
                }
                path class="band" d=(band(&self.training, x, y)) {}
                path class="validation" d=(line(&self.validation, x, y)) {}
                path class="training" d=(line(&self.training, x, y)) {}
            }
            @if let Some(last) = &last { text class="end" x=(px(RIGHT)) y="12" { (last) } }
        };
        let reached = last.map_or("no epoch".to_owned(), |last| format!("{last} in the last epoch"));
        let description = format!("Learning curve of {}: training accuracy {reached}", self.variant);
        Panel { width: WIDTH, height: HEIGHT, description, marks }
    }
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
        low: values.iter().copied().fold(f64::INFINITY, f64::min),
        mean: values.iter().sum::<f64>() / values.len() as f64,
        high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    };
    by_epoch.into_iter().map(point).collect()
}

fn axes(x: Scale, y: Scale) -> Markup {
    let (ticks, decimals) = y.ticks(3);
    let [first, last] = x.domain;
    html! {
        @for tick in ticks {
            @let at = y.at(tick);
            path class="guide" d=(format!("M{} {}H{}", px(LEFT), px(at), px(RIGHT))) {}
            text class="small end" x=(px(LEFT - 4.0)) y=(px(at + 3.5)) { (words::fixed(tick, decimals)) }
        }
        path class="axis" d=(format!("M{} {}H{}", px(LEFT), px(BOTTOM), px(RIGHT))) {}
        @if last > first {
            text class="small" x=(px(LEFT)) y=(px(HEIGHT - 4.0)) { (words::fixed(first, 0)) }
            text class="small mid" x=(px(f64::midpoint(LEFT, RIGHT))) y=(px(HEIGHT - 4.0)) { "epoch" }
            text class="small end" x=(px(RIGHT)) y=(px(HEIGHT - 4.0)) { (words::fixed(last, 0)) }
        } @else {
            text class="small mid" x=(px(f64::midpoint(LEFT, RIGHT))) y=(px(HEIGHT - 4.0)) { "epoch 1" }
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
