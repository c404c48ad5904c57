//! The cognitive tasks: what a trial shows and which answer is right.
//!
//! A trial is a sequence of input vectors with one label, read at the last step.

mod go_nogo;
mod one_choice_inference;
mod perceptual_decision;
mod trials;

pub use trials::{Shape, Trials, generate, shape};
