//! Parquet tables of any size, as Arrow record batches.

use std::{fs::File, ops::Range, path::Path};

use arrow::array::RecordBatch;
use artifact::check_pages;
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{
        ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
        RowSelection,
    },
};
use rayon::prelude::*;

use super::file::TableFile;
use crate::{IngestError, error::Defect};

/// Rows of a batch, where nothing speaks for another number.
pub(super) const BATCH: usize = 16_384;

/// A Parquet file that is read by row groups, several at a time.
pub(super) struct Groups<'a> {
    path: &'a Path,
    metadata: ArrowReaderMetadata,
}

/// One row group of it.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    groups: &'a Groups<'a>,
    number: usize,
}

/// Reads columns `wanted` of a table in order, `batch` rows at a time.
///
/// # Errors
/// [`IngestError::Io`] or [`IngestError::Content`] if the file is damaged or `each` refuses a batch.
pub(crate) fn scan(
    file: &TableFile,
    wanted: &[usize],
    batch: usize,
    each: impl FnMut(&RecordBatch) -> Result<(), Defect>,
) -> Result<(), IngestError> {
    let groups = Groups::open(file)?;
    let all = 0..groups.metadata.metadata().num_row_groups();
    groups.run(groups.builder(all, wanted)?.with_batch_size(batch), each)
}

impl<'a> Groups<'a> {
    /// Reads the metadata of a Parquet file.
    ///
    /// # Errors
    /// [`IngestError::Io`] or [`IngestError::Content`] if the file is damaged.
    pub(super) fn open(file: &'a TableFile) -> Result<Self, IngestError> {
        let path = &file.path;
        let input = File::open(path).map_err(IngestError::io("open", path))?;
        let metadata = ArrowReaderMetadata::load(&input, ArrowReaderOptions::default())
            .map_err(|error| damaged(path, &error))?;
        Ok(Self { path, metadata })
    }

    /// Does something with every row group, on all cores; results come in the order of the groups, whatever the number of
    /// threads.
    ///
    /// # Errors
    /// That of the first group that fails.
    pub(super) fn each<T: Send>(
        &self,
        work: impl Fn(Group) -> Result<T, IngestError> + Sync,
    ) -> Result<Vec<T>, IngestError> {
        let numbers = 0..self.metadata.metadata().num_row_groups();
        numbers.into_par_iter().map(|number| work(Group { groups: self, number })).collect()
    }

    /// Prepares to read columns of row groups; refuses those that declare more than they can hold.
    fn builder(
        &self,
        groups: Range<usize>,
        wanted: &[usize],
    ) -> Result<ParquetRecordBatchReaderBuilder<File>, IngestError> {
        let file = File::open(self.path).map_err(IngestError::io("open", self.path))?;
        let length = file.metadata().map_err(IngestError::io("read", self.path))?.len();
        for group in groups.clone() {
            check_pages(&file, length, self.metadata.metadata(), group, |column| wanted.contains(&column))
                .map_err(|reason| Defect::at(self.path)(Defect::new(reason)))?;
        }
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), wanted.iter().copied());
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(mask)
            .with_row_groups(groups.collect())
            .with_batch_size(BATCH))
    }

    fn run(
        &self,
        builder: ParquetRecordBatchReaderBuilder<File>,
        mut each: impl FnMut(&RecordBatch) -> Result<(), Defect>,
    ) -> Result<(), IngestError> {
        let reader: ParquetRecordBatchReader = builder.build().map_err(|error| damaged(self.path, &error))?;
        for batch in reader {
            let batch = batch.map_err(|error| damaged(self.path, &error))?;
            each(&batch).map_err(Defect::at(self.path))?;
        }
        Ok(())
    }
}

impl Group<'_> {
    /// Its place among the row groups.
    pub(super) fn number(self) -> usize {
        self.number
    }

    /// Bytes of its columns in the file.
    pub(super) fn bytes(self) -> u64 {
        let about = self.groups.metadata.metadata().row_group(self.number);
        about.compressed_size().try_into().unwrap_or_default()
    }

    /// Reads columns `wanted` of all rows, or of `rows` alone, in order.
    ///
    /// # Errors
    /// As [`scan`].
    pub(super) fn read(
        self,
        wanted: &[usize],
        rows: Option<&[u32]>,
        each: impl FnMut(&RecordBatch) -> Result<(), Defect>,
    ) -> Result<(), IngestError> {
        let mut builder = self.groups.builder(self.number..self.number + 1, wanted)?;
        if let Some(rows) = rows {
            let about = self.groups.metadata.metadata().row_group(self.number);
            let total = usize::try_from(about.num_rows()).unwrap_or_default();
            let selection = RowSelection::from_consecutive_ranges(ranges(rows), total);
            builder = builder.with_row_selection(selection);
        }
        self.groups.run(builder, each)
    }

    /// What a refusal of these rows is about.
    pub(super) fn refused(self, defect: Defect) -> IngestError {
        Defect::at(self.groups.path)(defect)
    }
}

/// Rows, ascending, as ranges that do not touch.
fn ranges(rows: &[u32]) -> impl Iterator<Item = Range<usize>> {
    rows.chunk_by(|a, b| a + 1 == *b).filter_map(|chunk| {
        let (first, last) = (*chunk.first()?, *chunk.last()?);
        Some(first as usize..last as usize + 1)
    })
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> IngestError {
    let message = error.to_string();
    let message = message.lines().next().unwrap_or_default();
    Defect::at(path)(Defect::new(format!("it cannot be read as Parquet: {message}")))
}
