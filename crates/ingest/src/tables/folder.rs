//! Which file of a folder is which table.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use config::TableSettings;

use super::{
    file::TableFile,
    recognise::{self, Role},
};
use crate::IngestError;

/// The tables of a folder by what they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// Tables that are of use, with their role, sorted by name.
    pub(crate) tables: Vec<(TableFile, Role)>,
    /// Tables that nothing is read from, sorted by name.
    pub(crate) unknown: Vec<TableFile>,
}

impl Folder {
    /// Looks at every table of the folder at `path`.
    ///
    /// # Errors
    /// [`IngestError::Missing`] if there is no such folder or no table in it, or what is wrong with a table.
    pub(crate) fn open(path: &Path) -> Result<Self, IngestError> {
        let missing =
            |reason: &str| IngestError::Missing { path: path.to_owned(), reason: reason.to_owned() };
        if !path.is_dir() {
            return Err(missing(
                "there is no such folder, so no tables to read; source.path names the folder they lie in",
            ));
        }
        let entries = fs::read_dir(path).map_err(IngestError::io("list", path))?;
        let mut files: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        let mut folder = Self::default();
        for file in files {
            if let Some(table) = TableFile::open(&file)? {
                match recognise::role(&table) {
                    Some(role) => folder.tables.push((table, role)),
                    None => folder.unknown.push(table),
                }
            }
        }
        if folder.tables.is_empty() {
            return Err(missing(
                "it holds no table that is known by its columns; tables are called *.csv, *.csv.gz or *.parquet",
            ));
        }
        Ok(folder)
    }

    /// Tables that may serve in a role: the one that the configuration names, else all of that role.
    pub(super) fn candidates(&self, role: Role, settings: &TableSettings) -> Vec<&TableFile> {
        let named = settings.files.get(role.name());
        let serves = |file: &TableFile| named.is_none_or(|named| *named == file.name());
        self.tables
            .iter()
            .filter(|(file, known)| *known == role && serves(file))
            .map(|(file, _)| file)
            .collect()
    }

    /// The table that serves in a role, if there is one.
    ///
    /// # Errors
    /// [`IngestError::Missing`] if several could.
    pub(super) fn only(
        &self,
        path: &Path,
        role: Role,
        settings: &TableSettings,
    ) -> Result<Option<&TableFile>, IngestError> {
        match self.candidates(role, settings)[..] {
            [] => Ok(None),
            [file] => Ok(Some(file)),
            ref several => Err(ambiguous(path, role, several)),
        }
    }

    /// Checks that what the configuration names is there.
    ///
    /// # Errors
    /// [`IngestError::Missing`] names a role that there is not, or a file that does not serve in it.
    pub(super) fn check(&self, path: &Path, settings: &TableSettings) -> Result<(), IngestError> {
        let roles: BTreeMap<&str, Role> = Role::ALL.into_iter().map(|role| (role.name(), role)).collect();
        for (role, file) in &settings.files {
            let missing = |reason: String| Err(IngestError::Missing { path: path.to_owned(), reason });
            let Some(&known) = roles.get(role.as_str()) else {
                let known = roles.keys().copied().collect::<Vec<_>>().join(", ");
                return missing(format!("source.files names the table `{role}`; tables are {known}"));
            };
            if self.candidates(known, settings).is_empty() {
                let found = self.tables.iter().find(|(table, _)| table.name() == *file);
                let found = match found {
                    Some((_, other)) => format!("its columns are those of {}", other.name()),
                    None => "there is no such table".to_owned(),
                };
                return missing(format!("source.files names {file} as {role}, but {found}"));
            }
        }
        Ok(())
    }
}

pub(super) fn ambiguous(path: &Path, role: Role, several: &[&TableFile]) -> IngestError {
    let names: Vec<String> = several.iter().map(|file| file.name()).collect();
    let reason = format!(
        "{} could each be the table of {role}; name one, as in source.files = {{ {role} = {:?} }}",
        names.join(" and "),
        names[0],
        role = role.name(),
    );
    IngestError::Missing { path: path.to_owned(), reason }
}
