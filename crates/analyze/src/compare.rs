//! This study's figures beside published ones.

use std::{
    fs,
    path::{Path, PathBuf},
};

use artifact::{Artifact, Kind, Table};
use clap::Args;
use cortex::{Task, Variant};
use stage::{Session, StudyArguments};

use crate::{AnalyzeError, Metric};

/// Arguments of `compare`.
#[derive(Args, Clone, Debug)]
pub struct CompareArguments {
    /// CSV of the columns metric, variant, task, mean, t95_low, t95_high
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print CSV instead of an aligned table
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    study: StudyArguments,
}

/// A published figure.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedFigure {
    /// Metric.
    pub metric: Metric,
    /// Variant.
    pub variant: Variant,
    /// Task.
    pub task: Task,
    /// Mean.
    pub mean: f64,
    /// Its 95 % t interval.
    pub t95: [f64; 2],
}

const COLUMNS: [&str; 6] = ["metric", "variant", "task", "mean", "t95_low", "t95_high"];

const HEADER: [&str; 13] = [
    "field",
    "arm",
    "task",
    "variant",
    "metric",
    "count",
    "mean",
    "t95_low",
    "t95_high",
    "published",
    "published_low",
    "published_high",
    "difference",
];

/// Prints every figure of the study that has a published counterpart, their difference, and whether their intervals
/// overlap; a study without interval is asked whether its mean lies in the published one.
///
/// # Errors
/// [`AnalyzeError::Published`] names file and line; a missing or damaged analysis.
pub fn compare(arguments: &CompareArguments) -> anyhow::Result<()> {
    let published = read_published(&arguments.file)?;
    let session = Session::open("analyze", arguments.study.clone().into())?;
    let statistics =
        Artifact::open(&session.place(["analyze"]), Kind::Analysis)?.table("statistics.parquet")?;
    let rows = rows(&statistics, &published)?;
    let mut header: Vec<String> = HEADER.iter().map(ToString::to_string).collect();
    header.push("overlap".to_owned());
    let lines: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let text = if arguments.csv { as_csv(&lines) } else { aligned(&lines) };
    for line in text {
        session.console.result(line);
    }
    Ok(())
}

/// Reads published figures.
///
/// # Errors
/// [`AnalyzeError::Published`] names the file, the line, what was found and what is expected.
pub fn read_published(path: &Path) -> Result<Vec<PublishedFigure>, AnalyzeError> {
    let unusable =
        |place: String, message: String| AnalyzeError::Published { path: path.to_owned(), place, message };
    let failed = |line: usize, message: String| unusable(format!(", line {line}"), message);
    let text = fs::read_to_string(path)
        .map_err(|error| unusable(String::new(), format!("cannot be read: {error}")))?;
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let (header, _) = lines.next().ok_or_else(|| failed(1, "is empty".to_owned()))?;
    let names: Vec<&str> = header.trim_start_matches('\u{feff}').split(',').map(str::trim).collect();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = names
            .iter()
            .position(|name| *name == column)
            .ok_or_else(|| failed(1, format!("has no column {column}, expected {}", COLUMNS.join(", "))))?;
    }
    lines
        .map(|(line, number)| {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            if cells.len() != names.len() {
                return Err(failed(number, format!("has {} cells, expected {}", cells.len(), names.len())));
            }
            figure(places.map(|place| cells[place])).map_err(|message| failed(number, message))
        })
        .collect()
}

fn figure([metric, variant, task, mean, low, high]: [&str; 6]) -> Result<PublishedFigure, String> {
    let number = |name: &str, text: &str| {
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        value.ok_or_else(|| format!("{name} is `{text}`, expected a number"))
    };
    Ok(PublishedFigure {
        metric: Metric::named(metric).ok_or_else(|| format!("`{metric}` is no metric, such as accuracy"))?,
        variant: variant.parse().map_err(|error: cortex::VariantError| error.to_string())?,
        task: task.parse().map_err(|error: cortex::UnknownTask| error.to_string())?,
        mean: number("mean", mean)?,
        t95: [number("t95_low", low)?, number("t95_high", high)?],
    })
}

fn rows(statistics: &Table, published: &[PublishedFigure]) -> anyhow::Result<Vec<Vec<String>>> {
    let text = |name: &str| statistics.text(name);
    let (field, arm, task) = (text("field")?, text("arm")?, text("task")?);
    let (variant, metric, count) = (text("variant")?, text("metric")?, statistics.u32("count")?);
    let number = |name: &str| statistics.optional_f64(name);
    let (mean, low, high) = (number("mean")?, number("t95_low")?, number("t95_high")?);
    let mut rows = Vec::new();
    for row in 0..statistics.rows() {
        let same = |figure: &&PublishedFigure| {
            figure.metric.name() == metric[row]
                && figure.task.name() == task[row]
                && figure.variant.to_string() == variant[row]
        };
        let Some(figure) = published.iter().find(same) else { continue };
        let shown = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.4}"));
        let own = low[row].zip(high[row]).or(mean[row].zip(mean[row]));
        let overlap = own.map(|(low, high)| low <= figure.t95[1] && figure.t95[0] <= high);
        let mut cells: Vec<String> =
            [&field[row], &arm[row], &task[row], &variant[row], &metric[row]].map(Clone::clone).to_vec();
        cells.push(count[row].to_string());
        cells.extend([mean[row], low[row], high[row]].map(shown));
        cells.extend([figure.mean, figure.t95[0], figure.t95[1]].map(|value| shown(Some(value))));
        cells.push(shown(mean[row].map(|mean| mean - figure.mean)));
        cells.push(overlap.map_or("", |overlap| if overlap { "yes" } else { "no" }).to_owned());
        rows.push(cells);
    }
    Ok(rows)
}

fn as_csv(lines: &[Vec<String>]) -> Vec<String> {
    lines.iter().map(|cells| cells.join(",")).collect()
}

/// Columns of equal width; an empty cell is a dash.
fn aligned(lines: &[Vec<String>]) -> Vec<String> {
    let columns = lines.first().map_or(0, Vec::len);
    let cell = |cells: &[String], column: usize| match cells[column].as_str() {
        "" => "–".to_owned(),
        text => text.to_owned(),
    };
    let width =
        |column: usize| lines.iter().map(|cells| cell(cells, column).chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |cells: &Vec<String>| {
        let padded =
            widths.iter().enumerate().map(|(column, &width)| format!("{:<width$}", cell(cells, column)));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect()
}
