//! Which units make a field: those that its name selects, filtered, one a nucleus, in order.

use std::collections::BTreeMap;

use artifact::Treatment;
use config::{Filters, TableSettings, UnitOfNucleus};
use cortex::FieldName;

use super::{
    attributes,
    selection::Selection,
    tally::Tally,
    units::{Unit, Units},
    values::Values,
};
use crate::IngestError;

/// The units of a field, in the order of its neurons.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) name: FieldName,
    pub(super) wide: bool,
    pub(super) members: Vec<Member>,
    pub(super) tally: Tally,
    pub(super) notes: Vec<String>,
}

/// A unit that became a neuron.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    /// Its place among the units.
    pub(super) unit: usize,
    /// Segments it may have, the one to be preferred first.
    pub(super) roots: Vec<i64>,
}

/// Chooses the units of a field.
///
/// `order` are the unit ids of a released bundle in its order, where one is to be followed.
///
/// # Errors
/// [`IngestError::Selection`] if no unit is of this field or none is left, or a filter asks for what no table tells.
pub(super) fn choose(
    name: &FieldName,
    units: &Units,
    table: &str,
    settings: &TableSettings,
    order: Option<&[i64]>,
) -> Result<Chosen, IngestError> {
    let selection = Selection::parse(name)?;
    let mut tally = Tally::default();
    let selected: Vec<usize> = (0..units.all.len())
        .filter(|&unit| selection.holds(units.all[unit].key, units.all[unit].field))
        .collect();
    count_fates(units, selection, &mut tally);
    if selected.is_empty() {
        return Err(unknown(name, units, table));
    }
    let mut notes = Vec::new();
    let filtered = filter(name, selected, units, table, &settings.filters, &mut tally)?;
    let (mut members, note) =
        one_a_nucleus(name, filtered, units, table, settings.unit_of_nucleus, &mut tally)?;
    notes.extend(note);
    if members.is_empty() {
        let reasons: Vec<String> =
            tally.counts().iter().map(|count| format!("{} rows: {}", count.rows, count.reason)).collect();
        let reason = format!("no neuron is left of it; dropped were {}", reasons.join("; "));
        return Err(IngestError::Selection { name: name.to_string(), reason });
    }
    members.sort_by_key(|member| units.all[member.unit].key);
    if let Some(order) = order {
        notes.extend(follow(&mut members, units, order));
    }
    Ok(Chosen { name: name.clone(), wide: selection.is_wide(), members, tally, notes })
}

/// Counts what became of the rows that are of this field.
fn count_fates(units: &Units, selection: Selection, tally: &mut Tally) {
    for fate in &units.fates {
        let [session, scan, field] = fate.place;
        let key =
            session.zip(scan).map(|(session, scan)| super::activity::UnitKey { session, scan, unit: 0 });
        // A row that does not tell its scan is counted for the whole volume alone.
        if key.map_or(selection == Selection::Volume, |key| selection.holds(key, field)) {
            tally.add(&fate.table, fate.treatment, fate.reason, 1);
        }
    }
}

fn unknown(name: &FieldName, units: &Units, table: &str) -> IngestError {
    let mut scans: Vec<String> =
        units.all.iter().map(|unit| format!("{}_{}", unit.key.session, unit.key.scan)).collect();
    scans.sort();
    scans.dedup();
    let shown = scans.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    let more = if scans.len() > 20 { " and more" } else { "" };
    let reason = if scans.is_empty() {
        format!("{table} holds no unit that can be used")
    } else {
        format!("no unit of {table} is of this field; it holds the scans {shown}{more}")
    };
    IngestError::Selection { name: name.to_string(), reason }
}

fn filter(
    name: &FieldName,
    mut selected: Vec<usize>,
    units: &Units,
    table: &str,
    filters: &Filters,
    tally: &mut Tally,
) -> Result<Vec<usize>, IngestError> {
    let lacking = |key: &str, what: &str| IngestError::Selection {
        name: name.to_string(),
        reason: format!(
            "source.{key} asks for {what}, which no table of the folder tells; add one or leave the filter out"
        ),
    };
    let texts = |column: &str, key: &str, what: &str| match units.attribute(column) {
        Some(Values::Text(values)) => Ok(values),
        _ => Err(lacking(key, what)),
    };
    let mut keep = |reason: String, unknown: String, passes: &dyn Fn(usize) -> Option<bool>| {
        let before = selected.len();
        let nothing_known = selected.iter().filter(|&&unit| passes(unit).is_none()).count();
        selected.retain(|&unit| passes(unit) == Some(true));
        tally.add(table, Treatment::Dropped, unknown, nothing_known as u64);
        tally.add(table, Treatment::Dropped, reason, (before - nothing_known - selected.len()) as u64);
    };
    if filters.excitatory {
        let classes = texts("cell_class", "excitatory", "cell types")?;
        let passes = |unit: usize| classes[unit].as_ref().map(|class| class == "excitatory");
        keep(
            "it is not excitatory".to_owned(),
            "it may not be excitatory: no table tells".to_owned(),
            &passes,
        );
    }
    if let Some(least) = filters.minimum_cc_abs {
        let Some(Values::Float(values)) = units.attribute("cc_abs") else {
            return Err(lacking("minimum_cc_abs", "cc_abs"));
        };
        let passes = |unit: usize| values[unit].map(|cc_abs| cc_abs >= least);
        keep(format!("its cc_abs is below {least}"), "its cc_abs is unknown".to_owned(), &passes);
    }
    for (key, what, column, allowed) in
        [("areas", "areas", "area", &filters.areas), ("layers", "layers", "layer", &filters.layers)]
    {
        if !allowed.is_empty() {
            let values = texts(column, key, what)?;
            let passes = |unit: usize| values[unit].as_ref().map(|value| allowed.contains(value));
            let reason = format!("its {column} is not {}", allowed.join(" or "));
            keep(reason, format!("its {column} is unknown"), &passes);
        }
    }
    if filters.proofread_axon {
        let statuses = texts("axon_status", "proofread_axon", "the proofreading of axons")?;
        let passes = |unit: usize| Some(statuses[unit].as_deref().is_some_and(attributes::is_proofread));
        keep("its axon was not proofread".to_owned(), String::new(), &passes);
    }
    Ok(selected)
}

