use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::{Builder, NamedTempFile, TempDir};

use crate::{
    ArtifactError, Count, Fingerprint, Manifest, Output, Recipe, Table, Tensors, Times, lock::hidden_sibling,
};

/// An artifact in the making: files gather in a hidden sibling of its place until [`Draft::commit`]
/// moves them there together. A draft that is dropped leaves nothing.
#[derive(Debug)]
pub struct Draft {
    place: PathBuf,
    folder: TempDir,
    outputs: BTreeMap<String, Output>,
    started: Instant,
    parts: BTreeMap<String, f64>,
    notes: Vec<String>,
    counts: Vec<Count>,
}

impl Draft {
    /// Begins a draft of the artifact at `place`, and removes remains of drafts that a crash left behind: the
    /// caller holds the [`Lock`](crate::Lock) that keeps other processes from drafting it too.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the folder cannot be written to.
    pub fn begin(place: &Path) -> Result<Self, ArtifactError> {
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
        remove_remains(place, parent)?;
        let prefix = hidden_sibling(place, "draft-");
        let prefix = prefix.file_name().unwrap_or_default();
        let folder = Builder::new()
            .prefix(prefix)
            .tempdir_in(parent)
            .map_err(ArtifactError::io("write in", parent))?;
        Ok(Self {
            place: place.to_owned(),
            folder,
            outputs: BTreeMap::new(),
            started: Instant::now(),
            parts: BTreeMap::new(),
            notes: Vec::new(),
            counts: Vec::new(),
        })
    }

    /// Adds a table as Parquet.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if its columns differ in length, [`ArtifactError::Io`] if the disk refuses.
    pub fn table(&mut self, name: &str, table: &Table) -> Result<(), ArtifactError> {
        let bytes = table.to_parquet(name)?;
        self.bytes(name, &bytes)?;
        self.describe(name, |output| output.rows = Some(table.rows()));
        Ok(())
    }

    /// Adds tensors as safetensors.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if a shape does not fit its data, [`ArtifactError::Io`] if the disk refuses.
    pub fn tensors(&mut self, name: &str, tensors: &Tensors) -> Result<(), ArtifactError> {
        let bytes = tensors.to_safetensors(name)?;
        self.bytes(name, &bytes)?;
        self.describe(name, |output| output.shapes = Some(tensors.shapes()));
        Ok(())
    }

    /// Adds tensors as [`Draft::tensors`] does, and lists the fingerprint of every slice, so that
    /// readers take one without the rest of the file ([`Artifact::slice_f32`](crate::Artifact::slice_f32)).
    ///
    /// # Errors
    /// As [`Draft::tensors`].
    pub fn sliced_tensors(&mut self, name: &str, tensors: &Tensors) -> Result<(), ArtifactError> {
        self.tensors(name, tensors)?;
        self.describe(name, |output| output.slices = Some(tensors.slices()));
        Ok(())
    }

    /// Adds a file of these bytes.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the disk refuses.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArtifactError> {
        let path = self.new_path(name)?;
        let write = |path: &Path| -> io::Result<()> {
            let mut file = File::create_new(path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write(&path).map_err(ArtifactError::io("write", &path))?;
        let output = Output {
            blake3: Fingerprint::of(bytes),
            bytes: bytes.len() as u64,
            rows: None,
            shapes: None,
            slices: None,
        };
        self.outputs.insert(name.to_owned(), output);
        Ok(())
    }

    /// Adds a file of another artifact without copying it where the file system can share it.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if neither sharing nor copying works.
    pub fn share(&mut self, name: &str, source: &Path, output: Output) -> Result<(), ArtifactError> {
        let path = self.new_path(name)?;
        if fs::hard_link(source, &path).is_err() {
            fs::copy(source, &path).map_err(ArtifactError::io("copy", source))?;
        }
        self.outputs.insert(name.to_owned(), output);
        Ok(())
    }

    /// Notes what was odd in the input but usable.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Counts rows of the input that were dropped, repaired or kept although odd.
    pub fn count(&mut self, count: Count) {
        self.counts.push(count);
    }

    /// Records how long a named part took, seconds.
    pub fn time(&mut self, part: impl Into<String>, seconds: f64) {
        self.parts.insert(part.into(), seconds);
    }

    /// Writes the manifest and moves the artifact to its place, replacing what was there in one step.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the disk refuses; the old artifact then stays as it was.
    pub fn commit(mut self, recipe: &Recipe) -> Result<Manifest, ArtifactError> {
        let manifest = Manifest {
            kind: recipe.kind.name().to_owned(),
            format_version: recipe.kind.format_version(),
            stage: recipe.kind.stage().to_owned(),
            stage_version: recipe.stage_version,
            seed: recipe.seed,
            settings: recipe.settings.clone(),
            inputs: recipe.inputs.clone(),
            outputs: std::mem::take(&mut self.outputs),
            notes: std::mem::take(&mut self.notes),
            counts: std::mem::take(&mut self.counts),
            times: Times {
                finished: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                seconds: self.started.elapsed().as_secs_f64(),
                parts: std::mem::take(&mut self.parts),
            },
        };
        let mut text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| ArtifactError::content("manifest.json", error.to_string()))?;
        text.push('\n');
        self.bytes("manifest.json", text.as_bytes())?;
        open_to_all(self.folder.path())?;
        replace(self.folder.path(), &self.place).map_err(ArtifactError::io("replace", &self.place))?;
        if let Some(parent) = self.place.parent() {
            sync_folder(parent)?;
        }
        Ok(manifest)
    }

