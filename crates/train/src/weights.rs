//! `train weights`.

use std::{fs, path::PathBuf, sync::atomic::AtomicBool};

use anyhow::{Context, ensure};
use artifact::write_atomically;
use clap::Args;
use stage::{Session, Stopped, StudyArguments, UsageError};

use crate::{
    plan,
    priors::FieldPriors,
    scheduler::{Job, Trained},
    signal::stop_on_signal,
    store::{self, FinishedRun, Store},
};

/// Arguments of `train weights`.
#[derive(Args, Clone, Debug)]
pub struct WeightsArguments {
    #[command(flatten)]
    study: StudyArguments,
    /// Folder to write to: FIELD.ARM.TASK.VARIANT.SIMULATION.safetensors
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Finished runs, named as in FIELD/ARM/TASK/VARIANT/SIMULATION
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<String>,
}

/// Writes the weights of finished runs. Where they were not kept, the network is trained anew and has to come to the figures that are
/// on record.
///
/// # Errors
/// A name of no run of the study, a run that is not finished, one that trains otherwise than it did, or what the disk refuses.
pub fn weights(arguments: WeightsArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments.study.into())?;
    let stop = stop_on_signal()?;
    let mut wanted = arguments.runs;
    for field in session.ingested_fields()? {
        let priors = FieldPriors::listed(&mut session, &field)?;
        let store = Store::open(&session, &priors)?;
        for arm in &session.study.arms {
            for run in &plan::runs(session.study.seed, &priors, arm)?.runs {
                let name = run.key.to_string();
                if !wanted.contains(&name) {
                    continue;
                }
                wanted.retain(|wanted| *wanted != name);
                let job = Job { priors: &priors, store: &store, arm, run };
                let bytes = bytes_of(&session, &job, &stop)?;
                let file = format!("{field}.{}.safetensors", run.stem());
                write_atomically(&arguments.output.join(&file), &bytes)?;
                session.console.result(arguments.output.join(file).display().to_string());
            }
        }
    }
    match wanted.first() {
        Some(name) => {
            Err(UsageError(format!("{name} is no run of this study; `train plan` lists them")).into())
        }
        None => Ok(()),
    }
}

fn bytes_of(session: &Session, job: &Job<'_>, stop: &AtomicBool) -> anyhow::Result<Vec<u8>> {
    let key = &job.run.key;
    let found = job.store.find(job.run)?;
    let found = found.with_context(|| format!("{key} is not trained yet; make it with `train run`"))?;
    if let Some((path, _)) = found.file(store::WEIGHTS)? {
        return fs::read(&path).with_context(|| format!("cannot read {}", path.display()));
    }
    let recorded = found.read()?;
    session.console.say(format!("train: {key} was kept without weights; training it anew"));
    let Some(Trained { initial, outcome, finished, .. }) = job.train(session.study.seed, stop)? else {
        return Err(Stopped("runs before this one are written".to_owned()).into());
    };
    ensure!(
        same(&finished, &recorded),
        "{key} comes to other figures than are on record, as another build or machine may; train the study again with \
         `train run --force`"
    );
    Ok(store::tensors(&initial, &outcome.weights).to_safetensors(&key.to_string())?)
}

/// Whether two trainings of a run came to the same figures, to the last bit.
fn same(one: &FinishedRun, other: &FinishedRun) -> bool {
    one.epochs == other.epochs && one.record.status == other.record.status
}