/// Takes one unit of every nucleus, and the segments that its other units name.
fn one_a_nucleus(
    name: &FieldName,
    selected: Vec<usize>,
    units: &Units,
    table: &str,
    rule: Option<UnitOfNucleus>,
    tally: &mut Tally,
) -> Result<(Vec<Member>, Option<String>), IngestError> {
    let mut of_nucleus: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let mut members = Vec::new();
    for unit in selected {
        match units.all[unit].nucleus {
            0 => members.push(Member { unit, roots: roots(&units.all[unit], &[]) }),
            nucleus => of_nucleus.entry(nucleus).or_default().push(unit),
        }
    }
    let several = of_nucleus.values().filter(|group| group.len() > 1).count();
    if several == 0 {
        members.extend(
            of_nucleus
                .into_values()
                .flatten()
                .map(|unit| Member { unit, roots: roots(&units.all[unit], &[]) }),
        );
        return Ok((members, None));
    }
    let (rank, said) = ranking(name, units, rule)?;
    for mut group in of_nucleus.into_values() {
        group.sort_by(|&a, &b| {
            rank(b).total_cmp(&rank(a)).then_with(|| units.all[a].key.cmp(&units.all[b].key))
        });
        let others: Vec<&Unit> = group[1..].iter().map(|&unit| &units.all[unit]).collect();
        let roots = roots(&units.all[group[0]], &others);
        let differ = roots.len() > 1 && others.iter().any(|other| other.root != units.all[group[0]].root);
        if differ {
            tally.add(
                table,
                Treatment::Kept,
                "its nucleus's units name different segments; all are looked for",
                1,
            );
        }
        tally.add(
            table,
            Treatment::Dropped,
            format!("another unit of its nucleus was taken, {said}"),
            group.len() as u64 - 1,
        );
        members.push(Member { unit: group[0], roots });
    }
    Ok((members, Some(format!("{several} nuclei have several units; one of each was taken, {said}"))))
}

/// The number of every unit that the highest is taken by.
type Ranking<'a> = Box<dyn Fn(usize) -> f64 + 'a>;

/// The number by which units of one nucleus are ranked, and the rule in words.
fn ranking<'a>(
    name: &FieldName,
    units: &'a Units,
    rule: Option<UnitOfNucleus>,
) -> Result<(Ranking<'a>, &'static str), IngestError> {
    let by = |column: &str| match units.attribute(column) {
        Some(Values::Float(values)) => {
            Some(Box::new(move |unit: usize| values[unit].unwrap_or(f64::NEG_INFINITY)) as Ranking)
        }
        _ => None,
    };
    let lacking = |column: &str| IngestError::Selection {
        name: name.to_string(),
        reason: format!(
            "source.unit_of_nucleus asks for the highest {column}, which no table of the folder tells; use \"first\""
        ),
    };
    match rule {
        Some(UnitOfNucleus::HighestCcAbs) => {
            Ok((by("cc_abs").ok_or_else(|| lacking("cc_abs"))?, "the one of the highest cc_abs"))
        }
        Some(UnitOfNucleus::HighestScore) => {
            Ok((by("score_um").ok_or_else(|| lacking("score"))?, "the one of the highest score"))
        }
        Some(UnitOfNucleus::First) => Ok((Box::new(|_| 0.0), "the first by session, scan and unit id")),
        None => Ok(match (by("cc_abs"), by("score_um")) {
            (Some(rank), _) => (rank, "the one of the highest cc_abs"),
            (None, Some(rank)) => (rank, "the one of the highest score"),
            (None, None) => (Box::new(|_| 0.0), "the first by session, scan and unit id"),
        }),
    }
}

/// Segments that a unit may have, distinct: its nucleus's, its own, those that other units of its nucleus name.
fn roots(unit: &Unit, others: &[&Unit]) -> Vec<i64> {
    let mut roots = Vec::new();
    let candidates = [unit.nucleus_root, unit.root].into_iter().chain(others.iter().map(|other| other.root));
    for root in candidates.filter(|&root| root != 0) {
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
}

/// Puts neurons in the order of a bundle; those that it does not know follow, by unit id.
fn follow(members: &mut [Member], units: &Units, order: &[i64]) -> Vec<String> {
    let places: BTreeMap<i64, usize> = order.iter().enumerate().map(|(place, &unit)| (unit, place)).collect();
    let place = |member: &Member| {
        let unit = units.all[member.unit].key.unit;
        (places.get(&unit).copied().unwrap_or(usize::MAX), unit)
    };
    members.sort_by_key(place);
    let unknown = members.iter().filter(|member| place(member).0 == usize::MAX).count();
    let absent = places.len() + unknown - members.len();
    let mut notes = Vec::new();
    if unknown > 0 {
        notes.push(format!(
            "{unknown} neurons are not in the bundle whose order is followed; they come last, by unit id"
        ));
    }
    if absent > 0 {
        notes.push(format!(
            "{absent} neurons of the bundle whose order is followed are not in the tables, or were filtered"
        ));
    }
    notes
}
