//! Which tables tell functional activity, by their columns.

/// Names of the columns that name a unit.
const SESSION: [&str; 1] = ["session"];
const SCAN: [&str; 2] = ["scan_idx", "scan"];
const UNIT: [&str; 1] = ["unit_id"];

/// Names of columns of amplitudes: the data base calls them `trace`.
const AMPLITUDE: [&str; 4] = ["trace", "amplitude", "activity", "deconvolved"];

/// Names of other columns.
const TIME: [&str; 2] = ["time_s", "frame_time_s"];
const FRAME: [&str; 2] = ["frame", "frame_idx"];
const RATE: [&str; 2] = ["frame_rate", "fps"];
const DELAY: [&str; 1] = ["ms_delay"];

/// Places of the columns that name a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) session: usize,
    pub(super) scan: usize,
    pub(super) unit: usize,
}

/// Where the times of frames are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// In a column of seconds.
    Time(usize),
    /// By the number of the frame, in a column.
    Frame(usize),
}

/// Whose trace a column of a table of frames is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The unit of this id, of the session and scan of the row.
    OfRow(i64),
    /// This session, scan and unit.
    Of([i64; 3]),
}

/// A table of functional activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A row an event.
    Events { key: Key, time: usize, delay: Option<usize> },
    /// A row a unit and frame.
    LongTraces { key: Key, clock: Clock, amplitude: usize, delay: Option<usize> },
    /// A row a unit, its trace in one column.
    ListTraces { key: Key, trace: usize, rate: Option<usize>, delay: Option<usize> },
    /// A row a unit, a column a frame.
    UnitTraces { key: Key, frames: Vec<usize>, rate: Option<usize>, delay: Option<usize> },
    /// A row a frame, a column a unit.
    FrameTraces { recording: Option<[usize; 2]>, clock: Clock, units: Vec<(usize, Owner)> },
    /// Delays of units.
    Delays { key: Key, delay: usize },
    /// A whole scan in an NWB file.
    Nwb,
}

/// What stands for the columns of an NWB file.
pub(crate) const NWB: &str = "*.nwb";

impl Shape {
    /// Recognises a table by its columns; `None` if it tells no activity.
    pub(super) fn of(columns: &[String]) -> Option<Self> {
        if columns == [NWB] {
            return Some(Self::Nwb);
        }
        let place = |names: &[&str]| {
            names.iter().find_map(|name| columns.iter().position(|column| column.eq_ignore_ascii_case(name)))
        };
        let recording = place(&SESSION).zip(place(&SCAN)).map(|(session, scan)| [session, scan]);
        let key = recording.zip(place(&UNIT)).map(|([session, scan], unit)| Key { session, scan, unit });
        let clock = place(&TIME).map(Clock::Time).or_else(|| place(&FRAME).map(Clock::Frame));
        let (amplitude, delay, rate) = (place(&AMPLITUDE), place(&DELAY), place(&RATE));
        let Some(key) = key else {
            let units = owners(columns, recording.is_some());
            return (!units.is_empty()).then_some(Self::FrameTraces { recording, clock: clock?, units });
        };
        match (amplitude, clock) {
            (Some(amplitude), Some(clock)) => Some(Self::LongTraces { key, clock, amplitude, delay }),
            (Some(trace), None) => Some(Self::ListTraces { key, trace, rate, delay }),
            (None, Some(Clock::Time(time))) => Some(Self::Events { key, time, delay }),
            (None, _) => {
                let frames = frames(columns);
                if frames.is_empty() {
                    delay.map(|delay| Self::Delays { key, delay })
                } else {
                    Some(Self::UnitTraces { key, frames, rate, delay })
                }
            }
        }
    }
}

/// Columns called by a number alone, or `unit_` and a number, where rows tell session and scan; else those called
/// `session_scan_unit`.
fn owners(columns: &[String], rows_tell: bool) -> Vec<(usize, Owner)> {
    let owner = |name: &String| {
        let name = name.strip_prefix("unit_").unwrap_or(name);
        if rows_tell {
            return number(name).map(Owner::OfRow);
        }
        let mut parts = name.split('_').map(number);
        match [parts.next()??, parts.next()??, parts.next()??] {
            key if parts.next().is_none() => Some(Owner::Of(key)),
            _ => None,
        }
    };
    columns.iter().enumerate().filter_map(|(place, name)| Some((place, owner(name)?))).collect()
}

/// Columns `0`, `1` … or `frame_0`, `frame_1` …, in the order of their numbers, where none is missing.
fn frames(columns: &[String]) -> Vec<usize> {
    let frame = |name: &String| number(name.strip_prefix("frame_").unwrap_or(name));
    let mut frames: Vec<(i64, usize)> =
        columns.iter().enumerate().filter_map(|(place, name)| Some((frame(name)?, place))).collect();
    frames.sort_unstable();
    let complete = frames.iter().enumerate().all(|(index, &(frame, _))| frame == index as i64);
    if complete { frames.into_iter().map(|(_, place)| place).collect() } else { Vec::new() }
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(header: &str) -> Option<Shape> {
        Shape::of(&header.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    const KEY: Key = Key { session: 0, scan: 1, unit: 2 };

    #[test]
    fn tables_of_activity_are_known_by_their_columns() {
        let events = Shape::Events { key: KEY, time: 3, delay: None };
        assert_eq!(shape("session,scan_idx,unit_id,time_s"), Some(events));
        let long = Shape::LongTraces { key: KEY, clock: Clock::Frame(3), amplitude: 4, delay: None };
        assert_eq!(shape("session,scan_idx,unit_id,frame,amplitude"), Some(long));
        let list = Shape::ListTraces { key: KEY, trace: 3, rate: Some(5), delay: Some(4) };
        assert_eq!(shape("session,scan_idx,unit_id,trace,ms_delay,fps"), Some(list));
        let units = Shape::UnitTraces { key: KEY, frames: vec![4, 3], rate: None, delay: None };
        assert_eq!(shape("session,scan_idx,unit_id,1,0"), Some(units));
        let frames = Shape::FrameTraces {
            recording: Some([0, 1]),
            clock: Clock::Frame(2),
            units: vec![(3, Owner::OfRow(7)), (4, Owner::OfRow(12))],
        };
        assert_eq!(shape("session,scan_idx,frame,7,unit_12"), Some(frames));
        let scans = Shape::FrameTraces {
            recording: None,
            clock: Clock::Time(0),
            units: vec![(1, Owner::Of([4, 7, 12]))],
        };
        assert_eq!(shape("time_s,4_7_12,note"), Some(scans));
        assert_eq!(
            shape("session,scan_idx,unit_id,field,ms_delay"),
            Some(Shape::Delays { key: KEY, delay: 4 })
        );
    }

    #[test]
    fn other_tables_are_left_to_others() {
        for header in [
            "id,target_id,session,scan_idx,unit_id,field,residual,score,pt_root_id,pt_position",
            "session,scan_idx,unit_id,cc_abs,pref_ori",
            "id,pre_pt_root_id,post_pt_root_id",
            "session,scan_idx,unit_id,1,3",
            "time_s,treadmill",
            "",
        ] {
            assert_eq!(shape(header), None, "{header}");
        }
    }
}
