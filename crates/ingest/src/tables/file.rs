use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::{
    cell, header,
    records::{self, Record},
    scan_csv,
};
use crate::{IngestError, error::Defect};

/// Bytes of a text table that are looked at for its header.
const HEADER_BYTES: usize = 1 << 20;

/// How the rows of a table lie in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated text.
    Csv {
        /// Whether its first record names the columns; otherwise a sidecar does.
        header: bool,
        /// Whether it is gzip.
        gzip: bool,
    },
    /// Neurodata Without Borders, HDF5: activity alone.
    Nwb,
}

/// A table of the source, known by its columns; its rows are not read yet.
#[derive(Clone, Debug)]
pub(crate) struct TableFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// How its rows lie in it.
    pub(crate) form: Form,
    /// Names of its columns, in order; a nested column of Parquet is one.
    pub(crate) columns: Vec<String>,
    /// The file that names the columns of a headerless table.
    pub(crate) sidecar: Option<PathBuf>,
    /// Length of a unit of its positions along x, y and z, nanometres, where its metadata tell.
    pub(crate) resolution_nm: Option<[f64; 3]>,
    /// Its rows, where its metadata tell.
    pub(crate) rows: Option<u64>,
}

impl TableFile {
    /// Looks at the header of a table; `None` if the name is not that of one.
    ///
    /// Tables are called `*.parquet`, `*.csv` or `*.csv.gz`, files of activity `*.nwb`. `NAME_header.csv` beside `NAME.csv` or `NAME.csv.gz` is its
    /// sidecar: lines of `column,type`.
    ///
    /// # Errors
    /// [`IngestError`] if the file or its sidecar cannot be read or is damaged.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, IngestError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if name.ends_with(".parquet") {
            return Self::parquet(path).map(Some);
        }
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("nwb")) {
            return Ok(Some(Self {
                path: path.to_owned(),
                form: Form::Nwb,
                columns: vec![crate::activity::NWB.to_owned()],
                sidecar: None,
                resolution_nm: None,
                rows: None,
            }));
        }
        let Some(stem) = name.strip_suffix(".gz").unwrap_or(&name).strip_suffix(".csv") else {
            return Ok(None);
        };
        if stem.ends_with("_header") && !tables_of_sidecar(path).is_empty() {
            return Ok(None);
        }
        Self::csv(path).map(Some)
    }

    /// Name of the file.
    pub(crate) fn name(&self) -> String {
        file_name(&self.path)
    }

    /// The place of the first column that is called by one of `names`, whatever their case.
    pub(crate) fn place(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.columns.iter().position(|column| column.eq_ignore_ascii_case(name)))
    }

    /// Whether a column is called by one of `names`.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        self.place(names).is_some()
    }

    /// Files that its content depends on.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.path.as_path()).chain(self.sidecar.as_deref())
    }

    /// Length of the file, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    fn parquet(path: &Path) -> Result<Self, IngestError> {
        let file = File::open(path).map_err(IngestError::io("open", path))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(|error| {
            Defect::at(path)(Defect::new(format!("it is no readable Parquet file: {error}")))
        })?;
        let about = metadata.metadata().file_metadata();
        let pandas =
            about.key_value_metadata().and_then(|pairs| pairs.iter().find(|pair| pair.key == "pandas"));
        let resolution_nm = pandas.and_then(|pair| resolution_of_pandas(pair.value.as_deref()?));
        let columns = metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows = Some(about.num_rows() as u64);
        Ok(Self { path: path.to_owned(), form: Form::Parquet, columns, sidecar: None, resolution_nm, rows })
    }

    fn csv(path: &Path) -> Result<Self, IngestError> {
        let (start, all) = scan_csv::beginning(path, HEADER_BYTES)?;
        let mut cells = Vec::new();
        let start = &start[scan_csv::byte_order_mark(&start)..];
        let Record::Whole(_) = records::next(start, all, &mut cells) else {
            let reason = "its first record does not end; a table of comma-separated text is expected";
            return Err(Defect::at(path)(Defect::new(reason)));
        };
        let first: Vec<String> = cells
            .iter()
            .map(|&(from, to)| String::from_utf8_lossy(start[from..to].trim_ascii()).into_owned())
            .collect();
        let sidecar = sidecar_of(path);
        let (columns, header) = match &sidecar {
            Some(sidecar) => {
                let bytes = fs::read(sidecar).map_err(IngestError::io("read", sidecar))?;
                let columns = header::parse(&bytes).map_err(Defect::at(sidecar))?;
                // Some tables were given a header although a sidecar lies beside them.
                let header = columns == first;
                (columns, header)
            }
            None if start.is_empty() => (Vec::new(), true),
            None => {
                check_header(&first).map_err(Defect::at(path))?;
                (first.clone(), true)
            }
        };
        if !start.is_empty() && first.len() != columns.len() {
            let reason = format!("it names {} columns, but the table has {}", columns.len(), first.len());
            return Err(Defect::at(sidecar.as_deref().unwrap_or(path))(Defect::new(reason)));
        }
        let form = Form::Csv { header, gzip: scan_csv::is_gzip(path)? };
        Ok(Self { path: path.to_owned(), form, columns, sidecar, resolution_nm: None, rows: None })
    }
}

