use npyz::{DType, NpyHeader, Order};

use super::{element::Element, pickle};
use crate::error::Defect;

/// Longest header that is read, bytes. NumPy pads the headers of plain arrays to 128.
const LONGEST_HEADER: usize = 4096;

/// Most opening brackets of a header that is read. NumPy writes two: a dictionary with a tuple.
const MOST_BRACKETS: usize = 8;

/// An array of numbers whose length is known to fit its shape.
pub(crate) struct Array<'a> {
    shape: Vec<usize>,
    element: Element,
    fortran: bool,
    data: &'a [u8],
}

impl<'a> Array<'a> {
    /// Joins shape and elements.
    ///
    /// # Errors
    /// If `data` is not exactly as long as the shape says.
    pub(crate) fn new(
        shape: Vec<usize>,
        element: Element,
        fortran: bool,
        data: &'a [u8],
    ) -> Result<Self, Defect> {
        let expected = shape.iter().try_fold(element.bytes(), |bytes, &axis| bytes.checked_mul(axis));
        if expected == Some(data.len()) {
            return Ok(Self { shape, element, fortran, data });
        }
        let expected = expected.map_or("more than there can be".to_owned(), |bytes| bytes.to_string());
        Err(Defect::new(format!(
            "{} bytes of elements, but the shape {shape:?} needs {expected}; the file is truncated or damaged",
            data.len()
        )))
    }

    /// Length of every axis.
    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Elements as i64, last axis fastest.
    pub(crate) fn integers(&self) -> Result<Vec<i64>, Defect> {
        Ok(self.row_major(self.element.integers(self.data)?))
    }

    /// Elements as f64, last axis fastest.
    pub(crate) fn floats(&self) -> Result<Vec<f64>, Defect> {
        Ok(self.row_major(self.element.floats(self.data)?))
    }

    /// Brings elements stored first axis fastest into the other order; only up to two axes are in use.
    fn row_major<T: Copy>(&self, elements: Vec<T>) -> Vec<T> {
        match self.shape[..] {
            [rows, columns] if self.fortran => (0..rows * columns)
                .map(|index| elements[(index % columns) * rows + index / columns])
                .collect(),
            _ => elements,
        }
    }
}

/// Reads an .npy file of ids: shape `[N]`, integers of any width and byte order.
///
/// # Errors
/// If it is anything else, or damaged.
pub(crate) fn ids(bytes: &[u8]) -> Result<Vec<i64>, Defect> {
    let array = plain(bytes)?;
    if let [_] = array.shape() {
        array.integers()
    } else {
        Err(Defect::new(format!("its shape is {:?}, expected [N]", array.shape())))
    }
}

/// Reads an .npy file of a square matrix of numbers; returns N and the elements, row-major.
///
/// # Errors
/// If it is anything else, or damaged.
pub(crate) fn square_matrix(bytes: &[u8]) -> Result<(usize, Vec<f64>), Defect> {
    let array = plain(bytes)?;
    match *array.shape() {
        [rows, columns] if rows == columns => Ok((rows, array.floats()?)),
        _ => Err(Defect::new(format!("its shape is {:?}, expected a square [N, N]", array.shape()))),
    }
}

/// Reads an .npy file of N sequences of numbers: an object array of N arrays, as the study releases
/// them, or a table `[N, K]`.
///
/// # Errors
/// If it is anything else, or damaged; [`Defect::ForeignGlobal`] if its pickle names anything that
/// NumPy arrays do not need. Nothing of a pickle is ever executed.
pub(crate) fn sequences(bytes: &[u8]) -> Result<Vec<Vec<f64>>, Defect> {
    let (header, data) = header(bytes)?;
    if header.element.is_object() {
        return pickle::sequences(data, &header.shape);
    }
    let array = Array::new(header.shape, header.element, header.fortran, data)?;
    match *array.shape() {
        [rows, columns] if columns > 0 => {
            let elements = array.floats()?;
            Ok((0..rows).map(|row| elements[row * columns..][..columns].to_vec()).collect())
        }
        _ => Err(Defect::new(format!("its shape is {:?}, expected [N] sequences", array.shape()))),
    }
}

fn plain(bytes: &[u8]) -> Result<Array<'_>, Defect> {
    let (header, data) = header(bytes)?;
    if header.element.is_object() {
        return Err(Defect::new("it holds pickled objects where plain numbers are expected"));
    }
    Array::new(header.shape, header.element, header.fortran, data)
}

struct Header {
    shape: Vec<usize>,
    element: Element,
    fortran: bool,
}

/// Splits an .npy file into its header and what follows.
fn header(bytes: &[u8]) -> Result<(Header, &[u8]), Defect> {
    check_header_text(bytes)?;
    let mut rest = bytes;
    let header = NpyHeader::from_reader(&mut rest)
        .map_err(|error| Defect::new(format!("its .npy header cannot be read: {error}")))?;
    let DType::Plain(element) = header.dtype() else {
        return Err(Defect::new("its elements are records; numbers or objects are expected"));
    };
    let shape = header.shape().iter().map(|&axis| usize::try_from(axis));
    let shape = shape.collect::<Result<Vec<_>, _>>().map_err(|_| Defect::new("its shape is too large"))?;
    let fortran = header.order() == Order::Fortran;
    Ok((Header { shape, element: Element::parse(&element.to_string())?, fortran }, rest))
}

/// Refuses a header whose length or nesting is not safe to hand to a parser.
fn check_header_text(bytes: &[u8]) -> Result<(), Defect> {
    let truncated = || Defect::new("it is truncated within its .npy header");
    if !b"\x93NUMPY".starts_with(&bytes[..bytes.len().min(6)]) {
        return Err(Defect::new("it is no .npy file"));
    }
    let length_at = |range: std::ops::Range<usize>| {
        let field = bytes.get(range).ok_or_else(truncated)?;
        Ok(field.iter().rev().fold(0_usize, |length, &byte| (length << 8) | usize::from(byte)))
    };
    let (start, length) = match bytes.get(6) {
        None => return Err(truncated()),
        Some(1) => (10, length_at(8..10)?),
        Some(_) => (12, length_at(8..12)?),
    };
    if length > LONGEST_HEADER {
        return Err(Defect::new(format!("its .npy header claims {length} bytes, more than any array needs")));
    }
    let text = bytes.get(start..start + length).ok_or_else(truncated)?;
    let brackets = text.iter().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    if brackets > MOST_BRACKETS {
        return Err(Defect::new("its .npy header has more brackets than any array of numbers needs"));
    }
    Ok(())
}
