//! Tables with a row an event, or a row a unit and frame.

use super::{
    batches, binarise,
    request::{FrameTimes, Request, keys},
    shape::{Clock, Key},
};
use crate::{
    IngestError,
    error::Defect,
    tables::{file::TableFile, values::Type},
};

/// Times and amplitudes of a trace; no amplitude where the table has none.
type Frames = Vec<(f64, Option<f64>)>;

/// Reads a table with a row an event.
///
/// Its times are those of the units, or those of frames where it tells the units' delays as well.
///
/// # Errors
/// [`IngestError::Content`] names the row that cannot be used.
pub(super) fn events(
    file: &TableFile,
    key: Key,
    time: usize,
    delay: Option<usize>,
    request: &Request<'_>,
) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    let times = FrameTimes::new(Clock::Time(time), None).map_err(Defect::at(&file.path))?;
    let delays = delay.map(|delay| (delay, Type::Float));
    let wanted: Vec<_> = key.columns().into_iter().chain([times.column()]).chain(delays).collect();
    let mut trains: Vec<Option<Vec<f64>>> = vec![None; request.keys.len()];
    batches::read(file, &wanted, request.console, |first, columns| {
        for (row, key) in keys(first, columns).enumerate() {
            let Some(place) = request.place(key?) else { continue };
            let time_s = times.seconds(first + row as u64, batches::floats(columns, 3)[row])?;
            let delay_s =
                delay.map_or(Some(0.0), |_| request.delay_s(place, batches::floats(columns, 4)[row]));
            trains[place].get_or_insert_default().push(time_s + delay_s.unwrap_or_default());
        }
        Ok(())
    })?;
    Ok(trains)
}

/// Reads a table with a row a unit and frame, in any order.
///
/// # Errors
/// [`IngestError::Content`] names the row that cannot be used, or the unit that has two amplitudes at a time.
pub(super) fn traces(
    file: &TableFile,
    key: Key,
    clock: Clock,
    amplitude: usize,
    delay: Option<usize>,
    request: &Request<'_>,
) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    let times = FrameTimes::new(clock, request.settings.frame_rate).map_err(Defect::at(&file.path))?;
    let delays = delay.map(|delay| (delay, Type::Float));
    let wanted: Vec<_> =
        key.columns().into_iter().chain([times.column(), (amplitude, Type::Float)]).chain(delays).collect();
    let mut traces: Vec<Option<Frames>> = vec![None; request.keys.len()];
    let mut of_rows: Vec<Option<f64>> = vec![None; request.keys.len()];
    batches::read(file, &wanted, request.console, |first, columns| {
        for (row, key) in keys(first, columns).enumerate() {
            let Some(place) = request.place(key?) else { continue };
            let time_s = times.seconds(first + row as u64, batches::floats(columns, 3)[row])?;
            traces[place].get_or_insert_default().push((time_s, batches::floats(columns, 4)[row]));
            if delay.is_some() {
                of_rows[place] = batches::floats(columns, 5)[row].or(of_rows[place]);
            }
        }
        Ok(())
    })?;
    let train = |(place, trace): (usize, Option<Frames>)| {
        let Some(mut trace) = trace else { return Ok(None) };
        trace.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        if let Some(pair) = trace.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let unit = request.keys[place].unit;
            return Err(Defect::new(format!("unit {unit} has two amplitudes at {} s", pair[0].0)));
        }
        let delay_s = request.delay_s(place, of_rows[place]).unwrap_or_default();
        let events = binarise::events(request.settings, trace.iter().copied());
        Ok(Some(events.into_iter().map(|time_s| time_s + delay_s).collect()))
    };
    traces.into_iter().enumerate().map(train).collect::<Result<_, _>>().map_err(Defect::at(&file.path))
}
