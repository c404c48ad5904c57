use super::{
    globals::Global,
    machine::{Machine, Object, Value},
};
use crate::error::Defect;

/// Most arguments of a call; NumPy writes three.
const MOST_ARGUMENTS: usize = 8;

impl<'a> Machine<'a> {
    /// Follows the pickle to its end and returns the value that it makes.
    pub(super) fn run(&mut self) -> Result<Value<'a>, Defect> {
        loop {
            let opcode = self.byte()?;
            if opcode == b'.' {
                break;
            }
            self.step(opcode)?;
        }
        if self.position < self.pickle.len() {
            return Err(Defect::new(format!(
                "{} bytes follow the end of its pickle",
                self.pickle.len() - self.position
            )));
        }
        self.pop()
    }

    fn step(&mut self, opcode: u8) -> Result<(), Defect> {
        match opcode {
            0x80 => self.protocol()?,
            0x95 => drop(self.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.stack.push(Value::None),
            0x88 => self.stack.push(Value::Bool(true)),
            0x89 => self.stack.push(Value::Bool(false)),
            b'K' => self.integer(1, false)?,
            b'M' => self.integer(2, false)?,
            b'J' => self.integer(4, true)?,
            0x8a => {
                let bytes = usize::from(self.byte()?);
                self.integer(bytes, true)?;
            }
            b'G' => {
                let bits = self.take(8)?.iter().fold(0, |bits, &byte| (bits << 8) | u64::from(byte));
                self.stack.push(Value::Float(f64::from_bits(bits)));
            }
            0x8c => self.string(1)?,
            b'X' => self.string(4)?,
            0x8d => self.string(8)?,
            b'C' | b'U' => self.byte_string(1)?,
            b'B' | b'T' => self.byte_string(4)?,
            0x8e => self.byte_string(8)?,
            b')' => self.tuple(0)?,
            0x85 => self.tuple(1)?,
            0x86 => self.tuple(2)?,
            0x87 => self.tuple(3)?,
            b't' => {
                let items = self.pop_to_mark()?;
                let tuple = self.store(Object::Tuple(items));
                self.stack.push(tuple);
            }
            b']' => {
                let list = self.store(Object::List(Vec::new()));
                self.stack.push(list);
            }
            b'a' => {
                let item = self.pop()?;
                self.extend(self.top()?, vec![item])?;
            }
            b'e' => {
                let items = self.pop_to_mark()?;
                self.extend(self.top()?, items)?;
            }
            b'q' => self.memoize(1)?,
            b'r' => self.memoize(4)?,
            0x94 => {
                let index = self.memo.len() as u32;
                self.memo.insert(index, self.top()?);
            }
            b'h' => self.recall(1)?,
            b'j' => self.recall(4)?,
            b'c' => self.global_by_lines()?,
            b'i' => {
                self.global_by_lines()?;
                return Err(Defect::new("its pickle makes an instance, which NumPy does not write"));
            }
            0x93 => self.global_by_stack()?,
            b'R' => self.call()?,
            b'b' => {
                let state = self.pop()?;
                self.build(self.top()?, state)?;
            }
            _ => {
                return Err(Defect::new(format!(
                    "its pickle has the opcode {opcode:#04x} at byte {}, which NumPy does not write",
                    self.position - 1
                )));
            }
        }
        Ok(())
    }

    fn protocol(&mut self) -> Result<(), Defect> {
        match self.byte()? {
            2..=5 => Ok(()),
            other => Err(Defect::new(format!("its pickle is of protocol {other}, expected 2 to 5"))),
        }
    }

    fn integer(&mut self, bytes: usize, signed: bool) -> Result<(), Defect> {
        if bytes > 8 {
            return Err(Defect::new("its pickle holds an integer beyond the range of i64"));
        }
        let data = self.take(bytes)?;
        let negative = signed && data.last().is_some_and(|byte| byte & 0x80 != 0);
        let start = if negative { -1_i64 } else { 0 };
        let integer = data.iter().rev().fold(start, |integer, &byte| (integer << 8) | i64::from(byte));
        self.stack.push(Value::Integer(integer));
        Ok(())
    }

    fn string(&mut self, length_bytes: usize) -> Result<(), Defect> {
        let bytes = self.prefixed(length_bytes)?;
        let text = std::str::from_utf8(bytes).map_err(|_| Defect::new("a text of its pickle is no UTF-8"))?;
        self.stack.push(Value::Text(text));
        Ok(())
    }

    fn byte_string(&mut self, length_bytes: usize) -> Result<(), Defect> {
        let bytes = self.prefixed(length_bytes)?;
        self.stack.push(Value::Bytes(bytes));
        Ok(())
    }

    fn tuple(&mut self, length: usize) -> Result<(), Defect> {
        let start = self.stack.len().checked_sub(length).ok_or_else(underflow)?;
        let items = self.stack.split_off(start);
        let tuple = self.store(Object::Tuple(items));
        self.stack.push(tuple);
        Ok(())
    }

    fn memoize(&mut self, index_bytes: usize) -> Result<(), Defect> {
        let index = self.little_endian(index_bytes)? as u32;
        self.memo.insert(index, self.top()?);
        Ok(())
    }

    fn recall(&mut self, index_bytes: usize) -> Result<(), Defect> {
        let index = self.little_endian(index_bytes)? as u32;
        let value = self.memo.get(&index).ok_or_else(|| {
            Defect::new(format!("its pickle refers to item {index}, which it has not made yet"))
        })?;
        self.stack.push(*value);
        Ok(())
    }

    fn global_by_lines(&mut self) -> Result<(), Defect> {
        let module = self.line()?;
        let name = self.line()?;
        self.stack.push(Value::Global(Global::find(module, name)?));
        Ok(())
    }

    fn global_by_stack(&mut self) -> Result<(), Defect> {
        let (name, module) = (self.pop()?, self.pop()?);
        let (Some(module), Some(name)) = (module.text(), name.text()) else {
            return Err(Defect::new("its pickle names a global by something that is no text"));
        };
        self.stack.push(Value::Global(Global::find(module, name)?));
        Ok(())
    }

    fn call(&mut self) -> Result<(), Defect> {
        let (arguments, global) = (self.pop()?, self.pop()?);
        let (Value::Global(global), Some(Object::Tuple(arguments))) = (global, self.object(arguments)) else {
            return Err(Defect::new("its pickle calls something that is no global"));
        };
        if arguments.len() > MOST_ARGUMENTS {
            return Err(Defect::new("its pickle calls a global with more arguments than NumPy writes"));
        }
        let arguments = arguments.clone();
        let value = self.reduce(global, &arguments)?;
        self.stack.push(value);
        Ok(())
    }

    fn top(&self) -> Result<Value<'a>, Defect> {
        self.stack.last().copied().ok_or_else(underflow)
    }

    fn pop(&mut self) -> Result<Value<'a>, Defect> {
        self.stack.pop().ok_or_else(underflow)
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value<'a>>, Defect> {
        let mark = self.marks.pop().filter(|&mark| mark <= self.stack.len()).ok_or_else(underflow)?;
        Ok(self.stack.split_off(mark))
    }

    fn byte(&mut self) -> Result<u8, Defect> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Defect> {
        let end = self.position.checked_add(length).filter(|&end| end <= self.pickle.len());
        let end = end.ok_or_else(|| {
            Defect::new(format!(
                "its pickle ends early, at byte {}; the file is truncated",
                self.pickle.len()
            ))
        })?;
        let bytes = &self.pickle[self.position..end];
        self.position = end;
        Ok(bytes)
    }

    fn little_endian(&mut self, bytes: usize) -> Result<u64, Defect> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, &byte| (number << 8) | u64::from(byte)))
    }

    fn prefixed(&mut self, length_bytes: usize) -> Result<&'a [u8], Defect> {
        let length = self.little_endian(length_bytes)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn line(&mut self) -> Result<&'a str, Defect> {
        let rest = &self.pickle[self.position..];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = self.take(length)?;
        self.take(1)?;
        std::str::from_utf8(line).map_err(|_| Defect::new("a name of its pickle is no UTF-8"))
    }
}

fn underflow() -> Defect {
    Defect::new("its pickle takes more than it has put; the file is damaged")
}
