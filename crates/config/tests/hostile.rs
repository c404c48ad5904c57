//! Configurations that are something else.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{fs, path::Path};

fn refusal(path: &Path) -> String {
    config::load(path, &[]).unwrap_err().to_string()
}

#[test]
fn what_has_no_end_or_too_many_levels_is_refused() {
    assert!(refusal(Path::new("/dev/zero")).contains("more than 16777216 bytes"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pipeline.toml");
    fs::write(&file, format!("seed = {}", "[".repeat(1 << 20))).unwrap();
    let message = refusal(&file);
    assert!(message.contains("pipeline.toml") && message.lines().count() == 1, "{message:.200}");
    fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    assert!(refusal(&file).contains("pipeline.toml"));
}
