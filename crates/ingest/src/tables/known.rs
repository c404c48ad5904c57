//! Tables that tell more of neurons (cell types, areas, proofreading, properties), joined to units: by functional unit where
//! they name it, else by nucleus first and by segment second.

use std::collections::HashMap;

use artifact::Treatment;
use config::TableSettings;
use polars::prelude::{DataFrame, PolarsResult};

use super::{
    attributes,
    file::TableFile,
    frame,
    load::{self, Wanted},
    recognise::{Role, names},
    tally::Tally,
    units::Units,
    values::{Type, Values},
};
use crate::IngestError;

const KEYS: [Wanted; 6] = [
    Wanted { name: "session", sources: names::SESSION, kind: Type::Integer },
    Wanted { name: "scan", sources: names::SCAN, kind: Type::Integer },
    Wanted { name: "unit", sources: names::UNIT, kind: Type::Integer },
    Wanted { name: "nucleus", sources: names::NUCLEUS, kind: Type::Integer },
    Wanted { name: "root", sources: names::ROOT, kind: Type::Integer },
    Wanted { name: "valid", sources: names::VALID, kind: Type::Boolean },
];

/// Adds what a table knows to the units; what they know already stays.
///
/// # Errors
/// [`IngestError::Content`] if the table cannot be read.
pub(super) fn add(
    units: &mut Units,
    tally: &mut Tally,
    file: &TableFile,
    role: Role,
    settings: &TableSettings,
) -> Result<(), IngestError> {
    let attributes = attributes::wanted(file, role);
    let wanted: Vec<Wanted> = KEYS.iter().copied().chain(attributes.iter().copied()).collect();
    let loaded = load::load(file, &wanted)?;
    let polars = |error| load::unusable(file, &error);
    let keys = keys(file);
    let mut rows = vec![None; units.all.len()];
    let mut matched = Vec::new();
    for key in &keys {
        let found = matches(units, &loaded, key, file, tally).map_err(polars)?;
        let mut new = 0;
        for (row, found) in rows.iter_mut().zip(found) {
            new += u64::from(row.is_none() && found.is_some());
            *row = row.or(found);
        }
        matched.push(format!("{new} by {}", words(key)));
    }
    let unknown = rows.iter().filter(|row| row.is_none()).count();
    units.notes.push(format!(
        "{}: it knows {} of {} units, {}",
        file.name(),
        rows.len() - unknown,
        rows.len(),
        matched.join(", ")
    ));
    for wanted in attributes {
        let mut values = frame::gathered(&loaded, wanted.name, &rows).map_err(polars)?;
        if let Some(note) = attributes::normalise(wanted.name, &mut values, settings.angles) {
            units.notes.push(format!("{}: {note}", file.name()));
        }
        if units.attributes.iter().all(|(name, _)| *name != wanted.name) {
            units.attributes.push((wanted.name, values));
        }
    }
    Ok(())
}

/// Completes the classes of cells by what their types tell.
pub(super) fn complete_classes(units: &mut Units) {
    let of_types = units.attributes.iter().find_map(|(name, values)| match values {
        Values::Text(types) if *name == "cell_type" => {
            let class =
                |text: &Option<String>| attributes::class_of_type(text.as_deref()?).map(str::to_owned);
            Some(types.iter().map(class).collect::<Vec<_>>())
        }
        _ => None,
    });
    let Some(of_types) = of_types else { return };
    let classes = units.attributes.iter_mut().find(|(name, _)| *name == "cell_class");
    match classes {
        Some((_, Values::Text(classes))) => {
            for (class, of_type) in classes.iter_mut().zip(of_types) {
                *class = class.take().or(of_type);
            }
        }
        _ => units.attributes.push(("cell_class", Values::Text(of_types))),
    }
}

/// The ways to join a table, the first to be tried first.
fn keys(file: &TableFile) -> Vec<&'static [&'static str]> {
    if file.has(names::SESSION) && file.has(names::SCAN) && file.has(names::UNIT) {
        return vec![&["session", "scan", "unit"]];
    }
    let mut keys: Vec<&'static [&'static str]> = Vec::new();
    if file.has(names::NUCLEUS) {
        keys.push(&["nucleus"]);
    }
    if file.has(names::ROOT) {
        keys.push(&["root"]);
    }
    keys
}

fn words(key: &[&str]) -> &'static str {
    match key {
        ["nucleus"] => "nucleus",
        ["root"] => "segment",
        _ => "functional unit",
    }
}

/// For every unit the row of the table that has its key.
fn matches(
    units: &Units,
    loaded: &DataFrame,
    key: &[&str],
    file: &TableFile,
    tally: &mut Tally,
) -> PolarsResult<Vec<Option<usize>>> {
    let columns = key.iter().map(|name| frame::integers(loaded, name)).collect::<PolarsResult<Vec<_>>>()?;
    let distinct = distinct(loaded, &columns, key, file, tally)?;
    let known: Vec<Vec<Option<i64>>> =
        columns.iter().map(|column| distinct.iter().map(|&row| column[row]).collect()).collect();
    let known_only = |id: i64| Some(id).filter(|&id| id != 0);
    let own: Vec<Vec<Option<i64>>> = match key {
        ["nucleus"] => vec![units.all.iter().map(|unit| known_only(unit.nucleus)).collect()],
        ["root"] => vec![units.all.iter().map(|unit| known_only(unit.root)).collect()],
        _ => vec![
            units.all.iter().map(|unit| Some(unit.key.session)).collect(),
            units.all.iter().map(|unit| Some(unit.key.scan)).collect(),
            units.all.iter().map(|unit| Some(unit.key.unit)).collect(),
        ],
    };
    let rows = frame::matches(&own, &known)?;
    Ok(rows.into_iter().map(|row| row.map(|row| distinct[row])).collect())
}

/// Rows whose key is complete and stands for one thing: of rows that say the same one is taken, of rows that contradict each
/// other none.
fn distinct(
    loaded: &DataFrame,
    keys: &[Vec<Option<i64>>],
    key: &[&str],
    file: &TableFile,
    tally: &mut Tally,
) -> PolarsResult<Vec<usize>> {
    let valid = frame::booleans(loaded, "valid")?;
    let mut first: HashMap<Vec<i64>, (usize, bool)> = HashMap::new();
    let mut order = Vec::new();
    for row in 0..loaded.height() {
        let ids: Option<Vec<i64>> = keys.iter().map(|key| key[row]).collect();
        let resolved = |ids: &Vec<i64>| key.len() > 1 || ids[0] != 0;
        let Some(ids) = ids.filter(resolved) else { continue };
        if valid[row] == Some(false) {
            continue;
        }
        match first.get_mut(&ids) {
            None => {
                first.insert(ids.clone(), (row, true));
                order.push(ids);
            }
            Some((earlier, agreed)) => *agreed &= frame::alike(loaded, *earlier, row)?,
        }
    }
    let contradicted = first.values().filter(|(_, agreed)| !agreed).count();
    let reason = format!("rows of one {} contradict each other", words(key));
    tally.add(&file.name(), Treatment::Dropped, reason, contradicted as u64);
    Ok(order
        .iter()
        .filter_map(|ids| first.get(ids))
        .filter(|(_, agreed)| *agreed)
        .map(|(row, _)| *row)
        .collect())
}
