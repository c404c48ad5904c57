use std::collections::BTreeMap;

use super::globals::Global;
use crate::{bundle::element::Element, error::Defect};

/// What lies on the stack of a pickle.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Global(Global),
    /// Index into the machine's objects.
    Object(usize),
}

impl<'a> Value<'a> {
    /// The text of a value; Python 2 writes it as bytes.
    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The number that a value is.
    pub(super) fn number(self) -> Result<f64, Defect> {
        match self {
            Value::Integer(integer) => Ok(integer as f64),
            Value::Float(float) => Ok(float),
            _ => Err(Defect::new("an item of its pickle is no number")),
        }
    }
}

/// What a pickle may change after having referred to it.
#[derive(Debug)]
pub(super) enum Object<'a> {
    Bytes(Vec<u8>),
    Tuple(Vec<Value<'a>>),
    List(Vec<Value<'a>>),
    Element { element: Element, code: String },
    EmptyArray,
    Array { shape: Vec<usize>, element: Element, fortran: bool, data: Value<'a> },
}

/// Rebuilds the values of a pickle.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    pub(super) pickle: &'a [u8],
    pub(super) position: usize,
    pub(super) stack: Vec<Value<'a>>,
    pub(super) marks: Vec<usize>,
    pub(super) memo: BTreeMap<u32, Value<'a>>,
    objects: Vec<Object<'a>>,
    credit: usize,
}

impl<'a> Machine<'a> {
    pub(super) fn new(pickle: &'a [u8]) -> Self {
        Self {
            pickle,
            position: 0,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
            objects: Vec::new(),
            credit: pickle.len(),
        }
    }

    /// Keeps an object and returns the value that refers to it.
    pub(super) fn store(&mut self, object: Object<'a>) -> Value<'a> {
        self.objects.push(object);
        Value::Object(self.objects.len() - 1)
    }

    /// The object that a value refers to.
    pub(super) fn object(&self, value: Value<'a>) -> Option<&Object<'a>> {
        match value {
            Value::Object(index) => self.objects.get(index),
            _ => None,
        }
    }

    /// Puts another object in the place of the one that a value refers to.
    pub(super) fn replace(&mut self, value: Value<'a>, object: Object<'a>) -> Result<(), Defect> {
        match value {
            Value::Object(index) if index < self.objects.len() => {
                self.objects[index] = object;
                Ok(())
            }
            _ => Err(Defect::new("its pickle builds something that is no object")),
        }
    }

    /// Adds items to the list that a value refers to.
    pub(super) fn extend(&mut self, value: Value<'a>, items: Vec<Value<'a>>) -> Result<(), Defect> {
        match value {
            Value::Object(index) => match self.objects.get_mut(index) {
                Some(Object::List(list)) => {
                    list.extend(items);
                    Ok(())
                }
                _ => Err(Defect::new("its pickle appends to something that is no list")),
            },
            _ => Err(Defect::new("its pickle appends to something that is no list")),
        }
    }

    /// The bytes of a value, however they were written.
    pub(super) fn bytes(&self, value: Value<'a>) -> Option<&[u8]> {
        match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => match self.object(value) {
                Some(Object::Bytes(bytes)) => Some(bytes),
                _ => None,
            },
        }
    }

    /// Takes `count` from what the pickle may expand to.
    pub(super) fn pay(&mut self, count: usize) -> Result<(), Defect> {
        self.credit = self
            .credit
            .checked_sub(count)
            .ok_or_else(|| Defect::new("its pickle repeats its arrays more often than any field needs"))?;
        Ok(())
    }
}
