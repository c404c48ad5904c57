//! Disks that are full, files that may not grow, folders that may not be written to.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use tempfile::TempDir;

use crate::bench::{Bench, Ended, STAGES, Study, assert_no_remains, files};

const PAGE: u64 = 4096;

/// A small file system in memory, mounted for one fault.
struct Disk(TempDir);

impl Disk {
    /// None where this user may not mount.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=64m", "tmpfs"], folder.path());
        mounted.then_some(Self(folder))
    }

    fn artifacts(&self) -> PathBuf {
        self.0.path().join("artifacts")
    }

    /// Leaves so many pages free.
    fn leave(&self, pages: u64) {
        let used = Command::new("df").args(["--output=used", "-B1"]).arg(self.0.path()).output().unwrap();
        let used = String::from_utf8_lossy(&used.stdout);
        let used: u64 = used.lines().nth(1).unwrap().trim().parse().unwrap();
        // A size of 0 would mean no limit.
        let size = (used + pages * PAGE).max(PAGE);
        assert!(mount(&["-o", &format!("remount,size={size}")], self.0.path()));
    }

    fn make_room(&self) {
        assert!(mount(&["-o", "remount,rw,size=64m"], self.0.path()));
    }

    fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], self.0.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

fn mount(options: &[&str], place: &Path) -> bool {
    let status = Command::new("mount").args(options).arg(place).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Runs every stage on a disk that has room for ever one page more, until it has enough: each file finds it full in its turn.
pub(crate) fn fill(bench: &Bench) {
    if Disk::mount().is_none() {
        bench
            .tally
            .skip("full disk on a tmpfs: this user may not mount one (the limit of file sizes is tested)");
        return;
    }
    for stage in STAGES {
        let (mut free, mut hit) = (0, BTreeSet::new());
        while let Some(file) = fill_once(bench, stage, free) {
            hit.insert(file);
            free += 1;
        }
        let names: BTreeSet<String> = written(bench, stage).iter().map(|(path, _)| name_of(path)).collect();
        let missed: Vec<_> = names.difference(&hit).collect();
        assert!(missed.is_empty(), "{stage}: no full disk at {missed:?}");
        bench.tally.count("files, by name, that met a full disk", hit.len());
    }
}

/// Leaves a stage so many free pages; the name of the file that found the disk full, if one did.
fn fill_once(bench: &Bench, stage: &str, free: u64) -> Option<String> {
    let context = format!("{stage} with {free} free pages");
    let disk = Disk::mount().unwrap();
    let study = bench.study_before_in(stage, &disk.artifacts());
    disk.leave(free);
    // One run at a time, so that files come in the same order.
    let mut command = study.command(stage);
    if stage == "train" {
        command.args(["--set", "train.concurrent_runs=1"]);
    }
    let ended = Ended::from(command.output().unwrap());
    bench.assert_sound(&study, &context);
    let mut hit = None;
    if ended.code != Some(0) {
        ended.assert_refused(1, &context);
        let line = ended.last_line();
        assert!(line.contains("No space left on device") && line.contains("make room"), "{context}: {line}");
        let path = line.split(": ").find_map(|part| part.strip_prefix("cannot write "));
        let path = path.unwrap_or_else(|| panic!("{context}: where? {line}"));
        assert!(Path::new(path).starts_with(disk.artifacts()), "{context}: {line}");
        hit = Some(name_of(Path::new(path)));
        assert_no_remains(&study, &context);
        bench.tally.survived("full disk");
    }
    disk.make_room();
    bench.assert_completes(&study, stage, &context);
    hit
}

/// The files that a stage writes with their lengths, in order.
fn written(bench: &Bench, stage: &str) -> Vec<(PathBuf, u64)> {
    let before = bench.study_before(stage);
    let known = files(&before.artifacts(), true);
    let root = bench.after(stage);
    let mut written: Vec<(SystemTime, PathBuf, u64)> = files(&root, true)
        .into_iter()
        .filter(|path| !known.contains(path))
        .map(|path| {
            let metadata = fs::metadata(root.join(&path)).unwrap();
            (metadata.modified().unwrap(), path, metadata.len())
        })
        .collect();
    written.sort();
    // Weights of arms and of packs of runs are those of the runs as they were trained, not copies.
    let copied = |path: &Path| path.components().any(|part| part.as_os_str() == "weights");
    written.into_iter().filter(|(_, path, _)| !copied(path)).map(|(_, path, bytes)| (path, bytes)).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Runs every stage under a limit of the size of files, as a quota would have it, that each of its files in turn
/// exceeds; the system's signal is ignored in one half, and kills in the other.
pub(crate) fn limit_files(bench: &Bench) {
    for stage in STAGES {
        let sizes: BTreeSet<u64> =
            written(bench, stage).into_iter().map(|(_, bytes)| (bytes - 1) / 1024).collect();
        for (place, kilobytes) in sizes.into_iter().enumerate() {
            let context = format!("{stage} with files of at most {kilobytes} kB");
            let study = bench.study_before(stage);
            let ignored = place % 2 == 0;
            let trap = if ignored { "trap '' XFSZ; " } else { "" };
            let ended = study.limited(stage, &format!("{trap}ulimit -f {kilobytes}"));
            bench.assert_sound(&study, &context);
            if ignored {
                ended.assert_refused(1, &context);
                assert!(ended.err.contains("ulimit -f"), "{context}: {ended:?}");
                assert_no_remains(&study, &context);
            } else {
                assert_eq!(ended.signal, Some(25), "{context}: {ended:?}");
            }
            bench.tally.survived("limit of file sizes");
            bench.assert_completes(&study, stage, &context);
        }
    }
}

/// Runs every stage where it may not write.
pub(crate) fn forbid(bench: &Bench) {
    for stage in STAGES {
        let context = format!("{stage} in a folder that may not be written to");
        let refused = |study: &Study| {
            let ended = study.run(stage);
            bench.assert_sound(study, &context);
            ended.assert_refused(1, &context);
            assert!(ended.err.contains("name another folder"), "{context}: {ended:?}");
        };
        if let Some(disk) = Disk::mount() {
            let study = bench.study_before_in(stage, &disk.artifacts());
            disk.make_read_only();
            refused(&study);
            disk.make_room();
            bench.assert_completes(&study, stage, &context);
        } else {
            let study = bench.study_before(stage);
            let chmod = |mode: &str| {
                let status = Command::new("chmod").args(["-R", mode]).arg(study.artifacts()).status();
                assert!(status.unwrap().success());
            };
            chmod("a-w");
            refused(&study);
            chmod("u+w");
            bench.assert_completes(&study, stage, &context);
        }
        bench.tally.survived("read-only folder");
    }
    if let Some(disk) = Disk::mount() {
        let study = bench.study_after_in("analyze", &disk.artifacts());
        disk.make_read_only();
        for stage in STAGES {
            let ended = study.run(stage);
            assert_eq!(ended.code, Some(0), "{stage}, up to date, may not write: {ended:?}");
        }
        bench.assert_equal(&study, "a finished study that may not be written to");
        bench.tally.survived("read-only folder");
    }
}
