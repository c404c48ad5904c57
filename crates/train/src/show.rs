//! `train plan`.

use std::{collections::BTreeSet, path::Path};

use artifact::{Artifact, Decision, Kind, Status};
use clap::Args;
use cortex::RunKey;
use stage::{RunArguments, Session, in_words};

use crate::{
    plan::{self, PlannedRun},
    priors::FieldPriors,
    scheduler, shard, store,
};

/// Arguments of `train plan`.
#[derive(Args, Clone, Debug)]
pub struct PlanArguments {
    #[command(flatten)]
    run: RunArguments,
    /// Show how far each of the N shards of `train run --shard` is, instead of every run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shards: Option<u32>,
}

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

/// What runs together come to.
#[derive(Clone, Default)]
struct Summary {
    counts: [usize; 4],
    /// Seconds and expected work of the runs that were trained to their end.
    seconds: f64,
    work: f64,
    /// Expected work of the others.
    left: f64,
}

/// Prints every run of the study with its state, or how far every shard is, and how long those to do would take at the pace of
/// those done.
///
/// # Errors
/// Wrong configuration, missing or damaged priors.
pub fn plan(arguments: PlanArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments.run)?;
    if arguments.shards.is_none() {
        session.console.result(format!(
            "{:<12} {:<12} {:<21} {:<10} {:>4}  state",
            "field", "arm", "task", "variant", "sim"
        ));
    }
    let (mut summary, mut runs_with_costs) = (Summary::default(), Vec::new());
    for field in session.ingested_fields()? {
        let priors = FieldPriors::open(&mut session, &field)?;
        for arm in &session.study.arms {
            let runs = plan::runs(&session, &priors, arm)?;
            let trained = runs.first().and_then(|run| run.place.parent()).map(stems).unwrap_or_default();
            for run in runs {
                let RunKey { field, arm: name, task, variant, simulation } = &run.key;
                let state = state(&run, &trained)?;
                if arguments.shards.is_none() {
                    session.console.result(format!(
                        "{:<12} {name:<12} {task:<21} {variant:<10} {simulation:>4}  {}",
                        field.as_str(),
                        state.name()
                    ));
                }
                let cost = scheduler::cost(&arm.train, *task, *variant, priors.units);
                summary.count(&state, cost as f64);
                runs_with_costs.push((state, cost));
            }
        }
    }
    let concurrent = scheduler::concurrent_runs(&session);
    if let Some(shards) = arguments.shards {
        let pace = summary.pace(concurrent);
        session.console.result(format!(
            "{:>5} {:>8} {:>8} {:>8} {:>8}  time left",
            "shard", "runs", "done", "diverged", "to do"
        ));
        for (shard, number) in of_shards(&runs_with_costs, shards as usize).iter().zip(1..) {
            session.console.result(shard.row(number, pace));
        }
    }
    session.console.say(summary.line(concurrent));
    Ok(())
}

/// What the runs of each shard come to.
fn of_shards(runs: &[(State, u64)], shards: usize) -> Vec<Summary> {
    let costs: Vec<u64> = runs.iter().map(|&(_, cost)| cost).collect();
    let mut summaries = vec![Summary::default(); shards];
    for ((state, cost), number) in runs.iter().zip(shard::deal(&costs, shards)) {
        summaries[number - 1].count(state, *cost as f64);
    }
    summaries
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

    /// Seconds that a unit of work takes with so many runs at once; unknown before a run is done.
    fn pace(&self, concurrent: usize) -> Option<f64> {
        (self.work > 0.0).then(|| self.seconds / self.work / concurrent as f64)
    }

    /// The runs of a shard; stale ones are to do.
    fn row(&self, number: usize, pace: Option<f64>) -> String {
        let [done, diverged, stale, to_do] = self.counts;
        let (runs, to_do) = (done + diverged + stale + to_do, stale + to_do);
        let time = match pace {
            _ if to_do == 0 => "none".to_owned(),
            Some(pace) => in_words(pace * self.left),
            None => "unknown".to_owned(),
        };
        format!("{number:>5} {runs:>8} {done:>8} {diverged:>8} {to_do:>8}  {time}")
    }

    fn line(&self, concurrent: usize) -> String {
        let [done, diverged, stale, to_do] = self.counts;
        let total = done + diverged + stale + to_do;
        let counts =
            format!("train: {total} runs: {done} done, {diverged} diverged, {stale} stale, {to_do} to do");
        let Some(pace) = self.pace(concurrent).filter(|_| self.left > 0.0) else { return counts };
        let time = in_words(pace * self.left);
        format!("{counts}; at the pace of those done about {time} with {concurrent} at once")
    }
}
