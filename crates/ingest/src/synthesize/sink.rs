use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use arrow::{array::RecordBatch, error::ArrowError};
use flate2::{Compression as GzipLevel, write::GzEncoder};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    errors::ParquetError,
    file::properties::{EnabledStatistics, WriterProperties},
};

use super::{
    dialect::{Container, Layout},
    records,
    sheet::Sheet,
    text,
};
use crate::IngestError;

/// Rows of a row group of Parquet: some 30 MB of the widest table of synapses.
const ROW_GROUP: usize = 1 << 18;

/// A table's file that grows sheet by sheet.
pub(super) struct Sink {
    path: PathBuf,
    layout: Layout,
    file: Output,
}

enum Output {
    Text(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
    Parquet(Box<ArrowWriter<BufWriter<File>>>),
}

/// A sheet as it will be written, so that the work can be done while another sheet is on its way to the disk.
pub(super) enum Encoded {
    Text(Vec<u8>),
    Records(RecordBatch),
}

impl Sink {
    /// Begins the table `name` in `folder`; `sheet` tells its columns.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(super) fn begin(
        folder: &Path,
        name: &str,
        layout: Layout,
        sheet: &Sheet,
    ) -> Result<Self, IngestError> {
        let suffix = match layout.container {
            Container::Csv => "csv",
            Container::GzipCsv => "csv.gz",
            Container::Parquet => "parquet",
        };
        let path = folder.join(format!("{name}.{suffix}"));
        let file =
            BufWriter::with_capacity(1 << 20, File::create(&path).map_err(IngestError::io("create", &path))?);
        let file = match layout.container {
            Container::Csv => {
                let mut file = file;
                file.write_all(&text::header(sheet, layout)).map_err(IngestError::io("write", &path))?;
                Output::Text(file)
            }
            Container::GzipCsv => {
                sidecar(folder, name, layout, sheet)?;
                Output::Gzip(Box::new(GzEncoder::new(file, GzipLevel::fast())))
            }
            Container::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .set_dictionary_enabled(false)
                    .set_statistics_enabled(EnabledStatistics::Chunk)
                    .set_max_row_group_row_count(Some(ROW_GROUP))
                    .build();
                let schema = records::batch(sheet, layout).map_err(encoding(&path))?.schema();
                let writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(parquet(&path))?;
                Output::Parquet(Box::new(writer))
            }
        };
        Ok(Self { path, layout, file })
    }

    /// Appends what [`encode`] made.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(super) fn write(&mut self, encoded: &Encoded) -> Result<(), IngestError> {
        match (&mut self.file, encoded) {
            (Output::Text(file), Encoded::Text(text)) => {
                file.write_all(text).map_err(IngestError::io("write", &self.path))
            }
            (Output::Gzip(file), Encoded::Text(text)) => {
                file.write_all(text).map_err(IngestError::io("write", &self.path))
            }
            (Output::Parquet(file), Encoded::Records(batch)) => {
                file.write(batch).map_err(parquet(&self.path))
            }
            _ => Err(IngestError::io("write", &self.path)(io::Error::other("rows of another layout"))),
        }
    }

    /// Appends a whole sheet whose first row is row `first` of the table.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(super) fn append(&mut self, sheet: &Sheet, first: u64) -> Result<(), IngestError> {
        let encoded = encode(sheet, self.layout, first).map_err(encoding(&self.path))?;
        self.write(&encoded)
    }

    /// Completes the file.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(super) fn finish(self) -> Result<(), IngestError> {
        let path = self.path;
        let mut file = match self.file {
            Output::Text(file) => file,
            Output::Gzip(file) => file.finish().map_err(IngestError::io("write", &path))?,
            Output::Parquet(writer) => writer.into_inner().map_err(parquet(&path))?,
        };
        file.flush().and_then(|()| file.get_ref().sync_all()).map_err(IngestError::io("write", &path))
    }
}

/// Brings a sheet into the form of a layout.
///
/// # Errors
/// If its columns differ in length.
pub(super) fn encode(sheet: &Sheet, layout: Layout, first: u64) -> Result<Encoded, ArrowError> {
    match layout.container {
        Container::Csv | Container::GzipCsv => Ok(Encoded::Text(text::rows(sheet, layout, first))),
        Container::Parquet => records::batch(sheet, layout).map(Encoded::Records),
    }
}

/// Writes the names and types of the columns of a file without a header.
fn sidecar(folder: &Path, name: &str, layout: Layout, sheet: &Sheet) -> Result<(), IngestError> {
    let path = folder.join(format!("{name}_header.csv"));
    let lines: Vec<String> =
        text::columns(sheet, layout).into_iter().map(|(name, kind)| format!("{name},{kind}\n")).collect();
    std::fs::write(&path, lines.concat()).map_err(IngestError::io("write", &path))
}

fn parquet(path: &Path) -> impl FnOnce(ParquetError) -> IngestError {
    let path = path.to_owned();
    move |error| IngestError::io("write", &path)(io::Error::other(error))
}

pub(super) fn encoding(path: &Path) -> impl FnOnce(ArrowError) -> IngestError {
    let path = path.to_owned();
    move |error| IngestError::io("write", &path)(io::Error::other(error))
}
