use std::{f32::consts::PI, ops::Range};

use rand::{Rng, RngCore};
use rand_distr::StandardNormal;

use crate::Shape;

/// Channels: fixation and the two stimuli at angles 0 and π. The answer is the stronger stimulus.
pub(crate) const SHAPE: Shape = Shape { steps: 41, inputs: 3, outputs: 2 };

const STIMULUS_STEPS: Range<usize> = 1..31;
const ANGLES: [f32; 2] = [0.0, PI];
const COHERENCES_PERCENT: [f32; 5] = [0.0, 6.4, 12.8, 25.6, 51.2];

/// σ / √dt with σ = 1 and dt = 100 ms.
const NOISE_SD: f32 = 0.1;

/// Fills one zeroed trial `[steps, inputs]` and returns its label.
pub(crate) fn fill(trial: &mut [f32], random: &mut impl RngCore) -> u32 {
    let truth = random.random_range(0..ANGLES.len());
    let coherence = COHERENCES_PERCENT[random.random_range(0..COHERENCES_PERCENT.len())];
    for (step, inputs) in trial.chunks_exact_mut(SHAPE.inputs).enumerate() {
        inputs[0] = 1.0;
        if STIMULUS_STEPS.contains(&step) {
            for (stimulus, angle) in ANGLES.into_iter().enumerate() {
                let noise: f32 = random.sample(StandardNormal);
                inputs[1 + stimulus] =
                    0.5 + coherence / 200.0 * (angle - ANGLES[truth]).cos() + NOISE_SD * noise;
            }
        }
    }
    truth as u32
}
