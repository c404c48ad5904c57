//! Functional activity in tables.

use config::TableSettings;
use stage::Console;

use crate::{
    IngestError,
    error::Defect,
    tables::{
        activity::{Activity, UnitKey},
        file::TableFile,
    },
};

/// Whether a table of these columns tells functional activity.
pub(crate) fn recognises(_columns: &[String]) -> bool {
    false
}

/// Reads the activity of units.
pub(crate) fn read(
    files: &[&TableFile],
    _keys: &[UnitKey],
    _settings: &TableSettings,
    _console: Console,
) -> Result<Activity, IngestError> {
    match files.first() {
        Some(file) => Err(Defect::at(&file.path)(Defect::new("functional activity is not read from tables"))),
        None => Ok(Activity::default()),
    }
}
