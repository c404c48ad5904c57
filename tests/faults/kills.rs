//! `kill -9` at random moments of every stage.

use std::time::Duration;

use crate::bench::{Bench, Ended, STAGES, disturbed, signal};

/// Kills the program's group at `count` random moments, spread over the stages by how long they take, with at least a
/// tenth for each. A moment after the end of the program is none, and is chosen again.
pub(crate) fn kill(bench: &Bench, count: usize) {
    let mut chance = bench.chance("kills");
    let total: f64 = bench.seconds.values().sum();
    let least = count / 10;
    for stage in STAGES {
        let share = bench.seconds[stage] / total;
        let wanted = least + ((count - STAGES.len() * least) as f64 * share).round() as usize;
        let mut killed = 0;
        while killed < wanted {
            let after = Duration::from_secs_f64(chance.part() * bench.seconds[stage]);
            let context = format!("{stage} killed after {after:?}");
            let study = bench.study_before(stage);
            let ended = study.disturbed(stage, after, |child| signal(child, "KILL"));
            bench.assert_sound(&study, &context);
            bench.assert_completes(&study, stage, &context);
            if ended.signal == Some(9) {
                killed += 1;
                bench.tally.survived(&format!("kill -9 in {stage}"));
            } else {
                assert_eq!(ended.code, Some(0), "{context}: {ended:?}");
            }
        }
    }
}

/// Kills make and what it runs at random moments of the whole study; make again completes it, and then has nothing to do.
pub(crate) fn kill_make(bench: &Bench) {
    let mut chance = bench.chance("kills of make");
    let total: f64 = bench.seconds.values().sum();
    let mut killed = 0;
    while killed < 10 {
        let after = Duration::from_secs_f64(chance.part() * total);
        let context = format!("make killed after {after:?}");
        let study = bench.study_before("ingest");
        let ended = disturbed(&mut study.make(), after, |child| signal(child, "KILL"));
        bench.assert_sound(&study, &context);
        let again = Ended::from(study.make().output().unwrap());
        assert_eq!(again.code, Some(0), "{context}: {again:?}");
        bench.assert_equal(&study, &context);
        let once_more = Ended::from(study.make().output().unwrap());
        assert!(once_more.err.is_empty() && once_more.out.lines().count() == 1, "{context}: {once_more:?}");
        if ended.signal == Some(9) {
            killed += 1;
            bench.tally.survived("kill -9 of make and what it runs");
        }
    }
}

/// Kills a stage again and again, always going on from what the kill before left.
pub(crate) fn kill_again_and_again(bench: &Bench) {
    let mut chance = bench.chance("kills in a row");
    for stage in STAGES {
        let study = bench.study_before(stage);
        let mut killed = 0;
        for _ in 0..12 {
            let after = Duration::from_secs_f64(chance.part() * bench.seconds[stage] / 2.0);
            let ended = study.disturbed(stage, after, |child| signal(child, "KILL"));
            killed += usize::from(ended.signal == Some(9));
            bench.assert_sound(&study, &format!("{stage} killed in a row"));
        }
        bench.assert_completes(&study, stage, &format!("{stage} killed {killed} times in a row"));
        bench.tally.count("fault survived: kill -9 in a row over one artifacts folder", killed);
    }
}
