//! The study in the layout of the released code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::{Path, PathBuf},
};

use anyhow::bail;
use artifact::{Artifact, Kind, Status, Table, write_atomically};
use clap::Args;
use config::Arm;
use cortex::{DivergedRuns, FieldName, FunctionalFactor, RunKey, Task, Variant};
use stage::{Session, StudyArguments};

use crate::{Metric, Network, OpenArm, arms::chance};

/// Arguments of `export`.
#[derive(Args, Clone, Debug)]
pub struct ExportArguments {
    /// Folder to write
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Also write the weights of every run for PyTorch, under TaskN/weights/
    #[arg(long)]
    pub pytorch: bool,
    #[command(flatten)]
    study: StudyArguments,
}

/// One run of `metrics.parquet`.
struct Row {
    key: RunKey,
    diverged: bool,
    /// In order of [`metrics`].
    values: Vec<Option<f64>>,
}

/// What is exported: accuracy and the graph metrics of the study.
fn metrics() -> impl Iterator<Item = Metric> {
    std::iter::once(Metric::Accuracy).chain(Metric::GRAPH)
}

/// Writes every field and arm as `FIELD_FACTORS[_sign+]/`: `config.txt`, `metrics.csv` and `metrics_SD.csv` (mean and
/// standard deviation, a row a task and metric), `Task{1,2,3}/METRIC_raw.csv` (a row a simulation); variants are columns
/// in canonical order.
///
/// Factors are written as there: `sttc-corr`, `sttc-prec`, `sttc`. The released code has one protocol; arms of another
/// name it at the end, and arms that would share a folder their own name. A diverged run counts as its protocol says.
///
/// # Errors
/// A missing or damaged analysis or arm; an arm whose networks PyTorch does not have, with `--pytorch`; what the disk
/// refuses.
pub fn export(arguments: &ExportArguments) -> anyhow::Result<()> {
    let mut session = Session::open("analyze", arguments.study.clone().into())?;
    let table = Artifact::open(&session.place(["analyze"]), Kind::Analysis)?.table("metrics.parquet")?;
    let rows = rows(&table)?;
    let (fields, arms) = (session.ingested_fields()?, session.study.arms.clone());
    let mut names = BTreeSet::new();
    for field in &fields {
        for arm in &arms {
            let own: Vec<&Row> =
                rows.iter().filter(|row| row.key.field == *field && row.key.arm == arm.name).collect();
            if own.is_empty() {
                session.console.say(format!("analyze: {field}/{} has no runs in the analysis", arm.name));
                continue;
            }
            let mut name = folder_name(field, arm);
            if !names.insert(name.clone()) {
                name = format!("{name}_{}", arm.name);
                names.insert(name.clone());
            }
            let folder = arguments.folder.join(name);
            write_arm(&folder, &own, arm)?;
            if arguments.pytorch {
                write_weights(&mut session, &folder, field, arm)?;
            }
            // Last, so that a folder with it is whole.
            write_atomically(
                &folder.join("config.txt"),
                description(session.study.seed, field, arm).as_bytes(),
            )?;
            session.console.result(folder.display().to_string());
        }
    }
    if names.is_empty() {
        bail!("the analysis has no run of the configuration's fields and arms; run `analyze run`");
    }
    Ok(())
}

fn rows(table: &Table) -> anyhow::Result<Vec<Row>> {
    let text = |name: &str| table.text(name);
    let (field, arm, task, variant) = (text("field")?, text("arm")?, text("task")?, text("variant")?);
    let (simulation, status) = (table.u32("simulation")?, text("status")?);
    let columns = metrics().map(|metric| table.optional_f64(metric.name())).collect::<Result<Vec<_>, _>>()?;
    (0..table.rows())
        .map(|row| {
            let key = RunKey {
                field: field[row].parse()?,
                arm: arm[row].clone(),
                task: task[row].parse()?,
                variant: variant[row].parse()?,
                simulation: simulation[row],
            };
            let values = columns.iter().map(|column| column[row]).collect();
            Ok(Row { key, diverged: status[row] == Status::Diverged.name(), values })
        })
        .collect()
}

fn folder_name(field: &FieldName, arm: &Arm) -> String {
    let mut factors: Vec<FunctionalFactor> = arm.factors.clone();
    factors.sort_by_key(|&factor| factor != FunctionalFactor::Sttc);
    let short: Vec<&str> = factors
        .into_iter()
        .map(|factor| match factor {
            FunctionalFactor::Correlation => "corr",
            FunctionalFactor::Precision => "prec",
            FunctionalFactor::Sttc => "sttc",
        })
        .collect();
    let sign = if arm.positive { "_sign+" } else { "" };
    let protocol = match arm.protocol.name() {
        "published" => String::new(),
        other => format!("_{other}"),
    };
    format!("{field}_{}{sign}{protocol}", short.join("-"))
}

/// The folder of a task, numbered as in the study.
fn task_folder(task: Task) -> String {
    let place = Task::ALL.iter().position(|&known| known == task).unwrap_or_default();
    format!("Task{}", place + 1)
}

