//! `train plan`.

use std::{collections::BTreeSet, path::Path};

use artifact::{Artifact, Decision, Kind, Status};
use cortex::RunKey;
use stage::{RunArguments, Session, in_words};

use crate::{
    plan::{self, PlannedRun},
    priors::FieldPriors,
    scheduler, store,
};

/// How a run stands.
enum State {
    /// Trained, as its recipe asks, in so many seconds.
    Finished(Status, f64),
    /// Trained under other settings only.
    Stale,
    ToDo,
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Finished(status, _) => status.name(),
            Self::Stale => "stale",
            Self::ToDo => "to do",
        }
    }
}

/// What all runs together come to.
#[derive(Default)]
struct Summary {
    counts: [usize; 4],
    /// Seconds and expected work of the runs that were trained to their end.
    seconds: f64,
    work: f64,
    /// Expected work of the others.
    left: f64,
}

/// Prints every run of the study with its state, and how long those to do would take at the pace of those done.
///
/// # Errors
/// Wrong configuration, missing or damaged priors.
pub fn plan(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments)?;
    session.console.result(format!(
        "{:<12} {:<12} {:<21} {:<10} {:>4}  state",
        "field", "arm", "task", "variant", "sim"
    ));
    let mut summary = Summary::default();
    for field in session.ingested_fields()? {
        let priors = FieldPriors::open(&mut session, &field)?;
        for arm in &session.study.arms {
            let runs = plan::runs(&session, &priors, arm)?;
            let trained = runs.first().and_then(|run| run.place.parent()).map(stems).unwrap_or_default();
            for run in runs {
                let RunKey { field, arm: name, task, variant, simulation } = &run.key;
                let state = state(&run, &trained)?;
                session.console.result(format!(
                    "{:<12} {name:<12} {task:<21} {variant:<10} {simulation:>4}  {}",
                    field.as_str(),
                    state.name()
                ));
                summary.count(&state, scheduler::cost(&arm.train, *task, *variant, priors.units) as f64);
            }
        }
    }
    session.console.say(summary.line(scheduler::concurrent_runs(&session)));
    Ok(())
}

fn state(run: &PlannedRun, trained: &BTreeSet<String>) -> anyhow::Result<State> {
    if run.recipe.decide(&run.place)? == Decision::UpToDate {
        let artifact = Artifact::open(&run.place, Kind::Run)?;
        let seconds = artifact.manifest().times.parts.get(store::TRAINING).copied().unwrap_or_default();
        return Ok(State::Finished(store::record(&artifact)?.status, seconds));
    }
    let stale = stem(&run.place).is_some_and(|stem| trained.contains(&stem));
    Ok(if stale { State::Stale } else { State::ToDo })
}

/// Names of the runs in a folder, without the fingerprints of their recipes.
fn stems(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| stem(&entry.path())).collect()
}

fn stem(place: &Path) -> Option<String> {
    Some(place.file_name()?.to_str()?.rsplit_once('-')?.0.to_owned())
}

impl Summary {
    fn count(&mut self, state: &State, work: f64) {
        let place = match state {
            State::Finished(Status::Done, seconds) => {
                self.seconds += seconds;
                self.work += work;
                0
            }
            State::Finished(Status::Diverged, _) => 1,
            State::Stale | State::ToDo => {
                self.left += work;
                if matches!(state, State::Stale) { 2 } else { 3 }
            }
        };
        self.counts[place] += 1;
    }

    fn line(&self, concurrent: usize) -> String {
        let [done, diverged, stale, to_do] = self.counts;
        let total = done + diverged + stale + to_do;
        let counts =
            format!("train: {total} runs: {done} done, {diverged} diverged, {stale} stale, {to_do} to do");
        if self.left == 0.0 || self.work == 0.0 {
            return counts;
        }
        let time = in_words(self.seconds / self.work * self.left / concurrent as f64);
        format!("{counts}; at the pace of those done about {time} with {concurrent} at once")
    }
}
