use cortex::Variant;
use maud::{Markup, html};

use crate::{
    Summary,
    report::{
        figure::Panel,
        legend::Key,
        scale::{Scale, px},
        style, words,
    },
};

/// Every run of every variant as a point, with mean and interval: a row a variant.
pub(crate) struct DotPlot {
    pub(crate) title: String,
    pub(crate) axis: &'static str,
    /// Rows of each group, under the group's sign.
    pub(crate) groups: Vec<(&'static str, Vec<Row>)>,
    /// Smallest and largest value shown; intervals beyond are cut, with an arrow.
    pub(crate) domain: [f64; 2],
    /// A value to hold the rows against.
    pub(crate) reference: Option<f64>,
}

/// One variant.
pub(crate) struct Row {
    pub(crate) variant: Variant,
    pub(crate) dots: Vec<Dot>,
    pub(crate) summary: Summary,
    /// A published value, drawn as an open diamond.
    pub(crate) published: Option<f64>,
}

/// One run.
pub(crate) struct Dot {
    pub(crate) value: f64,
    pub(crate) diverged: bool,
    /// Shown where a pointer rests.
    pub(crate) name: Option<String>,
}

/// Width of the names of the study's variants; longer ones take what they need.
const NAMES: f64 = 56.0;
const CHARACTER: f64 = 5.9;
const SCALE: f64 = 264.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 24.0;
const ROW: f64 = 21.0;
const GROUP: f64 = 15.0;
const TICKS: f64 = 20.0;
const AXIS: f64 = 15.0;

/// Distances from a row's middle to the line of its mean and to that of its runs.
const MEAN_LINE: f64 = -3.5;
const RUN_LINE: f64 = 5.0;

impl DotPlot {
    pub(crate) fn panel(&self) -> Panel {
        let rows: usize = self.groups.iter().map(|(_, rows)| rows.len()).sum();
        let bottom = TOP + self.groups.len() as f64 * GROUP + rows as f64 * ROW;
        let names = self.groups.iter().flat_map(|(_, rows)| rows).map(|row| row.variant.to_string().len());
        let left = names.fold(NAMES, |left, length| left.max(10.0 + CHARACTER * length as f64));
        let scale = Scale { domain: self.domain, range: [left, left + SCALE] };
        let mut y = TOP;
        let marks = html! {
            text class="title" x="0" y="12" { (self.title) }
            (self.axis(scale, bottom))
            @for (sign, rows) in &self.groups {
                text class="small" x="0" y=(px(y + 11.0)) { (sign) }
                @let start = y + GROUP;
                @for (index, row) in rows.iter().enumerate() {
                    (row.marks(scale, start + (index as f64 + 0.5) * ROW))
                }
                @let () = y = start + rows.len() as f64 * ROW;
            }
        };
        let description = format!("{}: {} of {rows} variants, by run, with mean", self.title, self.axis);
        Panel {
            width: left + SCALE + RIGHT,
            height: bottom + TICKS + if self.axis.is_empty() { 0.0 } else { AXIS },
            description,
            marks,
        }
    }

    fn axis(&self, scale: Scale, bottom: f64) -> Markup {
        let (ticks, decimals) = scale.ticks(6);
        let [left, right] = scale.range;
        html! {
            @for tick in ticks {
                @let x = px(scale.at(tick));
                path class="guide" d=(format!("M{x} {}V{}", px(TOP), px(bottom))) {}
                text class="small mid" x=(x) y=(px(bottom + 14.0)) { (words::fixed(tick, decimals)) }
            }
            @if let Some(reference) = self.reference {
                path class="chance" d=(format!("M{} {}V{}", px(scale.at(reference)), px(TOP), px(bottom))) {}
            }
            path class="axis" d=(format!("M{} {}H{}", px(left), px(bottom), px(right))) {}
            text class="small mid" x=(px(f64::midpoint(left, right))) y=(px(bottom + 29.0)) { (self.axis) }
        }
    }

    /// Keys of the marks that occur in some plots.
    pub(crate) fn keys(plots: &[Self]) -> Vec<Key> {
        let rows = || plots.iter().flat_map(|plot| &plot.groups).flat_map(|(_, rows)| rows);
        let any = |marks: Markup| html! { g class="any" { (marks) } };
        let mean =
            html! { path class="interval" d="M1 7H21" {} circle class="mean" cx="11" cy="7" r="3.6" {} };
        let mut keys = vec![
            Key::new(any(html! { circle class="run" cx="11" cy="7" r="2.2" {} }), "one run"),
            Key::new(any(mean), "mean, 95 % t interval"),
        ];
        if plots.iter().any(Self::cuts) {
            let mark = html! { path class="interval" d="M1 7H19M16 4L19 7L16 10" {} };
            keys.push(Key::new(any(mark), "interval goes on"));
        }
        if rows().flat_map(|row| &row.dots).any(|dot| dot.diverged) {
            keys.push(Key::new(any(cross(11.0, 7.0)), "diverged run, counted as chance"));
        }
        if rows().any(|row| row.published.is_some()) {
            keys.push(Key::new(diamond(11.0, 7.0), "published mean"));
        }
        if plots.iter().any(|plot| plot.reference.is_some()) {
            keys.push(Key::new(html! { path class="chance" d="M11 0V14" {} }, "chance"));
        }
        keys
    }