    fn new_path(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        let path = self.folder.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
        }
        Ok(path)
    }

    fn describe(&mut self, name: &str, change: impl FnOnce(&mut Output)) {
        if let Some(output) = self.outputs.get_mut(name) {
            change(output);
        }
    }
}

/// Writes one file so that it appears under its name only when it is whole.
///
/// # Errors
/// [`ArtifactError::Io`] if the disk refuses.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), ArtifactError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
    let mut file = NamedTempFile::new_in(parent).map_err(ArtifactError::io("write in", parent))?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .map_err(ArtifactError::io("write", path))?;
    set_mode(file.path(), 0o644)?;
    file.persist(path).map_err(|error| ArtifactError::io("replace", path)(error.error))?;
    Ok(())
}

/// Ending of the hidden name of an artifact that is being removed.
const REMOVED: &str = "removed";

/// Removes the artifact at `place`: it goes from under its name in one step.
///
/// # Errors
/// [`ArtifactError::Io`] if the disk refuses.
pub fn remove(place: &Path) -> Result<(), ArtifactError> {
    let hidden = hidden_sibling(place, REMOVED);
    fs::rename(place, &hidden).map_err(ArtifactError::io("remove", place))?;
    fs::remove_dir_all(&hidden).map_err(ArtifactError::io("remove", &hidden))
}

/// Removes what a crash left in a folder: artifacts that were being removed, and drafts of those whose names begin with
/// `drafted`, which the caller keeps other processes from drafting.
///
/// # Errors
/// [`ArtifactError::Io`] if the disk refuses.
pub fn sweep(folder: &Path, drafted: &str) -> Result<(), ArtifactError> {
    for entry in fs::read_dir(folder).map_err(ArtifactError::io("list", folder))?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let Some(name) = name.strip_prefix('.') else { continue };
        if name.ends_with(REMOVED) || name.starts_with(drafted) && name.contains(".draft-") {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(ArtifactError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// Removes drafts of `place` that a crash left; the caller holds its lock, so none is in use.
fn remove_remains(place: &Path, parent: &Path) -> Result<(), ArtifactError> {
    let prefixes = ["draft-", "old-"].map(|suffix| hidden_sibling(place, suffix));
    let entries = fs::read_dir(parent).map_err(ArtifactError::io("list", parent))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let left_over = prefixes.iter().any(|prefix| {
            let prefix = prefix.file_name().unwrap_or_default();
            name.as_encoded_bytes().starts_with(prefix.as_encoded_bytes())
        });
        if left_over {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(ArtifactError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// Puts `draft` at `place`; what was there before ends up, whole, at `draft`'s path.
fn replace(draft: &Path, place: &Path) -> io::Result<()> {
    if !place.exists() {
        return fs::rename(draft, place);
    }
    match renameat_with(CWD, draft, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            // File systems that cannot exchange two folders get two renames instead of one.
            let old = hidden_sibling(place, "old-");
            fs::rename(place, &old)?;
            fs::rename(draft, place)?;
            fs::rename(&old, draft)
        }
        Err(error) => Err(error.into()),
    }
}

/// Temporary folders are private; an artifact is as readable as any other file.
fn open_to_all(folder: &Path) -> Result<(), ArtifactError> {
    set_mode(folder, 0o755)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), ArtifactError> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(ArtifactError::io("open to all", path))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> Result<(), ArtifactError> {
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), ArtifactError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(ArtifactError::io("sync", folder))
}
