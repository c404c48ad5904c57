use std::path::Path;

use hdf5_pure::File;

use crate::{NwbError, Plane};

/// Where the series of all planes lie, and the start of the name of those with deconvolved activity.
pub(crate) const SERIES: &str = "processing/ophys/Fluorescence";
pub(crate) const DECONVOLVED: &str = "DeconvolvedActivity";

/// One scan.
#[derive(Debug)]
pub struct Recording {
    file: File,
    session: i64,
    scan: i64,
}

impl Recording {
    /// Opens a file; of its content, only the session's name is read.
    ///
    /// # Errors
    /// [`NwbError`] if it is no HDF5, or tells neither inside nor by its name which scan it is.
    pub fn open(path: &Path) -> Result<Self, NwbError> {
        let file = File::open_streaming(path)?;
        let told = file.dataset("general/session_id").and_then(|dataset| dataset.read_string());
        let inside = told.ok().and_then(|words| scan_of(words.first()?));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (session, scan) = inside.or_else(|| scan_of(&name)).ok_or_else(|| {
            NwbError::layout(
                "it does not tell which scan it is; general/session_id or its name must hold SESSION-scan-SCAN, such as 5-scan-6",
            )
        })?;
        Ok(Self { file, session, scan })
    }

    /// The session.
    pub fn session(&self) -> i64 {
        self.session
    }

    /// The scan within the session.
    pub fn scan(&self) -> i64 {
        self.scan
    }

    /// The imaging planes that have deconvolved activity, sorted by their number.
    ///
    /// # Errors
    /// [`NwbError`] if there is none, or one is not laid out as it should be.
    pub fn planes(&self) -> Result<Vec<Plane>, NwbError> {
        let groups = self.file.group(SERIES).and_then(|series| series.groups()).map_err(|error| {
            NwbError::layout(format!(
                "it has no group {SERIES} of traces, as scans in DANDI 000402 have: {error}"
            ))
        })?;
        let field = |name: &String| name.strip_prefix(DECONVOLVED)?.parse::<u32>().ok();
        let mut fields: Vec<u32> = groups.iter().filter_map(field).collect();
        fields.sort_unstable();
        if fields.is_empty() {
            return Err(NwbError::layout(format!(
                "it holds {}, but no {DECONVOLVED}F: events are made of deconvolved activity, which later versions of DANDI 000402 have",
                if groups.is_empty() { "no traces".to_owned() } else { groups.join(", ") }
            )));
        }
        fields.into_iter().map(|field| Plane::open(&self.file, field)).collect()
    }
}

/// Finds `SESSION-scan-SCAN` in a text.
fn scan_of(text: &str) -> Option<(i64, i64)> {
    let (before, after) = text.split_once("-scan-")?;
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let session = before.get(before.len() - digits..)?.parse().ok()?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    Some((session, after.get(..digits)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::scan_of;

    #[test]
    fn scans_are_found_in_session_ids_and_names_of_files() {
        assert_eq!(scan_of("5-scan-6"), Some((5, 6)));
        assert_eq!(scan_of("sub-17797_ses-9-scan-4_behavior+image+ophys.nwb"), Some((9, 4)));
        for other in ["", "-scan-", "5-scan-", "session 5", "é-scan-6"] {
            assert_eq!(scan_of(other), None, "{other}");
        }
    }
}
