use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use stage::Progress;

/// Results that a progress bar shows.
const SHOWN: usize = 3;

/// How fast a study trains, and so how long it will take.
pub(super) struct Pace<'a> {
    progress: &'a Progress,
    started: Instant,
    state: Mutex<State>,
}

struct State {
    /// Expected work of all runs, in the unit of [`cost`](super::cost).
    total: f64,
    /// What of it is done.
    done: f64,
    latest: VecDeque<String>,
}

impl<'a> Pace<'a> {
    /// Begins with `total` expected work.
    pub(super) fn begin(progress: &'a Progress, total: f64) -> Self {
        let state = State { total, done: 0.0, latest: VecDeque::new() };
        Self { progress, started: Instant::now(), state: Mutex::new(state) }
    }

    /// A part of a run is over.
    pub(super) fn part(&self, work: f64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += work;
        if let Some(left) = left(&state, self.started.elapsed()) {
            self.progress.expect(left);
        }
    }

    /// Another process has trained a run of so much work.
    pub(super) fn spared(&self, work: f64) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).total -= work;
        self.progress.drop_step();
    }

    /// A run is over with this result; `unspent` of its work was not needed.
    pub(super) fn run(&self, line: &str, result: String, unspent: f64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.total -= unspent;
        state.latest.truncate(SHOWN - 1);
        state.latest.push_front(result);
        if let Some(left) = left(&state, self.started.elapsed()) {
            self.progress.expect(left);
        }
        let latest = state.latest.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.progress.advance_showing(line, &latest);
    }
}

/// Time for what is not done yet, at the pace so far; nothing before a first part is done.
fn left(state: &State, elapsed: Duration) -> Option<Duration> {
    let seconds = elapsed.as_secs_f64() * (state.total - state.done).max(0.0) / state.done;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_follows_the_pace_so_far() {
        let at = |total, done| left(&State { total, done, latest: VecDeque::new() }, Duration::from_secs(30));
        assert_eq!(at(100.0, 25.0), Some(Duration::from_secs(90)));
        assert_eq!(at(100.0, 100.0), Some(Duration::ZERO));
        assert_eq!(at(100.0, 0.0), None);
        // A run that diverged at once takes its work out of the total.
        assert_eq!(at(100.0 - 50.0, 25.0), Some(Duration::from_secs(30)));
    }
}
