//! MICrONS tables, in every dialect that they reach a user in.

pub(crate) mod activity;
mod assemble;
mod attributes;
mod cell;
mod choose;
pub(crate) mod file;
mod folder;
mod frame;
mod header;
mod known;
mod load;
mod nodes;
mod nuclei;
mod position;
pub(crate) mod recognise;
mod records;
mod resolution;
pub(crate) mod scan_csv;
pub(crate) mod scan_parquet;
pub(crate) mod selection;
mod tally;
mod units;
pub(crate) mod values;
mod wiring;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use artifact::{Count, Fingerprint};
use config::{TableSettings, Wiring};
use cortex::FieldName;
use stage::Console;

use crate::{Bundle, CleanField, IngestError};
use activity::UnitKey;
use choose::Chosen;
use file::{TableFile, file_name};
pub(crate) use folder::Folder;
use nodes::Nodes;
use nuclei::Nuclei;
use recognise::Role;
pub(crate) use selection::Selection;
use tally::Tally;
use units::Units;

/// A folder of MICrONS tables, recognised by their columns.
#[derive(Clone, Debug)]
pub struct Tables {
    path: PathBuf,
    folder: Folder,
    settings: TableSettings,
    known: OnceLock<Known>,
}

/// What the small tables tell, before any field is chosen.
#[derive(Clone, Debug)]
struct Known {
    coregistration: TableFile,
    units: Units,
    nuclei: Option<Nuclei>,
    tally: Tally,
}

impl Tables {
    /// Opens the folder at `path`; only the headers of its tables are read.
    ///
    /// # Errors
    /// [`IngestError::Missing`] if there is no such folder, no table in it, or not what the settings name; what is
    /// wrong with a table.
    pub fn open(path: &Path, settings: &TableSettings) -> Result<Self, IngestError> {
        let folder = Folder::open(path)?;
        folder.check(path, settings)?;
        Ok(Self { path: path.to_owned(), folder, settings: settings.clone(), known: OnceLock::new() })
    }

    /// The tables and what they are.
    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Names of all fields `session_scan_field` of the coregistration table, sorted by their numbers.
    ///
    /// # Errors
    /// [`IngestError`] if there is no coregistration table, several that differ, or it cannot be read.
    pub fn fields(&self) -> Result<Vec<FieldName>, IngestError> {
        let known = self.known()?;
        let planes: BTreeSet<[i64; 3]> = known
            .units
            .all
            .iter()
            .filter_map(|unit| Some([unit.key.session, unit.key.scan, unit.field?]))
            .collect();
        let names: Vec<FieldName> = planes
            .into_iter()
            .filter_map(|[session, scan, field]| format!("{session}_{scan}_{field}").parse().ok())
            .collect();
        if names.is_empty() {
            let reason =
                "it tells no field of any unit; name a scan (6_6), a session (6) or \"volume\"".to_owned();
            return Err(IngestError::Missing { path: known.coregistration.path.clone(), reason });
        }
        Ok(names)
    }

    /// Every file that [`Tables::read`] opens for a field.
    ///
    /// # Errors
    /// [`IngestError`] if tables are missing or several could serve.
    pub fn paths(&self, name: &FieldName) -> Result<Vec<PathBuf>, IngestError> {
        let mut paths: Vec<PathBuf> = self
            .used()?
            .into_iter()
            .flat_map(|(file, _)| file.paths().map(Path::to_owned).collect::<Vec<_>>())
            .collect();
        paths.extend(self.order(name)?.map(|(path, _)| path));
        Ok(paths)
    }

    /// Fingerprints of those files, by file name.
    ///
    /// # Errors
    /// As [`Tables::paths`], or if a file cannot be read.
    pub fn fingerprints(
        &self,
        name: &FieldName,
        known: &mut BTreeMap<PathBuf, Fingerprint>,
    ) -> anyhow::Result<BTreeMap<String, Fingerprint>> {
        let mut fingerprints = BTreeMap::new();
        for path in self.paths(name)? {
            let fingerprint = match known.get(&path) {
                Some(fingerprint) => fingerprint.clone(),
                None => Fingerprint::of_file(&path)?,
            };
            known.insert(path.clone(), fingerprint.clone());
            fingerprints.insert(file_name(&path), fingerprint);
        }
        Ok(fingerprints)
    }

