//! Several processes train one study over the same artifacts.

use std::{
    fs,
    process::{Child, Stdio},
};

use crate::study::{Done, Study};

/// The runs of two fields of different size: two variants, three tasks, two simulations.
const RUNS: usize = 2 * 2 * 3 * 2;

/// A study of two fields with priors.
fn two_fields() -> Study {
    let study = Study::tiny();
    study.edit("[\"synthetic_16\"]", "[\"synthetic_16\", \"synthetic_24\"]");
    study.edit("[train]", "[train]\nvariants = [\"W*DC*\", \"W\"]");
    study.edit("simulations = 1", "simulations = 2");
    for stage in ["ingest", "priors"] {
        study.run(stage);
    }
    study
}

fn start(study: &Study, arguments: &[&str]) -> Child {
    study.command("train", arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Done {
    let done = Done::from(child.wait_with_output().unwrap());
    assert_eq!(done.code, Some(0), "{}", done.err);
    done
}

/// Hidden files of the store of runs: drafts and locks.
fn remains(study: &Study) -> usize {
    let folders = ["synthetic_16", "synthetic_24"].map(|field| format!("artifacts/train/{field}/.runs"));
    let names = folders.iter().flat_map(|folder| fs::read_dir(study.path(folder)).unwrap().flatten());
    names.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b".")).count()
}

#[test]
fn shards_are_disjoint_and_together_the_whole_study() {
    let (whole, parts) = (two_fields(), two_fields());
    assert_eq!(whole.run("train").trained(), RUNS);
    let share = |shard: &str| {
        let done = parts.call("train", &["run", "--dry-run", "--shard", shard]);
        done.out.split_whitespace().find_map(|word| word.parse::<usize>().ok()).unwrap()
    };
    let shards = ["1/3", "2/3", "3/3"];
    let shares = shards.map(share);
    assert_eq!(shares.iter().sum::<usize>(), RUNS);
    // What is finished already changes no share.
    for at in [1, 2, 0] {
        assert_eq!(share(shards[at]), shares[at]);
        let done = parts.call("train", &["run", "--shard", shards[at]]);
        assert_eq!((done.code, done.trained()), (Some(0), shares[at]), "{}", done.err);
        assert!(!parts.path("artifacts/train/synthetic_16/main").exists(), "a shard assembles nothing");
    }
    assert_eq!(parts.run("train").trained(), 0);
    assert_eq!(parts.digests(), whole.digests());
}

#[test]
fn processes_at_once_train_every_run_once() {
    let (alone, shared) = (two_fields(), two_fields());
    alone.run("train");
    let children: Vec<Child> =
        [&["run"][..], &["run", "--shard", "1/2"], &["run", "--shard", "2/2"], &["run"]]
            .map(|arguments| start(&shared, arguments))
            .into();
    let trained: usize = children.into_iter().map(|child| end(child).trained()).sum();
    assert_eq!(trained, RUNS);
    assert_eq!(shared.digests(), alone.digests());
    assert_eq!(remains(&shared), 0, "no lock or draft is left");
}

#[test]
fn the_plan_tells_how_far_every_shard_is() {
    let study = two_fields();
    let rows = |study: &Study| -> Vec<Vec<String>> {
        let done = study.call("train", &["plan", "--shards", "3"]);
        assert_eq!(done.code, Some(0), "{}", done.err);
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        done.out.lines().skip(1).map(words).collect()
    };
    let before = rows(&study);
    assert_eq!(before.len(), 3);
    let number = |word: &String| word.parse::<usize>().unwrap();
    assert_eq!(before.iter().map(|row| number(&row[1])).sum::<usize>(), RUNS);
    assert!(before.iter().all(|row| row[4] == row[1] && row[5] == "unknown"), "{before:?}");
    study.call("train", &["run", "--shard", "2/3"]);
    let after = rows(&study);
    assert_eq!(after[1][2..], [&before[1][1], "0", "0", "none"]);
    assert!([0, 2].iter().all(|&at| after[at][..5] == before[at][..5] && after[at][5] != "unknown"));
}

#[test]
fn a_shard_that_is_none_is_refused_in_one_line() {
    let study = Study::tiny();
    for shard in ["0/3", "4/3", "a/b", "3"] {
        let done = study.call("train", &["run", "--shard", shard]);
        assert_eq!((done.code, done.err.lines().count()), (Some(2), 1), "{}", done.err);
        assert!(done.err.contains(&format!("--shard {shard}: use I/N with I from 1 to N")), "{}", done.err);
    }
}

#[test]
fn a_job_of_slurm_keeps_to_the_cores_and_the_memory_that_it_was_granted() {
    let study = two_fields();
    let mut command = study.command("train", &["run", "--shard", "1/2"]);
    let done = Done::from(command.env("SLURM_MEM_PER_NODE", "1").output().unwrap());
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(done.err.contains("0 MB may be used; runs wait for memory"), "{}", done.err);
    let mut command = study.command("train", &["plan"]);
    let done = Done::from(command.env("SLURM_CPUS_PER_TASK", "1").output().unwrap());
    assert!(done.err.contains("with 1 at once"), "{}", done.err);
}
