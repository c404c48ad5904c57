use cortex::Protocol;
use maud::{Markup, html};

use crate::{Level, Outcome, PartGain, report::words};

/// A part of the prior: its gain over its absence, and over each control.
struct Part<'a> {
    name: &'static str,
    gain: &'a PartGain,
    controls: Vec<&'a PartGain>,
}

/// More controls than these are counted instead of named.
const NAMED_CONTROLS: usize = 3;

/// Says which part of the prior helped in an arm: the answer, then what became of the other parts.
pub(super) fn sentence(gains: &[PartGain], protocol: Protocol, minimum_runs: usize) -> Markup {
    let controls_of =
        |level| gains.iter().filter(move |gain| gain.control && gain.gain.of == level).collect::<Vec<_>>();
    let parts = gains.iter().filter(|gain| !gain.control);
    let parts: Vec<Part<'_>> = parts
        .map(|gain| Part {
            name: words::part(gain.gain.of, protocol),
            gain,
            controls: controls_of(gain.gain.of),
        })
        .collect();
    let (helped, others): (Vec<&Part<'_>>, Vec<&Part<'_>>) =
        parts.iter().partition(|part| part.gain.outcome == Outcome::Helps && part.unbeaten().is_empty());
    let answer = if helped.is_empty() {
        nothing_helped(&others, minimum_runs)
    } else {
        phrase(&helped.iter().map(|part| part.how_it_helped()).collect::<Vec<_>>())
    };
    let undecided = others.iter().all(|part| part.gain.outcome == Outcome::Undecided);
    html! {
        strong { (answer) }
        @if !(helped.is_empty() && undecided) { " " (phrase(&became(&others))) }
    }
}

/// The answer where no part helped beyond its controls.
fn nothing_helped(parts: &[&Part<'_>], minimum_runs: usize) -> String {
    let count = |outcome| parts.iter().filter(|part| part.gain.outcome == outcome).count();
    let fewest = parts.iter().map(|part| part.gain.effect.fewest).max().unwrap_or_default();
    if parts.is_empty() {
        "Nothing to compare: no two variants that have values differ in a part of the prior alone.".to_owned()
    } else if count(Outcome::Helps) > 0 {
        "No part of the prior helped beyond its controls.".to_owned()
    } else if fewest == 0 {
        "Undecided: no two variants have values to compare.".to_owned()
    } else if fewest < minimum_runs {
        format!("Undecided: only {} a variant, {minimum_runs} are needed.", words::counted(fewest, "run"))
    } else if count(Outcome::Undecided) == parts.len() {
        "Undecided: the intervals are too wide to tell a gain from none.".to_owned()
    } else {
        "No part of the prior helped.".to_owned()
    }
}

/// What became of parts; those of one outcome together.
fn became(parts: &[&Part<'_>]) -> Vec<String> {
    let of = |outcome| parts.iter().filter(move |part| part.gain.outcome == outcome);
    let listed = |outcome, numbered: bool| {
        let name = |it: &&Part<'_>| {
            if numbered { format!("{} ({})", it.name, numbers(it.gain)) } else { it.name.to_owned() }
        };
        words::listed(&of(outcome).map(name).collect::<Vec<_>>())
    };
    let mut phrases: Vec<String> = of(Outcome::Helps).map(|part| part.how_it_helped()).collect();
    for (outcome, numbered, [one, several]) in [
        (Outcome::Hinders, true, ["hindered", "hindered"]),
        (Outcome::NoDifference, false, ["made no difference", "made no difference"]),
        (Outcome::Undecided, false, ["is undecided", "are undecided"]),
    ] {
        match of(outcome).count() {
            0 => {}
            1 => phrases.push(format!("{} {one}", listed(outcome, numbered))),
            _ => phrases.push(format!("{} {several}", listed(outcome, numbered))),
        }
    }
    phrases
}

/// Phrases as one sentence.
fn phrase(phrases: &[String]) -> String {
    if phrases.is_empty() { String::new() } else { capitalised(&format!("{}.", phrases.join("; "))) }
}

impl Part<'_> {
    /// Controls that do as well.
    fn unbeaten(&self) -> Vec<String> {
        let others = self.controls.iter().filter(|control| control.outcome != Outcome::Helps);
        others.map(|control| control.gain.over.to_string()).collect()
    }

    fn how_it_helped(&self) -> String {
        let (unbeaten, controls) = (self.unbeaten(), self.controls.len());
        let beyond = match (unbeaten.len(), controls) {
            (0, 0) if matches!(self.gain.gain.of, Level::Communicability(_)) => String::new(),
            (0, 0) => ", but this arm has no control for it".to_owned(),
            (0, 1) => format!(", beyond {} too", self.controls[0].gain.over),
            (0, _) => format!(", beyond each of its {controls} controls too"),
            (few, _) if few <= NAMED_CONTROLS => format!(", but not beyond {}", words::listed(&unbeaten)),
            (many, _) if many == controls => format!(", but beyond none of its {controls} controls"),
            (many, _) => format!(", but not beyond {many} of its {controls} controls"),
        };
        format!("{} helped ({}){beyond}", self.name, numbers(self.gain))
    }
}

