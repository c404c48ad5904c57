//! The seam between tables and the readers of functional activity (`crate::activity`).
//!
//! The tables reader calls, once for all fields that a run makes:
//!
//! ```text
//! crate::activity::recognises(columns: &[String]) -> bool          // by the names of a table's columns, any dialect
//! crate::activity::read(files: &[&TableFile], keys: &[UnitKey], settings: &config::TableSettings, console: Console)
//!     -> Result<Activity, IngestError>
//! ```
//!
//! `files` are those of the folder that `recognises` accepted; `keys` are distinct. What the activity reader has to be told
//! (threshold, binarisation, frame rate …) is a part of `config::TableSettings`.

/// A functional unit of the whole data set: `(session, scan_idx, unit_id)` is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UnitKey {
    /// Session of the recording.
    pub(crate) session: i64,
    /// Scan within the session.
    pub(crate) scan: i64,
    /// Unit within the scan.
    pub(crate) unit: i64,
}

/// Functional activity of the units that were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Activity {
    /// For every key, in their order: event times, seconds, ascending; `None` where no table knows the unit.
    pub(crate) trains: Vec<Option<Vec<f64>>>,
    /// What was odd or decided (thresholds, units of time), one sentence each.
    pub(crate) notes: Vec<String>,
}
