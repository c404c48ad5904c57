//! `train run`.

use std::sync::Arc;

use artifact::{Decision, Draft, Lock, Recipe};
use config::Arm;
use stage::{RunArguments, Session};

use crate::{
    plan::{self, PlannedRun},
    priors::FieldPriors,
    scheduler::{self, Job},
    signal::stop_on_signal,
    store,
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

/// Trains every run of the study that is not done, then assembles the arms.
///
/// # Errors
/// Wrong configuration, missing or damaged priors, a failing disk; or that it was interrupted.
pub fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments)?;
    let stop = stop_on_signal()?;
    let mut works = Vec::new();
    for field in session.ingested_fields()? {
        let priors = match FieldPriors::open(&mut session, &field) {
            Ok(priors) => Arc::new(priors),
            Err(error) => {
                session.would_make(&session.place(["train", field.as_str()]), error)?;
                continue;
            }
        };
        for arm in session.study.arms.clone() {
            works.extend(arm_work(&mut session, &priors, arm)?);
        }
    }
    let mut jobs = Vec::new();
    for work in &works {
        for run in &work.runs {
            if session.forced() || run.recipe.decide(&run.place)? != Decision::UpToDate {
                jobs.push(Job { priors: &work.priors, arm: &work.arm, run });
            }
        }
    }
    if session.dry_run {
        session.console.result(format!("train: would train {} runs", jobs.len()));
        return session.finish();
    }
    scheduler::train_all(&session, jobs, &stop)?;
    for work in &works {
        let mut draft = Draft::begin(&work.place)?;
        store::assemble(&mut draft, &work.runs)?;
        draft.commit(&work.recipe)?;
        session.console.say(format!("train: {} holds {} runs", work.place.display(), work.runs.len()));
    }
    session.finish()
}

/// Lists the runs of an arm that has to be made; nothing if it is up to date.
fn arm_work(session: &mut Session, priors: &Arc<FieldPriors>, arm: Arm) -> anyhow::Result<Option<ArmWork>> {
    let seed = session.study.seed;
    let place = session.place(["train", priors.field.as_str(), &arm.name]);
    let runs = plan::runs(session, priors, &arm)?;
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
