//! Too little memory.

use std::collections::BTreeMap;

use crate::bench::{Bench, STAGES};

/// Runs every stage in ever more address space until it has enough.
pub(crate) fn starve(bench: &Bench) {
    let mut enough = BTreeMap::new();
    for stage in STAGES {
        let mut megabytes = 24;
        loop {
            let context = format!("{stage} in {megabytes} MB");
            let study = bench.study_before(stage);
            let ended = study.limited(stage, &format!("ulimit -c 0; ulimit -v {}", megabytes << 10));
            bench.assert_sound(&study, &context);
            if ended.code == Some(0) {
                bench.assert_completes(&study, stage, &context);
                enough.insert(stage, megabytes);
                break;
            }
            // Below some 64 MB the system cannot even load a program.
            if ended.code == Some(1) {
                ended.assert_refused(1, &context);
                bench.tally.survived("too little memory, told in a line");
            } else {
                assert!(megabytes <= 64, "{context}: {ended:?}");
                bench.tally.survived("too little memory to start");
            }
            bench.assert_completes(&study, stage, &context);
            megabytes = megabytes * 5 / 4;
        }
    }
    for (stage, megabytes) in enough {
        bench.tally.count(&format!("MB of address space are enough for {stage}"), megabytes);
    }
}
