//! What the definition of each task says of its trials.
#![allow(missing_docs, clippy::unwrap_used)]

use cortex::{Task, stream};
use tasks::{Trials, generate, shape};

const COUNT: usize = 5120;

fn trials(task: Task) -> Trials {
    generate(task, COUNT, &mut stream(1, &["test", task.name()]))
}

/// Sum over the trials' channel `channel` at `step`.
fn at(trials: &Trials, trial: usize, step: usize, channel: usize) -> f32 {
    trials.inputs[(trial * trials.shape.steps + step) * trials.shape.inputs + channel]
}

#[test]
fn labels_are_balanced_and_in_range() {
    for task in Task::ALL {
        let trials = trials(task);
        let outputs = shape(task).outputs;
        assert_eq!(trials.inputs.len(), COUNT * shape(task).steps * shape(task).inputs);
        for label in 0..outputs as u32 {
            let share = trials.labels.iter().filter(|&&l| l == label).count() as f64 / COUNT as f64;
            let expected = 1.0 / outputs as f64;
            assert!(
                (share - expected).abs() < 4.0 * (expected / COUNT as f64).sqrt(),
                "{task} {label}: {share}"
            );
        }
    }
}

#[test]
fn the_answer_of_one_choice_inference_is_one_of_the_choices_and_needs_the_goal() {
    let trials = trials(Task::OneChoiceInference);
    let mut answers = std::collections::BTreeMap::<(usize, Vec<usize>), u32>::new();
    for trial in 0..trials.len() {
        let goal = (0..4).find(|&channel| at(&trials, trial, 0, channel) == 1.0).unwrap();
        let choices: Vec<usize> =
            (0..4).filter(|&choice| at(&trials, trial, 49, 4 + choice) == 1.0).collect();
        assert_eq!(choices.len(), 2);
        assert!(choices.contains(&(trials.labels[trial] as usize)));
        assert!((0..8).all(|channel| (20..30).all(|step| at(&trials, trial, step, channel) == 0.0)));
        let known = *answers.entry((goal, choices)).or_insert(trials.labels[trial]);
        assert_eq!(known, trials.labels[trial]);
    }
    assert_eq!(answers.len(), 8);
}

#[test]
fn go_nogo_shows_its_stimulus_then_hides_it() {
    let trials = trials(Task::GoNogo);
    for trial in 0..trials.len() {
        let stimulus = 1 + trials.labels[trial] as usize;
        for step in 0..40 {
            let expected = match step {
                0..5 | 25..35 => Some(0),
                5..25 => Some(stimulus),
                _ => None,
            };
            for channel in 0..3 {
                assert_eq!(at(&trials, trial, step, channel), f32::from(u8::from(expected == Some(channel))));
            }
        }
    }
}

#[test]
fn perceptual_evidence_has_the_stated_mean_and_noise() {
    let trials = trials(Task::PerceptualDecision);
    let (mut sum, mut square, mut count) = (0.0, 0.0, 0.0);
    for trial in 0..trials.len() {
        let truth = trials.labels[trial] as usize;
        for step in 1..31 {
            let evidence =
                f64::from(at(&trials, trial, step, 1 + truth) - at(&trials, trial, step, 2 - truth));
            sum += evidence;
            count += 1.0;
            let total = f64::from(at(&trials, trial, step, 1) + at(&trials, trial, step, 2)) - 1.0;
            square += total * total;
        }
    }
    // The difference of the stimuli is 2 (c / 200), mean coherence 19.2 %; their sum is 1 + √2 · 0.1 ε.
    assert!((sum / count - 0.192).abs() < 0.005, "{}", sum / count);
    assert!((square / count - 0.02).abs() < 2e-4, "{}", square / count);
}

#[test]
fn a_prefix_of_the_stream_gives_a_prefix_of_the_trials() {
    let few = generate(Task::PerceptualDecision, 10, &mut stream(1, &["test", "perceptual-decision"]));
    assert_eq!(few.labels[..], trials(Task::PerceptualDecision).labels[..10]);
}
