use rand::{Rng, RngCore};

use crate::Shape;

/// Channels: fixation, the `NoGo` stimulus, the `Go` stimulus. Answers: 0 `NoGo`, 1 `Go`.
pub(crate) const SHAPE: Shape = Shape { steps: 40, inputs: 3, outputs: 2 };

const FIXATION_END: usize = 5;
const STIMULUS_END: usize = 25;
const DELAY_END: usize = 35;

/// Fills one zeroed trial `[steps, inputs]` and returns its label.
pub(crate) fn fill(trial: &mut [f32], random: &mut impl RngCore) -> u32 {
    let go = random.random_range(0..2_usize);
    for (step, inputs) in trial.chunks_exact_mut(SHAPE.inputs).enumerate().take(DELAY_END) {
        let channel = if (FIXATION_END..STIMULUS_END).contains(&step) { 1 + go } else { 0 };
        inputs[channel] = 1.0;
    }
    go as u32
}
