//! Scans in NWB files, with the cargo feature `nwb`.

use super::request::Request;
use crate::{IngestError, error::Defect, tables::file::TableFile};

/// Reads the deconvolved activity of all planes of a scan, each twice: for the mean and spread of every trace, and for
/// the events. Memory holds some frames at a time.
///
/// # Errors
/// [`IngestError::Content`] if the file is not laid out as those of DANDI 000402, or tells two traces of a unit.
#[cfg(feature = "nwb")]
pub(super) fn read(file: &TableFile, request: &Request<'_>) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    events(file, request).map_err(Defect::at(&file.path))
}

#[cfg(feature = "nwb")]
fn events(file: &TableFile, request: &Request<'_>) -> Result<Vec<Option<Vec<f64>>>, Defect> {
    use super::binarise::{Binariser, Moments};
    use crate::tables::activity::UnitKey;

    let defect = |error: nwb::NwbError| Defect::new(error.to_string());
    let recording = nwb::Recording::open(&file.path).map_err(defect)?;
    let mut trains: Vec<Option<Vec<f64>>> = vec![None; request.keys.len()];
    for plane in recording.planes().map_err(defect)? {
        let (session, scan) = (recording.session(), recording.scan());
        let place =
            |(column, &unit): (usize, &i64)| Some((column, request.place(UnitKey { session, scan, unit })?));
        let places: Vec<(usize, usize)> = plane.units().iter().enumerate().filter_map(place).collect();
        if places.is_empty() {
            continue;
        }
        let told = |amplitude: f64| Some(amplitude).filter(|amplitude| amplitude.is_finite());
        let mut moments = vec![Moments::default(); places.len()];
        plane
            .each_frame(|_, amplitudes| {
                for (moments, &(column, _)) in moments.iter_mut().zip(&places) {
                    told(amplitudes[column]).into_iter().for_each(|amplitude| moments.add(amplitude));
                }
            })
            .map_err(defect)?;
        let begin =
            |moments: &Moments| Binariser::new(request.settings.events, moments.threshold(request.settings));
        let mut found: Vec<Binariser> = moments.iter().map(begin).collect();
        plane
            .each_frame(|time_s, amplitudes| {
                for (found, &(column, _)) in found.iter_mut().zip(&places) {
                    found.push(time_s, told(amplitudes[column]));
                }
            })
            .map_err(defect)?;
        for (found, (_, place)) in found.into_iter().zip(places) {
            let delay_s = request.delay_s(place, None).unwrap_or_default();
            let train = found.finish().into_iter().map(|time_s| time_s + delay_s).collect();
            if trains[place].replace(train).is_some() {
                let unit = request.keys[place].unit;
                return Err(Defect::new(format!(
                    "it has two traces of unit {unit} of scan {session}_{scan}"
                )));
            }
        }
    }
    Ok(trains)
}

/// Says that the program cannot read the file.
///
/// # Errors
/// Always.
#[cfg(not(feature = "nwb"))]
pub(super) fn read(file: &TableFile, _: &Request<'_>) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    let reason = "this program was built without the reader of NWB; build it with `cargo build --release --features nwb`, or take the file away";
    Err(Defect::at(&file.path)(Defect::new(reason)))
}
