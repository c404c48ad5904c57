use std::path::PathBuf;

use super::request::Request;
use crate::{
    IngestError,
    error::Defect,
    tables::{activity::Activity, file::TableFile},
};

/// The activity that was read so far, with the file that each unit's is from.
pub(super) struct Gathered {
    trains: Vec<Option<(Vec<f64>, PathBuf)>>,
    notes: Vec<String>,
}

impl Gathered {
    pub(super) fn new(units: usize) -> Self {
        Self { trains: vec![None; units], notes: Vec::new() }
    }

    /// Adds what one table tells: for every unit that it knows, event times in any order.
    ///
    /// # Errors
    /// [`IngestError::Content`] if another table told of one of the units already.
    pub(super) fn add(
        &mut self,
        request: &Request<'_>,
        file: &TableFile,
        trains: Vec<Option<Vec<f64>>>,
    ) -> Result<(), IngestError> {
        for (place, train) in trains.into_iter().enumerate() {
            let Some(mut train) = train else { continue };
            if let Some((_, other)) = &self.trains[place] {
                let key = request.keys[place];
                let reason = format!(
                    "it and {} both tell the activity of unit {} of scan {}_{}; leave one of them in the folder",
                    other.display(),
                    key.unit,
                    key.session,
                    key.scan
                );
                return Err(Defect::at(&file.path)(Defect::new(reason)));
            }
            train.sort_by(f64::total_cmp);
            self.trains[place] = Some((train, file.path.clone()));
        }
        Ok(())
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(super) fn finish(self) -> Activity {
        let trains = self.trains.into_iter().map(|train| train.map(|(train, _)| train)).collect();
        Activity { trains, notes: self.notes }
    }
}
