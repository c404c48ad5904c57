//! Functional units of a coregistration table, cleaned, with what the other tables tell of them.

use std::collections::HashMap;

use artifact::Treatment;
use config::TableSettings;
use polars::prelude::{DataFrame, PolarsResult};

use super::{
    activity::UnitKey,
    attributes,
    file::TableFile,
    frame,
    load::{self, Wanted},
    nuclei::Nuclei,
    recognise::{Role, names},
    resolution::Resolution,
    values::{Type, Values},
};
use crate::{IngestError, error::Defect};

/// A functional unit and the nucleus it was matched to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) key: UnitKey,
    /// The plane it was imaged in.
    pub(super) field: Option<i64>,
    /// Nucleus; 0 where none was found.
    pub(super) nucleus: i64,
    /// Segment in the coregistration table; 0 where none was found.
    pub(super) root: i64,
    /// Segment of its nucleus in the nucleus table; 0 where that does not tell.
    pub(super) nucleus_root: i64,
    /// Soma position, voxels; fractions where the source has them.
    pub(super) position: [f64; 3],
}

/// What became of one row that was not taken as it is.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    /// Session, scan and plane of the row, as far as it tells.
    pub(super) place: [Option<i64>; 3],
    pub(super) table: String,
    pub(super) treatment: Treatment,
    pub(super) reason: &'static str,
}

/// All units of a coregistration table that can be used, in the order of its rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Units {
    pub(super) all: Vec<Unit>,
    /// What is known of them besides, a value a unit, by the names of `neurons.parquet`.
    pub(super) attributes: Vec<(&'static str, Values)>,
    pub(super) fates: Vec<Fate>,
    /// What was decided for whole tables, one sentence each.
    pub(super) notes: Vec<String>,
}

impl Units {
    /// What is known of every unit under this name of `neurons.parquet`.
    pub(super) fn attribute(&self, name: &str) -> Option<&Values> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, values)| values)
    }
}

const COLUMNS: [Wanted; 8] = [
    Wanted { name: "session", sources: names::SESSION, kind: Type::Integer },
    Wanted { name: "scan", sources: names::SCAN, kind: Type::Integer },
    Wanted { name: "unit", sources: names::UNIT, kind: Type::Integer },
    Wanted { name: "field", sources: names::FIELD, kind: Type::Integer },
    Wanted { name: "nucleus", sources: names::NUCLEUS, kind: Type::Integer },
    Wanted { name: "root", sources: names::ROOT, kind: Type::Integer },
    Wanted { name: "position", sources: names::POSITION, kind: Type::Position },
    Wanted { name: "valid", sources: names::VALID, kind: Type::Boolean },
];

/// Reads a coregistration table; nuclei, where there is a table of them, supply what it lacks.
///
/// # Errors
/// [`IngestError::Content`] names the file and the row that cannot be used.
pub(super) fn read(
    file: &TableFile,
    nuclei: Option<&Nuclei>,
    settings: &TableSettings,
) -> Result<Units, IngestError> {
    if !file.has(names::NUCLEUS) {
        let reason = "it has no column target_id; `id` may be the annotation or the nucleus, so that the nucleus is unknown";
        return Err(Defect::at(&file.path)(Defect::new(reason)));
    }
    let own = attributes::wanted(file, Role::Coregistration);
    let wanted: Vec<Wanted> = COLUMNS.iter().copied().chain(own.iter().copied()).collect();
    let frame = load::load(file, &wanted)?;
    let polars = |error| load::unusable(file, &error);
    let resolution = Resolution::of(file, settings);
    let mut units = Units { notes: vec![resolution.note(file)], ..Units::default() };
    let rows = Rows::of(&frame).map_err(polars)?;
    let kept = rows.usable(file, &frame, &mut units)?;
    let nucleus_keys =
        vec![kept.iter().map(|&row| rows.nucleus[row].filter(|&nucleus| nucleus != 0)).collect()];
    let of_nuclei = match nuclei {
        Some(nuclei) => nuclei.of(&nucleus_keys)?,
        None => vec![None; kept.len()],
    };
    let mut taken = Vec::new();
    for (&row, nucleus) in kept.iter().zip(of_nuclei) {
        if let Some(unit) = rows.unit(row, &resolution, nucleus, file, &mut units) {
            units.all.push(unit);
            taken.push(Some(row));
        }
    }
    for wanted in own {
        let mut values = frame::gathered(&frame, wanted.name, &taken).map_err(polars)?;
        if let Some(note) = attributes::normalise(wanted.name, &mut values, settings.angles) {
            units.notes.push(format!("{}: {note}", file.name()));
        }
        units.attributes.push((wanted.name, values));
    }
    Ok(units)
}

