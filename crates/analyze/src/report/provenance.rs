//! What the report was made from: settings, artifacts and their fingerprints, and what was odd in them.

use std::collections::BTreeMap;

use artifact::{Artifact, Count, Fingerprint, Kind, Manifest, Recipe};
use config::{Arm, Source};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use stage::Session;

use crate::{OpenArm, RESAMPLES, measure, nulls, report::scroll::scroll};

/// Rises when equal runs give another analysis.
const STAGE_VERSION: u32 = 6;

/// What an analysis is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    seed: u64,
    /// Settings that the analysis depends on or states.
    settings: Value,
    origins: Vec<Origin>,
}

/// One artifact that the analysis rests on.
#[derive(Clone, Debug, PartialEq)]
struct Origin {
    name: String,
    fingerprint: Fingerprint,
    version: String,
    notes: Vec<String>,
    counts: Vec<Count>,
}

impl Provenance {
    /// Gathers the settings of the study and the manifests of its arms and, where they are at hand, of the
    /// fields and priors behind them.
    ///
    /// # Errors
    /// A damaged artifact.
    pub fn gather(session: &mut Session, arms: &[OpenArm]) -> anyhow::Result<Self> {
        let mut origins = Vec::new();
        let mut fields: Vec<_> = arms.iter().map(|arm| &arm.field).collect();
        fields.dedup();
        for field in fields {
            for (stage, kind) in [("ingest", Kind::Field), ("priors", Kind::Priors)] {
                let place = session.place([stage, field.as_str()]);
                if place.join("manifest.json").exists() {
                    let artifact = session.input(&place, kind)?;
                    origins.push(Origin::of(format!("{stage}/{field}"), &artifact, &[]));
                }
            }
            for arm in arms.iter().filter(|arm| arm.field == *field) {
                origins.push(Origin::of(arm_name(arm), &arm.artifact, &arm.notes));
            }
        }
        let study = &session.study;
        let arms: Map<String, Value> =
            study.arms.iter().map(|arm| (arm.name.clone(), arm_settings(arm))).collect();
        let settings = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "source": match study.source {
                Source::Synthetic { .. } => "synthetic",
                Source::Bundle { .. } => "bundle",
                Source::Tables { .. } => "tables",
            },
            "nulls": { "published": nulls::COUNT, "edge-count": nulls::SOUND_COUNT, "rewired": nulls::SOUND_COUNT, "seed": nulls::SEED },
            "measures": measure::VERSION,
            "bootstrap": RESAMPLES,
            "claims": match &study.claims {
                Some(file) => Fingerprint::of(file.text.as_bytes()).to_string(),
                None => "of the study".to_owned(),
            },
            "arms": arms,
        });
        Ok(Self { seed: study.seed, settings, origins })
    }

    /// The recipe of the analysis.
    pub fn recipe(&self, arms: &[OpenArm]) -> Recipe {
        let mut inputs: BTreeMap<String, Fingerprint> =
            self.origins.iter().map(|origin| (origin.name.clone(), origin.fingerprint.clone())).collect();
        inputs.extend(arms.iter().flat_map(|arm| arm.artifact.fingerprints(&arm_name(arm))));
        Recipe {
            kind: Kind::Analysis,
            stage_version: STAGE_VERSION,
            seed: self.seed,
            settings: self.settings.clone(),
            inputs,
        }
    }
}

fn arm_name(arm: &OpenArm) -> String {
    format!("train/{}/{}", arm.field, arm.arm.name)
}

fn arm_settings(arm: &Arm) -> Value {
    json!({
        "protocol": arm.protocol,
        "factors": arm.factors,
        "positive": arm.positive,
        "priors": {
            "bin_seconds": arm.priors.bin_seconds,
            "sttc_window_seconds": arm.priors.sttc_window_seconds,
            "precision": arm.priors.precision,
        },
        "train": arm.train,
    })
}

impl Origin {
    fn of(name: String, artifact: &Artifact, notes: &[String]) -> Self {
        let manifest = artifact.manifest();
        Self {
            name,
            fingerprint: identity(manifest),
            version: format!("{} {}", manifest.stage, manifest.stage_version),
            notes: manifest.notes.iter().chain(notes).cloned().collect(),
            counts: manifest.counts.clone(),
        }
    }
}

