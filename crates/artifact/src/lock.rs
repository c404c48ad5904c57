use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process,
};

use crate::ArtifactError;

/// Exclusive leave to change what lies at one path. The operating system gives it back when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// What came of asking for a lock without waiting.
#[derive(Debug)]
pub enum Claim {
    /// The lock is the caller's.
    Held(Lock),
    /// This process has it.
    Taken(String),
}

impl Lock {
    /// Locks `target`, through a hidden lock file beside it; calls `on_wait` with who holds it if one must wait.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the folder cannot be written to.
    pub fn acquire(target: &Path, on_wait: impl FnOnce(&str)) -> Result<Self, ArtifactError> {
        let mut on_wait = Some(on_wait);
        loop {
            let (file, path) = open(target)?;
            if !locks(&file, &path)? {
                if let Some(tell) = on_wait.take() {
                    tell(&holder(&path));
                }
                file.lock().map_err(ArtifactError::io("lock", &path))?;
            }
            if let Some(lock) = Self::begin(file, path)? {
                return Ok(lock);
            }
        }
    }

    /// Locks `target` as [`Lock::acquire`] does if no other process has it.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the folder cannot be written to.
    pub fn claim(target: &Path) -> Result<Claim, ArtifactError> {
        loop {
            let (file, path) = open(target)?;
            if !locks(&file, &path)? {
                return Ok(Claim::Taken(holder(&path)));
            }
            if let Some(lock) = Self::begin(file, path)? {
                return Ok(Claim::Held(lock));
            }
        }
    }

    /// Gives the lock back and removes its file: for a target that is now as it shall stay.
    pub fn retire(self) {
        // A file that stays hinders nobody.
        let _ = fs::remove_file(&self.path);
    }

    /// The lock of a locked file; none if its holder before removed it, so that others lock another file by now.
    fn begin(mut file: File, path: PathBuf) -> Result<Option<Self>, ArtifactError> {
        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let locked = file.metadata().map(identity).map_err(ArtifactError::io("read", &path))?;
        match fs::metadata(&path).map(identity) {
            Ok(named) if named == locked => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ArtifactError::io("read", &path)(error)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "process {}", process::id()))
            .map_err(ArtifactError::io("write", &path))?;
        Ok(Some(Self { file, path }))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file gives the lock back as well; emptying it keeps the holder's name current.
        let _ = self.file.set_len(0);
    }
}

/// Opens the lock file of `target`.
fn open(target: &Path) -> Result<(File, PathBuf), ArtifactError> {
    let path = hidden_sibling(target, "lock");
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(ArtifactError::io("open", &path))?;
    Ok((file, path))
}

/// Whether the file could be locked at once.
fn locks(file: &File, path: &Path) -> Result<bool, ArtifactError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(ArtifactError::io("lock", path)(error)),
    }
}

/// Who holds a lock, as far as its file tells.
fn holder(path: &Path) -> String {
    match fs::read_to_string(path).unwrap_or_default().trim() {
        "" => "another process".to_owned(),
        holder => holder.to_owned(),
    }
}

/// The path `.NAME.suffix` beside `target`.
pub(crate) fn hidden_sibling(target: &Path, suffix: &str) -> std::path::PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{suffix}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_lock_has_one_holder_and_tells_who() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("run");
        let lock = Lock::acquire(&target, |_| unreachable!()).unwrap();
        match Lock::claim(&target).unwrap() {
            Claim::Taken(holder) => assert_eq!(holder, format!("process {}", process::id())),
            Claim::Held(_) => panic!("two hold one lock"),
        }
        drop(lock);
        assert!(matches!(Lock::claim(&target).unwrap(), Claim::Held(_)));
    }

    #[test]
    fn retired_locks_leave_no_file_and_never_have_two_holders() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("run");
        let (inside, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let lock = Lock::acquire(&target, |_| {}).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two hold one lock");
                        turns.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        lock.retire();
                    }
                });
            }
        });
        assert_eq!(turns.into_inner(), 800);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
