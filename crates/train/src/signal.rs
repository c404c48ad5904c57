use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Within this time a second signal is the first one again: managers of jobs signal a process and its parent, which passes
/// it on.
const SAME: Duration = Duration::from_secs(1);

/// Ctrl-C and SIGTERM ask training to stop before its next step; a second one ends the program at once.
pub(crate) fn stop_on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    let mut first = None;
    ctrlc::set_handler(move || {
        asked.store(true, Ordering::Relaxed);
        if first.get_or_insert_with(Instant::now).elapsed() > SAME {
            std::process::exit(130);
        }
    })?;
    Ok(stop)
}
