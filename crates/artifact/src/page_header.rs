//! Headers of Parquet pages: as much of Thrift's compact protocol as tells how large a page is.

/// Deepest nesting of structures that is followed; page headers have three levels.
const DEEPEST: usize = 8;

/// What the header of a page says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageHeader {
    /// Bytes of the header itself.
    pub(crate) length: usize,
    /// Bytes of the page as it lies in the file.
    pub(crate) compressed: u64,
    /// Bytes of the page when it is read.
    pub(crate) uncompressed: u64,
    /// Values of a page of data.
    pub(crate) values: u64,
    /// Values of a page that is a dictionary.
    pub(crate) dictionary: u64,
}

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHeader {
    /// They end before the header does.
    Incomplete,
    /// Nothing that follows would make them one.
    Malformed,
}

impl PageHeader {
    /// Reads the header that these bytes begin with.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NoHeader> {
        let mut rest = Rest(bytes);
        let mut header = Self::default();
        rest.fields(0, &mut |id, kind, rest| match (id, kind) {
            (2, I32) => rest.size().map(|size| header.uncompressed = size),
            (3, I32) => rest.size().map(|size| header.compressed = size),
            // Of data, of data in the second version, and of a dictionary: their first field is the number of values.
            (5 | 7 | 8, STRUCT) => rest.fields(1, &mut |inner, kind, rest| match (inner, kind) {
                (1, I32) => {
                    let values = rest.size()?;
                    *(if id == 7 { &mut header.dictionary } else { &mut header.values }) = values;
                    Ok(())
                }
                _ => rest.skip(kind, 2),
            }),
            _ => rest.skip(kind, 1),
        })?;
        header.length = bytes.len() - rest.0.len();
        Ok(header)
    }
}

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const I8: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// What is done with a field of this id and type.
type Visit<'a> = dyn FnMut(i64, u8, &mut Rest<'_>) -> Result<(), NoHeader> + 'a;

/// Bytes not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self) -> Result<u8, NoHeader> {
        let (&byte, rest) = self.0.split_first().ok_or(NoHeader::Incomplete)?;
        self.0 = rest;
        Ok(byte)
    }

    fn pass(&mut self, bytes: u64) -> Result<(), NoHeader> {
        let bytes = usize::try_from(bytes).map_err(|_| NoHeader::Malformed)?;
        self.0 = self.0.get(bytes..).ok_or(NoHeader::Incomplete)?;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, NoHeader> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(NoHeader::Malformed)
    }

    fn integer(&mut self) -> Result<i64, NoHeader> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// An integer that must not be negative.
    fn size(&mut self) -> Result<u64, NoHeader> {
        u64::try_from(self.integer()?).map_err(|_| NoHeader::Malformed)
    }

    fn fields(&mut self, depth: usize, visit: &mut Visit<'_>) -> Result<(), NoHeader> {
        if depth > DEEPEST {
            return Err(NoHeader::Malformed);
        }
        let mut id = 0_i64;
        loop {
            let byte = self.byte()?;
            if byte == 0 {
                return Ok(());
            }
            let step = i64::from(byte >> 4);
            id = if step == 0 { self.integer()? } else { id.wrapping_add(step) };
            visit(id, byte & 0x0f, self)?;
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), NoHeader> {
        match kind {
            // Their values are their types.
            TRUE | FALSE => Ok(()),
            I8 => self.pass(1),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = self.varint()?;
                self.pass(length)
            }
            LIST | SET => {
                let byte = self.byte()?;
                let length = if byte >> 4 == 15 { self.varint()? } else { u64::from(byte >> 4) };
                (0..length).try_for_each(|_| self.skip_element(byte & 0x0f, depth))
            }
            MAP => {
                let length = self.varint()?;
                let kinds = if length == 0 { 0 } else { self.byte()? };
                (0..length).try_for_each(|_| {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0x0f, depth)
                })
            }
            STRUCT => self.fields(depth + 1, &mut |_, kind, rest| rest.skip(kind, depth + 1)),
            _ => Err(NoHeader::Malformed),
        }
    }

    /// Every element takes a byte at least, so that no declared length outlasts the bytes.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), NoHeader> {
        if depth > DEEPEST {
            return Err(NoHeader::Malformed);
        }
        if matches!(kind, TRUE | FALSE) { self.pass(1) } else { self.skip(kind, depth + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_to_its_end() {
        // Type DATA_PAGE, 300 bytes of 200, crc; 150 values, three encodings; statistics with a minimum of two bytes.
        let bytes = [
            0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x90, 0x03, 0x15, 0x0e, 0x1c, 0x15, 0xac, 0x02, 0x15, 0x00,
            0x15, 0x06, 0x15, 0x06, 0x1c, 0x28, 0x02, 0x61, 0x62, 0x00, 0x00, 0x00, 0xff,
        ];
        let expected =
            PageHeader { length: 28, compressed: 200, uncompressed: 300, values: 150, dictionary: 0 };
        assert_eq!(PageHeader::parse(&bytes), Ok(expected));
        for end in 0..28 {
            assert_eq!(PageHeader::parse(&bytes[..end]), Err(NoHeader::Incomplete), "{end}");
        }
    }

    #[test]
    fn nonsense_is_malformed() {
        // A negative size, an unknown type, a number without an end, structures without an end.
        for bytes in [&[0x25, 0x01][..], &[0x1f], &[], &[0x1c; 100]] {
            assert!(PageHeader::parse(bytes).is_err(), "{bytes:?}");
        }
        let mut endless = vec![0x15];
        endless.extend([0xff; 20]);
        assert_eq!(PageHeader::parse(&endless), Err(NoHeader::Malformed));
        assert_eq!(PageHeader::parse(&[0x1c; 100]), Err(NoHeader::Malformed));
    }
}
