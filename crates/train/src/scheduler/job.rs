use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use artifact::{Claim, Decision, Lock, RunRecord, Status};
use config::{Arm, TrainSettings};
use cortex::{Communicability, RunKey, Task, Variant, stream};
use stage::Session;

use super::{memory, pace::Pace};
use crate::{
    device, initial,
    lessons::Lessons,
    plan::PlannedRun,
    priors::FieldPriors,
    store, strength,
    trainer::{Ending, Epoch, Schedule, TrialSets, Watch, train},
};

/// One run to train.
pub(crate) struct Job<'a> {
    pub(crate) priors: &'a FieldPriors,
    pub(crate) arm: &'a Arm,
    pub(crate) run: &'a PlannedRun,
}

/// What came of a job's turn.
pub(super) enum Turn {
    /// The run is kept, or training is stopped.
    Over,
    /// This process is training it.
    Taken(String),
}

/// Expected work of a run, in products of one row with a matrix `[units, units]` times units squared: what the
/// longest-first order and the time left go by.
pub(crate) fn cost(settings: &TrainSettings, task: Task, variant: Variant, units: usize) -> u64 {
    let units = units as u64;
    // A time step takes three products of [batch, units] × [units, units]; the exponential with its adjoint is about
    // fourteen of [units, units] × [units, units].
    let sequence = 3 * tasks::shape(task).steps as u64 * settings.batch as u64;
    let exponential = match variant.communicability {
        Communicability::None => 0,
        Communicability::Own => 14 * units,
        Communicability::Empirical => 18 * units,
    };
    let steps = u64::from(settings.epochs) * (settings.training_trials / settings.batch) as u64;
    steps * (sequence + exponential) * units * units
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
        let lock = match Lock::claim(&self.run.place)? {
            Claim::Held(lock) => lock,
            Claim::Taken(holder) => return Ok(Turn::Taken(holder)),
        };
        if !session.forced() && self.run.recipe.decide(&self.run.place)? == Decision::UpToDate {
            pace.spared(self.cost() as f64);
            lock.retire();
        } else if self.train(session.study.seed, pace, stop)? {
            lock.retire();
        }
        Ok(Turn::Over)
    }

    /// Trains the run and keeps it; false if training was stopped before its end.
    fn train(&self, study_seed: u64, pace: &Pace<'_>, stop: &AtomicBool) -> anyhow::Result<bool> {
        let started = Instant::now();
        let Self { priors, arm, run } = *self;
        let (key, settings) = (&run.key, &arm.train);
        let seed = settings.seed(study_seed, key.simulation);
        let device = device::open(settings.device)?;
        let recurrent = priors.initial(key.variant, arm, key.simulation).map(|tensor| tensor.values);
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
        let watch = Observer {
            stop,
            pace,
            epoch: self.cost() as f64 / f64::from(settings.epochs),
            unspent: Mutex::new(self.cost() as f64),
        };
        let penalty = strength::penalty(seed, priors, arm, key, &initial.recurrent_kernel)?;
        let outcome = train(
            &initial,
            TrialSets { training: &training, validation: Some(&validation), test: Some(&test) },
            &penalty.term,
            schedule,
            initial::run_stream(seed, key, "input-noise"),
            &device,
            &watch,
        )?;
        if outcome.ending == Ending::Interrupted {
            return Ok(false);
        }
        let seconds = started.elapsed().as_secs_f64();
        let record = store::keep(run, arm.protocol.name(), &initial, &outcome, penalty.note(), seconds)?;
        let result = result(&record);
        let unspent = watch.unspent.into_inner().unwrap_or_else(PoisonError::into_inner);
        pace.run(
            &format!("{key}: {result}, {seconds:.1} s"),
            format!("{}/{} {result}", key.task, key.variant),
            unspent,
        );
        Ok(true)
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
