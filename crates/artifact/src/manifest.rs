use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ArtifactError, Fingerprint, Kind, Recipe};

/// What `manifest.json` of an artifact says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Kind of artifact.
    pub kind: String,
    /// Whose it is, such as `FIELD/ARM`, where its place tells; a copy in another's place is refused by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Version of the kind's format.
    pub format_version: u32,
    /// Program that made it.
    pub stage: String,
    /// Version of the program's results: it rises when equal inputs give other outputs.
    pub stage_version: u32,
    /// Random seed of the study.
    pub seed: u64,
    /// The settings that it depended on, and no others.
    pub settings: Value,
    /// Fingerprint of every input.
    pub inputs: BTreeMap<String, Fingerprint>,
    /// Every file of the artifact but this one, by its path within it.
    pub outputs: BTreeMap<String, Output>,
    /// What was odd in the input but usable.
    pub notes: Vec<String>,
    /// Rows of the input that were dropped, repaired or kept although odd, by reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// When it was made and how long that took: the only part that differs between equal studies.
    pub times: Times,
    /// BLAKE3 of everything above but times, as compact JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blake3: Option<Fingerprint>,
}

impl Manifest {
    /// Adds the fingerprint of everything but times.
    pub(crate) fn seal(&mut self) -> Result<(), ArtifactError> {
        self.blake3 = Some(self.fingerprint()?);
        Ok(())
    }

    /// Whether nothing changed since it was sealed; earlier versions did not seal.
    pub(crate) fn is_intact(&mut self) -> Result<bool, ArtifactError> {
        let Some(sealed) = self.blake3.clone() else { return Ok(true) };
        Ok(sealed == self.fingerprint()?)
    }

    /// Sets times and seal aside meanwhile: a manifest may be too large to be copied for that.
    fn fingerprint(&mut self) -> Result<Fingerprint, ArtifactError> {
        let (times, seal) = (std::mem::take(&mut self.times), self.blake3.take());
        let text = serde_json::to_vec(self);
        (self.times, self.blake3) = (times, seal);
        let text = text.map_err(|error| ArtifactError::content("manifest.json", error.to_string()))?;
        Ok(Fingerprint::of(&text))
    }

    /// The recipe that the artifact of this kind was made by.
    pub fn recipe(&self, kind: Kind) -> Recipe {
        Recipe {
            kind,
            stage_version: self.stage_version,
            seed: self.seed,
            settings: self.settings.clone(),
            inputs: self.inputs.clone(),
        }
    }
}

/// How many rows of an input were treated in one way, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Count {
    /// The table.
    pub table: String,
    /// What became of the rows.
    pub treatment: Treatment,
    /// Why.
    pub reason: String,
    /// How many there were.
    pub rows: u64,
}

/// What became of rows of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// They are not in the artifact.
    Dropped,
    /// They are in the artifact with something put right.
    Repaired,
    /// They are in the artifact as they were, although odd.
    Kept,
}

impl Treatment {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Repaired => "repaired",
            Self::Kept => "kept",
        }
    }
}

/// One file of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// BLAKE3 of its bytes.
    pub blake3: Fingerprint,
    /// Its length, bytes.
    pub bytes: u64,
    /// Rows, of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Shape of every tensor, of a safetensors file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shapes: Option<BTreeMap<String, Vec<usize>>>,
    /// BLAKE3 of every slice of every tensor, of a safetensors file that is read by slices: a tensor of three axes has one
    /// along its first, any other is one slice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slices: Option<BTreeMap<String, Vec<Fingerprint>>>,
}

/// When and how long.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Times {
    /// End of the making, UTC, ISO 8601.
    pub finished: String,
    /// Wall time of the making, seconds.
    pub seconds: f64,
    /// Wall time of parts that have a name, seconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, f64>,
}
