//! The nucleus table: for every nucleus its segment and position.

use std::collections::{BTreeMap, HashMap};

use artifact::Treatment;
use config::TableSettings;

use super::{
    file::TableFile,
    frame,
    load::{self, Wanted},
    recognise::names,
    resolution::Resolution,
    tally::Tally,
    values::Type,
};
use crate::{IngestError, error::Defect};

/// Segment (0 where none was found) and position, voxels, of a nucleus.
pub(super) type Soma = (i64, Option<[f64; 3]>);

/// All nuclei that are valid, each once.
#[derive(Clone, Debug)]
pub(super) struct Nuclei {
    file: TableFile,
    nucleus: Vec<Option<i64>>,
    somata: Vec<Soma>,
    /// Nuclei of every segment that has several.
    merged: BTreeMap<i64, u32>,
    pub(super) tally: Tally,
    pub(super) note: String,
}

const COLUMNS: [Wanted; 4] = [
    Wanted { name: "nucleus", sources: names::OWN_NUCLEUS, kind: Type::Integer },
    Wanted { name: "root", sources: names::ROOT, kind: Type::Integer },
    Wanted { name: "position", sources: names::POSITION, kind: Type::Position },
    Wanted { name: "valid", sources: names::VALID, kind: Type::Boolean },
];

impl Nuclei {
    /// Reads a nucleus table.
    ///
    /// # Errors
    /// [`IngestError::Content`] if it cannot be read or has a nucleus twice, differently.
    pub(super) fn read(file: &TableFile, settings: &TableSettings) -> Result<Self, IngestError> {
        let loaded = load::load(file, &COLUMNS)?;
        let polars = |error| load::unusable(file, &error);
        let ids = frame::integers(&loaded, "nucleus").map_err(polars)?;
        let roots = frame::integers(&loaded, "root").map_err(polars)?;
        let positions = frame::positions(&loaded, "position").map_err(polars)?;
        let valid = frame::booleans(&loaded, "valid").map_err(polars)?;
        let resolution = Resolution::of(file, settings);
        let mut this = Self {
            file: file.clone(),
            nucleus: Vec::new(),
            somata: Vec::new(),
            merged: BTreeMap::new(),
            tally: Tally::default(),
            note: resolution.note(file),
        };
        let mut first: HashMap<i64, usize> = HashMap::new();
        let mut segments: BTreeMap<i64, u32> = BTreeMap::new();
        for row in 0..ids.len() {
            let mut dropped = |reason| this.tally.add(&file.name(), Treatment::Dropped, reason, 1);
            let Some(nucleus) = ids[row].filter(|&nucleus| nucleus != 0) else {
                dropped("it has no nucleus id");
                continue;
            };
            if valid[row] == Some(false) {
                dropped("it is marked as not valid");
                continue;
            }
            if let Some(&earlier) = first.get(&nucleus) {
                if frame::alike(&loaded, earlier, row).map_err(polars)? {
                    dropped("an earlier row says the same");
                    continue;
                }
                let reason = format!(
                    "nucleus {nucleus} stands in rows {} and {}, which differ; keep one of them",
                    earlier + 1,
                    row + 1
                );
                return Err(Defect::at(&file.path)(Defect::new(reason)));
            }
            first.insert(nucleus, row);
            let root = roots[row].unwrap_or(0);
            if root != 0 {
                *segments.entry(root).or_default() += 1;
            }
            this.nucleus.push(Some(nucleus));
            this.somata.push((root, positions[row].map(|position| resolution.voxels(position))));
        }
        this.merged = segments.into_iter().filter(|&(_, nuclei)| nuclei > 1).collect();
        Ok(this)
    }

    /// What is known of each of these nuclei.
    pub(super) fn of(&self, nuclei: &[Vec<Option<i64>>]) -> Result<Vec<Option<Soma>>, IngestError> {
        let rows = frame::matches(nuclei, std::slice::from_ref(&self.nucleus))
            .map_err(|error| load::unusable(&self.file, &error))?;
        Ok(rows.into_iter().map(|row| row.map(|row| self.somata[row])).collect())
    }

    /// How many nuclei lie in this segment, if several do.
    pub(super) fn sharing(&self, root: i64) -> Option<u32> {
        self.merged.get(&root).copied()
    }
}
