//! `unsafe` is denied; the exceptions are these files and no others, each with its reasons.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What each has unsafe code for.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("crates/stage/src/memory.rs", "an allocator that hands every call on to another one"),
    ("crates/train/src/main.rs", "an environment variable, set before there is a second thread"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn unsafe_code_is_where_it_was_reviewed_and_says_why_it_is_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let lints: toml::Table = toml::from_str(&fs::read_to_string(root.join("Cargo.toml")).unwrap()).unwrap();
    assert_eq!(lints["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("deny"));
    let mut found = Vec::new();
    for folder in ["crates", "tests", "fuzz"] {
        sources(&root.join(folder), &mut found);
    }
    assert!(found.len() > 200, "only {} files", found.len());
    let mut excepted = Vec::new();
    for path in found.iter().filter(|path| !path.ends_with("tests/unsafe_code.rs")) {
        let text = fs::read_to_string(path).unwrap();
        if !text.contains("unsafe_code") {
            continue;
        }
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let blocks = text.matches("unsafe {").count() + text.matches("unsafe impl").count();
        assert_eq!(text.matches("// SAFETY: ").count(), blocks, "{name}: every block says why it is sound");
        excepted.push(name);
    }
    excepted.sort();
    let known: Vec<&str> = EXCEPTIONS.iter().map(|(path, _)| *path).collect();
    assert_eq!(excepted, known);
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    for folder in crates.chain([root.join("tests")]) {
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(folder.join("Cargo.toml")).unwrap()).unwrap();
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{}", folder.display());
    }
}
