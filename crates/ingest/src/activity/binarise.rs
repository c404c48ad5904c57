//! From amplitudes to events.

use config::{ActivitySettings, EventRule, ThresholdUnit};

/// Mean and spread of a trace, gathered frame by frame (Welford 1962).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moments {
    frames: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn add(&mut self, amplitude: f64) {
        self.frames += 1.0;
        let difference = amplitude - self.mean;
        self.mean += difference / self.frames;
        self.squares += difference * (amplitude - self.mean);
    }

    /// The amplitude that an event has to exceed.
    pub(super) fn threshold(&self, settings: &ActivitySettings) -> f64 {
        match settings.threshold_in {
            ThresholdUnit::Amplitude => settings.threshold,
            ThresholdUnit::StandardDeviations => {
                let deviation = (self.squares / self.frames.max(1.0)).sqrt();
                self.mean + settings.threshold * deviation
            }
        }
    }
}

/// Finds the events of one trace, frame by frame in the order of time.
#[derive(Clone, Debug)]
pub(super) struct Binariser {
    rule: EventRule,
    threshold: f64,
    before: f64,
    summit: Option<f64>,
    events: Vec<f64>,
}

impl Binariser {
    pub(super) fn new(rule: EventRule, threshold: f64) -> Self {
        Self { rule, threshold, before: f64::NEG_INFINITY, summit: None, events: Vec::new() }
    }

    /// Adds a frame; `None` for one without an amplitude, at which everything ends and begins anew.
    pub(super) fn push(&mut self, time_s: f64, amplitude: Option<f64>) {
        let Some(amplitude) = amplitude else {
            self.events.extend(self.summit.take());
            self.before = f64::NEG_INFINITY;
            return;
        };
        let above = amplitude > self.threshold;
        match self.rule {
            EventRule::Frames => self.events.extend(above.then_some(time_s)),
            EventRule::Onsets => {
                self.events.extend((above && self.before <= self.threshold).then_some(time_s));
            }
            EventRule::Peaks => {
                if amplitude > self.before {
                    self.summit = above.then_some(time_s);
                } else if amplitude < self.before {
                    self.events.extend(self.summit.take());
                }
            }
        }
        self.before = amplitude;
    }

    /// Ends the trace; times of the events, in the order of the frames.
    pub(super) fn finish(mut self) -> Vec<f64> {
        self.events.extend(self.summit);
        self.events
    }
}

/// Finds the events of a whole trace.
pub(super) fn events(
    settings: &ActivitySettings,
    trace: impl Iterator<Item = (f64, Option<f64>)> + Clone,
) -> Vec<f64> {
    let mut moments = Moments::default();
    trace.clone().filter_map(|(_, amplitude)| amplitude).for_each(|amplitude| moments.add(amplitude));
    let mut binariser = Binariser::new(settings.events, moments.threshold(settings));
    trace.for_each(|(time_s, amplitude)| binariser.push(time_s, amplitude));
    binariser.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: [f64; 12] = [0.0, 3.0, 5.0, 5.0, 2.0, 4.0, 0.0, 0.0, 1.0, 0.5, 0.0, 6.0];

    fn found(rule: EventRule, threshold: f64, threshold_in: ThresholdUnit) -> Vec<f64> {
        let settings = ActivitySettings { events: rule, threshold, threshold_in, ..Default::default() };
        events(&settings, TRACE.iter().enumerate().map(|(frame, &amplitude)| (frame as f64, Some(amplitude))))
    }

    #[test]
    fn peaks_are_first_frames_of_plateaus_higher_than_both_sides() {
        assert_eq!(found(EventRule::Peaks, 0.9, ThresholdUnit::Amplitude), [2.0, 5.0, 8.0, 11.0]);
        assert_eq!(found(EventRule::Peaks, 1.0, ThresholdUnit::Amplitude), [2.0, 5.0, 11.0]);
    }

    #[test]
    fn onsets_begin_runs_and_frames_are_all_of_them() {
        assert_eq!(found(EventRule::Onsets, 2.0, ThresholdUnit::Amplitude), [1.0, 5.0, 11.0]);
        assert_eq!(found(EventRule::Frames, 2.0, ThresholdUnit::Amplitude), [1.0, 2.0, 3.0, 5.0, 11.0]);
    }

    #[test]
    fn thresholds_in_standard_deviations_are_of_the_trace_itself() {
        // numpy: t.mean() = 2.2083333, t.std() = 2.1933454, so that 1.3 deviations lie at 5.0597, 1.27 at 4.9939.
        assert_eq!(found(EventRule::Frames, 1.3, ThresholdUnit::StandardDeviations), [11.0]);
        assert_eq!(found(EventRule::Frames, 1.27, ThresholdUnit::StandardDeviations), [2.0, 3.0, 11.0]);
    }

    #[test]
    fn a_missing_frame_ends_a_peak_and_a_run() {
        let trace = [(0.0, Some(2.0)), (1.0, None), (2.0, Some(3.0)), (3.0, Some(1.0))];
        let found = |events| {
            let settings = ActivitySettings {
                events,
                threshold: 0.0,
                threshold_in: ThresholdUnit::Amplitude,
                ..Default::default()
            };
            super::events(&settings, trace.into_iter())
        };
        assert_eq!(found(EventRule::Peaks), [0.0, 2.0]);
        assert_eq!(found(EventRule::Onsets), [0.0, 2.0]);
    }
}
