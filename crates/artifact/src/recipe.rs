use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use crate::{Artifact, ArtifactError, Fingerprint, Kind, Manifest};

/// Everything that an artifact's content is determined by.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Kind of artifact.
    pub kind: Kind,
    /// Version of the program's results.
    pub stage_version: u32,
    /// Random seed of the study.
    pub seed: u64,
    /// The settings that the content depends on.
    pub settings: Value,
    /// Fingerprint of every input.
    pub inputs: BTreeMap<String, Fingerprint>,
}

/// Whether an artifact has to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is there, whole, and follows its recipe.
    UpToDate,
    /// It has to be made, for this reason.
    Make(String),
}

impl Recipe {
    /// Decides whether the artifact at `folder` follows this recipe.
    ///
    /// # Errors
    /// [`ArtifactError::Damaged`] if a file of an otherwise current artifact is not what its manifest
    /// says, [`ArtifactError::Foreign`] if another kind of artifact lies there.
    pub fn decide(&self, folder: &Path) -> Result<Decision, ArtifactError> {
        let decision = self.decide_by_manifest(folder)?;
        if decision == Decision::UpToDate {
            Artifact::open(folder, self.kind)?;
        }
        Ok(decision)
    }

    /// Decides as [`Recipe::decide`] does without reading the files that the manifest lists.
    ///
    /// # Errors
    /// As [`Recipe::decide`], but for damaged files.
    pub fn decide_by_manifest(&self, folder: &Path) -> Result<Decision, ArtifactError> {
        if !folder.join("manifest.json").exists() {
            return Ok(Decision::Make("not made yet".to_owned()));
        }
        let manifest = match Artifact::manifest_of(folder, self.kind) {
            Ok(manifest) => manifest,
            Err(ArtifactError::Foreign { found, .. }) if found.starts_with(self.kind.name()) => {
                return Ok(Decision::Make(format!("it is {found}, this program writes another")));
            }
            Err(error) => return Err(error),
        };
        if let Some(reason) = self.difference(&manifest) {
            return Ok(Decision::Make(reason));
        }
        if let Some(name) = manifest.outputs.keys().find(|name| !folder.join(name).exists()) {
            return Ok(Decision::Make(format!("{name} is missing")));
        }
        Ok(Decision::UpToDate)
    }

    /// Says in what the manifest of an artifact departs from this recipe, if in anything.
    pub fn difference(&self, manifest: &Manifest) -> Option<String> {
        if manifest.stage_version != self.stage_version {
            return Some(format!(
                "made by version {} of {}, now {}",
                manifest.stage_version,
                self.kind.stage(),
                self.stage_version
            ));
        }
        if manifest.seed != self.seed {
            return Some(format!("seed {} → {}", manifest.seed, self.seed));
        }
        if let Some(change) = first_change("", &manifest.settings, &self.settings) {
            return Some(change);
        }
        let names = manifest.inputs.keys().chain(self.inputs.keys());
        names.into_iter().find_map(|name| match (manifest.inputs.get(name), self.inputs.get(name)) {
            (Some(old), Some(new)) if old == new => None,
            (Some(_), Some(_)) => Some(format!("input {name} changed")),
            (None, _) => Some(format!("input {name} is new")),
            (_, None) => Some(format!("input {name} is gone")),
        })
    }

    /// Fingerprint of the recipe itself: equal recipes, equal fingerprints.
    pub fn fingerprint(&self) -> Fingerprint {
        let text = serde_json::json!({
            "kind": self.kind.name(),
            "format_version": self.kind.format_version(),
            "stage_version": self.stage_version,
            "seed": self.seed,
            "settings": self.settings,
            "inputs": self.inputs,
        });
        Fingerprint::of(text.to_string().as_bytes())
    }
}

/// Names the first key in which two settings differ, with both values.
fn first_change(path: &str, old: &Value, new: &Value) -> Option<String> {
    if old == new {
        return None;
    }
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        return old.keys().chain(new.keys()).find_map(|key| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            first_change(&path, old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null))
        });
    }
    let shown = |value: &Value| match value.to_string() {
        text if text.chars().count() > 40 => "…".to_owned(),
        text => text,
    };
    let (old, new) = (shown(old), shown(new));
    Some(if old == new { format!("{path} changed") } else { format!("{path} {old} → {new}") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::first_change;

    #[test]
    fn a_changed_setting_is_named_with_both_values() {
        let old = json!({"train": {"epochs": 10, "batch": 128}});
        let new = json!({"train": {"epochs": 3, "batch": 128}});
        assert_eq!(first_change("", &old, &new).as_deref(), Some("train.epochs 10 → 3"));
        assert_eq!(first_change("", &old, &old), None);
    }
}
