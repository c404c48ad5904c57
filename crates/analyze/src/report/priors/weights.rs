use std::fmt::Write;

use artifact::Table;
use maud::{Markup, html};

use super::matrices::{kernel_columns, label};
use crate::{
    FieldPriors,
    columns::Columns,
    field_priors::InitialKernel,
    report::{
        figure::{Figure, Panel, heading},
        heat_map::power,
        legend::Key,
        scale::{Scale, px},
    },
};

const WIDTH: f64 = 186.0;
const TOP: f64 = 32.0;
const BOTTOM: f64 = 112.0;
const HEIGHT: f64 = BOTTOM + 30.0;

/// Powers of ten that magnitudes are counted between, and steps of a power.
const POWERS: [i32; 2] = [-6, 1];
const STEPS: usize = 6;

/// The magnitudes of a kernel's weights, counted.
struct Histograms<'a> {
    kernel: &'a InitialKernel,
    /// How many of the weights off the diagonal are zero or negative, in words.
    remark: String,
    off_diagonal: Vec<usize>,
    diagonal: Vec<usize>,
}

/// Makes the figure of how large initial weights are, on and off the diagonal.
pub(crate) fn figure(priors: &FieldPriors, name: &str) -> Figure {
    let key = |class: &str, text: &str| {
        let mark = html! { g class=(class) { path class="band" d="M1 12V4H21V12Z" {} path class="training" d="M1 12V4H21V12" {} } };
        Key::new(mark, text)
    };
    let histograms: Vec<Histograms<'_>> = priors.initial.iter().map(Histograms::of).collect();
    Figure {
        name: format!("{name}.weights"),
        title: format!("Magnitudes of initial weights, field {}", priors.name),
        caption: "Histograms of the magnitudes of initial weights that are not zero, on a logarithmic axis. Weights on the diagonal, from a \
                  unit to itself, are counted apart; either histogram is scaled to its own highest bar."
            .to_owned(),
        legend: vec![key("any", "off the diagonal"), key("accent", "on the diagonal")],
        panels: histograms.iter().map(|histograms| histograms.panel(&label(priors, histograms.kernel))).collect(),
        columns: 5,
        data: table(priors, &histograms),
    }
}

/// The table of the figure: a row a bar. The first and the last bars hold what lies beyond them too.
fn table(priors: &FieldPriors, histograms: &[Histograms<'_>]) -> Table {
    let bars = histograms.iter().flat_map(|own| {
        let parts = [("off-diagonal", &own.off_diagonal), ("diagonal", &own.diagonal)];
        parts.into_iter().flat_map(move |(part, counts)| {
            counts.iter().enumerate().map(move |(bar, &count)| (own.kernel, (part, bar, count)))
        })
    });
    let bars: Vec<(&InitialKernel, (&str, usize, usize))> = bars.collect();
    let columns = Columns(&bars);
    let end = |bar: usize| Some(10_f64.powf(f64::from(POWERS[0]) + bar as f64 / STEPS as f64));
    Table::new()
        .with("field", columns.text(|_| priors.name.to_string()))
        .beside(kernel_columns(&bars))
        .with("part", columns.text(|(_, (part, ..))| (*part).to_owned()))
        .with("magnitude_low", columns.number(|(_, (_, bar, _))| end(*bar)))
        .with("magnitude_high", columns.number(|(_, (_, bar, _))| end(bar + 1)))
        .with("count", columns.count(|(_, (.., count))| *count))
}

impl<'a> Histograms<'a> {
    fn of(kernel: &'a InitialKernel) -> Self {
        let neurons = kernel.weights.len().isqrt();
        let (diagonal, off): (Vec<_>, Vec<_>) =
            kernel.weights.iter().enumerate().partition(|(at, _)| at / neurons == at % neurons);
        let values = |entries: Vec<(usize, &f64)>| {
            entries.into_iter().map(|(_, &weight)| weight).collect::<Vec<f64>>()
        };
        let off = values(off);
        Self { kernel, remark: remark(&off), off_diagonal: counts(&off), diagonal: counts(&values(diagonal)) }
    }

    fn panel(&self, title: &str) -> Panel {
        let [low, high] = POWERS;
        let scale = Scale { domain: [f64::from(low), f64::from(high)], range: [2.0, WIDTH - 2.0] };
        let marks = html! {
            (heading(title, &self.remark))
            @for exponent in low..=high {
                @let x = px(scale.at(f64::from(exponent)));
                path class="guide" d=(format!("M{x} {}V{}", px(TOP), px(BOTTOM))) {}
                @if exponent % 2 == 0 {
                    text class="small mid" x=(x) y=(px(BOTTOM + 13.0)) { (power(f64::from(exponent))) }
                }
            }
            g class="any" { (steps(&self.off_diagonal, scale)) }
            g class="accent" { (steps(&self.diagonal, scale)) }
            path class="axis" d=(format!("M{} {}H{}", px(scale.range[0]), px(BOTTOM), px(scale.range[1]))) {}
            text class="small mid" x=(px(WIDTH / 2.0)) y=(px(BOTTOM + 26.0)) { "magnitude" }
        };
        let description =
            format!("{title}: histogram of the magnitudes of its weights, on and off the diagonal");
        Panel { width: WIDTH, height: HEIGHT, description, marks }
    }
}

/// How many magnitudes fall in every bar; zeros in none.
fn counts(weights: &[f64]) -> Vec<usize> {
    let [low, high] = POWERS;
    let mut counts = vec![0_usize; (high - low) as usize * STEPS];
    let last = counts.len() - 1;
    for weight in weights.iter().filter(|&&weight| weight != 0.0) {
        let place = (weight.abs().log10() - f64::from(low)) * STEPS as f64;
        counts[(place.max(0.0) as usize).min(last)] += 1;
    }
    counts
}

/// A histogram as steps, as high as the panel.
fn steps(counts: &[usize], scale: Scale) -> Markup {
    let low = POWERS[0];
    let highest = counts.iter().copied().max().unwrap_or(0);
    let x = |step: usize| px(scale.at(f64::from(low) + step as f64 / STEPS as f64));
    let mut path = format!("M{} {}", x(0), px(BOTTOM));
    for (step, &count) in counts.iter().enumerate() {
        let y = BOTTOM - (BOTTOM - TOP - 4.0) * count as f64 / highest.max(1) as f64;
        let _ = write!(path, "V{}H{}", px(y), x(step + 1));
    }
    let _ = write!(path, "V{}", px(BOTTOM));
    html! {
        @if highest > 0 { path class="band" d=(path) {} path class="training" d=(path) {} }
    }
}

/// Says how many weights off the diagonal are zero or negative.
fn remark(off_diagonal: &[f64]) -> String {
    let percent = |test: fn(f64) -> bool| {
        let count = off_diagonal.iter().filter(|&&weight| test(weight)).count();
        (count > 0).then(|| 100.0 * count as f64 / off_diagonal.len() as f64)
    };
    let shown = |percent: f64| match percent {
        percent if percent < 1.0 => "under 1 %".to_owned(),
        percent if percent > 99.0 && percent < 100.0 => "over 99 %".to_owned(),
        percent => format!("{percent:.0} %"),
    };
    match (percent(|weight| weight == 0.0), percent(|weight| weight < 0.0)) {
        (None, None) => "all positive".to_owned(),
        (Some(zero), None) => format!("off diagonal: {} zero", shown(zero)),
        (None, Some(negative)) => format!("off diagonal: {} negative", shown(negative)),
        (Some(zero), Some(negative)) => format!("{} zero, {} negative", shown(zero), shown(negative)),
    }
}