/// The effect and the shift, in words.
fn numbers(gain: &PartGain) -> String {
    let effect = gain.effect.estimate.map(|estimate| {
        let interval = estimate.interval.map_or(String::new(), |it| format!(" {}", words::interval(it, 2)));
        format!("δ {}{interval}", words::fixed(estimate.value, 2))
    });
    let shift = gain.effect.shift.map(|shift| format!("accuracy {}", words::signed(shift.value, 3)));
    effect.into_iter().chain(shift).collect::<Vec<_>>().join(", ")
}

/// A text that begins with a capital letter.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use statistics::Estimate;

    use super::*;
    use crate::{Effect, Gain};

    fn gain(of: &str, over: &str, control: bool, outcome: Outcome) -> PartGain {
        let level = |text: &str| text.parse().unwrap_or_else(|error| panic!("{error}"));
        let estimate = Some(Estimate { value: 0.5, interval: Some([0.25, 0.75]) });
        let shift = Some(Estimate { value: 0.0125, interval: None });
        PartGain {
            gain: Gain { of: level(of), over: level(over) },
            control,
            effect: Effect { estimate, shift, pairs: 1, fewest: 20, ..Effect::default() },
            outcome,
            by_task: Vec::new(),
        }
    }

    #[test]
    fn the_sentence_says_what_the_outcomes_say() {
        use Outcome::{Helps, Hinders, NoDifference, Undecided};
        let said = |gains: &[PartGain]| sentence(gains, Protocol::DESCRIBED, 5).into_string();
        let functional = |outcome| gain("W*", "W", false, outcome);
        let control = |name, outcome| gain("W*", name, true, outcome);
        let helped = [
            functional(Helps),
            gain("D*", "D", false, NoDifference),
            gain("C", "no C", false, Hinders),
            gain("C*", "no C", false, Hinders),
            control("W!", Helps),
            control("W~identity", Helps),
        ];
        assert_eq!(
            said(&helped),
            "<strong>Functional initialisation helped (δ 0.50 [0.25, 0.75], accuracy +0.013), beyond each of its 2 controls \
             too.</strong> Communicability (δ 0.50 [0.25, 0.75], accuracy +0.013) and matched communicability (δ 0.50 [0.25, \
             0.75], accuracy +0.013) hindered; measured distance made no difference."
        );
        let matched_by_control = [functional(Helps), control("W!", Helps), control("W~identity", Undecided)];
        let text = said(&matched_by_control);
        assert!(text.contains("No part of the prior helped beyond its controls."), "{text}");
        assert!(text.contains("but not beyond W~identity"), "{text}");
        let names = ["W!", "W~identity", "W~off-diagonal", "W~lognormal"];
        let matched_by_all = names.map(|name| control(name, Undecided));
        let text = said(&[&[functional(Helps)], &matched_by_all[..]].concat());
        assert!(text.contains("but beyond none of its 4 controls"), "{text}");
        let text = said(&[functional(Undecided), gain("D*", "D", false, NoDifference)]);
        assert!(
            text.contains("<strong>No part of the prior helped.</strong>") && text.contains("is undecided")
        );
        assert!(said(&[functional(Helps)]).contains("but this arm has no control for it"));
        assert!(said(&[]).contains("Nothing to compare"));
        assert_eq!(
            said(&[functional(Undecided), gain("D*", "D", false, Undecided)]),
            "<strong>Undecided: the intervals are too wide to tell a gain from none.</strong>"
        );
        let mut few = functional(Undecided);
        few.effect.fewest = 2;
        assert!(said(&[few]).contains("Undecided: only 2 runs a variant, 5 are needed."));
    }
}
