use std::process;

use crate::program::{STOPPED, name};

/// Ends the program when Ctrl-C or SIGTERM asks for it: its drafts and locks go with it, what was finished stays.
///
/// # Errors
/// If the system lets no handler be set, or another one is.
pub fn stop_on_signal() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        let _abandoned = artifact::abandon();
        eprintln!("{}: stopped on request; what was finished is kept, and the same command goes on", name());
        process::exit(STOPPED.into())
    })?;
    Ok(())
}
