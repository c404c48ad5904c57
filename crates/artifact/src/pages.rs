//! Parquet files that would take more memory than they should.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
};

use flate2::read::MultiGzDecoder;
use parquet::{
    basic::Compression,
    file::metadata::{ColumnChunkMetaData, ParquetMetaData},
};

use crate::page_header::{NoHeader, PageHeader};

/// Largest page that is read, bytes; writers make pages of 1 MB, and of 100 MB at most.
const LARGEST_PAGE: u64 = 256 << 20;

/// Longest header of a page, bytes: it may hold the least and the greatest value.
const LONGEST_HEADER: usize = 1 << 20;

/// Most values of a column to each byte of the file: runs of equal values take next to nothing, but no table has nothing else.
const VALUES_A_BYTE: u64 = 256;

/// Values that a column may have in any case.
const VALUES_ANYWAY: u64 = 1 << 20;

/// Bytes that can be read anywhere.
pub trait ReadAt {
    /// Reads what lies at an offset, as much as there is or the buffer takes.
    ///
    /// # Errors
    /// What the system refuses.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut read = 0;
        while read < buffer.len() {
            match FileExt::read_at(self, &mut buffer[read..], offset + read as u64)? {
                0 => break,
                more => read += more,
            }
        }
        Ok(read)
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        rest.take(buffer.len() as u64).read(buffer)
    }
}

/// Checks the pages of some columns of a row group of a Parquet file before they are read, since a reader gives them the
/// memory that they declare: a page of 256 MB at most, a dictionary no more values than bytes, a column no more values
/// than the file of `length` bytes can be thought to hold, and a gzip page no more bytes than it declares.
///
/// `wanted` says which columns, by their place among those at the root of the schema.
///
/// # Errors
/// What was found, in words.
pub fn check_pages(
    file: &(impl ReadAt + ?Sized),
    length: u64,
    metadata: &ParquetMetaData,
    group: usize,
    wanted: impl Fn(usize) -> bool,
) -> Result<(), String> {
    let schema = metadata.file_metadata().schema_descr();
    let columns = metadata.row_group(group).columns().iter().enumerate();
    for (place, column) in columns.filter(|(place, _)| wanted(schema.get_column_root_idx(*place))) {
        check_column(file, length, column)
            .map_err(|reason| format!("column {}: {reason}", schema.column(place).path().string()))?;
    }
    Ok(())
}

fn check_column(
    file: &(impl ReadAt + ?Sized),
    length: u64,
    column: &ColumnChunkMetaData,
) -> Result<(), String> {
    let declared = |number: i64| u64::try_from(number).map_err(|_| "it declares a negative size".to_owned());
    // Where the reader begins and ends, so that nothing is read that was not checked.
    let first = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let mut offset = declared(first)?;
    let end = offset.saturating_add(declared(column.compressed_size())?).min(length);
    let (mut values, expected) = (0_u64, declared(column.num_values())?);
    let most = VALUES_ANYWAY + VALUES_A_BYTE.saturating_mul(length);
    while offset < end {
        let header = match header_at(file, offset) {
            Ok(header) => header,
            // Some writers leave a gap behind the last page; the reader has no use for it.
            Err(_) if values >= expected => break,
            Err(reason) => return Err(reason),
        };
        if header.uncompressed > LARGEST_PAGE {
            let declared = header.uncompressed;
            return Err(format!("a page declares {declared} bytes, at most {LARGEST_PAGE} are read"));
        }
        if header.dictionary > header.uncompressed {
            let (dictionary, bytes) = (header.dictionary, header.uncompressed);
            return Err(format!("a dictionary declares {dictionary} values in {bytes} bytes"));
        }
        values = values.saturating_add(header.values);
        if values > most {
            return Err(format!("{values} values are declared, too many for a file of {length} bytes"));
        }
        offset += header.length as u64;
        if matches!(column.compression(), Compression::GZIP(_)) {
            check_gzip(file, offset, &header)?;
        }
        offset = offset.saturating_add(header.compressed);
    }
    Ok(())
}

fn header_at(file: &(impl ReadAt + ?Sized), offset: u64) -> Result<PageHeader, String> {
    let mut buffer = vec![0; 256];
    loop {
        let read = file.read_at(&mut buffer, offset).map_err(|error| error.to_string())?;
        match PageHeader::parse(&buffer[..read]) {
            Ok(header) => return Ok(header),
            Err(NoHeader::Incomplete) if read == buffer.len() && read < LONGEST_HEADER => {
                buffer.resize(16 * read, 0);
            }
            Err(_) => return Err(format!("there is no page at byte {offset}")),
        }
    }
}

/// The reader decompresses gzip to its end, whatever a page declares.
fn check_gzip(file: &(impl ReadAt + ?Sized), offset: u64, header: &PageHeader) -> Result<(), String> {
    let compressed = At { file, offset, left: header.compressed };
    let mut decoder = MultiGzDecoder::new(compressed).take(header.uncompressed + 1);
    let bytes = io::copy(&mut decoder, &mut io::sink()).map_err(|error| error.to_string())?;
    if bytes > header.uncompressed {
        return Err(format!("a page has more than the {} bytes it declares", header.uncompressed));
    }
    Ok(())
}

/// Part of a file, read in order.
struct At<'a, F: ?Sized> {
    file: &'a F,
    offset: u64,
    left: u64,
}

impl<F: ReadAt + ?Sized> Read for At<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.left.min(buffer.len() as u64) as usize;
        let read = self.file.read_at(&mut buffer[..wanted], self.offset)?;
        self.offset += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}
