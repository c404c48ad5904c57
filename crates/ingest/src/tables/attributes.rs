//! What tables tell of neurons besides where they are: the optional columns of `neurons.parquet`.

use std::f64::consts::{PI, TAU};

use config::Angles;

use super::{
    file::TableFile,
    load::Wanted,
    recognise::Role,
    values::{Type, Values},
};

/// One optional column of `neurons.parquet`.
struct Attribute {
    /// Name in `neurons.parquet`, with its unit.
    name: &'static str,
    /// Names in the sources.
    sources: &'static [&'static str],
    kind: Type,
    /// The tables that may tell it.
    roles: &'static [Role],
}

const UNITS: &[Role] = &[Role::Coregistration, Role::Properties];

const fn float(name: &'static str, sources: &'static [&'static str]) -> Attribute {
    Attribute { name, sources, kind: Type::Float, roles: UNITS }
}

const fn text(name: &'static str, sources: &'static [&'static str], roles: &'static [Role]) -> Attribute {
    Attribute { name, sources, kind: Type::Text, roles }
}

const ATTRIBUTES: [Attribute; 21] = [
    text("cell_type", &["cell_type"], &[Role::CellTypes, Role::Coregistration]),
    text("cell_class", &["classification_system", "cell_class"], &[Role::CellTypes, Role::Coregistration]),
    text(
        "area",
        &["area", "brain_area", "visual_area", "functional_area"],
        &[Role::Areas, Role::Coregistration],
    ),
    text("area", &["tag"], &[Role::Areas]),
    Attribute { name: "area_boundary_um", sources: &["value"], kind: Type::Float, roles: &[Role::Areas] },
    text("layer", &["layer", "cortical_layer"], &[Role::Areas, Role::CellTypes, Role::Coregistration]),
    text("axon_status", &["status_axon", "axon_status"], &[Role::Proofreading]),
    text("dendrite_status", &["status_dendrite", "dendrite_status"], &[Role::Proofreading]),
    float("residual_um", &["residual"]),
    float("score_um", &["score"]),
    float("cc_abs", &["cc_abs"]),
    float("cc_max", &["cc_max"]),
    float("cc_norm", &["cc_norm"]),
    float("preferred_orientation_radians", &["pref_ori"]),
    float("preferred_direction_radians", &["pref_dir"]),
    float("global_orientation_selectivity", &["gOSI"]),
    float("global_direction_selectivity", &["gDSI"]),
    float("orientation_selectivity", &["OSI"]),
    float("direction_selectivity", &["DSI"]),
    float("readout_x", &["readout_loc_x", "readout_x"]),
    float("readout_y", &["readout_loc_y", "readout_y"]),
];

/// The columns that a table of this role may have.
pub(super) fn wanted(file: &TableFile, role: Role) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for attribute in &ATTRIBUTES {
        let new = wanted.iter().all(|known| known.name != attribute.name);
        // `value` is a distance only beside the `tag` of an area.
        let fits = attribute.name != "area_boundary_um" || file.has(&["tag"]);
        if new && fits && attribute.roles.contains(&role) && file.has(attribute.sources) {
            wanted.push(Wanted { name: attribute.name, sources: attribute.sources, kind: attribute.kind });
        }
    }
    wanted
}

/// Whether a table tells anything that one of this role does.
pub(super) fn any(file: &TableFile, role: Role) -> bool {
    let decisive = |attribute: &&Attribute| match role {
        // A score alone makes no table of properties, nor a value one of areas.
        Role::Properties => !matches!(attribute.name, "residual_um" | "score_um"),
        Role::Areas => {
            attribute.sources != ["value"] && (attribute.sources != ["tag"] || file.has(&["value"]))
        }
        Role::CellTypes => attribute.name != "layer",
        _ => true,
    };
    ATTRIBUTES
        .iter()
        .filter(decisive)
        .any(|attribute| attribute.roles.contains(&role) && file.has(attribute.sources))
}

/// Brings what a column says to the one form that `neurons.parquet` has, and says how, where there was a choice.
pub(super) fn normalise(name: &'static str, values: &mut Values, angles: Option<Angles>) -> Option<String> {
    match values {
        Values::Float(values) if name.ends_with("_radians") => Some(to_radians(name, values, angles)),
        Values::Text(classes) if name == "cell_class" => {
            for class in classes.iter_mut() {
                *class = class.take().and_then(|class| class_of(&class)).map(str::to_owned);
            }
            None
        }
        Values::Text(statuses) if name.ends_with("_status") => {
            for status in statuses.iter_mut() {
                *status = status.take().map(status_of);
            }
            None
        }
        _ => None,
    }
}

fn to_radians(name: &str, values: &mut [Option<f64>], angles: Option<Angles>) -> String {
    let largest = values.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    // A little more than a turn, so that 2π rounded up is still one.
    let beyond_a_turn = largest > TAU * 1.001;
    let (angles, why) = match angles {
        Some(angles) => (angles, "as source.angles says"),
        None if beyond_a_turn => (Angles::Degrees, "as some exceed 2π"),
        None => (Angles::Radians, "as none exceeds 2π"),
    };
    match angles {
        Angles::Radians => format!("{name} was taken to be in radians, {why}"),
        Angles::Degrees => {
            values.iter_mut().flatten().for_each(|value| *value *= PI / 180.0);
            format!("{name} was converted from degrees, {why}")
        }
    }
}

/// Whether a cell is excitatory, inhibitory or no neuron, from the name of its class or of the system that classified it.
fn class_of(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let says = |word: &str| text.contains(word);
    if says("nonneuron") || says("non-neuron") || says("non_neuron") {
        Some("nonneuronal")
    } else if says("excitatory") {
        Some("excitatory")
    } else if says("inhibitory") {
        Some("inhibitory")
    } else {
        None
    }
}

/// Classes of the cell types that the automatic classifiers of MICrONS give.
pub(super) fn class_of_type(cell_type: &str) -> Option<&'static str> {
    match cell_type {
        "23P" | "4P" | "5P-IT" | "5P-ET" | "5P-PT" | "5P-NP" | "5P_IT" | "5P_ET" | "5P_PT" | "5P_NP"
        | "6P-IT" | "6P-CT" | "6P-U" | "6P_IT" | "6P_CT" | "6P_U" => Some("excitatory"),
        "BC" | "MC" | "BPC" | "NGC" | "PTC" | "DTC" | "ITC" | "STC" => Some("inhibitory"),
        "astrocyte" | "microglia" | "oligo" | "OPC" | "pericyte" => Some("nonneuronal"),
        other => class_of(other),
    }
}