fn write_arm(folder: &Path, rows: &[&Row], arm: &Arm) -> anyhow::Result<()> {
    let variants = variants(rows);
    let header: Vec<String> = variants.iter().map(ToString::to_string).collect();
    let header = header.join(",");
    let [mut means, mut deviations] = [(); 2].map(|()| format!("task,metric,{header}\n"));
    for task in Task::ALL {
        let own: Vec<&Row> = rows.iter().copied().filter(|row| row.key.task == task).collect();
        if own.is_empty() {
            continue;
        }
        let simulations: BTreeSet<u32> = own.iter().map(|row| row.key.simulation).collect();
        let by_run: BTreeMap<(Variant, u32), &Row> =
            own.iter().map(|&row| ((row.key.variant, row.key.simulation), row)).collect();
        for (place, metric) in metrics().enumerate() {
            let value = |row: &Row| match (metric, row.diverged, arm.protocol.diverged) {
                (Metric::Accuracy, true, DivergedRuns::Chance) => Some(chance(task)),
                _ => row.values[place],
            };
            let cell = |variant: Variant, simulation: u32| {
                by_run.get(&(variant, simulation)).and_then(|row| value(row))
            };
            let mut raw = format!("simulation,{header}\n");
            for &simulation in &simulations {
                let cells: Vec<String> =
                    variants.iter().map(|&variant| shown(cell(variant, simulation))).collect();
                writeln!(raw, "{simulation},{}", cells.join(","))?;
            }
            let path = folder.join(task_folder(task)).join(format!("{}_raw.csv", metric.name()));
            write_atomically(&path, raw.as_bytes())?;
            let summary = |variant: Variant| {
                let values: Vec<f64> =
                    simulations.iter().filter_map(|&simulation| cell(variant, simulation)).collect();
                statistics::Summary::of(&values)
            };
            let line = |of: fn(statistics::Summary) -> Option<f64>| {
                variants.iter().map(|&variant| shown(of(summary(variant)))).collect::<Vec<_>>().join(",")
            };
            let start = format!("{},{}", task_folder(task), metric.name());
            writeln!(means, "{start},{}", line(|summary| summary.mean))?;
            writeln!(deviations, "{start},{}", line(|summary| summary.sd))?;
        }
    }
    write_atomically(&folder.join("metrics.csv"), means.as_bytes())?;
    write_atomically(&folder.join("metrics_SD.csv"), deviations.as_bytes())?;
    Ok(())
}

/// The variants that have runs: those of the study in its order, then others.
fn variants(rows: &[&Row]) -> Vec<Variant> {
    let mut present: BTreeSet<Variant> = rows.iter().map(|row| row.key.variant).collect();
    let mut ordered: Vec<Variant> =
        Variant::PUBLISHED.into_iter().filter(|variant| present.remove(variant)).collect();
    ordered.extend(present);
    ordered
}

/// A number with all its digits; nothing where there is none.
fn shown(value: Option<f64>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn write_weights(session: &mut Session, folder: &Path, field: &FieldName, arm: &Arm) -> anyhow::Result<()> {
    let leak = arm.train.options.time_constant_steps;
    if leak != 1.0 {
        bail!(
            "arm {} has a time constant of {leak} steps, which torch.nn.RNN does not have; leave --pytorch out",
            arm.name
        );
    }
    let open = OpenArm::open(session, field, arm)?;
    for run in open.runs.iter().filter(|run| run.status == Status::Done) {
        let Some(weights) = &run.weights else {
            bail!("{} has no weights; make them with `train weights {}`", run.key, run.key);
        };
        let state = Network::read(&open.artifact.path(weights)?)?.to_pytorch();
        let name = format!("{}.safetensors", run.key.file_stem());
        let path = folder.join(task_folder(run.key.task)).join("weights").join(&name);
        write_atomically(&path, &state.to_safetensors(&name)?)?;
    }
    Ok(())
}

/// What the arm was trained with, a line a setting.
fn description(seed: u64, field: &FieldName, arm: &Arm) -> String {
    let train = &arm.train;
    let listed = |names: Vec<String>| names.join(" ");
    let lines = [
        ("field", field.to_string()),
        ("arm", arm.name.clone()),
        ("protocol", arm.protocol.name().to_owned()),
        ("factors", listed(arm.factors.iter().map(ToString::to_string).collect())),
        ("positive", arm.positive.to_string()),
        ("activation", train.options.activation.to_string()),
        ("seed", seed.to_string()),
        ("simulations", train.simulations.to_string()),
        ("epochs", train.epochs.to_string()),
        ("batch", train.batch.to_string()),
        ("learning_rate", train.learning_rate.to_string()),
        ("input_noise", train.input_noise.to_string()),
        ("variants", listed(train.variants.iter().map(ToString::to_string).collect())),
        ("tasks", listed(train.tasks.iter().map(|&task| format!("{}={task}", task_folder(task))).collect())),
    ];
    let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{}\n", lines.join("\n"))
}
