//! Tables with a row a frame and a column a unit.

use std::collections::BTreeMap;

use config::ThresholdUnit;

use super::{
    batches,
    binarise::{Binariser, Moments},
    request::{FrameTimes, Request},
    shape::{Clock, Owner},
};
use crate::{
    IngestError,
    error::Defect,
    tables::{
        activity::UnitKey,
        file::TableFile,
        values::{Type, Values},
    },
};

/// The columns of the table that are read, and whose they are.
struct Columns<'a> {
    file: &'a TableFile,
    request: &'a Request<'a>,
    recording: Option<[usize; 2]>,
    times: FrameTimes,
    units: Vec<(usize, Owner)>,
}

/// Reads such a table in bounded memory: once for the mean and spread of every trace where thresholds are measured in
/// those, and once for the events.
///
/// # Errors
/// [`IngestError::Content`] names the row that cannot be used, two columns of one unit, or the setting that is missing.
pub(super) fn read(
    file: &TableFile,
    recording: Option<[usize; 2]>,
    clock: Clock,
    units: &[(usize, Owner)],
    request: &Request<'_>,
) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    let times = FrameTimes::new(clock, request.settings.frame_rate).map_err(Defect::at(&file.path))?;
    let is_wanted = |owner: &Owner| match *owner {
        Owner::OfRow(unit) => request.keys.iter().any(|key| key.unit == unit),
        Owner::Of([session, scan, unit]) => request.place(UnitKey { session, scan, unit }).is_some(),
    };
    let units = units.iter().filter(|(_, owner)| is_wanted(owner)).copied().collect();
    let columns = Columns { file, request, recording, times, units };
    columns.check().map_err(Defect::at(&file.path))?;
    let count = request.keys.len();
    let mut moments = vec![Moments::default(); count];
    if request.settings.threshold_in == ThresholdUnit::StandardDeviations {
        columns.each(|place, _, amplitude| {
            if let Some(amplitude) = amplitude {
                moments[place].add(amplitude);
            }
        })?;
    }
    let mut found: Vec<Option<Binariser>> = vec![None; count];
    columns.each(|place, time_s, amplitude| {
        let settings = request.settings;
        found[place]
            .get_or_insert_with(|| Binariser::new(settings.events, moments[place].threshold(settings)))
            .push(time_s, amplitude);
    })?;
    let train = |(place, found): (usize, Option<Binariser>)| {
        let delay_s = request.delay_s(place, None).unwrap_or_default();
        found.map(|found| found.finish().into_iter().map(|time_s| time_s + delay_s).collect())
    };
    Ok(found.into_iter().enumerate().map(train).collect())
}

impl Columns<'_> {
    /// Refuses two columns of one unit.
    fn check(&self) -> Result<(), Defect> {
        let mut owners = BTreeMap::new();
        for &(place, owner) in &self.units {
            let key = match owner {
                Owner::OfRow(unit) => [-1, -1, unit],
                Owner::Of(key) => key,
            };
            if let Some(other) = owners.insert(key, place) {
                let [one, other] = [other, place].map(|place| &self.file.columns[place]);
                return Err(Defect::new(format!("its columns {one} and {other} are of the same unit")));
            }
        }
        Ok(())
    }

    /// Calls `each` with place, time and amplitude of every unit at every frame, in the order of time.
    fn each(&self, mut each: impl FnMut(usize, f64, Option<f64>)) -> Result<(), IngestError> {
        let told = self.recording.into_iter().flatten().map(|place| (place, Type::Integer));
        let before = told.clone().count() + 1;
        let amplitudes = self.units.iter().map(|&(place, _)| (place, Type::Float));
        let wanted: Vec<_> = told.chain([self.times.column()]).chain(amplitudes).collect();
        let mut latest: BTreeMap<[i64; 2], f64> = BTreeMap::new();
        let mut current = None;
        let mut places: Vec<Option<usize>> = Vec::new();
        batches::read(self.file, &wanted, self.request.console, |first, columns| {
            let clock = batches::floats(columns, before - 1);
            for (row, told) in clock.iter().enumerate() {
                let number = first + row as u64;
                let scan = self.scan(number, columns, row)?;
                if current != Some(scan) {
                    places = self.places(scan);
                    current = Some(scan);
                }
                let time_s = self.times.seconds(number, *told)?;
                if latest.insert(scan, time_s).is_some_and(|before| before >= time_s) {
                    return Err(Defect::new(format!(
                        "row {number}: it is at {time_s} s, no later than the row before; sort the table by time"
                    )));
                }
                for (unit, place) in places.iter().enumerate() {
                    if let Some(place) = *place {
                        each(place, time_s, batches::floats(columns, before + unit)[row]);
                    }
                }
            }
            Ok(())
        })
    }

    /// Session and scan of a row.
    fn scan(&self, number: u64, columns: &[Values], row: usize) -> Result<[i64; 2], Defect> {
        if self.recording.is_none() {
            return Ok([-1, -1]);
        }
        match [0, 1].map(|column| batches::integers(columns, column)[row]) {
            [Some(session), Some(scan)] => Ok([session, scan]),
            _ => Err(Defect::new(format!("row {number}: it names no session and scan"))),
        }
    }

    /// Places of the units of the columns among the keys, in rows of a scan.
    fn places(&self, [session, scan]: [i64; 2]) -> Vec<Option<usize>> {
        let place = |&(_, owner): &(usize, Owner)| match owner {
            Owner::OfRow(unit) => self.request.place(UnitKey { session, scan, unit }),
            Owner::Of([session, scan, unit]) => self.request.place(UnitKey { session, scan, unit }),
        };
        self.units.iter().map(place).collect()
    }
}
