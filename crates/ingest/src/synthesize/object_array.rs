//! Writing .npy files: plain integers, and object arrays in the pickle that NumPy writes.

use std::io::{self, Write};

/// Start of the pickle of an object array of N items: protocol 4, the globals remembered as 0 (`_reconstruct`), 1
/// (`ndarray`) and 2 (`dtype`), `b'b'` as 3.
const OPENING: &[u8] = b"\x80\x04\x8c\x15numpy.core.multiarray\x8c\x0c_reconstruct\x93q\x00\
    \x8c\x05numpy\x8c\x07ndarray\x93q\x01K\x00\x85C\x01bq\x03\x87R(K\x01J";

/// Its element type, and the start of its list.
const OBJECTS: &[u8] = b"\x85\x8c\x05numpy\x8c\x05dtype\x93q\x02\x8c\x02O8\x89\x88\x87R(K\x03\x8c\x01|NNN\
    J\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89](";

/// Type of the elements of the arrays within an object array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    I64,
    F64,
}

/// Writes the header of an .npy file, padded as NumPy does.
pub(super) fn header(file: &mut impl Write, descr: &str, rows: usize) -> io::Result<()> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows},), }}");
    let padding = 64 - (10 + text.len() + 1) % 64;
    let length = (text.len() + padding + 1) as u16;
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&length.to_le_bytes())?;
    writeln!(file, "{text}{}", " ".repeat(padding))
}

/// Writes an .npy file of integers.
pub(super) fn integers(file: &mut impl Write, values: &[i64]) -> io::Result<()> {
    header(file, "<i8", values.len())?;
    values.iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))
}

/// Writes an .npy file of `rows` arrays of numbers, each given as its bytes, eight a number, little-endian.
pub(super) fn arrays(
    file: &mut impl Write,
    number: Number,
    rows: usize,
    arrays: impl Iterator<Item = Vec<u8>>,
) -> io::Result<()> {
    header(file, "|O", rows)?;
    file.write_all(OPENING)?;
    file.write_all(&(rows as i32).to_le_bytes())?;
    file.write_all(OBJECTS)?;
    for (row, bytes) in arrays.enumerate() {
        file.write_all(b"h\x00h\x01K\x00\x85h\x03\x87R(K\x01J")?;
        file.write_all(&((bytes.len() / 8) as i32).to_le_bytes())?;
        file.write_all(b"\x85")?;
        if row == 0 {
            let code = match number {
                Number::I64 => b"i8",
                Number::F64 => b"f8",
            };
            file.write_all(b"h\x02\x8c\x02")?;
            file.write_all(code)?;
            file.write_all(b"\x89\x88\x87R(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbq\x04")?;
        } else {
            file.write_all(b"h\x04")?;
        }
        file.write_all(b"\x89B")?;
        file.write_all(&(bytes.len() as u32).to_le_bytes())?;
        file.write_all(&bytes)?;
        file.write_all(b"tb")?;
    }
    file.write_all(b"etb.")
}