/// Name of a file without its folder.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Refuses a first record that is data: a headerless table without its sidecar.
fn check_header(first: &[String]) -> Result<(), Defect> {
    let is_value = |name: &String| cell::float(name.as_bytes()).is_ok_and(|value| value.is_some());
    // Traces of activity have columns that are called by the numbers of units or frames.
    if first.iter().any(is_value) && !crate::activity::recognises(first) {
        return Err(Defect::new(
            "it has no header; put its sidecar NAME_header.csv, a `column,type` a line, beside it",
        ));
    }
    let mut names: Vec<&String> = first.iter().filter(|name| !name.is_empty()).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Defect::new(format!("its header names the column `{}` twice", pair[0]))),
        None => Ok(()),
    }
}

/// The path without `.gz` and `.csv`.
fn stem(path: &Path) -> Option<String> {
    let name = file_name(path);
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.strip_suffix(".csv").map(str::to_owned)
}

fn sidecar_of(path: &Path) -> Option<PathBuf> {
    let sidecar = path.with_file_name(format!("{}_header.csv", stem(path)?));
    sidecar.is_file().then_some(sidecar)
}

fn tables_of_sidecar(path: &Path) -> Vec<PathBuf> {
    let Some(name) = stem(path).and_then(|stem| stem.strip_suffix("_header").map(str::to_owned)) else {
        return Vec::new();
    };
    let candidates = ["csv.gz", "csv"].map(|ending| path.with_file_name(format!("{name}.{ending}")));
    candidates.into_iter().filter(|candidate| candidate.is_file()).collect()
}

/// Reads `attributes.dataframe_resolution` of the metadata that pandas keeps in Parquet: three lengths, nanometres.
fn resolution_of_pandas(text: &str) -> Option<[f64; 3]> {
    let metadata: serde_json::Value = serde_json::from_str(text).ok()?;
    let lengths = metadata.get("attributes")?.get("dataframe_resolution")?.as_array()?;
    let lengths: Vec<f64> = lengths.iter().filter_map(serde_json::Value::as_f64).collect();
    let lengths: [f64; 3] = lengths.try_into().ok()?;
    lengths.iter().all(|length| length.is_finite() && *length > 0.0).then_some(lengths)
}

#[cfg(test)]
mod tests {
    use super::resolution_of_pandas;

    #[test]
    fn a_resolution_is_read_where_pandas_wrote_three_lengths() {
        let read = |value: &str| {
            resolution_of_pandas(&format!(
                "{{\"attributes\": {{\"dataframe_resolution\": {value}}}, \"columns\": []}}"
            ))
        };
        assert_eq!(read("[1, 1, 1]"), Some([1.0; 3]));
        assert_eq!(read("[4.0, 4.0, 40.0]"), Some([4.0, 4.0, 40.0]));
        for none in ["null", "\"mixed_tables_resolution\"", "[1, 1]", "[0, 1, 1]"] {
            assert_eq!(read(none), None);
        }
        assert_eq!(resolution_of_pandas("{}"), None);
    }
}
