use cortex::{Protocol, Task};
use maud::{Markup, html};
use statistics::Estimate;

use crate::{
    ArmResults, Effect, Outcome, PartGain,
    part_gains::SMALL,
    report::{
        figure::Panel,
        legend::Key,
        scale::{Scale, px},
        style, words,
    },
};

/// The gains of one arm as points with intervals: a row a comparison, all tasks together and below them each.
pub(super) struct Forest<'a> {
    results: &'a ArmResults,
    /// Parts of the prior, then each part against its controls, under a heading.
    groups: Vec<(Option<String>, Vec<&'a PartGain>)>,
}

/// Width of short names; longer ones take what they need.
const NAMES: f64 = 140.0;
const CHARACTER: f64 = 6.5;
const SCALE: f64 = 176.0;
const EFFECT: f64 = 44.0;
const SHIFT: f64 = 52.0;
const TOP: f64 = 38.0;
const HEADING: f64 = 22.0;
const TICKS: f64 = 18.0;

/// Height of a row without its tasks, of the first of its tasks below it, and from task to task.
const ROW: f64 = 20.0;
const FIRST_TASK: f64 = 9.0;
const TASK: f64 = 6.5;

impl<'a> Forest<'a> {
    pub(super) fn of(results: &'a ArmResults, gains: &'a [PartGain]) -> Self {
        let mut groups = vec![(None, gains.iter().filter(|gain| !gain.control).collect::<Vec<_>>())];
        for control in gains.iter().filter(|gain| gain.control) {
            let heading = Some(format!("{} over each control", control.gain.of));
            match groups.last_mut().filter(|(last, _)| *last == heading) {
                Some((_, own)) => own.push(control),
                None => groups.push((heading, vec![control])),
            }
        }
        groups.retain(|(_, gains)| !gains.is_empty());
        Self { results, groups }
    }

    /// Keys of the marks.
    pub(super) fn keys(tasks: &[Task]) -> Vec<Key> {
        let any = |marks: Markup| html! { g class="any" { (marks) } };
        let bar = html! { path class="interval" d="M1 7H21" {} };
        let mut keys = vec![
            Key::new(any(html! { (bar) circle class="mean" cx="11" cy="7" r="4" {} }), "helps or hinders"),
            Key::new(
                any(html! { (bar) circle class="open" cx="11" cy="7" r="3.4" {} }),
                "no difference, or undecided",
            ),
        ];
        if tasks.len() > 1 {
            keys.extend(tasks.iter().map(|&task| {
                let bar = html! { path class="of-task-interval" d="M1 7H21" {} };
                Key::new(any(html! { (bar) (mark_of(task, 11.0, 7.0)) }), words::task(task))
            }));
        }
        let band = html! { rect class="negligible" x="1" y="1" width="20" height="12" {} };
        keys.push(Key::new(band, "negligible"));
        keys
    }

    pub(super) fn panel(&self) -> Panel {
        let gains = || self.groups.iter().flat_map(|(_, gains)| gains);
        let names = gains().map(|gain| name(gain).chars().count());
        let left = names.fold(NAMES, |left, length| left.max(10.0 + CHARACTER * length as f64));
        let scale = Scale { domain: [-1.0, 1.0], range: [left, left + SCALE] };
        let headings = self.groups.iter().filter(|(heading, _)| heading.is_some()).count();
        let bottom = TOP + headings as f64 * HEADING + gains().map(|gain| height(gain)).sum::<f64>();
        let mut y = TOP;
        let marks = html! {
            text class="title" x="0" y="12" { "Arm " (self.results.arm.name) ", protocol " (self.results.arm.protocol.name()) }
            (axis(scale, bottom))
            @for (heading, gains) in &self.groups {
                @if let Some(heading) = heading {
                    text class="small" x="0" y=(px(y + 14.0)) { (heading) }
                    @let () = y += HEADING;
                }
                @for gain in gains {
                    (row(gain, self.results.arm.protocol, scale, y))
                    @let () = y += height(gain);
                }
            }
        };
        let said: Vec<String> = gains().map(|gain| said(gain)).collect();
        let description = format!("Gains in arm {}: {}", self.results.arm.name, said.join("; "));
        Panel { width: left + SCALE + EFFECT + SHIFT, height: bottom + TICKS, description, marks }
    }
}

/// How a row is called: controls by what they are, under a heading that says of what.
fn name(gain: &PartGain) -> String {
    if gain.control { gain.gain.over.to_string() } else { gain.gain.to_string() }
}

