use std::path::PathBuf;

use clap::Args;
use cortex::FieldName;
use stage::RunArguments;

/// Which study a command reads, as for `run`.
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
    /// Set a key of the configuration to a TOML value (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

impl From<StudyArguments> for RunArguments {
    fn from(StudyArguments { config, artifacts, field, set }: StudyArguments) -> Self {
        Self { config, artifacts, field, set, force: false, dry_run: false, quiet: false, dependencies: None }
    }
}