/// The statuses that tables of `t` and `f` give, in the words of those that tell more.
fn status_of(status: String) -> String {
    match status.as_str() {
        "t" | "True" | "true" => "proofread".to_owned(),
        "f" | "False" | "false" | "non" => "not proofread".to_owned(),
        _ => status,
    }
}

/// Whether a status says that it was proofread.
pub(super) fn is_proofread(status: &str) -> bool {
    matches!(status, "proofread" | "clean" | "extended" | "backbone proofread")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn radians(values: &[f64], angles: Option<Angles>) -> (Vec<f64>, String) {
        let mut values = Values::Float(values.iter().copied().map(Some).collect());
        let note = normalise("preferred_direction_radians", &mut values, angles).unwrap_or_default();
        let Values::Float(values) = values else { return (Vec::new(), note) };
        (values.into_iter().flatten().collect(), note)
    }

    #[test]
    fn angles_become_radians_whatever_they_were() {
        assert_eq!(radians(&[0.5, TAU], None).0, [0.5, TAU]);
        let (values, note) = radians(&[90.0, 180.0], None);
        assert_eq!(values, [PI / 2.0, PI]);
        assert!(note.contains("degrees, as some exceed"), "{note}");
        assert_eq!(radians(&[1.0], Some(Angles::Degrees)).0, [PI / 180.0]);
        assert_eq!(radians(&[7.0], Some(Angles::Radians)).0, [7.0]);
    }

    #[test]
    fn classes_are_told_from_types_and_systems() {
        for (text, class) in [
            ("aibs_coarse_excitatory", Some("excitatory")),
            ("inhibitory_neuron", Some("inhibitory")),
            ("nonneuron", Some("nonneuronal")),
            ("23P", Some("excitatory")),
            ("BC", Some("inhibitory")),
            ("oligo", Some("nonneuronal")),
            ("excitatory", Some("excitatory")),
            ("aibs_metamodel", None),
        ] {
            assert_eq!(class_of_type(text), class, "{text}");
        }
    }
}
