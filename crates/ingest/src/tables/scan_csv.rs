//! Text tables of any size, record by record in bounded memory.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use flate2::read::MultiGzDecoder;

use super::{
    file::{Form, TableFile},
    records::{self, Record},
};
use crate::{IngestError, error::Defect};

/// Bytes that one thread hands to the other at once.
const BLOCK: usize = 1 << 20;

/// Blocks that may wait.
const WAITING: usize = 8;

/// One record: its cells of the columns that were asked for, in that order.
pub(crate) type Cells<'a> = [&'a [u8]];

/// Reads every record of a text table; one thread inflates, another finds the cells.
///
/// `wanted` are columns by their place; `each` gets the cells of a record. `progress` is told of bytes of the file as
/// they are read. Returns the number of records.
///
/// # Errors
/// [`IngestError::Io`] if the file cannot be read, [`IngestError::Content`] with the row, from 1, if it is cut off, a
/// record has other columns than the header, or `each` refuses it.
pub(crate) fn scan(
    file: &TableFile,
    wanted: &[usize],
    progress: &(dyn Fn(u64) + Sync),
    mut each: impl FnMut(&Cells) -> Result<(), Defect>,
) -> Result<u64, IngestError> {
    let Form::Csv { header, .. } = file.form else {
        return Err(Defect::at(&file.path)(Defect::new("it is no text table")));
    };
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        scope.spawn(move || inflate(&file.path, &sender, progress));
        Records { file, wanted, columns: file.columns.len() }.read(header, &receiver, &mut each)
    })
}

/// Reads the beginning of a text table, inflated: at most `bytes` of it, and whether that is all.
pub(super) fn beginning(path: &Path, bytes: usize) -> Result<(Vec<u8>, bool), IngestError> {
    let mut start = Vec::new();
    open(path, &|_| ())?
        .take(bytes as u64 + 1)
        .read_to_end(&mut start)
        .map_err(|error| unreadable(path, error))?;
    let all = start.len() <= bytes;
    start.truncate(bytes);
    Ok((start, all))
}

/// Whether a file begins as gzip does.
pub(super) fn is_gzip(path: &Path) -> Result<bool, IngestError> {
    let mut magic = Vec::new();
    File::open(path)
        .and_then(|file| file.take(2).read_to_end(&mut magic))
        .map_err(IngestError::io("read", path))?;
    Ok(magic == [0x1f, 0x8b])
}

fn open<'a>(path: &Path, progress: &'a (dyn Fn(u64) + Sync)) -> Result<Box<dyn Read + 'a>, IngestError> {
    let file = File::open(path).map_err(IngestError::io("open", path))?;
    let counted = io::BufReader::with_capacity(1 << 18, Counted { file, progress });
    Ok(if is_gzip(path)? { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) })
}

/// Tells of the bytes that are read.
struct Counted<'a> {
    file: File,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read(buffer)?;
        (self.progress)(bytes as u64);
        Ok(bytes)
    }
}

/// Sends the bytes of a file block by block; an empty one comes last.
fn inflate(path: &Path, sender: &SyncSender<Result<Vec<u8>, IngestError>>, progress: &(dyn Fn(u64) + Sync)) {
    let send = || -> Result<(), IngestError> {
        let mut reader = open(path, progress)?;
        loop {
            let mut block = Vec::with_capacity(BLOCK);
            (&mut reader)
                .take(BLOCK as u64)
                .read_to_end(&mut block)
                .map_err(|error| unreadable(path, error))?;
            let done = block.is_empty();
            // A receiver that is gone has met an error of its own.
            if sender.send(Ok(block)).is_err() || done {
                return Ok(());
            }
        }
    };
    if let Err(error) = send() {
        let _ = sender.send(Err(error));
    }
}

fn unreadable(path: &Path, error: io::Error) -> IngestError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            let reason = format!("its gzip data are cut off or damaged ({error}); obtain the file again");
            Defect::at(path)(Defect::new(reason))
        }
        _ => IngestError::io("read", path)(error),
    }
}

struct Records<'a> {
    file: &'a TableFile,
    wanted: &'a [usize],
    columns: usize,
}

impl Records<'_> {
    fn read(
        &self,
        header: bool,
        receiver: &Receiver<Result<Vec<u8>, IngestError>>,
        each: &mut impl FnMut(&Cells) -> Result<(), Defect>,
    ) -> Result<u64, IngestError> {
        let (mut pending, mut rows, mut to_skip) = (Vec::new(), 0, header);
        let mut cells = Vec::new();
        let (mut first, mut last) = (true, false);
        while !last {
            let Ok(block) = receiver.recv() else { break };
            let block = block?;
            last = block.is_empty();
            pending.extend_from_slice(&block);
            let mut at = if std::mem::take(&mut first) { byte_order_mark(&pending) } else { 0 };
            let mut row: Vec<&[u8]> = Vec::with_capacity(self.wanted.len());
            while at < pending.len() {
                let rest = &pending[at..];
                let Record::Whole(length) = records::next(rest, last, &mut cells) else { break };
                at += length;
                if cells.len() == 1 && cells[0].0 == cells[0].1 {
                    continue;
                }
                if std::mem::take(&mut to_skip) {
                    continue;
                }
                rows += 1;
                if cells.len() != self.columns {
                    return Err(self.refused(
                        rows,
                        &format!("it has {} cells, the header {}", cells.len(), self.columns),
                    ));
                }
                row.clear();
                row.extend(self.wanted.iter().map(|&column| &rest[cells[column].0..cells[column].1]));
                each(&row).map_err(|defect| self.refused(rows, &defect.reason()))?;
            }
            if last && at < pending.len() || pending.len() - at > records::LONGEST_RECORD {
                return Err(self.refused(rows + 1, "a quote is opened and never closed"));
            }
            pending.drain(..at);
        }
        Ok(rows)
    }

    fn refused(&self, row: u64, reason: &str) -> IngestError {
        Defect::at(&self.file.path)(Defect::new(format!("row {row}: {reason}")))
    }
}

/// Length of the byte order mark that a text begins with.
pub(super) fn byte_order_mark(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}
