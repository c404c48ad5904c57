use std::{error::Error, process::ExitCode};

use config::ConfigError;

use crate::{Stopped, UsageError};

/// What sysexits.h calls a temporary failure: start the same command again.
const STOPPED: u8 = 75;

/// Runs the body of a program; an error becomes one line on stderr.
///
/// Exit code 0 for success, 2 for wrong usage or configuration, 75 if a signal stopped it and the same command goes on, 1 for any
/// other error.
pub fn program(name: &str, body: impl FnOnce() -> anyhow::Result<()>) -> ExitCode {
    match body() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("{name}: {message}");
            ExitCode::from(error.chain().find_map(code).unwrap_or(1))
        }
    }
}

/// The exit code that a cause of an error asks for.
fn code(cause: &(dyn Error + 'static)) -> Option<u8> {
    if cause.is::<ConfigError>() || cause.is::<UsageError>() {
        Some(2)
    } else {
        cause.is::<Stopped>().then_some(STOPPED)
    }
}
