use std::{
    env,
    error::Error,
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use config::ConfigError;

use crate::{Stopped, UsageError, console::printable};

/// What sysexits.h calls a temporary failure: start the same command again.
pub(crate) const STOPPED: u8 = 75;

static NAME: OnceLock<&str> = OnceLock::new();

/// Runs the body of a program; an error becomes one line on stderr, and so does a panic, which is always a mistake in the
/// program.
///
/// Exit code 0 for success, 2 for wrong usage or configuration, 75 if a signal stopped it and the same command goes on, 1 for any
/// other error.
pub fn program(name: &'static str, body: impl FnOnce() -> anyhow::Result<()>) -> ExitCode {
    NAME.get_or_init(|| name);
    tell_of_panics();
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            tell(&format!("{error:#}"));
            ExitCode::from(error.chain().find_map(code).unwrap_or(1))
        }
        Err(_) => ExitCode::FAILURE,
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

/// The name of the running program.
pub(crate) fn name() -> &'static str {
    NAME.get().copied().unwrap_or("lamina")
}

/// Says a message in one line.
fn tell(message: &str) {
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    eprintln!("{}: {}", name(), printable(&words));
}

/// Whether nothing has been said of why the program ends; what fails in other threads after that follows from it.
pub(crate) fn first_to_tell() -> bool {
    static TOLD: AtomicBool = AtomicBool::new(false);
    !TOLD.swap(true, Ordering::Relaxed)
}

/// Has the first panic told in one line, unless a backtrace is asked for.
fn tell_of_panics() {
    if env::var_os("RUST_BACKTRACE").is_some() {
        return;
    }
    panic::set_hook(Box::new(|panic| {
        if first_to_tell() {
            let message = panic.payload_as_str().unwrap_or("unknown");
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tell(&format!(
                "internal error: {message} ({place}); what was finished is kept; please report this line"
            ));
        }
    }));
}
