use std::{
    collections::BTreeMap,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

use artifact::{Fingerprint, write_atomically};
use cortex::FieldName;

use crate::{IngestError, error::Defect};

/// Digests of files of the released bundle that this program knows: BLAKE3, bytes, path, a line a file.
const RELEASED: &str = include_str!("digests.txt");

/// File of the bundle's folder in which the digests of the other files are recorded, in the same form.
const RECORD: &str = "DIGESTS";

/// Longest record that is read, bytes: fifty times that of the whole bundle.
const LONGEST_RECORD: u64 = 4 << 20;

/// What is known of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) blake3: String,
    pub(super) bytes: u64,
}

impl Digest {
    /// The digest of a file that is there.
    pub(super) fn of_file(path: &Path) -> Result<Self, IngestError> {
        let bytes = fs::metadata(path).map_err(IngestError::io("look up", path))?.len();
        let blake3 = Fingerprint::of_file(path).map_err(IngestError::Artifact)?;
        Ok(Self { blake3: blake3.to_string(), bytes })
    }
}

/// Where a digest is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// This program.
    Released,
    /// An earlier download.
    Recorded,
}

/// The digests that files are held against.
#[derive(Clone, Debug)]
pub(super) struct Digests {
    released: BTreeMap<String, Digest>,
    recorded: BTreeMap<String, Digest>,
    record: PathBuf,
}

impl Digests {
    /// Reads the record of a bundle's folder, if it has one.
    ///
    /// # Errors
    /// [`IngestError::Content`] names the line of a record that is damaged.
    pub(super) fn open(output: &Path) -> Result<Self, IngestError> {
        let record = output.join(RECORD);
        let recorded = match fs::metadata(&record) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(IngestError::io("look up", &record)(error)),
            Ok(metadata) if !metadata.is_file() || metadata.len() > LONGEST_RECORD => {
                return Err(Defect::at(&record)(Defect::new(
                    "it is no record of digests; remove it, and every file is downloaded and recorded anew",
                )));
            }
            Ok(_) => {
                let text = fs::read(&record).map_err(IngestError::io("read", &record))?;
                parse(&String::from_utf8_lossy(&text)).map_err(Defect::at(&record))?
            }
        };
        let released = parse(RELEASED).map_err(Defect::at(Path::new("digests.txt")))?;
        Ok(Self { released, recorded, record })
    }

    /// What a file must hold, if that is known.
    pub(super) fn expected(&self, local: &str) -> Option<(&Digest, Origin)> {
        let released = self.released.get(local).map(|digest| (digest, Origin::Released));
        released.or_else(|| self.recorded.get(local).map(|digest| (digest, Origin::Recorded)))
    }

    /// Whether this program knows digests of a field.
    pub(super) fn knows_field(&self, field: &FieldName) -> bool {
        self.released.contains_key(&format!("{field}/positions_{field}.npy"))
    }

    /// Records what a file holds, where this program does not know better.
    pub(super) fn record(&mut self, local: &str, digest: Digest) -> Result<(), IngestError> {
        if self.expected(local).is_some() {
            return Ok(());
        }
        self.recorded.insert(local.to_owned(), digest);
        let mut text = String::new();
        for (local, Digest { blake3, bytes }) in &self.recorded {
            let _ = writeln!(text, "{blake3}  {bytes:>8}  {local}");
        }
        write_atomically(&self.record, text.as_bytes()).map_err(IngestError::Artifact)
    }
}

/// Reads lines of `BLAKE3 BYTES PATH`.
fn parse(text: &str) -> Result<BTreeMap<String, Digest>, Defect> {
    let known = |(number, line): (usize, &str)| {
        let damaged = || {
            Defect::new(format!(
                "line {} is not `BLAKE3 BYTES PATH`; remove the file, and every file is downloaded and recorded anew",
                number + 1
            ))
        };
        let [blake3, bytes, local] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(damaged());
        };
        if blake3.len() != 64 || !blake3.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(damaged());
        }
        let bytes = bytes.parse().map_err(|_| damaged())?;
        Ok((local.to_owned(), Digest { blake3: blake3.to_ascii_lowercase(), bytes }))
    };
    text.lines().enumerate().map(known).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_released_digests_are_of_planned_files_of_six_fields() {
        let released = parse(RELEASED).unwrap();
        assert_eq!(released.len(), 54);
        let plan = super::super::plan::Plan::new(&[]).unwrap();
        for local in released.keys() {
            assert!(plan.files().iter().any(|file| file.local() == local), "{local}");
        }
    }

    #[test]
    fn a_record_is_read_back_and_a_damaged_one_is_refused_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut digests = Digests::open(folder.path()).unwrap();
        let digest = Digest { blake3: "0f".repeat(32), bytes: 7 };
        digests.record("4_7_4/corr_matrix.npy", digest.clone()).unwrap();
        let again = Digests::open(folder.path()).unwrap();
        assert_eq!(again.expected("4_7_4/corr_matrix.npy"), Some((&digest, Origin::Recorded)));
        assert!(again.expected("4_7_4/sttc_matrix.npy").is_none());
        fs::write(folder.path().join(RECORD), "nonsense\n").unwrap();
        let refused = Digests::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("DIGESTS: line 1"), "{refused}");
    }
}
