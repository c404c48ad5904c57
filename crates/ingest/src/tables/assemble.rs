//! From chosen units and what was found of them to a clean field.

use std::collections::{BTreeMap, HashMap};

use artifact::{Column, Table, Tensors, Treatment};
use cortex::{Connection, Event, Field, Neuron, NucleusId, RootId, UnitId, VOXEL_UM};

use super::{
    activity::{Activity, UnitKey},
    choose::Chosen,
    nodes::{Node, Nodes},
    nuclei::Nuclei,
    tally::Tally,
    units::Units,
    values::Values,
    wiring::Found,
};
use crate::{CleanField, IngestError, bundle::irregularities};

/// What one pass over all tables found for every field that is read.
pub(super) struct Evidence<'a> {
    pub(super) units: &'a Units,
    pub(super) nuclei: Option<&'a Nuclei>,
    /// The table of synapses or connections, by name, with what was found in it.
    pub(super) wiring: Option<(&'a str, &'a Nodes, &'a Found)>,
    /// Activity, with the place of every unit in it.
    pub(super) activity: Option<(&'a Activity, &'a HashMap<UnitKey, usize>)>,
    /// Whether that table knows no segment or nucleus of any unit.
    pub(super) strangers: bool,
    /// What was decided for whole tables.
    pub(super) notes: &'a [String],
    /// What was counted for whole tables.
    pub(super) tally: &'a Tally,
}

/// Makes the field.
///
/// # Errors
/// [`IngestError::Selection`] if the table of synapses knows none of its segments.
pub(super) fn assemble(chosen: &Chosen, evidence: &Evidence) -> Result<CleanField, IngestError> {
    let mut tally = chosen.tally.clone();
    tally.extend(evidence.tally);
    let mut notes: Vec<String> = evidence.notes.to_vec();
    notes.extend(chosen.notes.iter().cloned());
    let neurons = neurons(chosen, evidence, &mut notes);
    let connections = if let Some((table, nodes, found)) = evidence.wiring {
        Wiring { chosen, evidence, table, nodes, found }.connections(&mut tally, &mut notes)?
    } else {
        notes.push("no table of synapses or connections was read: the field has no connections".to_owned());
        Vec::new()
    };
    notes.extend(irregularities::of_connections(&connections, neurons.len()));
    let events = events(chosen, evidence, &mut notes);
    let further = further(chosen, evidence.units);
    let field = Field { name: chosen.name.clone(), neurons, connections, events };
    Ok(CleanField { field, released: Tensors::new(), further, counts: tally.counts(), notes })
}

fn neurons(chosen: &Chosen, evidence: &Evidence, notes: &mut Vec<String>) -> Vec<Neuron> {
    let seen = |root: i64| match evidence.wiring {
        Some((_, nodes, found)) => nodes.root(root).is_some_and(|node| found.seen[node as usize]),
        None => false,
    };
    let (mut neurons, mut exact) = (Vec::new(), Vec::new());
    for member in &chosen.members {
        let unit = &evidence.units.all[member.unit];
        // Of several segments, the one that the synapses know is of their materialisation version.
        let root = member.roots.iter().copied().find(|&root| seen(root)).or(member.roots.first().copied());
        exact.push(unit.position.to_vec());
        neurons.push(Neuron {
            unit: UnitId(unit.key.unit),
            nucleus: NucleusId(unit.nucleus),
            root: root.map(RootId),
            position_um: [0, 1, 2].map(|axis| unit.position[axis] * VOXEL_UM[axis]),
            position_voxel: unit.position.map(|coordinate| coordinate.round() as i64),
        });
    }
    let voxels: Vec<[i64; 3]> = neurons.iter().map(|neuron| neuron.position_voxel).collect();
    let ids = |id: fn(&Neuron) -> i64| neurons.iter().map(id).collect::<Vec<_>>();
    let units = if chosen.wide { Vec::new() } else { ids(|neuron| neuron.unit.0) };
    notes.extend(irregularities::of_positions(&exact, &voxels));
    notes.extend(irregularities::of_ids(
        &ids(|neuron| neuron.root.map_or(0, |root| root.0)),
        &units,
        &ids(|neuron| neuron.nucleus.0),
    ));
    if let Some(nuclei) = evidence.nuclei {
        let merged =
            neurons.iter().filter(|neuron| neuron.root.is_some_and(|root| nuclei.sharing(root.0).is_some()));
        let merged = merged.count();
        if merged > 0 {
            notes.push(format!(
                "{merged} neurons lie in a segment that holds several nuclei of the nucleus table"
            ));
        }
    }
    neurons
}

