//! What is odd in a field but usable, as notes for its manifest. Neurons are named by index, from 0.

use std::collections::{BTreeMap, BTreeSet};

use cortex::Connection;

/// Longest list of neurons or ids that a note spells out.
const LONGEST_LIST: usize = 5;

pub(crate) fn of_positions(rows: &[Vec<f64>], positions: &[[i64; 3]]) -> Vec<String> {
    let fractional = indexes(rows.iter().map(|row| row.iter().any(|coordinate| coordinate.fract() != 0.0)));
    let mut seen = BTreeSet::new();
    let shared = indexes(positions.iter().map(|position| !seen.insert(*position)));
    let notes = [
        note(&fractional, |neurons| {
            format!("positions between voxels were rounded to whole ones: {neurons}")
        }),
        note(&shared, |neurons| format!("positions that an earlier neuron has as well: {neurons}")),
    ];
    notes.into_iter().flatten().collect()
}

pub(crate) fn of_ids(roots: &[i64], units: &[i64], nuclei: &[i64]) -> Vec<String> {
    let unresolved = indexes(roots.iter().map(|&root| root == 0));
    let no_nucleus = indexes(nuclei.iter().map(|&nucleus| nucleus == 0));
    let notes = [
        note(&unresolved, |neurons| {
            format!("root_id 0, no segment was found, so that the root_id is null: {neurons}")
        }),
        repeated("root_id", roots.iter().copied().filter(|&root| root != 0)),
        repeated("unit_id", units.iter().copied()),
        note(&no_nucleus, |neurons| format!("nucleus_id 0, no nucleus was found: {neurons}")),
        repeated("nucleus_id", nuclei.iter().copied().filter(|&nucleus| nucleus != 0)),
    ];
    notes.into_iter().flatten().collect()
}

pub(crate) fn of_connections(connections: &[Connection], neurons: usize) -> Vec<String> {
    let sources: BTreeSet<u32> = connections.iter().map(|connection| connection.pre).collect();
    let without_outgoing = neurons - sources.len();
    let to_self = connections.iter().filter(|connection| connection.pre == connection.post).count();
    let mut notes = Vec::new();
    if without_outgoing > 0 {
        notes.push(format!(
            "{without_outgoing} of {neurons} neurons have no outgoing synapses within the field"
        ));
    }
    if to_self > 0 {
        notes.push(format!("{to_self} neurons have synapses onto themselves"));
    }
    notes
}

pub(crate) fn of_trains(trains: &[Vec<f64>]) -> Vec<String> {
    let silent = indexes(trains.iter().map(Vec::is_empty));
    let unsorted = indexes(trains.iter().map(|train| !train.is_sorted()));
    let doubled = indexes(trains.iter().map(|train| {
        let distinct: BTreeSet<u64> = train.iter().map(|time| time.to_bits()).collect();
        distinct.len() < train.len()
    }));
    let notes = [
        note(&silent, |neurons| format!("no events: {neurons}")),
        note(&unsorted, |neurons| format!("event times were out of order and have been sorted: {neurons}")),
        note(&doubled, |neurons| format!("several events at the same time: {neurons}")),
    ];
    notes.into_iter().flatten().collect()
}

pub(crate) fn of_matrix(name: &str, size: usize, matrix: &[f64]) -> Vec<String> {
    let mut notes = Vec::new();
    let not_finite = matrix.iter().filter(|value| !value.is_finite()).count();
    if not_finite > 0 {
        notes.push(format!("the released {name} matrix has {not_finite} entries that are not finite"));
    }
    let holds = |within: fn(usize, usize) -> bool| {
        matrix.iter().enumerate().any(|(index, &value)| within(index / size, index % size) && value != 0.0)
    };
    if holds(|row, column| column < row) && !holds(|row, column| column > row) {
        notes.push(format!("the released {name} matrix is filled in its lower triangle only"));
    }
    notes
}

/// Notes ids that several neurons share.
fn repeated(name: &str, ids: impl Iterator<Item = i64>) -> Option<String> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id).or_insert(0_usize) += 1;
    }
    let shared: Vec<String> = counts
        .iter()
        .filter(|&(_, &count)| count > 1)
        .map(|(id, count)| format!("{id} ({count} times)"))
        .collect();
    (!shared.is_empty()).then(|| format!("{name} that several neurons share: {}", listed(&shared)))
}

fn indexes(odd: impl Iterator<Item = bool>) -> Vec<usize> {
    odd.enumerate().filter(|&(_, odd)| odd).map(|(index, _)| index).collect()
}

/// Writes a note about these neurons, if there are any.
fn note(neurons: &[usize], text: impl Fn(&str) -> String) -> Option<String> {
    if neurons.is_empty() {
        return None;
    }
    let names: Vec<String> = neurons.iter().map(usize::to_string).collect();
    let plural = if neurons.len() == 1 { "neuron" } else { "neurons" };
    Some(text(&format!("{} {plural} ({})", neurons.len(), listed(&names))))
}

fn listed(names: &[String]) -> String {
    if names.len() <= LONGEST_LIST {
        return names.join(", ");
    }
    format!("{} and {} more", names[..LONGEST_LIST].join(", "), names.len() - LONGEST_LIST)
}
