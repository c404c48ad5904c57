//! What exists only while this process works on something: drafts and lock files.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The paths of this process that are to go with it.
static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A path that is removed, with everything below it, when it is dropped.
#[derive(Debug)]
pub(crate) struct Transient(PathBuf);

/// While this lives, no draft begins, ends or takes its place.
#[must_use]
#[derive(Debug)]
pub struct Abandoned(#[allow(dead_code)] MutexGuard<'static, BTreeSet<PathBuf>>);

/// Removes every draft and lock file of this process, for a program that is about to exit although threads still work: what
/// the threads write after that goes nowhere.
pub fn abandon() -> Abandoned {
    let mut paths = paths();
    for path in std::mem::take(&mut *paths) {
        remove(&path);
    }
    Abandoned(paths)
}

/// Keeps [`abandon`] waiting while a draft takes its place.
pub(crate) fn paths() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Transient {
    /// Makes something that shall not stay, at the path that comes back; nothing is made while [`abandon`] is at work.
    pub(crate) fn make<T, E>(make: impl FnOnce() -> Result<(PathBuf, T), E>) -> Result<(Self, T), E> {
        let mut paths = paths();
        let (path, made) = make()?;
        paths.insert(path.clone());
        Ok((Self(path), made))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Transient {
    fn drop(&mut self) {
        let mut paths = paths();
        remove(&self.0);
        paths.remove(&self.0);
    }
}

/// Removes a file, or a folder with all in it; what cannot be removed is left to the next command.
pub(crate) fn remove(path: &Path) {
    // A symbolic link is removed as such, never what it points to.
    if fs::remove_file(path).is_ok() {
        return;
    }
    // Another thread may go on writing into the folder until it is gone.
    while fs::remove_dir_all(path).is_err_and(|error| error.kind() == io::ErrorKind::DirectoryNotEmpty) {}
}