/// A row's comparison and numbers, for those who cannot see it.
fn said(gain: &PartGain) -> String {
    let effect = gain.effect.estimate.map_or(words::NOTHING.to_owned(), |it| words::fixed(it.value, 2));
    format!("{} {}, δ {effect}", gain.gain, gain.outcome.name())
}

/// A single task is that of all tasks.
fn tasks(gain: &PartGain) -> &[(Task, Effect)] {
    if gain.by_task.len() > 1 { &gain.by_task } else { &[] }
}

fn height(gain: &PartGain) -> f64 {
    ROW.max(FIRST_TASK + 9.0 + TASK * tasks(gain).len() as f64)
}

fn axis(scale: Scale, bottom: f64) -> Markup {
    let [left, right] = scale.range;
    let (negligible, width) = (scale.at(-SMALL), scale.at(SMALL) - scale.at(-SMALL));
    let top = TOP - 4.0;
    html! {
        text class="small" x=(px(left)) y="28" { "← hinders" }
        text class="small end" x=(px(right)) y="28" { "helps →" }
        text class="small end" x=(px(right + EFFECT)) y="28" { "δ" }
        text class="small end" x=(px(right + EFFECT + SHIFT)) y="28" { "accuracy" }
        rect class="negligible" x=(px(negligible)) y=(px(top)) width=(px(width)) height=(px(bottom - top)) {}
        @for tick in [-1.0, -0.5, 0.0, 0.5, 1.0] {
            @let x = px(scale.at(tick));
            path class=(if tick == 0.0 { "zero" } else { "guide" }) d=(format!("M{x} {}V{}", px(top), px(bottom))) {}
            text class="small mid" x=(x) y=(px(bottom + 13.0)) { (words::fixed(tick, 1)) }
        }
        path class="axis" d=(format!("M{} {}H{}", px(left), px(bottom), px(right))) {}
    }
}

fn row(gain: &PartGain, protocol: Protocol, scale: Scale, top: f64) -> Markup {
    let y = top + 8.0;
    let decided = matches!(gain.outcome, Outcome::Helps | Outcome::Hinders);
    let tasks = tasks(gain);
    let at = |value: f64| scale.at(value.clamp(-1.0, 1.0));
    let bar = |Estimate { interval, .. }: Estimate, y: f64| {
        interval.map(|[low, high]| format!("M{} {}H{}", px(at(low)), px(y), px(at(high))))
    };
    let right = scale.range[1];
    html! {
        text class=[decided.then_some("strong")] x="0" y=(px(y + 4.0)) { (name(gain)) }
        @if !gain.control && !tasks.is_empty() {
            text class="small" x="0" y=(px(y + 17.0)) { (words::part(gain.gain.of, protocol)) }
        }
        g class=(style::level_class(gain.gain.of)) {
            @for ((task, effect), index) in tasks.iter().zip(0..) {
                @let y = y + FIRST_TASK + TASK * f64::from(index);
                @if let Some(estimate) = effect.estimate {
                    path class="of-task-interval" d=[bar(estimate, y)] {}
                    (mark_of(*task, at(estimate.value), y))
                }
            }
            @if let Some(estimate) = gain.effect.estimate {
                path class="interval" d=[bar(estimate, y)] {}
                circle class=(if decided { "mean" } else { "open" }) cx=(px(at(estimate.value))) cy=(px(y))
                    r=(if decided { "4" } else { "3.4" }) {}
            }
        }
        @if let Some(Estimate { value, .. }) = gain.effect.estimate {
            text class=(if decided { "end strong" } else { "end" }) x=(px(right + EFFECT)) y=(px(y + 4.0)) {
                (words::fixed(value, 2))
            }
        }
        @if let Some(Estimate { value, .. }) = gain.effect.shift {
            text class="end" x=(px(right + EFFECT + SHIFT)) y=(px(y + 4.0)) { (words::signed(value, 3)) }
        }
    }
}

/// The mark of a task: a circle, a triangle or a square.
fn mark_of(task: Task, x: f64, y: f64) -> Markup {
    html! {
        @match task {
            Task::OneChoiceInference => circle class="of-task" cx=(px(x)) cy=(px(y)) r="2.2" {},
            Task::GoNogo => path class="of-task" d=(format!("M{} {}l2.7 4.6h-5.4z", px(x), px(y - 2.7))) {},
            Task::PerceptualDecision => path class="of-task" d=(format!("M{} {}h4.2v4.2h-4.2z", px(x - 2.1), px(y - 2.1))) {},
        }
    }
}
