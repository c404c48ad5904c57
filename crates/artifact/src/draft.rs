use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Instant,
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::Builder;

use crate::{
    ArtifactError, Count, Fingerprint, Lock, Manifest, Output, Recipe, Table, Tensors, Times,
    lock::hidden_sibling,
    transient::{self, Transient},
};

/// An artifact in the making: files gather in a hidden sibling of its place until [`Draft::commit`]
/// moves them there together. A draft that is dropped leaves nothing.
#[derive(Debug)]
pub struct Draft {
    place: PathBuf,
    folder: Transient,
    outputs: BTreeMap<String, Output>,
    started: Instant,
    parts: BTreeMap<String, f64>,
    notes: Vec<String>,
    counts: Vec<Count>,
}

impl Draft {
    /// Begins a draft of the artifact at `place`. The caller holds the [`Lock`](crate::Lock) of it, by which others know that
    /// the draft is no remain of a crash.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the folder cannot be written to.
    pub fn begin(place: &Path) -> Result<Self, ArtifactError> {
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(ArtifactError::io("create", parent))?;
        let prefix = hidden_sibling(place, "draft-");
        let prefix = prefix.file_name().unwrap_or_default();
        let make = || Ok((Builder::new().prefix(prefix).tempdir_in(parent)?.keep(), ()));
        let (folder, ()) = Transient::make(make).map_err(ArtifactError::io("write in", parent))?;
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
            fs::copy(source, &path)
                .and_then(|_| File::open(&path)?.sync_all())
                .map_err(ArtifactError::io("write", &path))?;
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
        let mut manifest = Manifest {
            kind: recipe.kind.name().to_owned(),
            name: recipe.kind.name_of(&self.place),
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
            blake3: None,
        };
        manifest.seal()?;
        let mut text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| ArtifactError::content("manifest.json", error.to_string()))?;
        text.push('\n');
        self.bytes("manifest.json", text.as_bytes())?;
        open_to_all(self.folder.path())?;
        let folders: BTreeSet<PathBuf> = manifest
            .outputs
            .keys()
            .flat_map(|name| Path::new(name).ancestors().skip(1).map(|inner| self.folder.path().join(inner)))
            .collect();
        folders.iter().try_for_each(|folder| sync_folder(folder))?;
        {
            let _not_abandoned = transient::paths();
            replace(self.folder.path(), &self.place).map_err(ArtifactError::io("replace", &self.place))?;
        }
        if let Some(parent) = self.place.parent() {
            sync_folder(parent)?;
        }
        Ok(manifest)
    }

    /// The path of a file to be, with the folders it lies in; a draft that was removed meanwhile does not come back.
    fn new_path(&self, name: &str) -> Result<PathBuf, ArtifactError> {
        let path = self.folder.path().join(name);
        let inner: Vec<&Path> = Path::new(name).ancestors().skip(1).collect();
        for folder in inner.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
            let folder = self.folder.path().join(folder);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(ArtifactError::io("create", &folder)(error));
                }
                _ => {}
            }
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
    let _lock = Lock::acquire(path, |_| {})?;
    let write = || {
        // Under the lock the name is free: at most a crash has left a file of it.
        let draft = hidden_sibling(path, "draft");
        transient::remove(&draft);
        let mut file = File::create_new(&draft)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| transient::remove(&draft))?;
        Ok((draft, ()))
    };
    let (draft, ()) = Transient::make(write).map_err(ArtifactError::io("write", path))?;
    fs::rename(draft.path(), path).map_err(ArtifactError::io("replace", path))
}

/// Removes the artifact at `place`: it goes from under its name in one step.
///
/// # Errors
/// [`ArtifactError::Io`] if the disk refuses.
pub fn remove(place: &Path) -> Result<(), ArtifactError> {
    let hidden = hidden_sibling(place, "draft-removed");
    fs::rename(place, &hidden).map_err(ArtifactError::io("remove", place))?;
    transient::remove(&hidden);
    Ok(())
}

/// Puts `draft` at `place`; what was there before ends up, whole, at `draft`'s path.
fn replace(draft: &Path, place: &Path) -> io::Result<()> {
    // A symbolic link at the place is replaced as such, wherever it points to.
    if fs::symlink_metadata(place).is_err() {
        return fs::rename(draft, place);
    }
    match renameat_with(CWD, draft, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            // File systems that cannot exchange two folders get two renames instead of one.
            let old = hidden_sibling(place, "draft-old");
            fs::rename(place, &old)?;
            fs::rename(draft, place)?;
            fs::rename(&old, draft)
        }
        Err(error) => Err(error.into()),
    }
}

/// Temporary folders are private; an artifact is as readable as any other file.
fn open_to_all(folder: &Path) -> Result<(), ArtifactError> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
        .map_err(ArtifactError::io("open to all", folder))
}

fn sync_folder(folder: &Path) -> Result<(), ArtifactError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(ArtifactError::io("sync", folder))
}
