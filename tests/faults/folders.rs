//! Folders that vanish under a running program.

use std::{fs, time::Duration};

use crate::bench::{Bench, STAGES, files};

/// Removes the folder of the stage, or all artifacts, at random moments: at once, or file by file.
pub(crate) fn vanish(bench: &Bench) {
    let mut chance = bench.chance("vanishing");
    for stage in STAGES {
        for round in 0..16 {
            let after = Duration::from_secs_f64(chance.part() * bench.seconds[stage]);
            let study = bench.study_before(stage);
            let (whole, at_once) = (round % 2 == 0, round % 4 < 2);
            let place = if whole { study.artifacts() } else { study.path(stage) };
            let aside = study.folder().join("aside");
            let context = format!("{} vanished after {after:?} of {stage}", place.display());
            let ended = study.disturbed(stage, after, |_| {
                let _ = if at_once { fs::rename(&place, &aside) } else { fs::remove_dir_all(&place) };
            });
            if at_once {
                // File by file, an artifact may well be half gone.
                bench.assert_sound(&study, &context);
            }
            if ended.code != Some(0) {
                ended.assert_refused(1, &context);
            }
            if files(&study.path("nulls"), false) != files(&bench.after("analyze").join("nulls"), false) {
                // Null graphs are kept for the next analysis; one that was made before they vanished is whole.
                let _ = fs::remove_dir_all(study.path("analyze"));
            }
            bench.assert_completes(&study, if whole { "ingest" } else { stage }, &context);
            bench.tally.survived("folder that vanished");
        }
    }
}
