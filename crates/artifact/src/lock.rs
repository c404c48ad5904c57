use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Write,
    path::Path,
    process,
};

use crate::ArtifactError;

/// Exclusive leave to change what lies at one path. The operating system gives it back when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Locks `target`, through a hidden lock file beside it; calls `on_wait` with who holds it if one must wait.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the folder cannot be written to.
    pub fn acquire(target: &Path, on_wait: impl FnOnce(&str)) -> Result<Self, ArtifactError> {
        let path = hidden_sibling(target, "lock");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(ArtifactError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                on_wait(fs::read_to_string(&path).unwrap_or_default().trim());
                file.lock().map_err(ArtifactError::io("lock", &path))?;
            }
            Err(TryLockError::Error(error)) => return Err(ArtifactError::io("lock", &path)(error)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "process {}", process::id()))
            .map_err(ArtifactError::io("write", &path))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file gives the lock back as well; emptying it keeps the holder's name current.
        let _ = self.0.set_len(0);
    }
}

/// The path `.NAME.suffix` beside `target`.
pub(crate) fn hidden_sibling(target: &Path, suffix: &str) -> std::path::PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{suffix}"))
}
