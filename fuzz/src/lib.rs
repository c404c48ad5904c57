//! The readers that are fuzzed, and what must hold of whatever they return.
#![allow(dead_code)]

mod bundle;
mod error;
mod page_header;
mod tables;

/// Reads bytes as every kind of .npy file that `ingest` reads.
pub fn npy(bytes: &[u8]) {
    // What is read never holds more numbers than the file has bytes.
    if let Ok(ids) = bundle::npy::ids(bytes) {
        assert!(ids.len() <= bytes.len());
    }
    if let Ok((size, matrix)) = bundle::npy::square_matrix(bytes) {
        assert!(matrix.len() == size * size && matrix.len() <= bytes.len());
    }
    if let Ok(sequences) = bundle::npy::sequences(bytes) {
        assert!(sequences.iter().map(Vec::len).sum::<usize>() <= bytes.len());
        assert!(sequences.len() <= bytes.len());
    }
}

/// Reads bytes as the pickle of an object array of as many rows as the first byte says, of numbers in three columns
/// where its highest bit is set.
pub fn pickle(bytes: &[u8]) {
    let Some((&first, pickle)) = bytes.split_first() else { return };
    let rows = usize::from(first & 0x7f);
    let shape: &[usize] = if first & 0x80 == 0 { &[rows] } else { &[rows, 3] };
    if let Ok(sequences) = bundle::pickle::sequences(pickle, shape) {
        assert!(sequences.len() == rows);
        assert!(sequences.iter().map(Vec::len).sum::<usize>() <= pickle.len());
    }
}

/// Reads bytes as a position.
pub fn position(bytes: &[u8]) {
    tables::read_position(bytes);
}

/// Reads bytes as a sidecar header.
pub fn header(bytes: &[u8]) {
    tables::read_header(bytes);
}

/// Reads bytes as the header of a page of Parquet; what comes after it makes no difference.
pub fn page(bytes: &[u8]) {
    if let Ok(header) = page_header::PageHeader::parse(bytes) {
        assert!(page_header::PageHeader::parse(&bytes[..header.length]) == Ok(header));
    }
}
