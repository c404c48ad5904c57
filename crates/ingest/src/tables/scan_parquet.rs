//! Parquet tables of any size, as Arrow record batches.

use std::{fs::File, path::Path};

use arrow::array::{BooleanArray, RecordBatch};
use arrow::error::ArrowError;
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{
        ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
        ParquetRecordBatchReaderBuilder, RowFilter,
    },
};
use rayon::prelude::*;

use super::file::TableFile;
use crate::{IngestError, error::Defect};

/// Rows of a batch.
const BATCH: usize = 16_384;

/// Decides which rows of a batch are kept, and remembers what it will of them.
pub(super) trait Sieve: Send + 'static {
    /// One answer a row.
    fn sift(&mut self, batch: &RecordBatch) -> Result<BooleanArray, Defect>;
}

/// Reads columns `wanted` of a table, batch by batch in order.
///
/// # Errors
/// [`IngestError::Io`] or [`IngestError::Content`] if the file is damaged or `each` refuses a batch.
pub(super) fn scan(
    file: &TableFile,
    wanted: &[usize],
    mut each: impl FnMut(&RecordBatch) -> Result<(), Defect>,
) -> Result<(), IngestError> {
    let path = &file.path;
    let metadata = metadata(path)?;
    let reader = builder(path, &metadata, wanted)?.build().map_err(|error| damaged(path, &error))?;
    for batch in reader {
        let batch = batch.map_err(|error| damaged(path, &error))?;
        each(&batch).map_err(Defect::at(path))?;
    }
    Ok(())
}

/// Sifts all row groups of a table, several at a time: columns `keys` of every row go through a sieve, columns `wanted` of the
/// rows that it keeps to `finish`. Results come in the order of the row groups, whatever the number of threads.
///
/// # Errors
/// As [`scan`], with the first row group that fails.
pub(super) fn sift<S: Sieve, T: Send>(
    file: &TableFile,
    keys: &[usize],
    wanted: &[usize],
    progress: &(dyn Fn(u64) + Sync),
    sieve: impl Fn() -> (S, Box<dyn FnOnce(&[RecordBatch]) -> Result<T, Defect>>) + Sync,
) -> Result<Vec<T>, IngestError> {
    let path = &file.path;
    let metadata = metadata(path)?;
    let of_group = |group: usize| {
        let (mut sieve, finish) = sieve();
        let mask = mask(&metadata, keys);
        let predicate = ArrowPredicateFn::new(mask, move |batch| {
            sieve.sift(&batch).map_err(|defect| ArrowError::ExternalError(Box::new(Refused(defect))))
        });
        let reader = builder(path, &metadata, wanted)?
            .with_row_groups(vec![group])
            .with_row_filter(RowFilter::new(vec![Box::new(predicate)]))
            .build()
            .map_err(|error| damaged(path, &error))?;
        let kept = collect(path, reader)?;
        let about = metadata.metadata().row_group(group);
        progress(about.compressed_size().try_into().unwrap_or_default());
        finish(&kept).map_err(Defect::at(path))
    };
    (0..metadata.metadata().num_row_groups()).into_par_iter().map(of_group).collect()
}

fn collect(path: &Path, reader: ParquetRecordBatchReader) -> Result<Vec<RecordBatch>, IngestError> {
    reader.map(|batch| batch.map_err(|error| damaged(path, &error))).collect()
}

/// What a sieve refused, on its way through Arrow's errors.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.reason())]
struct Refused(Defect);

fn metadata(path: &Path) -> Result<ArrowReaderMetadata, IngestError> {
    let file = File::open(path).map_err(IngestError::io("open", path))?;
    ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(|error| damaged(path, &error))
}

fn builder(
    path: &Path,
    metadata: &ArrowReaderMetadata,
    wanted: &[usize],
) -> Result<ParquetRecordBatchReaderBuilder<File>, IngestError> {
    let file = File::open(path).map_err(IngestError::io("open", path))?;
    Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_projection(mask(metadata, wanted))
        .with_batch_size(BATCH))
}

fn mask(metadata: &ArrowReaderMetadata, columns: &[usize]) -> ProjectionMask {
    ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied())
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> IngestError {
    let message = error.to_string();
    let message = message.lines().next().unwrap_or_default();
    Defect::at(path)(Defect::new(format!("it cannot be read as Parquet: {message}")))
}
