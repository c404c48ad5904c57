use std::process::ExitCode;

use config::ConfigError;

use crate::UsageError;

/// Runs the body of a program; an error becomes one line on stderr.
///
/// Exit code 0 for success, 2 for wrong usage or configuration, 1 for any other error.
pub fn program(name: &str, body: impl FnOnce() -> anyhow::Result<()>) -> ExitCode {
    match body() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("{name}: {message}");
            let wrong_usage =
                error.chain().any(|cause| cause.is::<ConfigError>() || cause.is::<UsageError>());
            ExitCode::from(if wrong_usage { 2 } else { 1 })
        }
    }
}