/// One field's connections, out of what was found for all.
struct Wiring<'a> {
    chosen: &'a Chosen,
    evidence: &'a Evidence<'a>,
    table: &'a str,
    nodes: &'a Nodes,
    found: &'a Found,
}

impl Wiring<'_> {
    fn connections(
        &self,
        tally: &mut Tally,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Connection>, IngestError> {
        let neuron_of = self.neuron_of();
        self.check_versions(notes)?;
        let mut counts = Counts::default();
        let mut pairs: BTreeMap<(u32, u32), (u32, Option<f64>)> = BTreeMap::new();
        for record in &self.found.records {
            let (Some(pre), Some(post)) = (neuron_of.get(&record.pre), neuron_of.get(&record.post)) else {
                continue;
            };
            counts.within += 1;
            let (Some(pre), Some(post)) = (*pre, *post) else {
                counts.merged += 1;
                continue;
            };
            if !record.valid {
                counts.invalid += 1;
            } else if record.repeated {
                counts.repeated += 1;
            } else {
                let foreign = self.is_foreign(record.pre, pre, record.roots.0)
                    || self.is_foreign(record.post, post, record.roots.1);
                counts.foreign_root += u64::from(foreign);
                let pair = pairs.entry((pre, post)).or_insert((0, Some(0.0)));
                pair.0 = pair.0.saturating_add(record.count);
                pair.1 = pair.1.zip(record.size).map(|(sum, size)| sum + size);
            }
        }
        counts.tell(self.table, self.found, tally);
        let connection = |((pre, post), (count, size))| Connection { pre, post, count, size };
        Ok(pairs.into_iter().map(connection).collect())
    }

    /// Whether a row names a segment for a neuron that it was joined to by nucleus, and no other table names it.
    fn is_foreign(&self, node: Node, neuron: u32, root: i64) -> bool {
        root != 0
            && self.nodes.is_nucleus(node)
            && !self.chosen.members[neuron as usize].roots.contains(&root)
    }

    /// The neuron of every node; `None` for a segment that several neurons share.
    fn neuron_of(&self) -> HashMap<Node, Option<u32>> {
        let mut neuron_of = HashMap::new();
        for (neuron, member) in self.chosen.members.iter().enumerate() {
            let nucleus = self.nodes.nucleus(self.evidence.units.all[member.unit].nucleus);
            let roots = member.roots.iter().filter_map(|&root| self.nodes.root(root));
            for node in roots.chain(nucleus) {
                let known = neuron_of.entry(node).or_insert(Some(neuron as u32));
                if *known != Some(neuron as u32) {
                    *known = None;
                }
            }
        }
        neuron_of
    }

    /// Sees whether the table knows the neurons at all: segments of another materialisation version join nothing.
    fn check_versions(&self, notes: &mut Vec<String>) -> Result<(), IngestError> {
        let seen = |node: Option<Node>| node.is_some_and(|node| self.found.seen[node as usize]);
        let (mut resolved, mut unseen) = (0, 0);
        for member in &self.chosen.members {
            let nucleus = self.nodes.nucleus(self.evidence.units.all[member.unit].nucleus);
            let nucleus = nucleus.filter(|_| self.found.names_nuclei);
            if member.roots.is_empty() && nucleus.is_none() {
                continue;
            }
            resolved += 1;
            let known = seen(nucleus) || member.roots.iter().any(|&root| seen(self.nodes.root(root)));
            unseen += usize::from(!known);
        }
        if self.evidence.strangers {
            return Err(IngestError::Selection {
                name: self.chosen.name.to_string(),
                reason: format!(
                    "{} knows no segment of any unit: root ids change with every materialisation version, so export \
                     all tables of one version, or join by nucleus through a connections_with_nuclei table; source.wiring = \
                     \"none\" reads fields without connections",
                    self.table
                ),
            });
        }
        if unseen > 0 {
            notes.push(format!(
                "{unseen} of {resolved} neurons occur nowhere in {}: they have no synapses there, or their root ids are of \
                 another materialisation version",
                self.table
            ));
        }
        Ok(())
    }
}

