use std::ops::Range;

use rand::{Rng, RngCore};

use crate::Shape;

/// Four goals and four choices (left, up, right, down); the answer is one of the choices.
pub(crate) const SHAPE: Shape = Shape { steps: 50, inputs: 8, outputs: 4 };

const GOAL_STEPS: Range<usize> = 0..20;
const CHOICE_STEPS: Range<usize> = 30..50;
const FIRST_CHOICE_CHANNEL: usize = 4;

const LEFT: usize = 0;
const UP: usize = 1;
const RIGHT: usize = 2;
const DOWN: usize = 3;

/// Goal, the two choices on offer, and the answer.
const TRIAL_TYPES: [(usize, [usize; 2], usize); 8] = [
    (1, [UP, LEFT], UP),
    (1, [RIGHT, DOWN], RIGHT),
    (3, [LEFT, DOWN], DOWN),
    (2, [RIGHT, DOWN], DOWN),
    (2, [UP, LEFT], LEFT),
    (0, [UP, RIGHT], UP),
    (3, [LEFT, RIGHT], RIGHT),
    (0, [LEFT, RIGHT], LEFT),
];

/// Fills one zeroed trial `[steps, inputs]` and returns its label.
pub(crate) fn fill(trial: &mut [f32], random: &mut impl RngCore) -> u32 {
    let (goal, choices, answer) = TRIAL_TYPES[random.random_range(0..TRIAL_TYPES.len())];
    for (step, inputs) in trial.chunks_exact_mut(SHAPE.inputs).enumerate() {
        if GOAL_STEPS.contains(&step) {
            inputs[goal] = 1.0;
        } else if CHOICE_STEPS.contains(&step) {
            for choice in choices {
                inputs[FIRST_CHOICE_CHANNEL + choice] = 1.0;
            }
        }
    }
    answer as u32
}
