//! Fills the machine with independent runs.

mod job;
mod memory;
mod pace;

use std::{
    cmp::Reverse,
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::bail;
use stage::Session;

pub(crate) use job::{Job, cost};
use memory::{Budget, available};
use pace::Pace;

/// Trains the jobs, longest first, as many at once as the study and memory allow; the first error ends all.
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
    let pace = Pace::begin(&progress, jobs.iter().map(Job::cost).sum());
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(_memory) = budget.take(job.memory(), stop) else { break };
            if let Err(error) = job.train(session.study.seed, &pace, stop) {
                stop.store(true, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
            if stop.load(Ordering::Relaxed) {
                break;
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
        bail!("stopped on request; finished runs are kept, and the same command goes on from here");
    }
    Ok(())
}

/// How many runs train at once where memory allows.
pub(crate) fn concurrent_runs(session: &Session) -> usize {
    let asked = session.study.arms.iter().map(|arm| arm.train.concurrent_runs).max().unwrap_or(0);
    if asked > 0 { asked } else { thread::available_parallelism().map_or(1, NonZero::get) }
}