/// Rows of the table of synapses or connections, by what became of them.
#[derive(Default)]
struct Counts {
    within: u64,
    merged: u64,
    invalid: u64,
    repeated: u64,
    foreign_root: u64,
}

impl Counts {
    fn tell(&self, table: &str, found: &Found, tally: &mut Tally) {
        let outside = found.rows - found.unresolved - self.within;
        for (treatment, reason, rows) in [
            (Treatment::Dropped, "a side is unresolved (root 0)", found.unresolved),
            (Treatment::Dropped, "a side is no neuron of this field", outside),
            (Treatment::Dropped, "a side is a segment that several neurons of this field share", self.merged),
            (Treatment::Dropped, "it is marked as not valid", self.invalid),
            (Treatment::Dropped, "it repeats an earlier row", self.repeated),
            (
                Treatment::Repaired,
                "it was joined by nucleus, as no other table knows its segment",
                self.foreign_root,
            ),
        ] {
            tally.add(table, treatment, reason, rows);
        }
    }
}

fn events(chosen: &Chosen, evidence: &Evidence, notes: &mut Vec<String>) -> Vec<Event> {
    let Some((activity, places)) = evidence.activity else {
        notes.push("no table tells functional activity: the field has no events".to_owned());
        return Vec::new();
    };
    notes.extend(activity.notes.iter().cloned());
    let mut unknown = 0;
    let mut trains = Vec::new();
    for member in &chosen.members {
        let key = evidence.units.all[member.unit].key;
        let train = places.get(&key).and_then(|&place| activity.trains.get(place)?.clone());
        unknown += usize::from(train.is_none());
        trains.push(train.unwrap_or_default());
    }
    if unknown > 0 {
        notes.push(format!(
            "{unknown} of {} neurons have no functional activity in the tables",
            chosen.members.len()
        ));
    }
    notes.extend(irregularities::of_trains(&trains));
    let of_neuron = |(neuron, train): (usize, Vec<f64>)| {
        train.into_iter().map(move |time_s| Event { neuron: neuron as u32, time_s })
    };
    trains.into_iter().enumerate().flat_map(of_neuron).collect()
}

/// The optional columns of `neurons.parquet`.
fn further(chosen: &Chosen, units: &Units) -> Table {
    let mut table = Table::new();
    let members = || chosen.members.iter().map(|member| &units.all[member.unit]);
    if chosen.wide {
        table = table
            .with("session", Column::I64(members().map(|unit| unit.key.session).collect()))
            .with("scan_idx", Column::I64(members().map(|unit| unit.key.scan).collect()))
            .with("field", Column::OptionalI64(members().map(|unit| unit.field).collect()));
    }
    for (name, values) in &units.attributes {
        let rows = chosen.members.iter().map(|member| member.unit);
        let column = match values {
            Values::Integer(values) => Column::OptionalI64(rows.map(|row| values[row]).collect()),
            Values::Float(values) => Column::OptionalF64(rows.map(|row| values[row]).collect()),
            Values::Text(values) => Column::OptionalText(rows.map(|row| values[row].clone()).collect()),
            Values::Boolean(_) | Values::Position(_) => continue,
        };
        table = table.with(name, column);
    }
    table
}