    /// Reads, joins, checks and cleans fields, in one pass over every table; one result a name, in their order.
    ///
    /// # Errors
    /// [`IngestError`] for what concerns all of them: a table that cannot be read.
    pub fn read(
        &self,
        names: &[FieldName],
        console: Console,
    ) -> Result<Vec<Result<CleanField, IngestError>>, IngestError> {
        let Known { coregistration, units, nuclei, tally } = self.known()?;
        let choose = |name: &FieldName| -> Result<Chosen, IngestError> {
            let order = self.order(name)?.map(|(_, order)| order);
            choose::choose(name, units, &coregistration.name(), &self.settings, order.as_deref())
        };
        let chosen: Vec<Result<Chosen, IngestError>> = names.iter().map(choose).collect();
        let members = || chosen.iter().flatten().flat_map(|chosen| &chosen.members);
        let nodes = Arc::new(Nodes::new(
            members().flat_map(|member| member.roots.iter().copied()),
            members().map(|member| units.all[member.unit].nucleus),
        ));
        let wiring = match self.wiring()? {
            Some((file, role)) if nodes.len() > 0 => {
                Some((file.name(), wiring::find(file, role, &nodes, console)?))
            }
            _ => None,
        };
        let strangers = match &wiring {
            Some((_, found)) if found.rows > 0 && !found.seen.contains(&true) => {
                self.all_are_strangers(units)?
            }
            _ => false,
        };
        let keys: BTreeSet<UnitKey> = members().map(|member| units.all[member.unit].key).collect();
        let keys: Vec<UnitKey> = keys.into_iter().collect();
        let files = self.folder.candidates(Role::Activity, &self.settings);
        let activity = if files.is_empty() || keys.is_empty() {
            None
        } else {
            Some(crate::activity::read(&files, &keys, &self.settings, console)?)
        };
        let places: HashMap<UnitKey, usize> =
            keys.iter().enumerate().map(|(place, &key)| (key, place)).collect();
        let evidence = assemble::Evidence {
            units,
            nuclei: nuclei.as_ref(),
            wiring: wiring.as_ref().map(|(name, found)| (name.as_str(), &*nodes, found)),
            activity: activity.as_ref().map(|activity| (activity, &places)),
            strangers,
            notes: &units.notes,
            tally,
        };
        Ok(chosen.into_iter().map(|chosen| assemble::assemble(&chosen?, &evidence)).collect())
    }

    /// Whether the table of synapses or connections knows none of all units, not only none of those that were chosen.
    fn all_are_strangers(&self, units: &Units) -> Result<bool, IngestError> {
        let Some((file, role)) = self.wiring()? else { return Ok(false) };
        let all = || units.all.iter();
        let roots = all().flat_map(|unit| [unit.root, unit.nucleus_root]);
        let nodes = Arc::new(Nodes::new(roots, all().map(|unit| unit.nucleus)));
        Ok(!wiring::find(file, role, &nodes, Console::new(true))?.seen.contains(&true))
    }

    /// Rows of whole tables that were dropped, repaired or kept although odd, whatever field they are of.
    ///
    /// # Errors
    /// As [`Tables::fields`].
    pub(crate) fn counts(&self) -> Result<Vec<Count>, IngestError> {
        let Known { units, tally, .. } = self.known()?;
        let mut tally = tally.clone();
        for fate in &units.fates {
            tally.add(&fate.table, fate.treatment, fate.reason, 1);
        }
        Ok(tally.counts())
    }

