//! Equal settings and inputs give equal bytes, whatever happens on the way.

use std::{
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::study::{Study, files};

#[test]
fn one_and_two_threads_give_the_same_bytes() {
    let two = Study::tiny();
    two.edit("[train]", "[train]\nconcurrent_runs = 2");
    two.run_all();
    let one = Study::tiny();
    one.edit("[train]", "[train]\nconcurrent_runs = 1");
    for stage in crate::study::STAGES {
        let mut command = one.command(stage, &["run"]);
        assert!(command.env("RAYON_NUM_THREADS", "1").output().unwrap().status.success());
    }
    assert_eq!(one.digests(), two.digests());
}

#[test]
fn killed_training_keeps_finished_runs_and_ends_in_the_same_bytes() {
    // Runs long enough for a kill to find training at work.
    let [undisturbed, disturbed] = [(); 2].map(|()| {
        let study = Study::tiny();
        study.edit("training_trials = 128", "training_trials = 1280");
        study
    });
    undisturbed.run_all();
    for stage in ["ingest", "priors"] {
        disturbed.run(stage);
    }
    let runs = disturbed.path("artifacts/train/synthetic_16/.runs");
    // Drafts are hidden; a kill may leave one that is whole but for its name.
    let is_run = |entry: &std::fs::DirEntry| {
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        !hidden && entry.path().join("manifest.json").exists()
    };
    let finished = || std::fs::read_dir(&runs).map_or(0, |entries| entries.flatten().filter(is_run).count());
    let mut kills = 0;
    for target in [3, 8, 15] {
        let mut child =
            disturbed.command("train", &["run", "--quiet"]).stderr(Stdio::null()).spawn().unwrap();
        let patience = Instant::now();
        while finished() < target && patience.elapsed() < Duration::from_mins(1) {
            sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        let status = child.wait().unwrap();
        kills += usize::from(status.code().is_none());
        assert!(finished() >= target);
    }
    assert!(kills > 0, "training ended before it could be killed");
    assert!(!disturbed.path("artifacts/train/synthetic_16/main").exists());
    let kept = finished();
    let done = disturbed.run("train");
    assert_eq!(done.trained(), 33 - kept);
    disturbed.run("analyze");
    assert_eq!(disturbed.digests(), undisturbed.digests());
}

#[test]
fn results_do_not_depend_on_what_else_is_in_the_study() {
    let whole = Study::finished();
    let part = Study::tiny();
    part.edit("[train]", "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"WD*C\", \"W!D*C*\"]");
    part.run_all();
    let weights = part.path("artifacts/train/synthetic_16/main/weights");
    let mut compared = 0;
    for path in files(&weights) {
        let name = path.strip_prefix(part.path("artifacts")).unwrap();
        let same = whole.path("artifacts").join(name);
        assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(same).unwrap(), "{}", name.display());
        compared += 1;
    }
    assert_eq!(compared, 2);
}