    /// Whether an interval of the plot is cut at its edge.
    fn cuts(&self) -> bool {
        let mut intervals = self.groups.iter().flat_map(|(_, rows)| rows).filter_map(|row| row.summary.t95);
        intervals.any(|[low, high]| low < self.domain[0] || high > self.domain[1])
    }
}

impl Row {
    fn marks(&self, scale: Scale, y: f64) -> Markup {
        let [left, _] = scale.range;
        let values: Vec<f64> = self.dots.iter().map(|dot| dot.value).collect();
        let offsets = spread(&values, scale);
        let remark = match self.summary {
            Summary { mean: Some(_), .. } => None,
            Summary { diverged: 0, .. } => Some("no value"),
            _ => Some("all diverged"),
        };
        html! {
            text class="end" x=(px(left - 8.0)) y=(px(y + 4.0)) { (self.variant) }
            @if let Some(remark) = remark {
                text class="small" x=(px(left + 4.0)) y=(px(y + 4.0)) { (remark) }
            }
            g class=(style::class(self.variant.initialiser)) {
                @for (dot, offset) in self.dots.iter().zip(offsets) {
                    (dot.mark(scale.at(dot.value), y + RUN_LINE + offset))
                }
                @if let Some(interval) = self.summary.t95 {
                    path class="interval" d=(cut_line(interval, scale, y + MEAN_LINE)) {}
                }
                @if let Some(mean) = self.summary.mean {
                    circle class="mean" cx=(px(scale.at(mean))) cy=(px(y + MEAN_LINE)) r="3.6" {}
                }
            }
            @if let Some(published) = self.published {
                (diamond(scale.at(published), y + MEAN_LINE))
            }
        }
    }
}

impl Dot {
    fn mark(&self, x: f64, y: f64) -> Markup {
        html! {
            @if self.diverged { (cross(x, y)) } @else {
                circle class="run" cx=(px(x)) cy=(px(y)) r="2" {
                    @if let Some(name) = &self.name { title { (name) } }
                }
            }
        }
    }
}

fn cross(x: f64, y: f64) -> Markup {
    let (x, y) = (px(x - 2.2), px(y - 2.2));
    html! { path class="cross" d=(format!("M{x} {y}l4.4 4.4m0 -4.4l-4.4 4.4")) {} }
}

fn diamond(x: f64, y: f64) -> Markup {
    html! { path class="reported" d=(format!("M{} {}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", px(x), px(y - 5.5))) {} }
}

/// An interval as a line; an end beyond the scale becomes an arrow at its edge.
fn cut_line([low, high]: [f64; 2], scale: Scale, y: f64) -> String {
    let [first, last] = scale.domain;
    let (from, to) = (scale.at(low.clamp(first, last)), scale.at(high.clamp(first, last)));
    let arrow = |tip: f64, back: f64| {
        format!("M{0} {1}L{2} {3}L{0} {4}", px(back), px(y - 3.0), px(tip), px(y), px(y + 3.0))
    };
    let left = if low < first { arrow(from, from + 3.0) } else { String::new() };
    let right = if high > last { arrow(to, to - 3.0) } else { String::new() };
    format!("M{} {}H{}{left}{right}", px(from), px(y), px(to))
}

/// Shifts points off their line as little as keeps near ones apart, in order.
fn spread(values: &[f64], scale: Scale) -> Vec<f64> {
    const OFFSETS: [f64; 3] = [0.0, -2.6, 2.6];
    const APART: f64 = 2.6;
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for (index, &value) in values.iter().enumerate() {
        let x = scale.at(value);
        let free = OFFSETS.into_iter().find(|&offset| {
            placed.iter().all(|&(other, other_offset)| {
                (other - x).abs() >= APART || (other_offset - offset).abs() >= APART
            })
        });
        placed.push((x, free.unwrap_or(OFFSETS[index % OFFSETS.len()])));
    }
    placed.into_iter().map(|(_, offset)| offset).collect()
}
