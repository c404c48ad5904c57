use std::path::PathBuf;

use clap::Args;
use cortex::FieldName;
use thiserror::Error;

/// Which study a command is about.
#[derive(Args, Clone, Debug)]
pub struct StudyArguments {
    /// Configuration of the study
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    pub config: PathBuf,
    /// Folder of the artifacts, instead of the configuration's
    #[arg(long, value_name = "DIR")]
    pub artifacts: Option<PathBuf>,
    /// This field instead of the configuration's (repeatable)
    #[arg(long, value_name = "F")]
    pub field: Vec<FieldName>,
    /// Set a key of the configuration to a TOML value, such as train.epochs=3 (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// Arguments of `run`, the same for all four programs.
#[derive(Args, Clone, Debug)]
pub struct RunArguments {
    /// The study.
    #[command(flatten)]
    pub study: StudyArguments,
    /// Make everything anew, even what is up to date
    #[arg(long)]
    pub force: bool,
    /// Say what would be made, and why; make nothing
    #[arg(long)]
    pub dry_run: bool,
    /// No progress, only results and errors
    #[arg(long)]
    pub quiet: bool,
    /// List the files that were read and made in this file, a line each
    #[arg(long, value_name = "FILE", hide = true)]
    pub dependencies: Option<PathBuf>,
}

impl StudyArguments {
    /// The study of this file, as it is.
    pub fn of(config: PathBuf) -> Self {
        Self { config, artifacts: None, field: Vec::new(), set: Vec::new() }
    }
}

impl From<StudyArguments> for RunArguments {
    fn from(study: StudyArguments) -> Self {
        Self { study, force: false, dry_run: false, quiet: false, dependencies: None }
    }
}

/// Arguments that do not fit the study.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// A signal asked the program to stop. The same command goes on; the text says from where.
#[derive(Debug, Error)]
#[error("stopped on request; {0}")]
pub struct Stopped(pub String);
