//! `train run` and `train plan`.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use anyhow::bail;
use artifact::{Artifact, Decision, Draft, Kind, Lock, Recipe, RunRecord, Status};
use candle_core::Device;
use config::Arm;
use cortex::{RunKey, stream};
use rand::RngCore;
use stage::{Progress, RunArguments, Session};
use tasks::Trials;

use crate::{
    device, initial,
    plan::{self, PlannedRun},
    priors::FieldPriors,
    store,
    trainer::{Ending, Schedule, TrialSets, train},
};

/// One arm of one field that is not up to date.
struct ArmWork {
    place: std::path::PathBuf,
    recipe: Recipe,
    priors: Arc<FieldPriors>,
    arm: Arm,
    runs: Vec<PlannedRun>,
    _lock: Option<Lock>,
}

/// One run to train.
struct Job<'a> {
    work: &'a ArmWork,
    run: &'a PlannedRun,
}

/// Trains every run of the study that is not done, then assembles the arms.
///
/// # Errors
/// Wrong configuration, missing or damaged priors, a failing disk; or that it was interrupted.
pub fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments)?;
    let stop = stop_on_signal()?;
    let mut works = Vec::new();
    for field in session.ingested_fields()? {
        let priors = Arc::new(FieldPriors::open(&mut session, &field)?);
        for arm in session.study.arms.clone() {
            works.extend(arm_work(&mut session, &priors, arm)?);
        }
    }
    let mut jobs = Vec::new();
    for work in &works {
        for run in &work.runs {
            if session.forced() || run.recipe.decide(&run.place)? != Decision::UpToDate {
                jobs.push(Job { work, run });
            }
        }
    }
    jobs.sort_by_key(|job| {
        std::cmp::Reverse(plan::cost(job.run.key.task, job.run.key.variant, job.work.priors.units))
    });
    if session.dry_run {
        session.console.result(format!("train: would train {} runs", jobs.len()));
        return session.finish();
    }
    train_all(&session, &jobs, &stop)?;
    for work in &works {
        let mut draft = Draft::begin(&work.place)?;
        store::assemble(&mut draft, &work.runs)?;
        draft.commit(&work.recipe)?;
        session.console.say(format!("train: {} holds {} runs", work.place.display(), work.runs.len()));
    }
    session.finish()
}

/// Prints every run of the study with its state.
///
/// # Errors
/// Wrong configuration, missing or damaged priors.
pub fn plan(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments)?;
    session.console.result(format!(
        "{:<12} {:<12} {:<21} {:<10} {:>4}  state",
        "field", "arm", "task", "variant", "sim"
    ));
    for field in session.ingested_fields()? {
        let priors = FieldPriors::open(&mut session, &field)?;
        for arm in &session.study.arms {
            let folder = session.place(["train", field.as_str(), ".runs"]);
            for run in plan::runs(&folder, session.study.seed, &priors, arm)? {
                let RunKey { field, arm, task, variant, simulation } = &run.key;
                let state = state(&run)?;
                session.console.result(format!(
                    "{field:<12} {arm:<12} {task:<21} {variant:<10} {simulation:>4}  {state}"
                ));
            }
        }
    }
    Ok(())
}

/// The state of a run: done, diverged, to do, or stale where only other settings have been trained.
fn state(run: &PlannedRun) -> anyhow::Result<&'static str> {
    if run.recipe.decide(&run.place)? == Decision::UpToDate {
        return Ok(store::record(&Artifact::open(&run.place, Kind::Run)?)?.status.name());
    }
    let stem = run.place.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.rsplit_once('-').map_or("", |(stem, _)| stem);
    let siblings = run.place.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let stale = siblings.into_iter().flatten().flatten().any(|entry| {
        entry.file_name().to_string_lossy().rsplit_once('-').is_some_and(|(other, _)| other == stem)
    });
    Ok(if stale { "stale" } else { "to do" })
}

/// Lists the runs of an arm that has to be made; nothing if it is up to date.
fn arm_work(session: &mut Session, priors: &Arc<FieldPriors>, arm: Arm) -> anyhow::Result<Option<ArmWork>> {
    let seed = session.study.seed;
    let runs_folder = session.place(["train", priors.field.as_str(), ".runs"]);
    let place = session.place(["train", priors.field.as_str(), &arm.name]);
    let runs = plan::runs(&runs_folder, seed, priors, &arm)?;
    let recipe = plan::arm_recipe(seed, &arm, &runs)?;
    let Decision::Make(reason) = session.decide(&place, &recipe)? else {
        session.console.say(format!("train: {} is up to date", place.display()));
        return Ok(None);
    };
    let lock = if session.dry_run {
        session.console.result(format!("train: would make {}: {reason}", place.display()));
        None
    } else {
        let lock = session.lock(&place)?;
        session.console.say(format!("train: making {}: {reason}", place.display()));
        Some(lock)
    };
    Ok(Some(ArmWork { place, recipe, priors: priors.clone(), arm, runs, _lock: lock }))
}

/// Trains the jobs, as many at once as the study allows; the first error ends all.
fn train_all(session: &Session, jobs: &[Job<'_>], stop: &AtomicBool) -> anyhow::Result<()> {
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
    let Job { work: ArmWork { priors, arm, .. }, run } = job;
    let (key, settings) = (&run.key, &arm.train);
    let device: Device = device::open(settings.device)?;
    let functional = priors.functional(key.variant, &key.arm, key.simulation);
    let initial = initial::weights(
        seed,
        key,
        tasks::shape(key.task),
        priors.units,
        functional.map(|tensor| tensor.values),
        arm.protocol.relabelling,
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
    let outcome = train(
        &initial,
        TrialSets { training: &training, validation: Some(&validation), test: Some(&test) },
        &plan::penalty(priors, arm, key.variant)?,
        schedule,
        initial::run_stream(seed, key, "input-noise"),
        &device,
        stop,
    )?;
    if outcome.ending == Ending::Interrupted {
        return Ok(());
    }
    let run_seed = initial::run_stream(seed, key, "seed").next_u64() as i64;
    let record = store::keep(run, arm.protocol.name(), run_seed, &initial, &outcome)?;
    progress.advance(&summary(&record, started.elapsed().as_secs_f64()));
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

/// Ctrl-C and SIGTERM ask training to stop before its next step; a second one ends the program at once.
fn stop_on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })?;
    Ok(stop)
}