    /// What the small tables tell; they are read once.
    fn known(&self) -> Result<&Known, IngestError> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = self.joined()?;
        Ok(self.known.get_or_init(|| known))
    }

    /// Reads the small tables and joins them.
    fn joined(&self) -> Result<Known, IngestError> {
        let mut tally = Tally::default();
        let nuclei = match self.folder.only(&self.path, Role::Nuclei, &self.settings)? {
            Some(file) => Some(Nuclei::read(file, &self.settings)?),
            None => None,
        };
        let (coregistration, mut units) = self.coregistration(nuclei.as_ref())?;
        if let Some(nuclei) = &nuclei {
            tally.extend(&nuclei.tally);
            units.notes.push(nuclei.note.clone());
        }
        for role in [Role::CellTypes, Role::Areas, Role::Proofreading, Role::Properties] {
            let files = self.folder.candidates(role, &self.settings);
            if files.len() > 1 && !role.may_be_several() {
                return Err(folder::ambiguous(&self.path, role, &files));
            }
            for file in files {
                known::add(&mut units, &mut tally, file, role, &self.settings)?;
            }
        }
        known::complete_classes(&mut units);
        Ok(Known { coregistration, units, nuclei, tally })
    }

    /// The coregistration table; of several that say the same, the first.
    fn coregistration(&self, nuclei: Option<&Nuclei>) -> Result<(TableFile, Units), IngestError> {
        let files = self.folder.candidates(Role::Coregistration, &self.settings);
        let Some((&first, others)) = files.split_first() else {
            let reason = "it holds no coregistration table: one with session, scan_idx, unit_id, field, target_id and a position";
            return Err(IngestError::Missing { path: self.path.clone(), reason: reason.to_owned() });
        };
        let mut units = units::read(first, nuclei, &self.settings)?;
        for other in others {
            let same = units::read(other, nuclei, &self.settings)?;
            if same.all != units.all || same.attributes != units.attributes {
                return Err(folder::ambiguous(&self.path, Role::Coregistration, &files));
            }
            units.notes.push(format!("{} says the same as {}, which was read", other.name(), first.name()));
        }
        Ok((first.clone(), units))
    }

    /// The table that connections come from.
    fn wiring(&self) -> Result<Option<(&TableFile, Role)>, IngestError> {
        let of =
            |role: Role| Ok(self.folder.only(&self.path, role, &self.settings)?.map(|file| (file, role)));
        let asked = |role: Role| {
            of(role)?.map(Some).ok_or_else(|| IngestError::Missing {
                path: self.path.clone(),
                reason: format!("source.wiring asks for a table of {0}, and it holds none", role.name()),
            })
        };
        match self.settings.wiring {
            Some(Wiring::Synapses) => asked(Role::Synapses),
            Some(Wiring::Connections) => asked(Role::Connections),
            Some(Wiring::None) => Ok(None),
            None => match of(Role::Synapses)? {
                Some(found) => Ok(Some(found)),
                None => of(Role::Connections),
            },
        }
    }

    /// All tables that are read.
    fn used(&self) -> Result<Vec<(&TableFile, Role)>, IngestError> {
        let wiring = self.wiring()?;
        let is_wiring = |role: Role| matches!(role, Role::Synapses | Role::Connections);
        let others = Role::ALL.into_iter().filter(|&role| !is_wiring(role));
        let mut used: Vec<(&TableFile, Role)> = others
            .flat_map(|role| {
                self.folder.candidates(role, &self.settings).into_iter().map(move |file| (file, role))
            })
            .collect();
        used.extend(wiring);
        Ok(used)
    }

    /// The order of a field's neurons in a bundle: that which the settings name, or one that lies among the tables.
    fn order(&self, name: &FieldName) -> Result<Option<(PathBuf, Vec<i64>)>, IngestError> {
        match &self.settings.bundle {
            Some(bundle) => Bundle::open(Path::new(bundle))?.unit_ids(name),
            None => Bundle::open(&self.path)?.unit_ids(name),
        }
    }
}
