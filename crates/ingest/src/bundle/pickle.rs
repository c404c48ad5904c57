//! Object arrays as NumPy pickles them.
//!
//! The reader understands the opcodes that NumPy writes (protocols 2 to 4) and the five globals that
//! rebuild arrays; everything else is an error that names it, so that nothing of a file is ever
//! executed. Values lie in one flat store and refer to each other by index: neither deep nesting nor
//! shared references can exhaust the stack or the memory. General pickle readers lack two things
//! needed here: they replace foreign globals silently, and lose the element type of an array that
//! later ones refer to.

mod globals;
mod machine;
mod opcodes;

use machine::{Machine, Object, Value};

use super::npy::Array;
use crate::error::Defect;

/// Reads the pickle of an object array of this shape, `[N]` arrays or lists of numbers, or `[N, K]` numbers.
///
/// # Errors
/// [`Defect::ForeignGlobal`] names the first global that is no part of a NumPy array;
/// [`Defect::Content`] says what else is wrong.
pub(crate) fn sequences(pickle: &[u8], shape: &[usize]) -> Result<Vec<Vec<f64>>, Defect> {
    let mut machine = Machine::new(pickle);
    let top = machine.run()?;
    let (pickled_shape, items) = machine.object_array(top)?;
    if pickled_shape != shape {
        return Err(Defect::new(format!(
            "its pickle has the shape {pickled_shape:?} but its header {shape:?}"
        )));
    }
    // A byte of the pickle pays for every number, so that an array referred to over and over cannot multiply.
    let mut credit = pickle.len();
    let mut paid = |row: Vec<f64>| {
        credit = credit
            .checked_sub(row.len())
            .ok_or_else(|| Defect::new("its pickle repeats its arrays more often than any field needs"))?;
        Ok(row)
    };
    match *shape {
        [_] => items.iter().map(|&item| machine.numbers(item).and_then(&mut paid)).collect(),
        [_, columns] if columns > 0 => {
            items.chunks(columns).map(|row| row.iter().map(|item| item.number()).collect()).collect()
        }
        _ => Err(Defect::new(format!("its shape is {shape:?}, expected [N] sequences"))),
    }
}

impl<'a> Machine<'a> {
    /// Shape and items of an array of objects.
    fn object_array(&self, value: Value<'a>) -> Result<(&[usize], &[Value<'a>]), Defect> {
        if let Some(Object::Array { shape, element, data, .. }) = self.object(value)
            && element.is_object()
            && let Some(Object::List(items)) = self.object(*data)
        {
            let length = shape.iter().try_fold(1_usize, |length, &axis| length.checked_mul(axis));
            if length == Some(items.len()) {
                return Ok((shape, items));
            }
            return Err(Defect::new(format!("its pickle holds {} items for shape {shape:?}", items.len())));
        }
        Err(Defect::new("its pickle is no array of objects"))
    }

    /// Elements of an array of one axis, or of a list or tuple of numbers.
    fn numbers(&self, value: Value<'a>) -> Result<Vec<f64>, Defect> {
        match self.object(value) {
            Some(Object::Array { shape, element, fortran, data }) => {
                let data = self.bytes(*data).ok_or_else(|| {
                    Defect::new("an array within its pickle holds objects where numbers are expected")
                })?;
                let array = Array::new(shape.clone(), *element, *fortran, data)?;
                if let [_] = array.shape() {
                    array.floats()
                } else {
                    let shape = array.shape();
                    Err(Defect::new(format!("an array within its pickle has the shape {shape:?}")))
                }
            }
            Some(Object::List(items) | Object::Tuple(items)) => {
                items.iter().map(|item| item.number()).collect()
            }
            _ => Err(Defect::new("an item of its pickle is no sequence of numbers")),
        }
    }
}
