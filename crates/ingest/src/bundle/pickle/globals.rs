use super::machine::{Machine, Object, Value};
use crate::{bundle::element::Element, error::Defect};

/// The globals that NumPy's arrays, and no others, are pickled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    /// Makes an empty array, to be filled by BUILD.
    Reconstruct,
    /// Makes a number.
    Scalar,
    /// The class of arrays.
    Ndarray,
    /// Makes an element type.
    Dtype,
    /// Makes bytes out of text, in protocol 2.
    Encode,
}

impl Global {
    /// Finds a global by module and name; a foreign one is an error that names it.
    pub(super) fn find(module: &str, name: &str) -> Result<Self, Defect> {
        match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Ok(Self::Reconstruct),
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Ok(Self::Scalar),
            ("numpy", "ndarray") => Ok(Self::Ndarray),
            ("numpy", "dtype") => Ok(Self::Dtype),
            ("_codecs", "encode") => Ok(Self::Encode),
            _ => {
                let printable = |text: &str| text.chars().take(80).flat_map(char::escape_debug).collect();
                let (module, name): (String, String) = (printable(module), printable(name));
                Err(Defect::ForeignGlobal(format!("{module}.{name}")))
            }
        }
    }
}

/// Most axes of an array within a pickle; one is of use here.
const MOST_AXES: usize = 8;

impl<'a> Machine<'a> {
    /// Applies a global to its arguments: what Python's REDUCE would do for this one.
    pub(super) fn reduce(&mut self, global: Global, arguments: &[Value<'a>]) -> Result<Value<'a>, Defect> {
        let made = match (global, arguments) {
            (Global::Reconstruct, [Value::Global(Global::Ndarray), _, _]) => Some(Object::EmptyArray),
            (Global::Dtype, [code, ..]) => match code.text() {
                Some(code) => Some(Object::Element { element: Element::parse(code)?, code: code.to_owned() }),
                None => None,
            },
            (Global::Encode, [Value::Text(text), _]) => {
                self.pay(text.len())?;
                let bytes = text.chars().map(|letter| u8::try_from(u32::from(letter)).ok());
                bytes.collect::<Option<Vec<u8>>>().map(Object::Bytes)
            }
            (Global::Scalar, [element, data]) => match (self.object(*element), self.bytes(*data)) {
                (Some(Object::Element { element, .. }), Some(data)) if data.len() == element.bytes() => {
                    let float = element.floats(data)?;
                    return Ok(Value::Float(float.first().copied().unwrap_or(f64::NAN)));
                }
                _ => None,
            },
            _ => None,
        };
        let made = made.ok_or_else(|| {
            Defect::new(format!("its pickle calls {global:?} with arguments that NumPy does not write"))
        })?;
        Ok(self.store(made))
    }

    /// Gives an object its state: what Python's BUILD would do for an array or an element type.
    pub(super) fn build(&mut self, target: Value<'a>, state: Value<'a>) -> Result<(), Defect> {
        let unknown = || Defect::new("its pickle builds an object from a state that NumPy does not write");
        let Some(Object::Tuple(state)) = self.object(state) else { return Err(unknown()) };
        let built = match (self.object(target), &state[..]) {
            (Some(Object::EmptyArray), [_, shape, element, Value::Bool(fortran), data]) => {
                let (Some(Object::Tuple(shape)), Some(Object::Element { element, .. })) =
                    (self.object(*shape), self.object(*element))
                else {
                    return Err(unknown());
                };
                let axis = |value: &Value<'_>| match value {
                    Value::Integer(length) => usize::try_from(*length).map_err(|_| unknown()),
                    _ => Err(unknown()),
                };
                if shape.len() > MOST_AXES {
                    return Err(unknown());
                }
                let shape = shape.iter().map(axis).collect::<Result<Vec<_>, _>>()?;
                Object::Array { shape, element: *element, fortran: *fortran, data: *data }
            }
            (Some(Object::Element { code, .. }), [_, order, ..]) => {
                let order = order.text().filter(|order| order.len() == 1).ok_or_else(unknown)?;
                Object::Element { element: Element::parse(&format!("{order}{code}"))?, code: code.clone() }
            }
            _ => return Err(unknown()),
        };
        self.replace(target, built)
    }
}
