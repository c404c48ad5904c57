//! Fills the machine with independent runs.

use std::{
    cmp::Reverse,
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use anyhow::bail;
use artifact::{RunRecord, Status};
use candle_core::Device;
use config::Arm;
use cortex::{RunKey, stream};
use rand::RngCore;
use stage::{Progress, Session};
use tasks::Trials;

use crate::{
    device, initial,
    plan::{self, PlannedRun},
    priors::FieldPriors,
    store, strength,
    trainer::{Ending, Schedule, TrialSets, train},
};

/// One run to train.
pub(crate) struct Job<'a> {
    pub(crate) priors: &'a FieldPriors,
    pub(crate) arm: &'a Arm,
    pub(crate) run: &'a PlannedRun,
}

/// Trains the jobs, longest first, as many at once as the study allows; the first error ends all.
pub(crate) fn train_all(session: &Session, mut jobs: Vec<Job<'_>>, stop: &AtomicBool) -> anyhow::Result<()> {
    jobs.sort_by_key(|job| Reverse(plan::cost(job.run.key.task, job.run.key.variant, job.priors.units)));
    let concurrent = session.study.arms.iter().map(|arm| arm.train.concurrent_runs).max().unwrap_or(0);
    let concurrent =
        if concurrent > 0 { concurrent } else { thread::available_parallelism().map_or(1, NonZero::get) };
    let progress = session.console.progress(jobs.len(), "train");
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..concurrent.min(jobs.len()) {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = train_one(session.study.seed, job, &progress, stop) {
                        stop.store(true, Ordering::Relaxed);
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
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

fn train_one(seed: u64, job: &Job<'_>, progress: &Progress, stop: &AtomicBool) -> anyhow::Result<()> {
    let started = Instant::now();
    let Job { priors, arm, run } = *job;
    let (key, settings) = (&run.key, &arm.train);
    let device: Device = device::open(settings.device)?;
    let recurrent = priors.initial(key.variant, arm, key.simulation);
    let initial = initial::weights(
        seed,
        key,
        tasks::shape(key.task),
        priors.units,
        recurrent.map(|tensor| tensor.values),
    )?;
    let [training, validation, test] = [
        ("training", settings.training_trials),
        ("validation", settings.validation_trials),
        ("test", settings.test_trials),
    ]
    .map(|(set, count)| trials(seed, key, set, count));
    let schedule = Schedule {
        epochs: settings.epochs,
        batch: settings.batch,
        learning_rate: settings.learning_rate,
        input_noise: settings.input_noise,
        positive: arm.positive,
    };
    let penalty = strength::penalty(seed, priors, arm, key, &initial.recurrent_kernel)?;
    let outcome = train(
        &initial,
        TrialSets { training: &training, validation: Some(&validation), test: Some(&test) },
        &penalty.term,
        schedule,
        initial::run_stream(seed, key, "input-noise"),
        &device,
        stop,
    )?;
    if outcome.ending == Ending::Interrupted {
        return Ok(());
    }
    let run_seed = initial::run_stream(seed, key, "seed").next_u64() as i64;
    let seconds = started.elapsed().as_secs_f64();
    let record =
        store::keep(run, arm.protocol.name(), run_seed, &initial, &outcome, penalty.note(), seconds)?;
    progress.advance(&summary(&record, seconds));
    Ok(())
}

/// The trials of a task are the same for all fields, arms and variants of a simulation.
fn trials(seed: u64, key: &RunKey, set: &str, count: usize) -> Trials {
    let simulation = key.simulation.to_string();
    tasks::generate(key.task, count, &mut stream(seed, &["trials", key.task.name(), &simulation, set]))
}

fn summary(record: &RunRecord, seconds: f64) -> String {
    let accuracy = record.measures.train_accuracy;
    let result = match (record.status, accuracy) {
        (Status::Done, Some(accuracy)) => format!("accuracy {accuracy:.3}"),
        _ => "diverged".to_owned(),
    };
    format!("{}: {result}, {seconds:.1} s", record.key)
}
