//! Functional activity in tables: events, or traces of which events are made.

mod batches;
mod binarise;
mod frames;
mod gathered;
mod long;
mod nwb;
mod request;
mod shape;
mod wide;

use config::{ActivitySettings, EventRule, TableSettings, ThresholdUnit};
use stage::Console;

use crate::{
    IngestError,
    tables::{
        activity::{Activity, UnitKey},
        file::TableFile,
    },
};
use gathered::Gathered;
use request::Request;
pub(crate) use shape::NWB;
use shape::Shape;

/// Whether a table of these columns tells functional activity.
pub(crate) fn recognises(columns: &[String]) -> bool {
    Shape::of(columns).is_some()
}

/// Reads the activity of units: event times, seconds, ascending.
///
/// A unit's times are those of its frames plus its `ms_delay`, where a table tells it; times of a table of events are
/// taken as they are, unless it tells delays itself.
///
/// # Errors
/// [`IngestError`] names the table that cannot be used, or two that both tell of one unit.
pub(crate) fn read(
    files: &[&TableFile],
    keys: &[UnitKey],
    settings: &TableSettings,
    console: Console,
) -> Result<Activity, IngestError> {
    let settings = &settings.activity;
    let mut request = Request::new(keys, settings, console);
    let shapes: Vec<(&TableFile, Shape)> =
        files.iter().filter_map(|file| Some((*file, Shape::of(&file.columns)?))).collect();
    for (file, shape) in &shapes {
        if let Shape::Delays { key, delay } = shape {
            request.read_delays(file, *key, *delay)?;
        }
    }
    let mut gathered = Gathered::new(keys.len());
    for (file, shape) in &shapes {
        let trains = match shape {
            Shape::Delays { .. } => continue,
            Shape::Events { key, time, delay } => long::events(file, *key, *time, *delay, &request)?,
            Shape::LongTraces { key, clock, amplitude, delay } => {
                long::traces(file, *key, *clock, *amplitude, *delay, &request)?
            }
            Shape::ListTraces { key, trace, rate, delay } => {
                wide::lists(file, *key, *trace, *rate, *delay, &request)?
            }
            Shape::UnitTraces { key, frames, rate, delay } => {
                wide::units(file, *key, frames, *rate, *delay, &request)?
            }
            Shape::FrameTraces { recording, clock, units } => {
                frames::read(file, *recording, *clock, units, &request)?
            }
            Shape::Nwb => nwb::read(file, &request)?,
        };
        let units = trains.iter().flatten().count();
        if units > 0 {
            let what = match shape {
                Shape::Events { .. } => "events".to_owned(),
                _ => described(settings),
            };
            gathered.note(format!("{}: {what}, of {units} units", file.name()));
        }
        gathered.add(&request, file, trains)?;
    }
    if let Some(note) = request.note_of_delays() {
        gathered.note(note);
    }
    Ok(gathered.finish())
}

/// How events are made of traces, in words.
fn described(settings: &ActivitySettings) -> String {
    let frames = match settings.events {
        EventRule::Peaks => "local maxima",
        EventRule::Onsets => "first frames of runs",
        EventRule::Frames => "frames",
    };
    let threshold = settings.threshold;
    match settings.threshold_in {
        ThresholdUnit::StandardDeviations => {
            format!("events are {frames} of traces above their mean and {threshold} standard deviations")
        }
        ThresholdUnit::Amplitude => format!("events are {frames} of traces above {threshold}"),
    }
}
