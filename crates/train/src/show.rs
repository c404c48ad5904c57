//! `train plan`.

use std::collections::BTreeSet;

use artifact::Status;
use clap::Args;
use cortex::RunKey;
use stage::{RunArguments, Session, in_words};

use crate::{
    cost::cost,
    plan::{self, PlannedRun},
    priors::FieldPriors,
    scheduler, shard,
    store::{Ended, Store},
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
    /// Trained, as its recipe asks.
    Finished(Ended),
    /// Trained under other settings only.
    Stale,
    ToDo,
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Finished(ended) => ended.status.name(),
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
        let priors = FieldPriors::listed(&mut session, &field)?;
        let store = Store::open(&session, &priors)?;
        let trained = store.stems();
        for arm in &session.study.arms {
            for run in plan::runs(session.study.seed, &priors, arm)?.runs {
                let RunKey { field, arm: name, task, variant, simulation } = &run.key;
                let weights = arm.train.keeps_weights(*simulation);
                let state = state(&store, &run, weights, &trained)?;
                if arguments.shards.is_none() {
                    session.console.result(format!(
                        "{:<12} {name:<12} {task:<21} {variant:<10} {simulation:>4}  {}",
                        field.as_str(),
                        state.name()
                    ));
                }
                let work = cost(&arm.train, *task, *variant, priors.units);
                summary.count(&state, work as f64);
                runs_with_costs.push((state, work));
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

fn state(
    store: &Store,
    run: &PlannedRun,
    weights: bool,
    trained: &BTreeSet<String>,
) -> anyhow::Result<State> {
    if let Some(found) = store.find(run)?.filter(|found| !weights || found.has_weights()) {
        return Ok(State::Finished(found.ended()?));
    }
    Ok(if trained.contains(&run.stem()) { State::Stale } else { State::ToDo })
}

impl Summary {
    fn count(&mut self, state: &State, work: f64) {
        let place = match state {
            State::Finished(Ended { status: Status::Done, seconds }) => {
                if let Some(seconds) = seconds {
                    self.seconds += seconds;
                    self.work += work;
                }
                0
            }
            State::Finished(_) => 1,
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
