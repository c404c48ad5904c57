use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    process,
};

use rustix::fs::OFlags;

use crate::{ArtifactError, transient::Transient};

/// Exclusive leave to change what lies at one path. The operating system gives it back when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    // Dropped in this order: the file is removed while it is locked, so that nobody else's is.
    _path: Transient,
    _file: File,
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
        let path = hidden_sibling(target, "lock");
        loop {
            match Self::attempt(&path) {
                Ok(lock) => return Ok(lock),
                Err(Refusal::Taken(file)) => {
                    if let Some(tell) = on_wait.take() {
                        tell(&holder(&path));
                    }
                    file.lock().map_err(ArtifactError::io("lock", &path))?;
                }
                Err(Refusal::Removed) => {}
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
    }

    /// Locks `target` as [`Lock::acquire`] does if no other process has it.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the folder cannot be written to.
    pub fn claim(target: &Path) -> Result<Claim, ArtifactError> {
        let path = hidden_sibling(target, "lock");
        loop {
            match Self::attempt(&path) {
                Ok(lock) => return Ok(Claim::Held(lock)),
                Err(Refusal::Taken(_)) => return Ok(Claim::Taken(holder(&path))),
                Err(Refusal::Removed) => {}
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
    }

    fn attempt(path: &Path) -> Result<Self, Refusal> {
        let (held, mut file) = Transient::make(|| locked(path).map(|file| (path.to_owned(), file)))?;
        file.set_len(0)
            .and_then(|()| write!(file, "{}", this_process()))
            .map_err(ArtifactError::io("write", path))?;
        Ok(Self { _path: held, _file: file })
    }
}

/// Why a lock is not had at once.
enum Refusal {
    /// Another process has it, of this file.
    Taken(File),
    /// The holder before removed the file, so that others lock another one by now.
    Removed,
    Failed(ArtifactError),
}

impl From<ArtifactError> for Refusal {
    fn from(error: ArtifactError) -> Self {
        Self::Failed(error)
    }
}

/// Opens and locks a lock file.
fn locked(path: &Path) -> Result<File, Refusal> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Refusal::Taken(file)),
        Err(TryLockError::Error(error)) => return Err(ArtifactError::io("lock", path)(error).into()),
    }
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let locked = file.metadata().map(identity).map_err(ArtifactError::io("read", path))?;
    match fs::symlink_metadata(path).map(identity) {
        Ok(named) if named == locked => Ok(file),
        Ok(_) => Err(Refusal::Removed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Refusal::Removed),
        Err(error) => Err(ArtifactError::io("read", path)(error).into()),
    }
}

/// Opens a lock file.
fn open(path: &Path) -> Result<File, ArtifactError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
    }
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        // Else a link of that name would have its target written to.
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
        .map_err(ArtifactError::io("open", path))
}

/// Who holds a lock, as far as its file tells.
fn holder(path: &Path) -> String {
    match fs::read_to_string(path).unwrap_or_default().trim() {
        "" => "another process".to_owned(),
        holder => holder.to_owned(),
    }
}

/// What others are told of who holds a lock: on a shared file system it may be on another machine.
fn this_process() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match host.trim() {
        "" => format!("process {}", process::id()),
        host => format!("process {} on {host}", process::id()),
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
            Claim::Taken(holder) => assert_eq!(holder, this_process()),
            Claim::Held(_) => panic!("two hold one lock"),
        }
        drop(lock);
        assert!(matches!(Lock::claim(&target).unwrap(), Claim::Held(_)));
    }

    #[test]
    fn locks_leave_no_file_and_never_have_two_holders() {
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
                        drop(lock);
                    }
                });
            }
        });
        assert_eq!(turns.into_inner(), 800);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
