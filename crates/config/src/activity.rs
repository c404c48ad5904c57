//! `[source.activity]`: how functional activity in tables becomes events.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How traces of deconvolved amplitudes become events.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ActivitySettings {
    /// Which frames above the threshold are events.
    pub events: EventRule,
    /// What the amplitude of a frame has to exceed.
    pub threshold: f64,
    /// What the threshold is measured in.
    pub threshold_in: ThresholdUnit,
    /// Frames a second, of traces that tell neither times nor a rate.
    pub frame_rate: Option<f64>,
    /// Whether a unit's `ms_delay`, where a table tells it, is added to the times of its frames.
    pub delays: bool,
}

impl Default for ActivitySettings {
    fn default() -> Self {
        Self {
            events: EventRule::Peaks,
            threshold: 1.0,
            threshold_in: ThresholdUnit::StandardDeviations,
            frame_rate: None,
            delays: true,
        }
    }
}

/// Which frames above the threshold are events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventRule {
    /// Local maxima; the first frame of a plateau.
    Peaks,
    /// The first frame of every run above the threshold.
    Onsets,
    /// Every one.
    Frames,
}

/// What the threshold is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdUnit {
    /// Standard deviations of the unit's own trace, above its mean.
    StandardDeviations,
    /// The trace's own unit.
    Amplitude,
}

impl FromStr for EventRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "peaks" => Ok(Self::Peaks),
            "onsets" => Ok(Self::Onsets),
            "frames" => Ok(Self::Frames),
            _ => Err(format!("`{text}` is not known; use \"peaks\", \"onsets\" or \"frames\"")),
        }
    }
}

impl FromStr for ThresholdUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "standard-deviations" => Ok(Self::StandardDeviations),
            "amplitude" => Ok(Self::Amplitude),
            _ => Err(format!("`{text}` is not known; use \"standard-deviations\" or \"amplitude\"")),
        }
    }
}
