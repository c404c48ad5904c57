use std::collections::HashMap;

use config::ActivitySettings;
use stage::Console;

use super::{
    batches,
    shape::{Clock, Key},
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

/// The units whose activity is asked for, and how it is to be read.
pub(super) struct Request<'a> {
    pub(super) keys: &'a [UnitKey],
    pub(super) settings: &'a ActivitySettings,
    pub(super) console: Console,
    places: HashMap<UnitKey, usize>,
    delays_s: Vec<Option<f64>>,
}

impl<'a> Request<'a> {
    pub(super) fn new(keys: &'a [UnitKey], settings: &'a ActivitySettings, console: Console) -> Self {
        let places = keys.iter().enumerate().map(|(place, &key)| (key, place)).collect();
        Self { keys, settings, console, places, delays_s: vec![None; keys.len()] }
    }

    /// The place of a unit among the keys.
    pub(super) fn place(&self, key: UnitKey) -> Option<usize> {
        self.places.get(&key).copied()
    }

    /// What is added to the times of a unit's frames, seconds, if that is known and wanted.
    pub(super) fn delay_s(&self, place: usize, of_row_ms: Option<f64>) -> Option<f64> {
        let of_row = of_row_ms.map(|delay| delay / 1000.0);
        of_row.or(self.delays_s[place]).filter(|_| self.settings.delays)
    }

    /// Tells for how many units a delay is known from a table of its own, if there is one.
    pub(super) fn note_of_delays(&self) -> Option<String> {
        let known = self.delays_s.iter().flatten().count();
        if known == 0 {
            return None;
        }
        let verb = if self.settings.delays { "is added to" } else { "is left out of" };
        Some(format!("ms_delay of {known} units {verb} the times of their frames"))
    }

    /// Reads a table of delays.
    ///
    /// # Errors
    /// [`IngestError::Content`] if it cannot be read, or tells two delays of a unit.
    pub(super) fn read_delays(
        &mut self,
        file: &TableFile,
        key: Key,
        delay: usize,
    ) -> Result<(), IngestError> {
        let wanted = [key.columns().as_slice(), &[(delay, Type::Float)]].concat();
        let mut delays = std::mem::take(&mut self.delays_s);
        batches::read(file, &wanted, self.console, |first, columns| {
            for (row, key) in keys(first, columns).enumerate() {
                let (Some(place), Some(delay)) = (self.place(key?), batches::floats(columns, 3)[row]) else {
                    continue;
                };
                let before = delays[place].replace(delay / 1000.0);
                if before.is_some_and(|before| before != delay / 1000.0) {
                    return Err(Defect::new(format!(
                        "row {}: it tells another ms_delay of a unit",
                        first + row as u64
                    )));
                }
            }
            Ok(())
        })?;
        self.delays_s = delays;
        Ok(())
    }
}

impl Key {
    /// Its three columns, to be read first.
    pub(super) fn columns(self) -> [(usize, Type); 3] {
        [self.session, self.scan, self.unit].map(|place| (place, Type::Integer))
    }
}

/// The keys of a batch whose first three columns are those of [`Key::columns`].
pub(super) fn keys(first: u64, columns: &[Values]) -> impl Iterator<Item = Result<UnitKey, Defect>> {
    let [sessions, scans, units] = [0, 1, 2].map(|column| batches::integers(columns, column));
    sessions.iter().zip(scans).zip(units).enumerate().map(move |(row, ((session, scan), unit))| {
        match (*session, *scan, *unit) {
            (Some(session), Some(scan), Some(unit)) => Ok(UnitKey { session, scan, unit }),
            _ => Err(Defect::new(format!("row {}: it names no session, scan and unit", first + row as u64))),
        }
    })
}

/// Turns what a table tells of time into seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameTimes {
    clock: Clock,
    frame_s: f64,
}

impl FrameTimes {
    /// # Errors
    /// If frames are numbered and no rate is known.
    pub(super) fn new(clock: Clock, rate: Option<f64>) -> Result<Self, Defect> {
        let rate = match (clock, rate) {
            (Clock::Time(_), _) => 1.0,
            (Clock::Frame(_), Some(rate)) if rate.is_finite() && rate > 0.0 => rate,
            (Clock::Frame(_), Some(rate)) => return Err(Defect::new(format!("{rate} is no frame rate"))),
            (Clock::Frame(_), None) => {
                return Err(Defect::new(
                    "it tells neither times nor a frame rate; set source.activity.frame_rate (scans of MICrONS: about 6.3 Hz)",
                ));
            }
        };
        Ok(Self { clock, frame_s: 1.0 / rate })
    }

    /// The column to read.
    pub(super) fn column(self) -> (usize, Type) {
        match self.clock {
            Clock::Time(place) | Clock::Frame(place) => (place, Type::Float),
        }
    }

    /// Seconds of a frame, counted from 0, at a known rate.
    pub(super) fn of_frame(self, frame: usize) -> f64 {
        frame as f64 * self.frame_s
    }

    /// Seconds since the start of the recording.
    ///
    /// # Errors
    /// If there is no such time or frame.
    pub(super) fn seconds(self, row: u64, told: Option<f64>) -> Result<f64, Defect> {
        let told = told.filter(|told| *told >= 0.0);
        match (self.clock, told) {
            (Clock::Time(_), Some(time)) => Ok(time),
            (Clock::Frame(_), Some(frame)) if frame.fract() == 0.0 => Ok(frame * self.frame_s),
            _ => Err(Defect::new(format!(
                "row {row}: it tells no time or frame; times count from the start, in seconds, and frames from 0"
            ))),
        }
    }
}
