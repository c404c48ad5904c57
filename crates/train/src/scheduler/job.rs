use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use artifact::{Claim, Lock, RunRecord, Status};
use config::Arm;
use cortex::{Communicability, RunKey, stream};
use stage::Session;

use super::{memory, pace::Pace};
use crate::{
    cost::cost,
    device, initial,
    lessons::Lessons,
    network::Weights,
    plan::{self, PlannedRun},
    priors::{FieldPriors, Matrix},
    store::{FinishedRun, Store},
    strength,
    trainer::{Ending, Epoch, Outcome, Schedule, TrialSets, Watch, train},
};

/// One run to train.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) priors: &'a FieldPriors,
    pub(crate) store: &'a Store,
    pub(crate) arm: &'a Arm,
    pub(crate) run: &'a PlannedRun,
}

/// What training a run came to.
pub(crate) struct Trained {
    pub(crate) initial: Weights,
    pub(crate) outcome: Outcome,
    pub(crate) finished: FinishedRun,
    /// What is to be known of it.
    note: Option<String>,
}

/// What came of a job's turn.
pub(super) enum Turn {
    /// The run is kept, or training is stopped.
    Over,
    /// This process is training it.
    Taken(String),
}

impl Job<'_> {
    pub(crate) fn cost(&self) -> u64 {
        let RunKey { task, variant, .. } = self.run.key;
        cost(&self.arm.train, task, variant, self.priors.units)
    }

    /// Bytes that the run takes.
    pub(super) fn memory(&self) -> u64 {
        let RunKey { task, variant, .. } = self.run.key;
        let exponential = variant.communicability != Communicability::None;
        memory::estimate(&self.arm.train, tasks::shape(task), self.priors.units, exponential)
    }

    /// Trains the run and keeps it, unless another process does or did meanwhile.
    pub(super) fn take_turn(
        &self,
        session: &Session,
        pace: &Pace<'_>,
        stop: &AtomicBool,
    ) -> anyhow::Result<Turn> {
        let _lock = match Lock::claim(&self.store.place(self.run))? {
            Claim::Held(lock) => lock,
            Claim::Taken(holder) => return Ok(Turn::Taken(holder)),
        };
        if !session.forced() && self.store.has_by_now(self.run, self.keeps_weights())? {
            pace.spared(self.cost() as f64);
        } else {
            self.train_and_keep(session.study.seed, pace, stop)?;
        }
        Ok(Turn::Over)
    }

    /// Whether the run is finished, with its weights where they are to be kept.
    pub(crate) fn is_finished(&self) -> anyhow::Result<bool> {
        self.store.has(self.run, self.keeps_weights())
    }

    fn keeps_weights(&self) -> bool {
        self.arm.train.keeps_weights(self.run.key.simulation)
    }

    /// Trains the run and keeps it, unless training is stopped before its end.
    fn train_and_keep(&self, study_seed: u64, pace: &Pace<'_>, stop: &AtomicBool) -> anyhow::Result<()> {
        let watch = Observer {
            stop,
            pace,
            epoch: self.cost() as f64 / f64::from(self.arm.train.epochs),
            unspent: Mutex::new(self.cost() as f64),
        };
        let Some(Trained { initial, outcome, finished, note }) = self.train(study_seed, &watch)? else {
            return Ok(());
        };
        let Self { priors, store, arm, run } = *self;
        let weights = self.keeps_weights().then_some((&initial, &outcome));
        store.keep(run, &plan::recipe(study_seed, priors, arm, &run.key)?, &finished, weights, note)?;
        let (key, result) = (&run.key, result(&finished.record));
        let unspent = watch.unspent.into_inner().unwrap_or_else(PoisonError::into_inner);
        pace.run(
            &format!("{key}: {result}, {:.1} s", finished.seconds.unwrap_or_default()),
            format!("{}/{} {result}", key.task, key.variant),
            unspent,
        );
        Ok(())
    }

    /// Trains the run; none if the watch stopped it before its end.
    pub(crate) fn train(&self, study_seed: u64, watch: &impl Watch) -> anyhow::Result<Option<Trained>> {
        let started = Instant::now();
        let Self { priors, arm, run, .. } = *self;
        let (key, settings) = (&run.key, &arm.train);
        let seed = settings.seed(study_seed, key.simulation);
        let device = device::open(settings.device)?;
        let recurrent = Matrix::initial(key.variant, arm, key.simulation);
        let recurrent = recurrent.map(|matrix| priors.read_f32(&matrix)).transpose()?;
        let initial = initial::weights(seed, key, tasks::shape(key.task), priors.units, recurrent)?;
        let [training, validation, test] = [
            ("training", settings.training_trials),
            ("validation", settings.validation_trials),
            ("test", settings.test_trials),
        ]
        .map(|(set, count)| lessons(seed, key, set, count));
        let schedule = Schedule {
            epochs: settings.epochs,
            batch: settings.batch,
            learning_rate: settings.learning_rate,
            input_noise: settings.input_noise,
            positive: arm.positive,
            options: settings.options,
        };
        let penalty = strength::penalty(seed, priors, arm, key, &initial.recurrent_kernel)?;
        let outcome = train(
            &initial,
            TrialSets { training: &training, validation: Some(&validation), test: Some(&test) },
            &penalty.term,
            schedule,
            initial::run_stream(seed, key, "input-noise"),
            &device,
            watch,
        )?;
        if outcome.ending == Ending::Interrupted {
            return Ok(None);
        }
        let seconds = started.elapsed().as_secs_f64();
        let finished = FinishedRun::of(key, arm.protocol.name(), seed, &outcome, seconds);
        Ok(Some(Trained { initial, outcome, finished, note: penalty.note() }))
    }
}

/// The trials of a task are the same for all fields, arms and variants of a simulation.
fn lessons(seed: u64, key: &RunKey, set: &str, count: usize) -> Lessons {
    let simulation = key.simulation.to_string();
    let mut random = stream(seed, &["trials", key.task.name(), &simulation, set]);
    tasks::generate(key.task, count, &mut random).into()
}

fn result(record: &RunRecord) -> String {
    match (record.status, record.measures.train_accuracy) {
        (Status::Done, Some(accuracy)) => format!("accuracy {accuracy:.3}"),
        _ => "diverged".to_owned(),
    }
}

/// Tells the pace of every epoch.
struct Observer<'a> {
    stop: &'a AtomicBool,
    pace: &'a Pace<'a>,
    /// Work of an epoch.
    epoch: f64,
    /// Work that is left.
    unspent: Mutex<f64>,
}

impl Watch for Observer<'_> {
    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn epoch_over(&self, _number: u32, _epoch: &Epoch) {
        *self.unspent.lock().unwrap_or_else(PoisonError::into_inner) -= self.epoch;
        self.pace.part(self.epoch);
    }
}
