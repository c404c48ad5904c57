use std::f64::consts::TAU;

use cortex::Event;
use rand::{Rng, seq::SliceRandom};
use rand_distr::{Distribution, LogNormal, StandardNormal};

/// Time between two frames of the microscope, seconds: MICrONS scans at 6.3 Hz.
pub const FRAME_SECONDS: f64 = 1.0 / 6.3;

/// Frames of the recording: a quarter of an hour.
pub(crate) const FRAMES: usize = 5670;

/// Directions of motion in one block of the stimulus, and the frames that each is shown for (0.95 s).
const DIRECTIONS: usize = 16;
const FRAMES_A_DIRECTION: usize = 6;

/// Every so many blocks, the screen stays grey for one.
const GREY_EVERY: usize = 5;

/// μ and σ of the log-normal event rate, Hz: a median of 0.22, as in the released field 5_6_8.
const RATE: (f64, f64) = (-1.5, 0.6);

/// Response to the stimulus: `0.4 + 2.5 exp(3 (cos(difference of directions) − 1))`, of mean 1 over all directions.
const UNTUNED: f64 = 0.4;
const TUNED: f64 = 2.5;
const CONCENTRATION: f64 = 3.0;

/// Persistence from frame to frame, and standard deviation, of the logarithm of the shared drive.
const DRIVE_PERSISTENCE: f64 = 0.95;
const DRIVE_SD: f64 = 0.6;

/// Largest probability of an event in a frame.
const LARGEST_PROBABILITY: f64 = 0.9;

/// Draws the direction of motion that each neuron prefers, radians in \[0, 2π).
pub(super) fn preferred_directions(count: usize, random: &mut impl Rng) -> Vec<f64> {
    (0..count).map(|_| TAU * random.random::<f64>()).collect()
}

/// Draws the events of all neurons, sorted by (neuron, time), on the grid of frames; at least one each.
pub(super) fn events(
    preferred_direction: &[f64],
    of_stimulus: &mut impl Rng,
    of_events: &mut impl Rng,
) -> Vec<Event> {
    let stimulus = stimulus(of_stimulus);
    let drive = shared_drive(of_stimulus);
    let Ok(rate) = LogNormal::new(RATE.0, RATE.1) else { return Vec::new() };
    let mut events = Vec::new();
    for (neuron, &preferred) in preferred_direction.iter().enumerate() {
        let per_frame = rate.sample(of_events) * FRAME_SECONDS;
        let coupling = 0.5 + of_events.random::<f64>();
        let first = events.len();
        for frame in 0..FRAMES {
            let probability =
                per_frame * response(preferred, stimulus[frame]) * (coupling * drive[frame]).exp();
            if of_events.random::<f64>() < probability.min(LARGEST_PROBABILITY) {
                events.push(event(neuron, frame));
            }
        }
        if events.len() == first {
            events.push(event(neuron, of_events.random_range(0..FRAMES)));
        }
    }
    events
}

fn event(neuron: usize, frame: usize) -> Event {
    Event { neuron: neuron as u32, time_s: frame as f64 * FRAME_SECONDS }
}

fn response(preferred: f64, shown: Option<f64>) -> f64 {
    match shown {
        Some(shown) => UNTUNED + TUNED * (CONCENTRATION * ((shown - preferred).cos() - 1.0)).exp(),
        None => UNTUNED,
    }
}

/// The direction on the screen in every frame, `None` where it is grey: blocks of all directions in
/// random order.
fn stimulus(random: &mut impl Rng) -> Vec<Option<f64>> {
    let mut frames = Vec::with_capacity(FRAMES);
    let mut directions: Vec<usize> = (0..DIRECTIONS).collect();
    for block in 1.. {
        directions.shuffle(random);
        for &direction in &directions {
            let angle = TAU * direction as f64 / DIRECTIONS as f64;
            let shown = (block % GREY_EVERY != 0).then_some(angle);
            frames.extend([shown; FRAMES_A_DIRECTION]);
        }
        if frames.len() >= FRAMES {
            break;
        }
    }
    frames.truncate(FRAMES);
    frames
}

/// The logarithm of the drive that all neurons share: a first-order autoregressive process.
fn shared_drive(random: &mut impl Rng) -> Vec<f64> {
    let innovation = DRIVE_SD * (1.0 - DRIVE_PERSISTENCE * DRIVE_PERSISTENCE).sqrt();
    let mut drive = 0.0;
    let step = |_| {
        let noise: f64 = StandardNormal.sample(random);
        drive = DRIVE_PERSISTENCE * drive + innovation * noise;
        drive
    };
    (0..FRAMES).map(step).collect()
}
