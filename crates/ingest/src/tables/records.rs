//! Records of a text table, found in blocks of its bytes.

use memchr::{memchr, memchr2};

/// Longest record; a longer one is a quote that is never closed.
pub(super) const LONGEST_RECORD: usize = 16 << 20;

/// What a block of bytes begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// A record of this many bytes, its line end included; its cells were put out.
    Whole(usize),
    /// Only part of a record.
    Part,
}

/// Finds the cells of the record that `block` begins with, after RFC 4180.
///
/// `cells` gets the range of every cell, quotes around it excluded (quotes within stay doubled). A quoted cell may hold
/// commas and line breaks. `last` tells that nothing follows the block, so that a record may end without a line end.
pub(super) fn next(block: &[u8], last: bool, cells: &mut Vec<(usize, usize)>) -> Record {
    cells.clear();
    let mut at = 0;
    loop {
        let end = if block.get(at) == Some(&b'"') {
            let Some(close) = closing_quote(block, at + 1, last) else { return Record::Part };
            cells.push((at + 1, close));
            // Whatever stands between the quote and the delimiter is no part of the cell.
            memchr2(b',', b'\n', &block[(close + 1).min(block.len())..]).map(|offset| close + 1 + offset)
        } else {
            let end = memchr2(b',', b'\n', &block[at..]).map(|offset| at + offset);
            let mut stop = end.unwrap_or(block.len());
            if end.is_none_or(|end| block[end] == b'\n') && stop > at && block[stop - 1] == b'\r' {
                stop -= 1;
            }
            cells.push((at, stop));
            end
        };
        match end {
            Some(end) if block[end] == b',' => at = end + 1,
            Some(end) => return Record::Whole(end + 1),
            None if last => return Record::Whole(block.len()),
            None => return Record::Part,
        }
    }
}

/// The place of the quote that closes a cell whose content begins at `at`.
fn closing_quote(block: &[u8], mut at: usize, last: bool) -> Option<usize> {
    loop {
        let quote = at + memchr(b'"', block.get(at..)?)?;
        match block.get(quote + 1) {
            Some(b'"') => at = quote + 2,
            Some(_) => return Some(quote),
            None => return last.then_some(quote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Record, Vec<&str>) {
        let mut cells = Vec::new();
        let record = next(text.as_bytes(), true, &mut cells);
        (record, cells.into_iter().map(|(from, to)| &text[from..to]).collect())
    }

    #[test]
    fn cells_are_found_with_and_without_quotes() {
        assert_eq!(read("a,,\"b,\nc\",d\r\nx"), (Record::Whole(13), vec!["a", "", "b,\nc", "d"]));
        assert_eq!(read("\"say \"\"x\"\"\",2"), (Record::Whole(13), vec!["say \"\"x\"\"", "2"]));
        assert_eq!(read("a,b\r"), (Record::Whole(4), vec!["a", "b"]));
        assert_eq!(read("a,"), (Record::Whole(2), vec!["a", ""]));
        assert_eq!(read("\n"), (Record::Whole(1), vec![""]));
        assert_eq!(read("\"never closed,\n"), (Record::Part, vec![]));
    }

    #[test]
    fn a_record_that_a_block_cuts_anywhere_is_only_a_part() {
        let text = b"1,\"[1 2\n 3]\",\"q\"\"q\"\r\n";
        let mut cells = Vec::new();
        for cut in 0..text.len() {
            assert_eq!(next(&text[..cut], false, &mut cells), Record::Part, "{cut}");
        }
        assert_eq!(next(text, false, &mut cells), Record::Whole(text.len()));
    }
}
