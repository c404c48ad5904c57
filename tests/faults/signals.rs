//! SIGINT and SIGTERM: a prompt end, nothing left, the same command goes on.

use std::time::{Duration, Instant};

use crate::bench::{Bench, STAGES, assert_no_remains, signal};

/// What programs that were asked to stop end with.
const STOPPED: i32 = 75;

/// How long a program may take to stop.
const PROMPT: Duration = Duration::from_secs(2);

pub(crate) fn stop(bench: &Bench) {
    let mut chance = bench.chance("signals");
    for stage in STAGES {
        for name in ["INT", "TERM"] {
            let mut stopped = 0;
            // A program that has just begun, or has just ended, hears no signal.
            for _ in 0..40 {
                let after = Duration::from_secs_f64((0.05 + chance.part()) * bench.seconds[stage]);
                let context = format!("{stage} asked by SIG{name} after {after:?}");
                let study = bench.study_before(stage);
                let mut asked = Instant::now();
                let ended = study.disturbed(stage, after, |child| {
                    asked = Instant::now();
                    signal(child, name);
                });
                let took = asked.elapsed();
                assert!(took < PROMPT, "{context}: took {took:?}");
                bench.assert_sound(&study, &context);
                if ended.code == Some(STOPPED) {
                    ended.assert_refused(STOPPED, &context);
                    assert!(ended.err.contains("stopped on request"), "{context}: {ended:?}");
                    assert_no_remains(&study, &context);
                    stopped += 1;
                    bench.tally.survived(&format!("SIG{name} in {stage}"));
                } else {
                    assert!(ended.code == Some(0) || ended.signal.is_some(), "{context}: {ended:?}");
                }
                bench.assert_completes(&study, stage, &context);
                if stopped == 4 {
                    break;
                }
            }
            assert!(stopped > 0, "{stage} never heard SIG{name}");
        }
    }
}
