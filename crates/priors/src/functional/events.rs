use crate::PriorsError;

/// Time that a recording goes on after the last event of its field, seconds.
const AFTER_LAST_EVENT_S: f64 = 0.1;

/// Event times of every neuron of one recording, checked: finite, not negative, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTrains {
    trains: Vec<Vec<f64>>,
    end_s: f64,
}

impl EventTrains {
    /// Checks trains of event times in seconds, one a neuron; a silent neuron has an empty one.
    ///
    /// # Errors
    /// [`PriorsError::EventTime`] names the first time that cannot be; [`PriorsError::NoEvents`] if all trains
    /// are empty.
    pub fn new(trains: Vec<Vec<f64>>) -> Result<Self, PriorsError> {
        for (neuron, train) in trains.iter().enumerate() {
            let mut previous_s = 0.0;
            for (event, &time_s) in train.iter().enumerate() {
                if !(time_s.is_finite() && time_s >= previous_s) {
                    return Err(PriorsError::EventTime { neuron, event, time_s, previous_s });
                }
                previous_s = time_s;
            }
        }
        let last = trains.iter().filter_map(|train| train.last()).copied().reduce(f64::max);
        let end_s = last.ok_or(PriorsError::NoEvents)? + AFTER_LAST_EVENT_S;
        Ok(Self { trains, end_s })
    }

    /// The number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.trains.len()
    }

    /// The trains, seconds.
    pub fn trains(&self) -> &[Vec<f64>] {
        &self.trains
    }

    /// End of the recording `[0, T]`, seconds: `T` = last event of any neuron + 0.1 s.
    pub fn end_s(&self) -> f64 {
        self.end_s
    }

    /// The number of neurons without an event.
    pub fn silent(&self) -> usize {
        self.trains.iter().filter(|train| train.is_empty()).count()
    }
}