/// Fingerprint of everything that a manifest says but times.
fn identity(manifest: &Manifest) -> Fingerprint {
    let text = json!({
        "kind": manifest.kind,
        "format_version": manifest.format_version,
        "stage_version": manifest.stage_version,
        "seed": manifest.seed,
        "settings": manifest.settings,
        "inputs": manifest.inputs,
        "outputs": manifest.outputs,
        "notes": manifest.notes,
        "counts": manifest.counts,
    });
    Fingerprint::of(text.to_string().as_bytes())
}

/// Shows the settings: those of the study, then a column an arm.
pub(crate) fn settings(provenance: &Provenance) -> Markup {
    let nothing = Map::new();
    let arms = provenance.settings["arms"].as_object().unwrap_or(&nothing);
    let columns: Vec<BTreeMap<String, String>> = arms.values().map(flattened).collect();
    let mut keys: Vec<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    keys.sort();
    keys.dedup();
    let nulls = &provenance.settings["nulls"];
    html! {
        h3 { "Settings" }
        p {
            "Seed " (provenance.seed) ", source " (shown(&provenance.settings["source"])) ", "
            (shown(&nulls["published"])) " published null graphs, " (shown(&nulls["rewired"])) " of each sound kind, of seed "
            (shown(&nulls["seed"])) ", bootstrap intervals from " (shown(&provenance.settings["bootstrap"]))
            " samples, claims " (shown(&provenance.settings["claims"])) ", Lamina "
            (shown(&provenance.settings["version"])) "."
        }
        (scroll("Settings", &html! {
            table {
                thead {
                    tr {
                        th scope="col" class="text" { "Setting" }
                        @for name in arms.keys() { th scope="col" class="text" { (name) } }
                    }
                }
                tbody {
                    @for key in keys {
                        tr {
                            th scope="row" { code { (key) } }
                            @for column in &columns {
                                td class="text wrap" { (column.get(key).map_or("", String::as_str)) }
                            }
                        }
                    }
                }
            }
        }))
    }
}

/// Shows the artifacts and what was odd in them.
pub(crate) fn artifacts(provenance: &Provenance) -> Markup {
    let odd = || provenance.origins.iter().filter(|origin| !origin.notes.is_empty());
    html! {
        h3 { "Artifacts" }
        (scroll("Artifacts", &html! {
            table {
                thead {
                    tr {
                        th scope="col" class="text" { "Artifact" }
                        th scope="col" class="text" { "Fingerprint" }
                        th scope="col" class="text" { "Made by, version" }
                    }
                }
                tbody {
                    @for origin in &provenance.origins {
                        tr {
                            th scope="row" { (origin.name) }
                            td class="text" { code { (origin.fingerprint.short()) } }
                            td class="text" { (origin.version) }
                        }
                    }
                }
            }
        }))
        h3 { "Notes" }
        @if odd().next().is_none() { p { "Nothing was odd in the input." } }
        @for origin in odd() {
            h4 { (origin.name) }
            ul class="notes" { @for note in &origin.notes { li { (note) } } }
        }
        (counts(provenance))
        p class="note" {
            "Published values: Shakiba, Rokni, Mohammadi and Dehghani 2026, Harnessing cortical geometry, wiring, "
            "and function as inductive biases for recurrent neural networks, arXiv 2606.14975."
        }
    }
}

/// Shows the rows of the input that were dropped, repaired or kept although odd, by reason.
fn counts(provenance: &Provenance) -> Markup {
    let counted = || provenance.origins.iter().filter(|origin| !origin.counts.is_empty());
    html! {
        @if counted().next().is_some() {
            h3 { "Rows of the input" }
            (scroll("Rows of the input", &html! {
                table {
                    thead {
                        tr {
                            th scope="col" class="text" { "Artifact" }
                            th scope="col" class="text" { "Table" }
                            th scope="col" { "Rows" }
                            th scope="col" class="text" { "Treatment" }
                            th scope="col" class="text" { "Reason" }
                        }
                    }
                    tbody {
                        @for origin in counted() {
                            @for count in &origin.counts {
                                tr {
                                    th scope="row" { (origin.name) }
                                    td class="text" { (count.table) }
                                    td { (count.rows) }
                                    td class="text" { (count.treatment.name()) }
                                    td class="text wrap" { (count.reason) }
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Every value of nested objects by its dotted key.
fn flattened(value: &Value) -> BTreeMap<String, String> {
    fn walk(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    walk(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, into);
                }
            }
            value => {
                into.insert(path.to_owned(), shown(value));
            }
        }
    }
    let mut flat = BTreeMap::new();
    walk("", value, &mut flat);
    flat
}

/// A value as people write it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}
