//! Fills the machine with independent runs.

mod grant;
mod job;
mod memory;
mod pace;

use std::{
    cmp::Reverse,
    collections::VecDeque,
    num::NonZero,
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use stage::{Session, Stopped};

use job::Turn;
pub(crate) use job::{Job, Trained};
use memory::{Budget, available};
use pace::Pace;

/// Time after which a run that another process trains is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Trains the jobs, longest first, as many at once as the study and memory allow; the first error ends all. A job that another
/// process is at comes again after the others, until it is done.
pub(crate) fn train_all(session: &Session, mut jobs: Vec<Job<'_>>, stop: &AtomicBool) -> anyhow::Result<()> {
    jobs.sort_by_key(|job| Reverse(job.cost()));
    let arms = &session.study.arms;
    let limit = arms.iter().map(|arm| arm.train.memory_mb).filter(|&limit| limit > 0).min();
    let budget = Budget::new(limit.map_or_else(available, |megabytes| megabytes << 20));
    let concurrent = concurrent_runs(session).min(jobs.len());
    if let Some(most) = jobs.iter().map(Job::memory).max().filter(|&most| !budget.fits(most, concurrent)) {
        session.console.say(format!(
            "train: a run takes up to {} MB and {} MB may be used; runs wait for memory (train.memory_mb)",
            most >> 20,
            budget.limit() >> 20
        ));
    }
    let progress = session.console.progress(jobs.len(), "train");
    let pace = Pace::begin(&progress, jobs.iter().map(|job| job.cost() as f64).sum());
    let queue = Mutex::new(VecDeque::from(jobs));
    let failure = Mutex::new(None);
    let told = Once::new();
    let take_turn = |job: &Job<'_>| match budget.take(job.memory(), stop) {
        Some(_memory) => job.take_turn(session, &pace, stop),
        None => Ok(Turn::Over),
    };
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let Some(job) = locked(&queue).pop_front() else { break };
            match take_turn(&job) {
                Ok(Turn::Over) => {}
                Ok(Turn::Taken(holder)) => {
                    told.call_once(|| {
                        let key = &job.run.key;
                        session
                            .console
                            .say(format!("train: {key} is being trained by {holder}; others come first"));
                    });
                    locked(&queue).push_back(job);
                    thread::sleep(LOOK_AGAIN);
                }
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    locked(&failure).get_or_insert(error);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..concurrent {
            scope.spawn(work);
        }
    });
    progress.finish();
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    if stop.load(Ordering::Relaxed) {
        return Err(
            Stopped("finished runs are kept, and the same command goes on from here".to_owned()).into()
        );
    }
    Ok(())
}

/// How many runs train at once where memory allows.
pub(crate) fn concurrent_runs(session: &Session) -> usize {
    let asked = session.study.arms.iter().map(|arm| arm.train.concurrent_runs).max().unwrap_or(0);
    if asked > 0 {
        return asked;
    }
    let present = thread::available_parallelism().map_or(1, NonZero::get);
    grant::cores().map_or(present, |granted| granted.min(present))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
