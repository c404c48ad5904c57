use std::path::Path;

/// Kinds of artifact. This is the one place that maps a kind to its format version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ingest/FIELD`: neurons, synapses, events.
    Field,
    /// `priors/FIELD`: functional measures, distances, communicability, initial weights.
    Priors,
    /// `train/FIELD/.runs/RUN`: one finished run.
    Run,
    /// `train/FIELD/.runs/pack-…`: many finished runs.
    Pack,
    /// `train/FIELD/ARM`: all runs of one arm.
    Arm,
    /// A folder of the user's choice: one network trained on the user's own trials.
    Fit,
    /// `nulls/NAME`: measures of null networks, shared by studies.
    Nulls,
    /// `analyze`: metrics, statistics and the report of a study.
    Analysis,
}

impl Kind {
    /// Name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Priors => "priors",
            Self::Run => "run",
            Self::Pack => "pack",
            Self::Arm => "arm",
            Self::Fit => "fit",
            Self::Nulls => "nulls",
            Self::Analysis => "analysis",
        }
    }

    /// Version of the format that this program reads and writes.
    pub fn format_version(self) -> u32 {
        match self {
            Self::Analysis => 3,
            Self::Priors | Self::Nulls => 2,
            _ => 1,
        }
    }

    /// The program that makes this kind.
    pub fn stage(self) -> &'static str {
        match self {
            Self::Field => "ingest",
            Self::Priors => "priors",
            Self::Run | Self::Pack | Self::Arm | Self::Fit => "train",
            Self::Nulls | Self::Analysis => "analyze",
        }
    }

    /// The name that an artifact of this kind has by its place; none where it may lie anywhere.
    pub(crate) fn name_of(self, folder: &Path) -> Option<String> {
        let part = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        match self {
            Self::Field | Self::Priors | Self::Run | Self::Pack | Self::Nulls => part(folder),
            Self::Arm => Some(format!("{}/{}", part(folder.parent()?)?, part(folder)?)),
            Self::Fit | Self::Analysis => None,
        }
    }

    /// Command that makes the artifact at `folder` where it is missing.
    pub fn command(self, folder: &Path) -> String {
        let field = match self {
            Self::Field | Self::Priors => folder.file_name(),
            Self::Arm => folder.parent().and_then(Path::file_name),
            Self::Run | Self::Pack | Self::Fit | Self::Nulls | Self::Analysis => None,
        };
        if self == Self::Fit {
            return format!("train fit --output {}", folder.display());
        }
        match field {
            Some(field) => format!("{} run --field {}", self.stage(), field.to_string_lossy()),
            None => format!("{} run", self.stage()),
        }
    }

    /// What repairs a damaged or foreign artifact at `folder`.
    pub(crate) fn repair(self, folder: &Path) -> String {
        match self {
            Self::Field | Self::Priors | Self::Analysis => {
                format!("repair it with `{} --force`", self.command(folder))
            }
            Self::Arm | Self::Run | Self::Pack | Self::Fit | Self::Nulls => {
                format!("remove {} and run `{}`", folder.display(), self.command(folder))
            }
        }
    }
}
