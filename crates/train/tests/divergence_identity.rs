//! A network that cannot learn any more is told from one that does not.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::atomic::AtomicBool;

use candle_core::Device;
use cortex::{RunKey, Task, stream};
use numerics::{Penalty, PenaltyKind, PenaltyTerms};
use train::{
    initial,
    network::Weights,
    penalty::PenaltyTerm,
    trainer::{Ending, Outcome, Schedule, TrialSets, train},
};

/// Initial weights of the variant `W` at N = 312.
fn orthogonal(task: Task) -> Weights {
    let key = RunKey {
        field: "6_6_2".parse().unwrap(),
        arm: "positive".to_owned(),
        task,
        variant: "W".parse().unwrap(),
        simulation: 0,
    };
    initial::weights(1, &key, tasks::shape(task), 312, None).unwrap()
}

/// Two epochs of four batches.
fn trained(task: Task, positive: bool, stop: bool) -> Outcome {
    let trials = tasks::generate(task, 512, &mut stream(1, &["divergence", task.name()])).into();
    let terms = PenaltyTerms { lambda: 1.0, lambda_emd: 0.0, distance: None, empirical: None };
    train(
        &orthogonal(task),
        TrialSets { training: &trials, validation: None, test: None },
        &PenaltyTerm::new(Penalty::new(PenaltyKind::Weight, &terms).unwrap()),
        Schedule { epochs: 2, input_noise: 0.0, positive, ..Schedule::default() },
        stream(1, &["unused"]),
        &Device::Cpu,
        &AtomicBool::new(stop),
    )
    .unwrap()
}

#[test]
fn positive_orthogonal_baselines_diverge_at_once_on_every_task() {
    for task in Task::ALL {
        let outcome = trained(task, true, false);
        assert_eq!(outcome.ending, Ending::Diverged, "{task}");
        assert!(outcome.losses.len() <= 3, "{task}: after {} steps", outcome.losses.len());
    }
}

#[test]
fn signed_orthogonal_baselines_do_not_diverge() {
    let outcome = trained(Task::GoNogo, false, false);
    assert_eq!((outcome.ending, outcome.losses.len()), (Ending::Done, 8));
}

#[test]
fn a_request_to_stop_ends_training_before_the_next_step() {
    let outcome = trained(Task::GoNogo, false, true);
    assert_eq!((outcome.ending, outcome.losses.len()), (Ending::Interrupted, 0));
    assert_eq!(outcome.weights, orthogonal(Task::GoNogo));
}
