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

    /// Rotates every train by a lag of its own: `t → (t + lag) mod T`, T the end of the recording.
    ///
    /// Numbers of events and intervals between them stay, but for the interval across the end; what two trains have
    /// in common goes. `lags_s` has a lag for every neuron, seconds, finite and not negative; a missing one is 0.
    #[must_use]
    pub fn rotated(&self, lags_s: &[f64]) -> Self {
        let lags = lags_s.iter().copied().chain(std::iter::repeat(0.0));
        let rotate = |(train, lag_s): (&Vec<f64>, f64)| {
            let mut train: Vec<f64> = train.iter().map(|time_s| (time_s + lag_s) % self.end_s).collect();
            train.sort_by(f64::total_cmp);
            train
        };
        Self { trains: self.trains.iter().zip(lags).map(rotate).collect(), end_s: self.end_s }
    }

    /// The number of neurons without an event.
    pub fn silent(&self) -> usize {
        self.trains.iter().filter(|train| train.is_empty()).count()
    }
}
