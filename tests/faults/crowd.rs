//! Several commands at once over the same artifacts.

use std::{process::Stdio, thread::sleep, time::Duration};

use crate::bench::{Bench, Ended, STAGES, Study};

/// Starts every stage three times at once: one works, the others wait and find everything done.
pub(crate) fn repeat(bench: &Bench) {
    let mut chance = bench.chance("crowd");
    for stage in STAGES {
        for round in 0..4 {
            let context = format!("three times {stage}, round {round}");
            let study = bench.study_before(stage);
            let children: Vec<_> = (0..3)
                .map(|_| {
                    sleep(Duration::from_secs_f64(chance.part() * bench.seconds[stage] / 3.0));
                    let mut command = study.program(stage);
                    command.arg("run").arg("--artifacts").arg(study.artifacts());
                    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
                })
                .collect();
            let ended: Vec<Ended> =
                children.into_iter().map(|child| Ended::from(child.wait_with_output().unwrap())).collect();
            assert!(ended.iter().all(|ended| ended.code == Some(0)), "{context}: {ended:?}");
            if stage == "train" {
                let trained: usize = ended.iter().map(trained).sum();
                assert_eq!(trained, 12, "{context}: every run once: {ended:?}");
            }
            bench.assert_sound(&study, &context);
            bench.assert_completes(&study, stage, &context);
            bench.tally.survived("the same command three times at once");
        }
    }
}

/// How many runs a process trained.
fn trained(ended: &Ended) -> usize {
    ended.err.lines().filter(|line| line.starts_with("train [")).count()
}

/// Two studies with the same fields and priors work at once; both end, and each then finds its own runs.
pub(crate) fn share(bench: &Bench) {
    for stage in ["ingest", "priors", "train"] {
        let context = format!("two studies at {stage}");
        let study = bench.study_before(stage);
        let other = |study: &Study| {
            let mut command = study.command(stage);
            command.args(["--set", "train.tasks=[\"one-choice-inference\"]"]);
            command
        };
        let children = [study.command(stage), other(&study)]
            .map(|mut command| command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        for child in children {
            let ended = Ended::from(child.wait_with_output().unwrap());
            assert_eq!(ended.code, Some(0), "{context}: {ended:?}");
        }
        bench.assert_sound(&study, &context);
        // What one made serves both.
        let again = Ended::from(other(&study).output().unwrap());
        assert_eq!(again.code, Some(0), "{context}: {again:?}");
        bench.assert_completes(&study, stage, &context);
        bench.tally.survived("two studies at once");
    }
}
