//! How much memory runs take, and how much there is.

use std::{
    fs,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use config::TrainSettings;
use tasks::Shape;

use super::grant;

/// Square matrices `[units, units]` of single precision that a run holds: weights, their transpose and gradients, moments,
/// distance and connectome; then the exponential's with its adjoint.
const MATRICES: usize = 16;
const EXPONENTIAL_MATRICES: usize = 48;

/// Bytes of a run that do not depend on its sizes: code, the allocator's reserve, packed blocks of products.
const BASE: usize = 24 << 20;

/// Estimates the bytes that a run takes while it trains.
pub(super) fn estimate(settings: &TrainSettings, shape: Shape, units: usize, exponential: bool) -> u64 {
    let square = units * units;
    let matrices = MATRICES + if exponential { EXPONENTIAL_MATRICES } else { 0 };
    let trials = settings.training_trials + settings.validation_trials + settings.test_trials;
    let rows = (shape.steps + 8) * settings.batch * (units + shape.inputs + 17);
    let snapshots = if settings.options.snapshots { 2 * (settings.epochs as usize + 1) * square } else { 0 };
    let floats = matrices * square + rows + trials * shape.steps * shape.inputs + snapshots;
    (BASE + 4 * floats) as u64
}

/// Four fifths of the memory that this process may still take: of the machine's, of its control group's or of Slurm's grant,
/// whichever is least; unlimited where nothing tells.
pub(super) fn available() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
    });
    let number =
        |file: &str| fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok()?.trim().parse::<u64>().ok();
    let group = number("memory.max").and_then(|most| Some(most.saturating_sub(number("memory.current")?)));
    machine.into_iter().chain(group).chain(grant::memory()).min().map_or(u64::MAX, |bytes| bytes / 5 * 4)
}

/// Memory that runs share.
pub(super) struct Budget {
    limit: u64,
    taken: Mutex<u64>,
    given_back: Condvar,
}

/// Memory that one run has taken; given back when dropped.
pub(super) struct Share<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, taken: Mutex::new(0), given_back: Condvar::new() }
    }

    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Whether `count` runs of so many bytes fit at once.
    pub(super) fn fits(&self, bytes: u64, count: usize) -> bool {
        bytes.saturating_mul(count as u64) <= self.limit
    }

    /// Waits for memory. A run that is larger than the limit gets it when it is alone. Nothing if training stops.
    pub(super) fn take(&self, bytes: u64, stop: &AtomicBool) -> Option<Share<'_>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken > 0 && taken.saturating_add(bytes) > self.limit {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let wait = self.given_back.wait_timeout(taken, Duration::from_millis(100));
            taken = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken += bytes;
        Some(Share { budget: self, bytes })
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, AtomicUsize},
        thread,
    };

    use super::*;

    #[test]
    fn runs_at_once_stay_within_the_limit_and_all_get_their_turn() {
        let (budget, stop) = (Budget::new(100), AtomicBool::new(false));
        let (used, most, finished) = (AtomicU64::new(0), AtomicU64::new(0), AtomicUsize::new(0));
        let sizes = [60, 30, 30, 50, 20, 250, 40, 10];
        thread::scope(|scope| {
            for size in sizes {
                let (budget, stop, used, most, finished) = (&budget, &stop, &used, &most, &finished);
                scope.spawn(move || {
                    let share = budget.take(size, stop);
                    assert!(share.is_some());
                    let now = used.fetch_add(size, Ordering::SeqCst) + size;
                    if now > 100 {
                        assert_eq!(now, size, "only a run that is too large by itself may exceed the limit");
                    }
                    most.fetch_max(now.min(100), Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    used.fetch_sub(size, Ordering::SeqCst);
                    finished.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(finished.into_inner(), sizes.len());
        assert!(most.into_inner() > 60, "runs that fit go at once");
    }

    #[test]
    fn a_request_to_stop_ends_the_wait() {
        let (budget, stop) = (Budget::new(100), AtomicBool::new(true));
        let share = budget.take(90, &stop);
        assert!(share.is_some());
        assert!(budget.take(20, &stop).is_none());
        drop(share);
        assert!(budget.take(20, &stop).is_some());
    }
}
