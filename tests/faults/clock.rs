//! Clocks that were set back, and programs that were built again.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use crate::bench::{Bench, Ended, STAGES, Study, files};

/// How far the clock was ahead when the artifacts were made.
const AHEAD: Duration = Duration::from_hours(24 * 365);

/// Artifacts, settings and stamps of make from the future: nothing is made again, and what changes is.
pub(crate) fn set_back(bench: &Bench) {
    let study = bench.study_before("ingest");
    make(&study);
    let all = || files(study.folder(), true).into_iter().map(|path| study.folder().join(path));
    all().for_each(|path| touch(&path, SystemTime::now() + AHEAD));
    for stage in STAGES {
        let ended = study.run(stage);
        assert_eq!(ended.code, Some(0), "{stage} before the clock was set back: {ended:?}");
    }
    bench.assert_equal(&study, "artifacts from the future");
    let said = make(&study);
    assert!(!said.contains("making"), "artifacts from the future: {said}");
    bench.tally.survived("clock set back");
    // A change after the clock was set back has an earlier time than what it changes.
    let config = study.folder().join("pipeline.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("epochs = 2", "epochs = 1")).unwrap();
    let said = make(&study);
    assert!(said.contains("train: making"), "settings older than artifacts: {said}");
    fs::write(&config, text).unwrap();
    // Null graphs of networks of one epoch were added to those that are kept.
    fs::remove_dir_all(study.path("nulls")).unwrap();
    let said = make(&study);
    assert!(said.contains("analyze: making"), "settings older than artifacts: {said}");
    bench.assert_equal(&study, "settings older than artifacts");
    bench.tally.survived("clock set back");
    // Another version of an input, with the time of long ago.
    let neurons = study.path("ingest/synthetic_16/manifest.json");
    fs::remove_dir_all(study.path("ingest/synthetic_16")).unwrap();
    let said = make(&study);
    assert!(said.contains("ingest: making"), "an artifact that is gone: {said}");
    touch(&neurons, SystemTime::UNIX_EPOCH + AHEAD);
    let said = make(&study);
    assert!(!said.contains("making"), "an artifact of long ago: {said}");
    bench.assert_equal(&study, "an artifact of long ago");
    bench.tally.survived("clock set back");
}

/// Programs that are newer than the artifacts: make asks them, and they make nothing, as their results have the same version;
/// another version has everything made again, and equal.
pub(crate) fn rebuild(bench: &Bench) {
    let study = bench.study_after("analyze");
    for stage in STAGES {
        let manifests: Vec<_> = files(&study.path(stage), false)
            .into_iter()
            .filter(|path| path.ends_with("manifest.json"))
            .map(|path| study.path(stage).join(path))
            .collect();
        let before: Vec<_> = manifests.iter().map(|path| fs::read(path).unwrap()).collect();
        assert_eq!(study.run(stage).code, Some(0));
        let after: Vec<_> = manifests.iter().map(|path| fs::read(path).unwrap()).collect();
        assert!(before == after, "{stage} made again what is up to date");
    }
    bench.tally.survived("another build of the same version");
}

fn make(study: &Study) -> String {
    let ended = Ended::from(study.make().output().unwrap());
    assert_eq!(ended.code, Some(0), "make: {ended:?}");
    format!("{}{}", ended.out, ended.err)
}

fn touch(path: &Path, time: SystemTime) {
    fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}
