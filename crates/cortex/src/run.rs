use std::fmt;

use crate::{FieldName, Task, Variant};

/// The name of a run: one network of a study.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunKey {
    /// Field whose cortex gives the priors.
    pub field: FieldName,
    /// Arm of the study.
    pub arm: String,
    /// Task that the network learns.
    pub task: Task,
    /// Variant of the priors.
    pub variant: Variant,
    /// Simulation, from 0.
    pub simulation: u32,
}

impl RunKey {
    /// Name of the run's files within its arm, unique and safe in any file system: `*` becomes `s`, `!` becomes `x`,
    /// `~` becomes `-`, and spaces go (`go-nogo.WsDsC.07`, `go-nogo.W-identityDsC.07`).
    pub fn file_stem(&self) -> String {
        let variant =
            self.variant.to_string().replace('*', "s").replace('!', "x").replace('~', "-").replace(' ', "");
        format!("{}.{variant}.{:02}", self.task, self.simulation)
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}/{}/{}", self.field, self.arm, self.task, self.variant, self.simulation)
    }
}
