//! What crashes left behind.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{Claim, Lock, transient};

/// Removes what crashed processes left in a folder of artifacts: drafts and lock files that nobody holds.
///
/// A draft belongs to whoever holds the lock of its artifact, so another process' work is never touched. What cannot be
/// removed is left alone: it is in nobody's way.
pub fn clear_remains(folder: &Path) {
    clear_remains_where(folder, |_| true);
}

/// Removes what crashed processes left of the artifact at `place` alone, as [`clear_remains`] does.
pub fn clear_remains_of(place: &Path) {
    let folder = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    clear_remains_where(folder, |name| place.file_name().is_some_and(|own| own == name));
}

fn clear_remains_where(folder: &Path, concerns: impl Fn(&str) -> bool) {
    let mut drafts: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut targets = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let hidden = entry.file_name();
        let Some(name) = hidden.to_str().and_then(|name| name.strip_prefix('.')) else { continue };
        let draft_of = name.rsplit_once(".draft-").map(|(of, _)| of);
        let Some(of) = draft_of.or_else(|| name.strip_suffix(".lock")).filter(|of| concerns(of)) else {
            continue;
        };
        let target = folder.join(of);
        if draft_of.is_some() {
            drafts.push((target.clone(), entry.path()));
        }
        targets.insert(target);
    }
    for target in targets {
        let Ok(Claim::Held(_lock)) = Lock::claim(&target) else { continue };
        for (_, draft) in drafts.iter().filter(|(of, _)| *of == target) {
            transient::remove(draft);
        }
    }
}
