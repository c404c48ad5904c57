//! The peer: the same step in jitted JAX.

use std::{env, process::Command};

/// Steps a second of JAX for the four penalties, or nothing, with a word why, where Python has no JAX.
///
/// `$LAMINA_PYTHON` names the interpreter, `python3` unless given.
pub(crate) fn steps_per_second(units: usize) -> Option<[f64; 4]> {
    let python = env::var("LAMINA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/jax_step.py");
    let command = Command::new(&python)
        .args([script, "--units", &units.to_string()])
        .env_remove("OMP_NUM_THREADS")
        .env_remove("XLA_FLAGS")
        .output();
    let output = match command {
        Ok(output) if output.status.success() => output,
        _ => {
            println!(
                "skipped: {python} has no JAX (pip install jax, and name the interpreter in LAMINA_PYTHON)"
            );
            return None;
        }
    };
    let seconds: Vec<f64> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().last()?.parse().ok())
        .collect();
    seconds.try_into().ok().map(|seconds: [f64; 4]| seconds.map(f64::recip))
}
