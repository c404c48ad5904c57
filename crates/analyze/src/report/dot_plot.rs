use artifact::Table;
use cortex::{Task, Variant};
use maud::{Markup, html};

use crate::{
    ArmResults, Metric, Summary,
    columns::Columns,
    report::{
        figure::Panel,
        legend::Key,
        scale::{Scale, dots, px},
        style, words,
    },
};

/// Every run of every variant as a point, with mean and interval: a row a variant.
pub(crate) struct DotPlot {
    pub(crate) title: String,
    pub(crate) axis: &'static str,
    pub(crate) task: Task,
    pub(crate) metric: Metric,
    /// Rows of each group, under the group's sign.
    pub(crate) groups: Vec<(&'static str, Vec<Row>)>,
    /// Smallest and largest value shown; intervals beyond are cut, with an arrow.
    pub(crate) domain: [f64; 2],
    /// A value to hold the rows against.
    pub(crate) reference: Option<f64>,
    /// Whether runs are named where a pointer rests.
    pub(crate) named: bool,
}

/// One variant.
pub(crate) struct Row {
    pub(crate) variant: Variant,
    pub(crate) dots: Vec<Dot>,
    pub(crate) summary: Summary,
    /// A published mean and its interval; the mean is drawn as an open diamond.
    pub(crate) published: Option<(f64, [f64; 2])>,
}

/// One run.
pub(crate) struct Dot {
    pub(crate) simulation: u32,
    pub(crate) value: f64,
    pub(crate) diverged: bool,
}

/// What the table of a figure says of one mark.
struct Mark<'a> {
    plot: &'a DotPlot,
    variant: Variant,
    kind: &'static str,
    simulation: Option<u32>,
    value: f64,
    t95: Option<[f64; 2]>,
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
                    (row.marks(self.named, scale, start + (index as f64 + 0.5) * ROW))
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

    /// The table of plots of one arm: a row a mark.
    pub(crate) fn table(plots: &[Self], results: &ArmResults) -> Table {
        let marks: Vec<Mark<'_>> = plots.iter().flat_map(Self::marks).collect();
        let columns = Columns(&marks);
        Table::new()
            .with("field", columns.text(|_| results.field.to_string()))
            .with("arm", columns.text(|_| results.arm.name.clone()))
            .with("task", columns.text(|mark| mark.plot.task.to_string()))
            .with("variant", columns.text(|mark| mark.variant.to_string()))
            .with("metric", columns.text(|mark| mark.plot.metric.name().to_owned()))
            .with("mark", columns.text(|mark| mark.kind.to_owned()))
            .with("simulation", columns.optional_count(|mark| mark.simulation))
            .with("value", columns.number(|mark| Some(mark.value)))
            .with("t95_low", columns.number(|mark| Some(mark.t95?[0])))
            .with("t95_high", columns.number(|mark| Some(mark.t95?[1])))
    }

    fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        self.groups.iter().flat_map(|(_, rows)| rows).flat_map(move |row| {
            let mark = move |kind, simulation, value, t95| Mark {
                plot: self,
                variant: row.variant,
                kind,
                simulation,
                value,
                t95,
            };
            let runs = row.dots.iter().map(move |dot| {
                let kind = if dot.diverged { "diverged run" } else { "run" };
                mark(kind, Some(dot.simulation), dot.value, None)
            });
            let mean = row.summary.mean.map(|value| mark("mean", None, value, row.summary.t95));
            let published = row.published.map(|(value, t95)| mark("published mean", None, value, Some(t95)));
            runs.chain(mean).chain(published)
        })
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
    fn marks(&self, named: bool, scale: Scale, y: f64) -> Markup {
        let [left, _] = scale.range;
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
                (self.runs(named, scale, y + RUN_LINE))
                @if let Some(interval) = self.summary.t95 {
                    path class="interval" d=(cut_line(interval, scale, y + MEAN_LINE)) {}
                }
                @if let Some(mean) = self.summary.mean {
                    circle class="mean" cx=(px(scale.at(mean))) cy=(px(y + MEAN_LINE)) r="3.6" {}
                }
            }
            @if let Some((published, _)) = self.published {
                (diamond(scale.at(published), y + MEAN_LINE))
            }
        }
    }

    /// Dots of their own where they have names, else one path.
    fn runs(&self, named: bool, scale: Scale, y: f64) -> Markup {
        let values: Vec<f64> = self.dots.iter().map(|dot| dot.value).collect();
        let offsets = spread(&values, scale);
        let places =
            || self.dots.iter().zip(&offsets).map(|(dot, offset)| (dot, scale.at(dot.value), y + offset));
        let done = || places().filter(|(dot, ..)| !dot.diverged);
        let path = dots(done().map(|(_, x, y)| [x, y]));
        html! {
            @for (_, x, y) in places().filter(|(dot, ..)| dot.diverged) { (cross(x, y)) }
            @if !named { path class="runs" d=(path) {} } @else {
                @for (dot, x, y) in done() {
                    circle class="run" cx=(px(x)) cy=(px(y)) r="2" {
                        title { (self.variant) ", simulation " (dot.simulation) ": " (words::fixed(dot.value, 3)) }
                    }
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
