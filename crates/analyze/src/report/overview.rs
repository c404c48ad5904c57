//! The study at a glance: which part of the prior helped, by how much, how sure.

mod forest;
mod sentence;
mod table;

use cortex::Task;
use maud::{Markup, html};

use crate::{
    ArmResults, PartGain, part_gains,
    part_gains::SMALL,
    report::{figure::Figure, gallery::Room, words},
};
use forest::Forest;

/// What the page says first of one field.
pub(crate) struct Overview<'a> {
    arms: Vec<ArmGains<'a>>,
    pub(crate) figure: Figure,
    minimum_runs: usize,
}

/// What every part of the prior gains in one arm.
struct ArmGains<'a> {
    results: &'a ArmResults,
    gains: Vec<PartGain>,
}

impl<'a> Overview<'a> {
    /// The overview of every field; verdicts need so many runs of every variant.
    pub(crate) fn of_fields(arms: &'a [ArmResults], minimum_runs: usize) -> Vec<Self> {
        let fields = arms.chunk_by(|one, other| one.field == other.field);
        fields.map(|arms| Self::of(arms, minimum_runs)).collect()
    }

    fn of(arms: &'a [ArmResults], minimum_runs: usize) -> Self {
        let gains = |results| ArmGains { results, gains: part_gains(results, minimum_runs) };
        let arms: Vec<ArmGains<'_>> = arms.iter().map(gains).collect();
        let figure = figure(&arms);
        Self { arms, figure, minimum_runs }
    }

    /// The first one says what its figure shows, for all.
    fn markup(&self, first: bool, room: &Room) -> Markup {
        html! {
            ul class="findings" {
                @for ArmGains { results, gains } in &self.arms {
                    li {
                        span class="arm" {
                            "Arm " (results.arm.name) ", protocol " (results.arm.protocol.name()) ", "
                            (words::counted(results.runs.len(), "run"))
                            @if results.diverged() > 0 { ", " (words::grouped(results.diverged())) " diverged" }
                        }
                        @match results.runs.len() {
                            0 => strong { "This arm has no runs." },
                            runs if runs == results.diverged() => strong { "Every run diverged." },
                            _ => (sentence::sentence(gains, results.arm.protocol, self.minimum_runs)),
                        }
                    }
                }
            }
            @if !self.figure.panels.is_empty() {
                @if first { (self.figure.on_page(room)) } @else { (self.figure.below_shared_caption(room)) }
                (table::table(&self.arms))
            }
        }
    }
}

/// The first section of the page.
pub(crate) fn section(overviews: &[Overview<'_>], room: &Room) -> Markup {
    html! {
        section id="overview" {
            h2 { "Which prior helped" }
            @if overviews.is_empty() { p { "The study has no arms." } }
            @for (overview, index) in overviews.iter().zip(0..) {
                @for arm in overview.arms.iter().take(1).filter(|_| overviews.len() > 1) {
                    h3 { "Field " (arm.results.field) }
                }
                (overview.markup(index == 0, room))
            }
        }
    }
}

fn figure(arms: &[ArmGains<'_>]) -> Figure {
    let field = arms.first().map_or(String::new(), |arm| arm.results.field.to_string());
    let forests: Vec<Forest<'_>> = arms
        .iter()
        .filter(|arm| !arm.gains.is_empty())
        .map(|arm| Forest::of(arm.results, &arm.gains))
        .collect();
    let mut tasks: Vec<Task> = arms.iter().flat_map(|arm| arm.results.tasks()).collect();
    tasks.sort_unstable();
    tasks.dedup();
    Figure {
        name: format!("{field}.overview"),
        title: format!("What every part of the prior gains in accuracy, field {field}"),
        caption: format!(
            "Gain in accuracy of every part of the prior, by arm: Cliff’s δ, from −1 to 1, between variants that differ in that \
             part alone, averaged over them and over tasks, with its 95 % interval; beside it the shift of accuracy in its own \
             unit. A part helps or hinders if its effect is at least {SMALL} and the interval excludes 0, makes no \
             difference if the interval lies within ±{SMALL}; the rest is undecided. Intervals take runs and variants as \
             independent and are not adjusted for the number of comparisons."
        ),
        legend: Forest::keys(&tasks),
        panels: forests.iter().map(Forest::panel).collect(),
        columns: 2,
        data: table::data(arms),
    }
}
