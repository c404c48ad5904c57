use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Ctrl-C and SIGTERM ask training to stop before its next step; a second one ends the program at once.
pub(crate) fn stop_on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })?;
    Ok(stop)
}
