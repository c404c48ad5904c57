//! The four programs as they were built, and the artifacts that they leave.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

pub(crate) const STAGES: [&str; 4] = ["ingest", "priors", "train", "analyze"];

/// The program beside this one's own folder: `target/release/PROGRAM`.
pub(crate) fn program_path(program: &str) -> PathBuf {
    let folder = env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().to_owned();
    let path = folder.join(program);
    assert!(path.exists(), "{} is not built; start this by make", path.display());
    path
}

/// All stages of a study by make.
pub(crate) fn make(config: &Path, artifacts: &Path) -> Command {
    let mut command = Command::new("make");
    command
        .arg(format!("CONFIG={}", config.display()))
        .arg(format!("ARTIFACTS={}", artifacts.display()))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL");
    command
}

/// All files below a folder by their path within it; hidden ones and what lies in hidden folders only if asked for.
pub(crate) fn files(folder: &Path, hidden: bool) -> BTreeSet<PathBuf> {
    fn walk(root: &Path, folder: &Path, hidden: bool, found: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if !hidden && entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                walk(root, &path, hidden, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(folder, folder, hidden, &mut found);
    found
}

/// Digest of every visible file; of manifests without their times.
pub(crate) fn digests(root: &Path) -> BTreeMap<PathBuf, String> {
    let digest = |path: PathBuf| {
        let mut bytes = fs::read(root.join(&path)).unwrap();
        if path.ends_with("manifest.json") {
            let mut manifest: Value = serde_json::from_slice(&bytes).unwrap();
            manifest.as_object_mut().unwrap().remove("times");
            bytes = serde_json::to_vec(&manifest).unwrap();
        }
        let digest = blake3::hash(&bytes).to_string();
        (path, digest)
    };
    files(root, false).into_iter().map(digest).collect()
}