/// The columns of a coregistration table.
struct Rows {
    session: Vec<Option<i64>>,
    scan: Vec<Option<i64>>,
    unit: Vec<Option<i64>>,
    field: Vec<Option<i64>>,
    nucleus: Vec<Option<i64>>,
    root: Vec<Option<i64>>,
    position: Vec<Option<[f64; 3]>>,
    valid: Vec<Option<bool>>,
}

impl Rows {
    fn of(frame: &DataFrame) -> PolarsResult<Self> {
        Ok(Self {
            session: frame::integers(frame, "session")?,
            scan: frame::integers(frame, "scan")?,
            unit: frame::integers(frame, "unit")?,
            field: frame::integers(frame, "field")?,
            nucleus: frame::integers(frame, "nucleus")?,
            root: frame::integers(frame, "root")?,
            position: frame::positions(frame, "position")?,
            valid: frame::booleans(frame, "valid")?,
        })
    }

    /// Rows of valid units, each once.
    fn usable(
        &self,
        file: &TableFile,
        frame: &DataFrame,
        units: &mut Units,
    ) -> Result<Vec<usize>, IngestError> {
        let mut first: HashMap<UnitKey, usize> = HashMap::new();
        let mut kept = Vec::new();
        for row in 0..self.unit.len() {
            if self.valid[row] == Some(false) {
                units.fates.push(self.fate(row, file, Treatment::Dropped, "it is marked as not valid"));
                continue;
            }
            let Some(key) = self.key(row) else {
                units.fates.push(self.fate(
                    row,
                    file,
                    Treatment::Dropped,
                    "session, scan or unit is missing",
                ));
                continue;
            };
            match first.get(&key) {
                None => {
                    first.insert(key, row);
                    kept.push(row);
                }
                Some(&earlier)
                    if frame::alike(frame, earlier, row).map_err(|error| load::unusable(file, &error))? =>
                {
                    units.fates.push(self.fate(
                        row,
                        file,
                        Treatment::Dropped,
                        "an earlier row says the same",
                    ));
                }
                Some(&earlier) => {
                    let reason = format!(
                        "session {}, scan {}, unit {} stands in rows {} and {}, which differ; (session, scan_idx, unit_id) \
                         must be unique, so remove one of them",
                        key.session,
                        key.scan,
                        key.unit,
                        earlier + 1,
                        row + 1
                    );
                    return Err(Defect::at(&file.path)(Defect::new(reason)));
                }
            }
        }
        Ok(kept)
    }

    fn key(&self, row: usize) -> Option<UnitKey> {
        Some(UnitKey { session: self.session[row]?, scan: self.scan[row]?, unit: self.unit[row]? })
    }

    fn fate(&self, row: usize, file: &TableFile, treatment: Treatment, reason: &'static str) -> Fate {
        let place = [self.session[row], self.scan[row], self.field[row]];
        Fate { place, table: file.name(), treatment, reason }
    }

    /// One unit, with what its nucleus knows; `None` if it cannot be placed.
    fn unit(
        &self,
        row: usize,
        resolution: &Resolution,
        of_nucleus: Option<(i64, Option<[f64; 3]>)>,
        file: &TableFile,
        units: &mut Units,
    ) -> Option<Unit> {
        let mut tell = |treatment, reason| units.fates.push(self.fate(row, file, treatment, reason));
        let (nucleus_root, nucleus_position) = of_nucleus.unwrap_or((0, None));
        let position = match (self.position[row], nucleus_position) {
            (Some(position), _) => resolution.voxels(position),
            (None, Some(position)) => {
                tell(Treatment::Repaired, "it has no position; its nucleus's was taken");
                position
            }
            (None, None) => {
                tell(Treatment::Dropped, "it has no position, and no nucleus table tells one");
                return None;
            }
        };
        let (nucleus, root) = (self.nucleus[row].unwrap_or(0), self.root[row].unwrap_or(0));
        if nucleus == 0 && root == 0 {
            tell(Treatment::Dropped, "it has neither nucleus nor segment");
            return None;
        }
        if nucleus == 0 {
            tell(Treatment::Kept, "its nucleus is unknown; it is joined by its segment");
        }
        match (root, nucleus_root) {
            (0, 0) => tell(Treatment::Kept, "root_id 0: no segment was found, so that it joins no synapses"),
            (0, _) => tell(Treatment::Repaired, "root_id 0: its nucleus's segment was taken"),
            (own, other) if other != 0 && own != other => {
                tell(
                    Treatment::Kept,
                    "its root_id differs from its nucleus's in the nucleus table; both are looked for",
                );
            }
            _ => {}
        }
        let key = self.key(row)?;
        Some(Unit { key, field: self.field[row], nucleus, root, nucleus_root, position })
    }
}
